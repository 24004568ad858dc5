// SPDX-License-Identifier: Apache-2.0
// Every verb of the worker once as it is meant.
#include "core/access_key/access_key_chain.h"
#include "core/access_key/typed_form.h"
#include "core/crypto/opaque.h"
#include "core/records/card_header.h"
#include "core/records/recovery_key.h"
#include "core/records/sheet_code.h"
#include "tests/support/pairing_browser.h"
#include "tests/unit/recoveryd/card_worker/worker_on_softhsm.h"

namespace cardea::worker {
namespace {

TEST_F(WorkerOnSoftHsm, ShowsTheCard) {
  const CardView seen = card();
  EXPECT_EQ(seen.info.label, SoftHsmToken::kLabel);
  EXPECT_FALSE(seen.info.has_cardea_keys);
  EXPECT_EQ(seen.info.pin.state, card::PinState::ok);
  EXPECT_GE(seen.info.max_pin, 6);
  EXPECT_FALSE(seen.problem);
}

TEST_F(WorkerOnSoftHsm, LogsInWithBothKindsOfKeys) {
  const CardKeys keys = make_keys(card::KeyKind::p256);
  const auto id = crypto::card_id(keys.auth_spki);
  EXPECT_EQ(
      wait_for_view(*worker, [](auto& v) { return v.cards[0].info.has_cardea_keys; }).cards[0].info.card_id,
      id);
  const auto signature = login(id, SoftHsmToken::kPin);
  ASSERT_TRUE(signature.ok()) << signature.failure().detail;
  EXPECT_TRUE(crypto::PublicKey::from_spki(keys.auth_spki)->verify(login_message(), *signature).ok());
  EXPECT_EQ(report.state, card::PinState::ok);
  EXPECT_TRUE(login(id, SoftHsmToken::kPin).ok());
}

TEST_F(WorkerOnSoftHsm, RefusesWrongPinsForeignCardsAndForeignMessages) {
  const auto id = crypto::card_id(make_keys(card::KeyKind::p256).auth_spki);
  EXPECT_EQ(error_of(login(id, "999999")), Error::pin_wrong);
  EXPECT_EQ(report.state, card::PinState::low);
  EXPECT_EQ(error_of(login(id, "12")), Error::pin_length);
  EXPECT_EQ(error_of(login(card::CardId{}, SoftHsmToken::kPin)), Error::card_absent);
  const Bytes other = ByteBuilder().lp("cardea/v1/session").raw(Bytes(32, 1)).take();
  EXPECT_EQ(
      worker->login_sign(id, other, false, secret_channel(SoftHsmToken::kPin), report, kCallTimeout).error(),
      Error::permission_denied);
  EXPECT_TRUE(login(id, SoftHsmToken::kPin).ok());
}

TEST_F(WorkerOnSoftHsm, SurvivesBadPrivateChannels) {
  const auto id = crypto::card_id(make_keys(card::KeyKind::p256).auth_spki);
  const pid_t before = worker->pid();
  const auto try_channel = [&](UniqueFd channel) {
    return worker->login_sign(id, login_message(), false, std::move(channel), report, kCallTimeout).error();
  };
  EXPECT_EQ(try_channel(raw_channel(Bytes{1})), Error::invalid_argument);
  EXPECT_EQ(try_channel(raw_channel(Bytes{2, 0, 1, 'x'})), Error::invalid_argument);
  EXPECT_EQ(try_channel(raw_channel(Bytes(500, 1))), Error::limit_exceeded);
  EXPECT_EQ(try_channel(UniqueFd(::dup(0))), Error::cancelled);
  {
    auto [ours, theirs] = channel_pair();
    ours.reset();
    EXPECT_EQ(try_channel(std::move(theirs)), Error::cancelled);
  }
  EXPECT_EQ(worker->pid(), before);
}

TEST_F(WorkerOnSoftHsm, TheCardThatLogsInOpensTheKeyringSecretBehindTheAnswer) {
  const records::KeyringOwner owner{user, computer};
  const CardKeys keys = make_keys(card::KeyKind::p256);
  const auto id = crypto::card_id(keys.auth_spki);
  KeyringOpening opening{KeyringTicket{1}, KeyringWay::create, owner, {}, {}, {}, 0};
  ASSERT_TRUE(worker->keyring_open(opening, kCallTimeout).ok());
  const records::KeyringRecipient to_card{records::KeyringHolderKind::card, id, 0, keys.wrap_spki};
  const Bytes envelope = worker->keyring_seal(opening.ticket, to_card, kCallTimeout).value();
  const auto reveal = [&](const KeyringTicket& ticket) -> std::optional<std::string> {
    auto [ours, theirs] = channel_pair();
    if (!worker->keyring_reveal(ticket, std::move(theirs), kCallTimeout).ok()) return std::nullopt;
    return read_revealed(ours);
  };
  const auto secret = reveal(opening.ticket);
  ASSERT_TRUE(secret.has_value());
  EXPECT_EQ(secret->size(), 43u);
  EXPECT_FALSE(reveal(opening.ticket).has_value());  // once

  const auto log_in = [&](const KeyringOpening& wanted, std::string_view pin) {
    return worker->login_sign(id, login_message(), false, secret_channel(pin), report, kCallTimeout, &wanted);
  };
  KeyringOpening by_card{KeyringTicket{2}, KeyringWay::card, owner, envelope, {}, {}, 0};
  EXPECT_EQ(error_of(log_in(by_card, "999999")), Error::pin_wrong);
  EXPECT_FALSE(reveal(by_card.ticket).has_value());
  ASSERT_TRUE(log_in(by_card, SoftHsmToken::kPin).ok());
  EXPECT_FALSE(reveal(KeyringTicket{3}).has_value());
  EXPECT_EQ(reveal(by_card.ticket), secret);
  // Other requests in between lock the card and leave the secret to its login.
  by_card.ticket = KeyringTicket{4};
  ASSERT_TRUE(log_in(by_card, SoftHsmToken::kPin).ok());
  EXPECT_TRUE(login(id, SoftHsmToken::kPin).ok());
  EXPECT_EQ(reveal(by_card.ticket), secret);
  // A copy of somebody else: the login is good, and there is no secret.
  by_card.ticket = KeyringTicket{5};
  by_card.owner.user[0] ^= 1;
  ASSERT_TRUE(log_in(by_card, SoftHsmToken::kPin).ok());
  auto [ours, theirs] = channel_pair();
  EXPECT_EQ(worker->keyring_reveal(by_card.ticket, std::move(theirs), kCallTimeout).error(),
            Error::decrypt_failed);
}

TEST_F(WorkerOnSoftHsm, AVaultSealsTheKeyringSecretOfItsUserAndShowsItToNobody) {
  const records::KeyringOwner owner{user, computer};
  const CardKeys keys = make_keys(card::KeyKind::p256);
  const auto id = crypto::card_id(keys.auth_spki);
  KeyringOpening made{KeyringTicket{1}, KeyringWay::create, owner, {}, {}, {}, 0};
  ASSERT_TRUE(worker->keyring_open(made, kCallTimeout).ok());
  const records::KeyringRecipient to_card{records::KeyringHolderKind::card, id, 0, keys.wrap_spki};
  const Bytes envelope = worker->keyring_seal(made.ticket, to_card, kCallTimeout).value();

  const auto v = opened_vault();
  EXPECT_EQ(v->keyring_seal(to_card, kCallTimeout).error(), Error::not_found);
  KeyringOpening by_card{{}, KeyringWay::card, owner, envelope, {}, {}, 0};
  by_card.owner.user[0] ^= 1;
  EXPECT_EQ(v->keyring_open(by_card, kCallTimeout).error(), Error::invalid_argument);
  by_card.owner = owner;
  by_card.way = KeyringWay::recovery;
  EXPECT_EQ(v->keyring_open(by_card, kCallTimeout).error(), Error::message_not_permitted);
  by_card.way = KeyringWay::create;
  EXPECT_EQ(v->keyring_open(by_card, kCallTimeout).error(), Error::invalid_argument);
  by_card.way = KeyringWay::card;
  ASSERT_TRUE(v->keyring_open(by_card, kCallTimeout).ok());
  EXPECT_TRUE(v->keyring_seal(to_card, kCallTimeout).ok());
  EXPECT_EQ(v->keyring_recipient(Bytes(32, 1), kCallTimeout).error(), Error::message_not_permitted);
  auto [ours, theirs] = channel_pair();
  EXPECT_EQ(worker->keyring_reveal(KeyringTicket{}, std::move(theirs), kCallTimeout).error(),
            Error::permission_denied);
}

TEST_F(WorkerOnSoftHsm, VaultSignsOnlyItsOwnLabels) {
  const CardKeys keys = make_keys(card::KeyKind::p256);
  const auto v = opened_vault();
  const auto key = crypto::PublicKey::from_spki(keys.auth_spki);
  for (const char* label : {"cardea/v1/card-proof", "cardea/v1/session"}) {
    const Bytes message = ByteBuilder().lp(label).raw(Bytes(32, 1)).take();
    const auto signature = v->card_sign(message, kCallTimeout);
    ASSERT_TRUE(signature.ok()) << label;
    EXPECT_TRUE(key->verify(message, *signature).ok());
  }
  EXPECT_EQ(error_of(v->card_sign(login_message(), kCallTimeout)), Error::permission_denied);
  EXPECT_EQ(error_of(v->card_sign(to_bytes(as_bytes("cardea/v1/session")), kCallTimeout)),
            Error::permission_denied);
  EXPECT_EQ(error_of(v->card_make_keys(card::KeyKind::p256, "again", kCallTimeout)), Error::already_exists);
}

TEST_F(WorkerOnSoftHsm, ALoginInBetweenDoesNotDisturbTheVault) {
  const auto id = crypto::card_id(make_keys(card::KeyKind::p256).auth_spki);
  const auto v = opened_vault();
  ASSERT_TRUE(v->card_storage_write(3, Bytes(100, 7), kCallTimeout).ok());
  EXPECT_TRUE(login(id, SoftHsmToken::kPin).ok());
  EXPECT_EQ(v->card_storage_read(3, kCallTimeout).value(), Bytes(100, 7));
}

TEST_F(WorkerOnSoftHsm, OneVaultAtATime) {
  auto first = vault();
  EXPECT_EQ(error_of(worker->open_vault(Timeout(50))), Error::card_busy);
  first.reset();
  EXPECT_TRUE(worker->open_vault(kCallTimeout).ok());
}

TEST_F(WorkerOnSoftHsm, SaysWhatMustComeFirst) {
  const auto v = vault();
  const auto expect_first = [](const auto& result) {
    EXPECT_EQ(result.error(), Error::message_not_permitted);
  };
  expect_first(v->card_login(card().insertion, false, report, kCallTimeout));
  expect_first(v->card_sign(ByteBuilder().lp("cardea/v1/session").take(), kCallTimeout));
  expect_first(v->card_storage_list(kCallTimeout));
  expect_first(v->opaque_register_start(kCallTimeout));
  expect_first(v->opaque_login_finish(OpaqueRecordName::a, Bytes(320), kCallTimeout));
  expect_first(v->open_question(Bytes(10), kCallTimeout));
  expect_first(v->holder_seal(HolderKind::sheet, "", {}, kCallTimeout));
  expect_first(v->epoch_advance(kCallTimeout));
  expect_first(v->recovery_key_create(kCallTimeout));
  expect_first(v->sheet_check(kCallTimeout));
  expect_first(v->record_seal({}, 1, kCallTimeout));
  expect_first(v->chain_create(1, Bytes(32), Bytes(65), kCallTimeout));
  expect_first(v->change_pin(card().insertion, false, report, kCallTimeout));
  expect_first(v->unblock_pin(card().insertion, report, kCallTimeout));
  auto [ours, theirs] = channel_pair();
  expect_first(v->reveal(Purpose::record, std::move(theirs), kCallTimeout));
  EXPECT_TRUE(v->set_identity(user, computer, kCallTimeout).ok());
  expect_first(v->set_identity(user, computer, kCallTimeout));
}

TEST_F(WorkerOnSoftHsm, ABrowserGetsTheRecordsKeysWhenTheyAreLent) {
  SystemRandom random;
  const PairingBrowser browser("cardea.example", random);
  const auto code = records::parse_pairing_code(as_bytes(browser.typed_code())).value();
  const auto paired = records::check_pairing(code, browser.offer(), "cardea.example").value();
  records::PairingGrant grant{.session = {1}, .expires_at = 9, .account = "anna", .card_label = "Blue"};
  const auto v = vault();
  EXPECT_EQ(v->pairing_seal(paired, grant, kCallTimeout).error(), Error::message_not_permitted);
  ASSERT_TRUE(v->set_identity(user, computer, kCallTimeout).ok());
  auto opened = browser.open(v->pairing_seal(paired, grant, kCallTimeout).value()).value();
  EXPECT_EQ(opened.user, to_bytes(user));
  EXPECT_TRUE(opened.keys.empty());
  grant.with_records = true;
  grant.on_card.push_back({{{7}, 3}, 2});
  EXPECT_EQ(v->pairing_seal(paired, grant, kCallTimeout).error(), Error::message_not_permitted);
  ASSERT_TRUE(v->root_create(kCallTimeout).ok());
  ASSERT_TRUE(v->epoch_advance(kCallTimeout).ok());
  ASSERT_TRUE(v->epoch_advance(kCallTimeout).ok());
  opened = browser.open(v->pairing_seal(paired, grant, kCallTimeout).value()).value();
  ASSERT_EQ(opened.keys.size(), 3U);  // of all epochs that are open, the newest first
  EXPECT_EQ(opened.keys.front().epoch, 3U);
  EXPECT_EQ(opened.keys.back().epoch, 1U);
  ASSERT_EQ(opened.on_card.size(), 1U);
  EXPECT_EQ(opened.on_card.front().name, (records::RecordName{{7}, 3}));
  grant.on_card.resize(records::kMaxPairingRecords + 1);
  EXPECT_EQ(v->pairing_seal(paired, grant, kCallTimeout).error(), Error::limit_exceeded);
}

TEST_F(WorkerOnSoftHsm, ChangesThePin) {
  const auto id = crypto::card_id(make_keys(card::KeyKind::p256).auth_spki);
  {
    const auto v = vault();
    ASSERT_TRUE(v->collect(Purpose::pin, secret_channel(SoftHsmToken::kPin), kCallTimeout).ok());
    ASSERT_TRUE(v->collect(Purpose::new_pin, secret_channel("654321"), kCallTimeout).ok());
    ASSERT_TRUE(v->change_pin(card().insertion, false, report, kCallTimeout).ok());
  }
  EXPECT_EQ(error_of(login(id, SoftHsmToken::kPin)), Error::pin_wrong);
  EXPECT_TRUE(login(id, "654321").ok());
}

TEST_F(WorkerOnSoftHsm, KeepsTheHeaderAndKnowsItsUser) {
  make_keys(card::KeyKind::p256);
  records::CardHeader header;
  header.user = user;
  header.account = "anna";
  header.epoch = 1;
  header.card_holder = Bytes(100, 1);
  const Bytes encoded = records::encode_card_header(header).value();
  {
    const auto v = opened_vault();
    EXPECT_EQ(error_of(v->card_header_read(kCallTimeout)), Error::not_found);
    ASSERT_TRUE(v->card_header_write(encoded, kCallTimeout).ok());
    EXPECT_EQ(v->card_header_read(kCallTimeout).value(), encoded);
    const auto directory = v->card_storage_list(kCallTimeout).value();
    ASSERT_EQ(directory.objects.size(), 1U);
    EXPECT_EQ(directory.objects[0].size, encoded.size());
  }
  EXPECT_EQ(wait_for_view(*worker, [](auto& v) { return v.cards[0].user_id.has_value(); }).cards[0].user_id,
            user);
  const auto v = opened_vault();
  EXPECT_TRUE(v->card_storage_remove(0, kCallTimeout).ok());
  EXPECT_EQ(error_of(v->card_storage_remove(0, kCallTimeout)), Error::not_found);
}

// A registration, then a recovery on the same computer: what one vault seals, another opens.
TEST_F(WorkerOnSoftHsm, RegistersAndRecovers) {
  SystemRandom random;
  const auto server = crypto::OpaqueServer::from_secrets(random.secret<32>(), random.secret<32>()).value();
  const Bytes share(32, 0x44);
  const std::string ref = to_hex(computer);
  OpaqueRecords opaque;
  RecoveryKey recovery;
  AccessKeyChain chain;
  Bytes sheet_holder, recovery_holder, card_holder, computer_holder, sealed, check;
  std::string sheet_text;
  const CardKeys keys = make_keys(card::KeyKind::rsa);
  const std::string card_ref = to_hex(crypto::card_id(keys.auth_spki));
  const RecordId record{9};
  const Bytes server_random(32, 0x33);
  {
    const auto v = opened_vault();
    ASSERT_TRUE(v->collect(Purpose::password, secret_channel("correct horse"), kCallTimeout).ok());
    ASSERT_TRUE(v->collect(Purpose::question, secret_channel("First pet?"), kCallTimeout).ok());
    ASSERT_TRUE(v->collect(Purpose::answer, secret_channel("Rex"), kCallTimeout).ok());
    const auto requests = v->opaque_register_start(kCallTimeout).value();
    const auto respond = [&](const Bytes& request, std::string_view name) {
      return server.registration_response(*crypto::RegistrationRequest::parse(request), as_bytes(name))
          ->serialise();
    };
    const auto finished = v->opaque_register_finish(respond(requests.request_a, "A"),
                                                    respond(requests.request_b, "B"), kCallTimeout);
    ASSERT_TRUE(finished.ok()) << finished.failure().detail;
    opaque = finished.value();
    ASSERT_TRUE(v->root_create(kCallTimeout).ok());
    recovery = v->recovery_key_create(kCallTimeout).value();
    chain = v->chain_create(1, server_random, recovery.recovery_public, kCallTimeout).value();
    EXPECT_EQ(chain.check_k0.size(), 32U);
    EXPECT_TRUE(crypto::PublicKey::from_spki(chain.login_public).ok());
    HolderParameters parameters;
    parameters.device_share = share;
    parameters.wrap_spki = keys.wrap_spki;
    sheet_holder = v->holder_seal(HolderKind::sheet, "", parameters, kCallTimeout).value();
    recovery_holder = v->holder_seal(HolderKind::recovery, ref, parameters, kCallTimeout).value();
    card_holder = v->holder_seal(HolderKind::card, card_ref, parameters, kCallTimeout).value();
    computer_holder = v->holder_seal(HolderKind::computer, ref, parameters, kCallTimeout).value();
    check = v->sheet_check(kCallTimeout).value();
    auto [ours, theirs] = channel_pair();
    ASSERT_TRUE(v->reveal(Purpose::sheet_code, std::move(theirs), kCallTimeout).ok());
    sheet_text = read_revealed(ours).value();
    ASSERT_TRUE(v->collect(Purpose::record, secret_channel("{\"kind\":\"note\"}"), kCallTimeout).ok());
    sealed = v->record_seal(record, 1, kCallTimeout).value();
  }
  const auto login_with = [&](Vault& v, OpaqueRecordName which, const Bytes& record_bytes,
                              std::string_view name) {
    const Bytes ke1 = v.opaque_login_start(which, kCallTimeout).value();
    const auto stored = crypto::RegistrationRecord::parse(record_bytes);
    auto attempt = server.login_start(*crypto::Ke1::parse(ke1), &*stored, as_bytes(name), {}, random).value();
    auto session = v.opaque_login_finish(which, attempt.ke2().serialise(), kCallTimeout);
    if (!session.ok()) return session.error();
    auto key = std::move(attempt).finish(*crypto::Ke3::parse(session->ke3));
    EXPECT_TRUE(key.ok());
    EXPECT_TRUE(equal_constant_time(key->expose(), session->session_key.expose()));
    return Error{};
  };
  HolderParameters parameters;
  parameters.device_share = share;
  {  // password and answer on this computer
    const auto v = vault();
    ASSERT_TRUE(v->set_identity(user, computer, kCallTimeout).ok());
    ASSERT_TRUE(v->collect(Purpose::password, secret_channel("wrong horse"), kCallTimeout).ok());
    EXPECT_EQ(login_with(*v, OpaqueRecordName::a, opaque.record_a, "A"), Error::identity_not_accepted);
    ASSERT_TRUE(v->collect(Purpose::password, secret_channel("correct horse"), kCallTimeout).ok());
    EXPECT_EQ(login_with(*v, OpaqueRecordName::a, opaque.record_a, "A"), Error{});
    EXPECT_EQ(v->open_question(opaque.question_seal, kCallTimeout).value(), "First pet?");
    ASSERT_TRUE(v->collect(Purpose::answer, secret_channel("  rex "), kCallTimeout).ok());
    EXPECT_EQ(login_with(*v, OpaqueRecordName::b, opaque.record_b, "B"), Error{});
    EXPECT_TRUE(v->recovery_key_open(recovery.recovery_seal, recovery.recovery_public, kCallTimeout).ok());
    ASSERT_TRUE(v->root_open(HolderKind::recovery, ref, 1, recovery_holder, parameters, kCallTimeout).ok());
    ASSERT_TRUE(v->record_open(record, 1, 1, sealed, kCallTimeout).ok());
    auto [ours, theirs] = channel_pair();
    ASSERT_TRUE(v->reveal(Purpose::record, std::move(theirs), kCallTimeout).ok());
    EXPECT_EQ(read_revealed(ours), "{\"kind\":\"note\"}");
    // A replacement: the next epoch, and the record under it.
    const auto step = v->epoch_advance(kCallTimeout).value();
    EXPECT_EQ(step.epoch, 2U);
    const Bytes rewrapped = v->record_rewrap(record, 1, 1, sealed, kCallTimeout).value();
    EXPECT_NE(rewrapped, sealed);
    EXPECT_TRUE(v->record_open(record, 1, 2, rewrapped, kCallTimeout).ok());
    EXPECT_EQ(error_of(v->record_open(record, 2, 1, sealed, kCallTimeout)), Error::decrypt_failed);
    const Bytes new_holder = v->holder_seal(HolderKind::recovery, ref, parameters, kCallTimeout).value();
    ASSERT_TRUE(v->root_open(HolderKind::recovery, ref, 2, new_holder, parameters, kCallTimeout).ok());
    EXPECT_EQ(error_of(v->record_open(record, 1, 1, sealed, kCallTimeout)), Error::holder_missing);
    ASSERT_TRUE(v->open_epoch_seals({{1, step.epoch_seal}}, kCallTimeout).ok());
    EXPECT_TRUE(v->record_open(record, 1, 1, sealed, kCallTimeout).ok());
  }
  {  // card
    const auto v = opened_vault();
    EXPECT_TRUE(v->root_open(HolderKind::card, card_ref, 1, card_holder, {}, kCallTimeout).ok());
    EXPECT_EQ(error_of(v->root_open(HolderKind::card, card_ref, 2, card_holder, {}, kCallTimeout)),
              Error::decrypt_failed);
    EXPECT_TRUE(v->record_open(record, 1, 1, sealed, kCallTimeout).ok());
  }
  {  // sheet, with a mistyped group first
    const auto v = vault();
    ASSERT_TRUE(v->set_identity(user, computer, kCallTimeout).ok());
    std::string mistyped = sheet_text;
    mistyped[0] = mistyped[0] == 'A' ? 'B' : 'A';
    EXPECT_EQ(error_of(v->collect(Purpose::sheet_code, secret_channel(mistyped), kCallTimeout)),
              Error::access_key_mistyped);
    ASSERT_TRUE(v->collect(Purpose::sheet_code, secret_channel(sheet_text), kCallTimeout).ok());
    EXPECT_EQ(v->sheet_check(kCallTimeout).value(), check);
    // One group, typed back from paper.
    EXPECT_EQ(v->sheet_group_fits(2, kCallTimeout).error(), Error::message_not_permitted);
    ASSERT_TRUE(v->collect(Purpose::sheet_group, secret_channel(sheet_text.substr(6, 5)), kCallTimeout).ok());
    EXPECT_TRUE(v->sheet_group_fits(2, kCallTimeout).value());
    EXPECT_FALSE(v->sheet_group_fits(3, kCallTimeout).value());
    EXPECT_EQ(error_of(v->collect(Purpose::sheet_group, secret_channel(std::string(65, 'A')), kCallTimeout)),
              Error::limit_exceeded);
    EXPECT_TRUE(v->root_open(HolderKind::sheet, "", 1, sheet_holder, {}, kCallTimeout).ok());
    EXPECT_EQ(error_of(v->root_open(HolderKind::computer, ref, 1, computer_holder, parameters, kCallTimeout)),
              Error::invalid_argument);  // no k_0 given
    parameters.chain_root = share;
    EXPECT_FALSE(v->root_open(HolderKind::computer, ref, 1, computer_holder, parameters, kCallTimeout).ok());
  }
}

}  // namespace
}  // namespace cardea::worker

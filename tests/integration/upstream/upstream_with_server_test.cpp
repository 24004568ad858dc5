// SPDX-License-Identifier: Apache-2.0
// A user's life at the real server: registered, at work, locked out, let in again, with a new card. Cards are
// software keys here; everything else is what programs use.
#include <gtest/gtest.h>

#include "core/access_key/access_key_verifier.h"
#include "core/access_key/typed_form.h"
#include "core/api/audit_event.h"
#include "core/crypto/opaque_client.h"
#include "core/crypto/password_input.h"
#include "tests/integration/upstream/server_process.h"
#include "upstream/access_key_calls.h"
#include "upstream/account_calls.h"
#include "upstream/card_calls.h"
#include "upstream/https_transport.h"
#include "upstream/record_calls.h"
#include "upstream/recover.h"
#include "upstream/sheet_calls.h"

namespace cardea::upstream {
namespace {

constexpr std::string_view kPassword = "correct horse battery";
constexpr std::string_view kAnswer = "Lake Zürich";

struct SoftCard {
  explicit SoftCard(Random& random)
      : auth(crypto::P256KeyPair::generate(random)), wrap(crypto::P256KeyPair::generate(random)) {}
  crypto::P256KeyPair auth;
  crypto::P256KeyPair wrap;
  [[nodiscard]] api::CardId id() const { return api::card_id_of(auth.spki()); }
  [[nodiscard]] NewCard for_server(const api::UserId& user, ByteView recovery_public) const {
    return {auth.spki(), wrap.spki(),
            to_bytes(auth.sign(api::card_proof(user, auth.spki(), wrap.spki(), recovery_public))),
            "Blue card", "0815"};
  }
  [[nodiscard]] Result<records::UserKey> open(const records::Holder& holder, const api::UserId& user) const {
    const crypto::DhFunction dh = [this](ByteView point) { return wrap.dh(point); };
    return records::open_with_card(holder, user.bytes(), dh, wrap.point());
  }
};

template <typename T>
T expect_ok(Result<T> result, const char* what) {
  if (!result.ok()) {
    throw std::runtime_error(std::string(what) + ": " + error_name(result.error()) + " " +
                             result.failure().detail);
  }
  return std::move(result).value();
}

class WithServer : public ::testing::Test {
 protected:
  WithServer()
      : transport_(
            HttpsTransport::create({.urls = {server_.url()}, .ca_file = server_.ca_file()}, clock_).value()),
        client_(*transport_, clock_, random_) {
    share_ = random_.secret<32>();
    register_user();
  }

  struct Opaque {
    Bytes record;
    records::ExportKey export_key;
  };
  Opaque finish_opaque(crypto::OpaqueClientRegistration registration, ByteView response) {
    const auto message = crypto::RegistrationResponse::parse(response).value();
    auto done =
        std::move(registration).finalize(message, {}, crypto::argon2id_stretch().value(), random_).value();
    return {done.record.serialise(), std::move(done.export_key)};
  }

  void register_user() {
    const auto input_a = crypto::password_input(as_bytes(kPassword)).value();
    const auto input_b = crypto::password_and_answer_input(as_bytes(kPassword), as_bytes(kAnswer)).value();
    auto a = crypto::OpaqueClientRegistration::start(input_a.expose(), random_).value();
    auto b = crypto::OpaqueClientRegistration::start(input_b.expose(), random_).value();
    const auto started = expect_ok(
        start_registration(client_, "ada", a.request().serialise(), b.request().serialise()), "start");
    user_ = started.user;
    const Opaque opaque_a = finish_opaque(std::move(a), started.opaque_a_response);
    Opaque opaque_b = finish_opaque(std::move(b), started.opaque_b_response);
    export_b_ = std::move(opaque_b.export_key);
    RegistrationFinish finish;
    finish.registration_id = started.registration_id;
    finish.opaque_a_record = opaque_a.record;
    finish.opaque_b_record = opaque_b.record;
    finish.question_seal =
        records::seal_question("Where do you swim?", user_.bytes(), opaque_a.export_key, random_).value();
    finish.recovery_seal = records::seal_recovery_key(recovery_, user_.bytes(), export_b_, random_).value();
    finish.recovery_public = to_bytes(recovery_.point());
    finish.profile = to_bytes(as_bytes(R"({"name":"Ada"})"));
    finish.card = card_.for_server(user_, recovery_.point());
    finish.device_spki = device_.spki();
    finish.computer_name = "laptop";
    finish.computer_serial = "S1";
    finish.holders = holders(key_, card_);
    finish.sheet_check = records::sheet_check(sheet_);
    registered_ = expect_ok(finish_registration(client_, device_key_, finish), "finish");
  }

  std::vector<records::Holder> holders(const records::UserKey& key, const SoftCard& card) {
    const auto& user = user_.bytes();
    std::vector<records::Holder> out;
    out.push_back(records::seal_for_card(key, user, card.id().bytes(), card.wrap.spki(), random_).value());
    out.push_back(
        records::seal_for_recovery(key, user, computer_.bytes(), export_b_, share_, random_).value());
    out.push_back(records::seal_for_sheet(key, user, sheet_, random_).value());
    return out;
  }

  // The three steps of the computer; returns what it stores.
  access_key::AccessKeyVerifier new_generation() {
    const auto begun = expect_ok(begin_generation(client_, device_key_, computer_, user_), "begin");
    EXPECT_EQ(begun.recovery_signer.card_id, card_.id());
    const access_key::ChainContext whose{computer_.bytes(), user_.bytes(), begun.generation};
    const auto seed = access_key::make_chain_seed(random_.secret<32>(), begun.server_random);
    const auto made = access_key::make_generation(seed, whose);
    const GenerationPrepared prepared{
        user_, begun.generation,
        records::seal_chain_seed(seed, whose, begun.recovery_public, random_).value(),
        made.verifier.check_root, made.login_public};
    const Status status = prepare_generation(client_, device_key_, computer_, prepared);
    EXPECT_TRUE(status.ok()) << status.failure().detail;
    for (int i = 0; i < 2; ++i) {  // again, as after a crash
      const Status committed = commit_generation(client_, device_key_, computer_, user_, begun.generation,
                                                 made.verifier.check_root);
      EXPECT_TRUE(committed.ok()) << error_name(committed.error()) << " " << committed.failure().detail;
    }
    return made.verifier;
  }

  Result<SessionInfo> open_session(const SoftCard& card) {
    return open_card_session(client_, card.id(), session_key_pair_.spki(), clock_.now() + 3600,
                             [&](ByteView message) { return to_bytes(card.auth.sign(message)); });
  }
  Result<RecoveredAccessKey> recover(std::string_view password, std::string_view answer) {
    RecoveryDialog dialog;
    dialog.answer = [answer](std::string_view, bool again) -> Result<SecretBytes> {
      if (again) return Error::cancelled;
      return SecretBytes(answer);
    };
    dialog.choose_computer = [](const auto&) -> Result<std::size_t> { return std::size_t{0}; };
    return recover_access_key(client_, "ada", as_bytes(password), dialog);
  }

  SystemClock clock_;
  SystemRandom random_;
  ServerProcess server_{CARDEA_SERVER};
  std::unique_ptr<HttpsTransport> transport_;
  ServerClient client_;
  SoftCard card_{random_};
  crypto::P256KeyPair recovery_ = crypto::P256KeyPair::generate(random_);
  crypto::Ed25519KeyPair device_ = crypto::Ed25519KeyPair::generate(random_);
  crypto::Ed25519KeyPair session_key_pair_ = crypto::Ed25519KeyPair::generate(random_);
  api::ComputerId computer_ = api::computer_id_of(device_.spki());
  RequestKey device_key_ = device_key(computer_, device_);
  records::UserKey key_ = records::UserKey::generate(random_);
  records::SheetCode sheet_ = records::make_sheet_code(random_);
  access_key::DeviceShare share_;
  records::ExportKey export_b_;
  api::UserId user_;
  Registered registered_;
};

TEST_F(WithServer, TheSheetSuspendsTheCardAndOpensTheAccount) {
  const auto other = records::make_sheet_code(random_);
  EXPECT_EQ(suspend_by_sheet(client_, "ada", other).error(), Error::identity_not_accepted);
  EXPECT_EQ(suspend_by_sheet(client_, "nobody", sheet_).error(), Error::identity_not_accepted);
  EXPECT_EQ(expect_ok(suspend_by_sheet(client_, "ada", sheet_), "suspend").changed, 1u);
  EXPECT_EQ(expect_ok(suspend_by_sheet(client_, "ADA", sheet_), "again").suspended, 1u);
  EXPECT_EQ(open_session(card_).error(), Error::card_revoked);
  EXPECT_FALSE(expect_ok(reopen_by_sheet(client_, "ada", sheet_), "nothing to forget"));
  EXPECT_FALSE(recover("wrong", "rex").ok());
  EXPECT_TRUE(expect_ok(reopen_by_sheet(client_, "ada", sheet_), "reopen"));
}

TEST_F(WithServer, TheAccountIsWhatWasRegistered) {
  EXPECT_EQ(registered_.user, user_);
  EXPECT_EQ(registered_.epoch, 1u);
  const auto account = expect_ok(get_account(client_, device_key_, user_), "account");
  EXPECT_EQ(account.account, "ada");
  EXPECT_EQ(account.recovery_signer.card_id, card_.id());
  ASSERT_TRUE(account.audit.checkpoint);
  EXPECT_TRUE(check_checkpoint(account.audit, account.audit.checkpoint->key).ok());
  const auto cards = expect_ok(list_cards(client_, device_key_, user_), "cards");
  ASSERT_EQ(cards.size(), 1u);
  EXPECT_EQ(cards[0].status.id, card_.id());
  EXPECT_EQ(cards[0].status.state, CardState::active);
  const auto audit = expect_ok(get_audit(client_, device_key_, user_, 0), "audit");
  EXPECT_FALSE(audit.events.empty());
  EXPECT_EQ(audit.audit.length, audit.events.size());
  api::AuditHash head{};
  for (const AuditEvent& event : audit.events) {
    head = api::next_audit_head(
        head, api::audit_event_text(user_, event.sequence, event.time, event.kind, event.details));
    EXPECT_EQ(head, event.hash) << event.sequence;
  }
  EXPECT_EQ(head, audit.audit.head) << "a computer follows the chain by itself";
}

TEST_F(WithServer, AllHoldersOpenTheSameKey) {
  const auto held = expect_ok(get_holders(client_, device_key_, user_), "holders");
  ASSERT_EQ(held.holders.size(), 3u);
  for (const records::Holder& holder : held.holders) {
    const auto opened = holder.kind == records::HolderKind::card ? card_.open(holder, user_)
                        : holder.kind == records::HolderKind::sheet
                            ? records::open_with_sheet(holder, user_.bytes(), sheet_)
                            : records::open_with_recovery(holder, user_.bytes(), export_b_, share_);
    EXPECT_EQ(opened.value(), key_) << records::holder_kind_name(holder.kind);
  }
}

TEST_F(WithServer, RecordsGoThereAndBack) {
  const auto session = expect_ok(open_session(card_), "session");
  EXPECT_EQ(session.level, SessionLevel::card);
  const RequestKey key = session_key(session.id, session_key_pair_);
  const records::RecordName name{random_.array<16>(), 1};
  const auto first = records::seal_record(key_, user_.bytes(), name, as_bytes("one"), random_).value();
  Status status = put_record(client_, key, first);
  ASSERT_TRUE(status.ok()) << error_name(status.error()) << " " << status.failure().detail;
  EXPECT_EQ(put_record(client_, key, first).error(), Error::precondition_failed);
  const auto second =
      records::seal_record(key_, user_.bytes(), {name.id, 2}, as_bytes("two"), random_).value();
  EXPECT_TRUE(put_record(client_, key, second).ok());
  const auto fetched = expect_ok(get_record(client_, key, api::RecordId(name.id)), "get");
  EXPECT_EQ(fetched, second);
  EXPECT_EQ(records::open_record(key_, user_.bytes(), fetched)->expose_text(), "two");
  const auto page = expect_ok(list_records(client_, key, ""), "list");
  ASSERT_EQ(page.records.size(), 1u);
  EXPECT_EQ(page.records[0].version, 2u);
  EXPECT_FALSE(page.more);
  EXPECT_EQ(expect_ok(list_records(client_, key, page.cursor), "list again").records.size(), 0u);
  const auto rewrapped = records::rewrap_record(key_, key_, user_.bytes(), second, random_).value();
  status = rewrap_record(client_, key, rewrapped);
  EXPECT_TRUE(status.ok()) << error_name(status.error()) << " " << status.failure().detail;
  EXPECT_EQ(expect_ok(get_record(client_, key, api::RecordId(name.id)), "get"), rewrapped);
  EXPECT_TRUE(delete_record(client_, key, {name.id, 2}).ok());
  EXPECT_EQ(get_record(client_, key, api::RecordId(name.id)).error(), Error::not_found);
  EXPECT_TRUE(end_session(client_, key).ok());
  EXPECT_EQ(list_records(client_, key, "").error(), Error::session_expired);
}

TEST_F(WithServer, ALostCardAndTheKeyThatOpens) {
  const auto verifier = new_generation();
  auto checked = expect_ok(check_in(client_, device_key_, computer_,
                                    {user_, verifier.generation, to_bytes(verifier.check_root), 0}),
                           "check-in");
  EXPECT_EQ(checked.fit, "ok");
  EXPECT_EQ(checked.cards.size(), 1u);

  EXPECT_EQ(recover("wrong password", kAnswer).error(), Error::identity_not_accepted);
  EXPECT_EQ(recover(kPassword, "wrong answer").error(), Error::cancelled);
  const auto recovered = expect_ok(recover(kPassword, "lake  ZÜRICH"), "recover");
  const auto key = access_key::parse_access_key(recovered.typed.expose()).value();
  const auto match = access_key::verify(verifier, {computer_.bytes(), user_.bytes()}, key);
  ASSERT_TRUE(match.ok());
  EXPECT_EQ(match->index, recovered.index);

  checked = expect_ok(check_in(client_, device_key_, computer_,
                               {user_, verifier.generation, to_bytes(verifier.check_root), match->index}),
                      "check-in after use");
  EXPECT_EQ(checked.fit, "ok");
  EXPECT_TRUE(checked.rotate);
  EXPECT_EQ(new_generation().generation, verifier.generation + 1);
}

TEST_F(WithServer, AnAccessKeyEntersTheServerOnce) {
  const auto verifier = new_generation();
  const auto recovered = expect_ok(recover(kPassword, kAnswer), "recover");
  const auto key = access_key::parse_access_key(recovered.typed.expose()).value();
  const auto match = access_key::verify(verifier, {computer_.bytes(), user_.bytes()}, key);
  const access_key::ChainContext whose{computer_.bytes(), user_.bytes(), verifier.generation};
  const auto session =
      expect_ok(open_access_key_session(client_, whose, match->root, session_key_pair_.spki()), "session");
  EXPECT_EQ(session.level, SessionLevel::access_key);
  EXPECT_FALSE(open_access_key_session(client_, whose, match->root, session_key_pair_.spki()).ok());
}

TEST_F(WithServer, ANewCardTakesOver) {
  new_generation();
  const auto old_session = expect_ok(open_session(card_), "session of the old card");
  const RequestKey old_key = session_key(old_session.id, session_key_pair_);

  const auto password = expect_ok(login_with_password(client_, "ada", as_bytes(kPassword)), "password");
  EXPECT_EQ(password.question.expose_text(), "Where do you swim?");
  const auto answered =
      expect_ok(login_with_answer(client_, password, as_bytes(kPassword), as_bytes(kAnswer)), "answer");
  const auto held = expect_ok(get_holders(client_, password.key, std::nullopt), "holders");
  const auto recovery_holder = std::find_if(held.holders.begin(), held.holders.end(), [](const auto& holder) {
    return holder.kind == records::HolderKind::recovery;
  });
  ASSERT_NE(recovery_holder, held.holders.end());
  const auto opened = expect_ok(
      records::open_with_recovery(*recovery_holder, user_.bytes(), answered.export_b, share_), "holder");

  const SoftCard fresh(random_);
  const auto next = opened.next_epoch(random_).value();
  const auto seal = records::seal_epoch(opened, next, user_.bytes(), random_).value();
  Replacement replacement;
  replacement.reason = "lost";
  replacement.expected_epoch = opened.epoch();
  replacement.card = fresh.for_server(user_, recovery_.point());
  replacement.holders = holders(next, fresh);
  replacement.epoch_seal = seal.envelope;
  replacement.computer = computer_;
  replacement.computer_proof = to_bytes(device_.sign(api::replace_proof(user_, fresh.id(), next.epoch())));
  const std::string once = new_idempotency_key(random_);
  const auto replaced = expect_ok(replace_card(client_, password.key, replacement, once), "replace");
  EXPECT_EQ(replaced.epoch, 2u);
  EXPECT_EQ(replaced.revoked, std::vector<api::CardId>{card_.id()});

  EXPECT_FALSE(list_records(client_, old_key, "").ok());
  EXPECT_FALSE(open_session(card_).ok());
  EXPECT_EQ(expect_ok(open_session(fresh), "session of the new card").level, SessionLevel::card);
  const auto after = expect_ok(get_holders(client_, device_key_, user_), "holders after");
  ASSERT_EQ(after.epoch_seals.size(), 1u);
  EXPECT_EQ(after.epoch_seals[0].epoch, 1u);
  const auto with_card = std::find_if(after.holders.begin(), after.holders.end(), [](const auto& holder) {
    return holder.kind == records::HolderKind::card;
  });
  ASSERT_NE(with_card, after.holders.end());
  const auto newest = expect_ok(fresh.open(*with_card, user_), "holder of the new card");
  EXPECT_EQ(records::open_chain(newest, user_.bytes(), after.epoch_seals, 1).value(), key_);
}

TEST_F(WithServer, SuspendAndResume) {
  const auto password = expect_ok(login_with_password(client_, "ada", as_bytes(kPassword)), "password");
  const auto cards = expect_ok(list_cards(client_, password.key, std::nullopt), "cards");
  const std::uint64_t version = cards.at(0).status.version;
  const auto suspended = expect_ok(
      change_card_state(client_, password.key, card_.id(), CardState::suspended, "lost", version), "suspend");
  EXPECT_EQ(suspended.status.state, CardState::suspended);
  EXPECT_EQ(
      change_card_state(client_, password.key, card_.id(), CardState::suspended, "lost", version).error(),
      Error::precondition_failed);
  EXPECT_FALSE(open_session(card_).ok());
  EXPECT_EQ(
      change_card_state(client_, password.key, card_.id(), CardState::active, "", suspended.status.version)
          .error(),
      Error::permission_denied);  // the password alone may not
}

TEST_F(WithServer, AWrongClockIsToldFromOtherRefusals) {
  FakeClock late(clock_.now() + 1000);
  ServerClient client(*transport_, late, random_);
  const auto account = get_account(client, device_key_, user_);
  ASSERT_EQ(account.error(), Error::clock_skewed);
  EXPECT_NE(account.failure().detail.find("GMT"), std::string::npos) << account.failure().detail;
}

}  // namespace
}  // namespace cardea::upstream

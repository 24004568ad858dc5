// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/guest_service.h"

#include <fstream>

#include "nss_helper/database_check.h"
#include "recoveryd/service/accounts_database.h"
#include "recoveryd/service/login_service.h"
#include "recoveryd/state/known_server_key.h"
#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

constexpr std::uint32_t kUid = 2'010'000'007;

class Guests : public ServiceTest {
 protected:
  Guests() {
    settings_.guests = true;
    settings_.server_urls = {"https://server.example"};
    write(files_.passwd, "root:x:0:0:root:/root:/bin/bash\n");
    write(files_.group, "root:x:0:\n");
    context_.accounts = &accounts_;
    context_.guest_key = &key_;
    context_.canonical_name = [this](const std::string& name) -> std::optional<std::string> {
      return name == local_user_ ? std::optional(name) : std::nullopt;
    };
    context_.ask_about_guest = [this](const api::CardId& card) -> Result<upstream::GuestStatement> {
      ++asked_;
      if (failure_) return *failure_;
      api::AccountStatement statement = statement_;
      if (statement.card == api::CardId{}) {
        statement.card = card;
        statement.auth_spki = card_.info.auth_spki;
        statement.wrap_spki = card_.info.wrap_spki;
      }
      upstream::GuestStatement answer;
      answer.statement = api::encode(statement);
      const auto signature = signer_->sign(answer.statement);
      answer.signature = Bytes(signature.begin(), signature.end());
      answer.key = signer_->spki();
      return answer;
    };
    statement_.server = "server.example";
    statement_.computer = api::ComputerId(device_->computer_id);
    statement_.user = api::UserId::random(random_);
    statement_.account = "Anna";
    statement_.login = "anna";
    statement_.uid = kUid;
    statement_.groups = {{"readers", kUid + 100}};
    statement_.display_name = "Anna";
    statement_.epoch = 2;
    statement_.issued_at = clock_.now();
    statement_.expires_at = clock_.now() + 3600;
    card_ = worker_.insert("Anna's card", "1234");
  }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
  }
  Result<std::string> admit(const std::string& user) { return GuestService(context_).admit(user, voice_); }
  Status ask_again() {
    const auto record = enrolments_.load("anna");
    EXPECT_TRUE(record.ok());
    return GuestService(context_).ask_again(*record, *card_.info.card_id, voice_);
  }
  nss::AccountList published() const {
    const auto state = nss::check_database_file(database_);
    return state.ok() ? state->list : nss::AccountList{};
  }
  void nothing_was_made() const {
    EXPECT_EQ(enrolments_.load("anna").error(), Error::not_enrolled);
    EXPECT_TRUE(published().accounts.empty());
  }
  // What a login without a terminal comes to: the first question ends it.
  wire::Verdict log_in(const std::string& user, const std::string& remote_host = {}) {
    Conversation client = client_of(::geteuid());
    LoginRequest request;
    request.service = "login";
    request.user = user;
    request.remote_host = remote_host;
    ::shutdown(client_end_.get(), SHUT_WR);
    LoginService(context_).login(client, request);
    wire::Verdict verdict;
    verdict.error = static_cast<std::uint16_t>(Error::internal);
    for (ssize_t size = 0;
         (size = ::recv(client_end_.get(), packet_.data(), packet_.size(), MSG_DONTWAIT)) > 0;) {
      if (wire::decode(wire::Packet(packet_).first(static_cast<std::size_t>(size)), verdict)) break;
    }
    return verdict;
  }

  const nss::LocalAccountFiles files_{root_.file("passwd"), root_.file("group"), root_.file("subuid"),
                                      root_.file("subgid")};
  const std::string database_ = root_.file("cache/accounts.db");
  AccountsDatabase accounts_{*directory_, database_, files_, clock_, random_, log_};
  KnownServerKey key_{*directory_};
  text::Voice voice_;
  std::optional<crypto::Ed25519KeyPair> signer_ = crypto::Ed25519KeyPair::generate(random_);
  api::AccountStatement statement_;
  std::optional<Failure> failure_;
  worker::CardView card_;
  std::string local_user_ = "bob";
  int asked_ = 0;
  Bytes packet_ = Bytes(wire::kMaxPacketBytes);
};

TEST_F(Guests, TheOwnerOfTheCardGetsAnAccountAndARecordThatEnds) {
  EXPECT_EQ(*admit("anna"), "anna");
  const auto record = enrolments_.load("anna");
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->guest_until, statement_.expires_at);
  EXPECT_EQ(record->user_id, statement_.user.bytes());
  ASSERT_EQ(record->cards.size(), 1u);
  EXPECT_EQ(record->cards[0].auth_spki, card_.info.auth_spki);
  EXPECT_FALSE(record->current.has_value());
  const auto list = published();
  ASSERT_EQ(list.accounts.size(), 1u);
  EXPECT_EQ(list.accounts[0], (nss::Account{"anna", kUid, "Anna", "/home/anna", "/bin/bash"}));
  ASSERT_EQ(list.groups.size(), 1u);
  EXPECT_EQ(list.groups[0].members, std::vector<std::string>{"anna"});
}

TEST_F(Guests, WithoutANameItIsWhoeverHasTheCard) { EXPECT_EQ(*admit(""), "anna"); }

TEST_F(Guests, ATypedNameMustBeHis) {
  EXPECT_EQ(admit("carol").error(), Error::not_enrolled);
  EXPECT_EQ(admit("ANNA").error(), Error::user_changed);
  nothing_was_made();
}

TEST_F(Guests, WithoutACardOrWithTwoNobodyIsAsked) {
  worker_.insert("Another card", "1234");
  EXPECT_EQ(admit("anna").error(), Error::invalid_argument);
  worker_.remove(1);
  worker_.remove(2);
  EXPECT_EQ(admit("anna").error(), Error::not_enrolled);
  EXPECT_EQ(asked_, 0);
}

TEST_F(Guests, ACardOfSomebodyEnrolledHereMakesNobodyElse) {
  enrol("owner", card_);
  EXPECT_EQ(admit("anna").error(), Error::not_enrolled);
  EXPECT_EQ(asked_, 0);
}

TEST_F(Guests, WhatIsNotTrueMakesNobody) {
  const auto changed = [&](const std::function<void(api::AccountStatement&)>& change) {
    const api::AccountStatement good = statement_;
    change(statement_);
    const Error error = admit("anna").error();
    statement_ = good;
    return error;
  };
  EXPECT_EQ(changed([](auto& s) { s.server = "evil.example"; }), Error::server_untrusted);
  EXPECT_EQ(changed([](auto& s) { s.computer = {}; }), Error::server_untrusted);
  EXPECT_EQ(changed([](auto& s) { s.uid = 0; }), Error::server_untrusted);
  EXPECT_EQ(changed([](auto& s) { s.uid = 1000; }), Error::server_untrusted);
  EXPECT_EQ(changed([](auto& s) { s.account = s.login = "sudo"; }), Error::server_untrusted);
  EXPECT_EQ(changed([](auto& s) { s.groups = {{"docker", kUid + 1}}; }), Error::server_untrusted);
  EXPECT_EQ(changed([](auto& s) { s.expires_at = s.issued_at - 1; }), Error::server_untrusted);
  EXPECT_EQ(changed([](auto& s) { s.issued_at -= 7200, s.expires_at -= 7200; }), Error::server_untrusted);
  const auto other = worker::CardView(worker_.insert("Another card", "1234"));
  worker_.remove(other.insertion);
  EXPECT_EQ(changed([&](auto& s) {
              s.card = api::CardId(*other.info.card_id);
              s.auth_spki = other.info.auth_spki;
              s.wrap_spki = other.info.wrap_spki;
            }),
            Error::server_untrusted);
  nothing_was_made();
  EXPECT_TRUE(admit("anna").ok());
}

TEST_F(Guests, AnotherKeyThanTheFirstIsNotBelieved) {
  ASSERT_TRUE(admit("anna").ok());
  EXPECT_EQ(*key_.read(), signer_->spki());
  const Bytes first = signer_->spki();
  signer_ = crypto::Ed25519KeyPair::generate(random_);
  EXPECT_EQ(ask_again().error(), Error::server_untrusted);
  EXPECT_EQ(*key_.read(), first);
  EXPECT_EQ(key_.keep(signer_->spki()).error(), Error::already_exists);
}

TEST_F(Guests, TheKeyThatAnOwnerHereKnowsIsTheFirst) {
  const auto owners_card = worker_.insert("Owner's card", "1234");
  enrol("owner", owners_card);
  ASSERT_TRUE(enrolments_
                  .update("owner",
                          [&](login::EnrolmentRecord& record) -> Status {
                            record.servers = settings_.server_urls;
                            record.checkpoint_key = crypto::Ed25519KeyPair::generate(random_).spki();
                            return {};
                          })
                  .ok());
  EXPECT_EQ(admit("anna").error(), Error::server_untrusted);
  ASSERT_TRUE(enrolments_
                  .update("owner",
                          [&](login::EnrolmentRecord& record) -> Status {
                            record.checkpoint_key = signer_->spki();
                            return {};
                          })
                  .ok());
  EXPECT_TRUE(admit("anna").ok());
}

TEST_F(Guests, ADamagedKeyFileIsNoFirstTime) {
  ASSERT_TRUE(admit("anna").ok());
  write(root_.file("state/guest-key"), "x");
  EXPECT_EQ(ask_again().error(), Error::server_untrusted);
  EXPECT_EQ(key_.read().error(), Error::corrupted);
}

TEST_F(Guests, NamesAndNumbersOfThisComputerAreNotTaken) {
  write(files_.passwd, "root:x:0:0::/:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n");
  EXPECT_EQ(admit("anna").error(), Error::already_exists);
  write(files_.passwd, "root:x:0:0::/:/bin/sh\nother:x:2010000007:100::/:/bin/sh\n");
  EXPECT_EQ(admit("anna").error(), Error::already_exists);
  write(files_.passwd, "root:x:0:0::/:/bin/sh\n");
  write(files_.group, "root:x:0:\nanna:x:1000:\n");
  EXPECT_EQ(admit("anna").error(), Error::already_exists);
  write(files_.group, "root:x:0:\n");
  write(files_.subuid, "root:2010000000:65536\n");
  EXPECT_EQ(admit("anna").error(), Error::already_exists);
  nothing_was_made();
  write(files_.subuid, "");
  EXPECT_TRUE(admit("anna").ok());
}

TEST_F(Guests, AnotherAccountWithHisNumberOrNameDoesNotPushHimOut) {
  ASSERT_TRUE(admit("anna").ok());
  const auto mine = published();
  worker_.remove(card_.insertion);
  card_ = worker_.insert("Carol's card", "1234");
  statement_.user = api::UserId::random(random_);
  EXPECT_EQ(admit("anna").error(), Error::already_exists);  // the name: a record of another account
  statement_.account = statement_.login = "carol";
  EXPECT_EQ(admit("carol").error(), Error::already_exists);  // the number
  EXPECT_EQ(published(), mine);
  EXPECT_EQ(enrolments_.load("carol").error(), Error::not_enrolled);
}

TEST_F(Guests, AnOwnersRecordIsNotMadeAGuests) {
  enrol("anna", worker_.insert("Owner's card", "1234"));
  EXPECT_EQ(admit("anna").error(), Error::already_exists);
  EXPECT_FALSE(enrolments_.load("anna")->is_guest());
}

TEST_F(Guests, AskedAgainHeIsRenewedOrEnds) {
  ASSERT_TRUE(admit("anna").ok());
  clock_.advance(1800);
  statement_.issued_at = clock_.now();
  statement_.expires_at = clock_.now() + 3600;
  statement_.groups.clear();
  EXPECT_TRUE(ask_again().ok());
  EXPECT_EQ(enrolments_.load("anna")->guest_until, statement_.expires_at);
  EXPECT_TRUE(published().groups.empty());
  failure_ = fail(Error::server_unreachable);
  EXPECT_TRUE(ask_again().ok());
  EXPECT_EQ(enrolments_.load("anna")->guest_until, statement_.expires_at);
  for (const Error error :
       {Error::card_revoked, Error::permission_denied, Error::not_found, Error::state_forbidden}) {
    failure_.reset();
    ASSERT_TRUE(ask_again().ok());
    failure_ = fail(error);
    EXPECT_FALSE(ask_again().ok()) << error_name(error);
    EXPECT_EQ(enrolments_.load("anna")->guest_until, 1) << error_name(error);
    EXPECT_TRUE(enrolments_.load("anna")->is_guest());
  }
}

TEST_F(Guests, ACardThatIsSomebodyElsesNowEndsHim) {
  ASSERT_TRUE(admit("anna").ok());
  statement_.user = api::UserId::random(random_);
  EXPECT_EQ(ask_again().error(), Error::card_revoked);
}

TEST_F(Guests, ANewCardOfHisTakesThePlaceOfTheOld) {
  ASSERT_TRUE(admit("anna").ok());
  worker_.remove(card_.insertion);
  card_ = worker_.insert("Anna's new card", "1234");
  ASSERT_TRUE(admit("anna").ok());
  const auto record = enrolments_.load("anna");
  ASSERT_EQ(record->cards.size(), 2u);
  EXPECT_EQ(record->cards[0].state, login::CardState::revoked);
  EXPECT_EQ(record->cards[1].state, login::CardState::active);
}

TEST_F(Guests, OnlyWhatIsHisOwnAffairIsPermittedToHim) {
  ASSERT_TRUE(admit("anna").ok());
  const GuestService guests(context_);
  for (const char* verb : {"register", "card.replace", "access-key.rotate", "access-key.check"})
    EXPECT_EQ(guests.may_operate("anna", verb).error(), Error::permission_denied) << verb;
  for (const char* verb : {"records.list", "status", "card.suspend", "card.change-pin"})
    EXPECT_TRUE(guests.may_operate("anna", verb).ok()) << verb;
  enrol("owner", worker_.insert("Owner's card", "1234"));
  EXPECT_TRUE(guests.may_operate("owner", "card.replace").ok());
  EXPECT_TRUE(guests.may_operate("nobody", "register").ok());
}

// At the login itself.
TEST_F(Guests, WhereGuestsAreOffAStrangerIsAStranger) {
  settings_.guests = false;
  EXPECT_EQ(log_in("anna").decision, wire::Decision::not_enrolled);
  EXPECT_EQ(asked_, 0);
}

TEST_F(Guests, FromAfarNobodyIsMadeAGuest) {
  EXPECT_EQ(log_in("anna", "192.0.2.7").decision, wire::Decision::not_enrolled);
  EXPECT_EQ(asked_, 0);
}

TEST_F(Guests, AUserOfThisComputerIsNotAskedAbout) {
  EXPECT_EQ(log_in("bob").decision, wire::Decision::not_enrolled);
  EXPECT_EQ(asked_, 0);
}

TEST_F(Guests, HisPinIsAskedAlsoWhileTheGateIsOff) {
  const wire::Verdict verdict = log_in("anna");
  EXPECT_EQ(verdict.decision, wire::Decision::refused);  // nobody answers
  EXPECT_EQ(asked_, 1);
  EXPECT_TRUE(enrolments_.load("anna").ok());
  settings_.services_without_card = {"login"};
  EXPECT_EQ(log_in("anna").decision, wire::Decision::refused);
  EXPECT_EQ(asked_, 1);  // again only when his card has signed
}

TEST_F(Guests, AServerThatSaysNoIsNoWayToThePassword) {
  failure_ = fail(Error::card_revoked);
  EXPECT_EQ(log_in("anna").decision, wire::Decision::refused);
  failure_ = fail(Error::server_unreachable);
  EXPECT_EQ(log_in("anna").decision, wire::Decision::refused);
  nothing_was_made();
}

}  // namespace
}  // namespace cardea::recoveryd

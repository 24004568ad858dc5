// SPDX-License-Identifier: Apache-2.0
// guest.list and guest.remove: docs/spec/guests.md, "Forgetting a guest".
#include "recoveryd/service/guest_administration.h"

#include <filesystem>
#include <fstream>

#include <sys/wait.h>

#include "nss_helper/database_check.h"
#include "recoveryd/json.h"
#include "recoveryd/operations.h"
#include "recoveryd/service/accounts_database.h"
#include "recoveryd/service/login_service.h"
#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

constexpr std::uint32_t kUid = 2'010'000'007;

class GuestAdministrationTest : public ServiceTest {
 protected:
  GuestAdministrationTest() {
    write(files_.passwd, "root:x:0:0:root:/root:/bin/bash\n");
    write(files_.group, "root:x:0:\n");
    context_.accounts = &accounts_;
    context_.administrator = ::geteuid();
    context_.has_sessions = [this](uid_t uid) -> Result<bool> {
      asked_uid_ = uid;
      if (sessions_fail_) return Error::io_failed;
      return has_sessions_;
    };
  }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
  }
  static WantedAccount account_of(const std::string& user, std::uint32_t uid) {
    WantedAccount account;
    account.owner[0] = static_cast<std::uint8_t>(uid);
    account.owner[1] = 0x11;
    account.account = {user, uid, "", "/home/" + user, "/bin/bash"};
    return account;
  }
  void add_record(const std::string& user, std::uint32_t uid) {
    login::EnrolmentRecord record;
    record.local_user = user;
    record.user_id = account_of(user, uid).owner;
    record.account = user + "@account";
    record.servers = {"https://home.example"};
    record.epoch = 1;
    record.device_share = random_.secret<32>();
    record.guest_until = clock_.now() + 3600;
    const auto random = random_.array<16>();
    const Bytes key(random.begin(), random.end());
    record.cards.push_back({crypto::card_id(key), key, key, "card", "1", login::CardState::active});
    ASSERT_TRUE(enrolments_.add(record).ok());
  }
  void add_guest(const std::string& user, std::uint32_t uid = kUid) {
    add_record(user, uid);
    ASSERT_TRUE(accounts_.publish_account(account_of(user, uid), {}).ok());
  }
  Result<OperationOutcome> remove(const std::string& user) {
    Conversation client = client_of(::geteuid());
    return GuestAdministration(context_).remove(client, user);
  }
  // The names on one page; the page's "next".
  std::pair<std::vector<std::string>, std::string> list(const std::string& after = {}) {
    Conversation client = client_of(::geteuid());
    OperationRequest request;
    if (!after.empty()) request.arguments.emplace_back("after", after);
    const auto outcome = GuestAdministration(context_).list(client, request);
    EXPECT_TRUE(outcome.ok());
    EXPECT_LT(outcome->message.size(), wire::kMaxFieldBytes);
    message_ = outcome->message;
    const auto json = api::Json::parse(outcome->json);
    EXPECT_TRUE(json.ok());
    listed_ = *json->find("guests")->array();
    std::vector<std::string> names;
    for (const api::Json& one : listed_)
      names.push_back(*one.find("user")->string());
    const api::Json* next = json->find("next");
    return {names, next == nullptr ? "" : *next->string()};
  }
  // As a client of this uid asks for it.
  Error operate(uid_t uid, const std::string& verb, const std::string& user) {
    LoginService logins(context_);
    Dispatcher dispatcher(context_, logins);
    Operations operations(context_);
    operations.add_to(dispatcher);
    Conversation client = client_of(uid);
    wire::BeginOperation begin;
    begin.verb = verb;
    begin.arguments[begin.argument_count++] = {"user", user};
    Bytes packet(wire::kMaxPacketBytes);
    const wire::Packet sent = wire::encode(begin, packet);
    EXPECT_EQ(::send(client_end_.get(), sent.data(), sent.size(), 0), static_cast<ssize_t>(sent.size()));
    dispatcher.serve(client);
    const ssize_t got = ::recv(client_end_.get(), packet.data(), packet.size(), MSG_DONTWAIT);
    wire::OperationResult result;
    if (got <= 0 || !wire::decode(wire::Packet(packet).first(static_cast<std::size_t>(got)), result))
      return Error::internal;
    return static_cast<Error>(result.error);
  }
  void session(wire::MessageType type, pid_t program) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    client_end_ = UniqueFd(ends[1]);
    Conversation client(UniqueFd(ends[0]), Peer{::geteuid(), ::getegid(), program});
    LoginRequest request;
    request.type = type;
    request.service = "login";
    request.user = "anna";
    request.tty = "tty1";
    LoginService(context_).session(client, request);
  }
  std::string audit_text() const {
    std::ifstream file(root_.file("state/audit"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool is_whole(const std::string& user) const {
    return enrolments_.load(user).ok() && accounts_.uid_of(user).has_value();
  }
  static constexpr auto kOpen = wire::MessageType::begin_session;
  static constexpr auto kClose = wire::MessageType::end_session;

  const nss::LocalAccountFiles files_{root_.file("passwd"), root_.file("group"), root_.file("subuid"),
                                      root_.file("subgid")};
  const std::string database_ = root_.file("cache/accounts.db");
  AccountsDatabase accounts_{*directory_, database_, files_, clock_, random_, log_};
  bool has_sessions_ = false, sessions_fail_ = false;
  std::optional<uid_t> asked_uid_;
  std::string message_;
  JsonArray listed_;
};

using Names = std::vector<std::string>;

TEST_F(GuestAdministrationTest, AGuestIsForgottenWithAllThatWasKeptOfHim) {
  add_guest("anna");
  add_guest("ben", kUid + 1);
  for (const std::string_view extension :
       {kTriesExtension, kRemoteTriesExtension, std::string_view("keyring")})
    write(directory_->user_file("anna", extension), "x");
  const auto removed = remove("anna");
  ASSERT_TRUE(removed.ok());
  EXPECT_EQ(removed->json, R"({"user":"anna","account":"anna@account","uid":2010000007,"home":"/home/anna",)"
                           R"("home_is_removed":false})");
  EXPECT_EQ(enrolments_.load("anna").error(), Error::not_enrolled);
  for (const auto& file : std::filesystem::directory_iterator(directory_->users()))
    EXPECT_TRUE(file.path().filename().string().starts_with("ben.")) << file.path();
  EXPECT_EQ(accounts_.uid_of("anna"), std::nullopt);
  EXPECT_TRUE(is_whole("ben"));
  EXPECT_NE(audit_text().find(R"("kind":"guest-removed","user":"anna","account":"anna@account")"),
            std::string::npos);
  EXPECT_EQ(remove("anna").error(), Error::not_found);
}

TEST_F(GuestAdministrationTest, HisNumberIsGivenToNobodyElseAndBackToHim) {
  add_guest("anna");
  ASSERT_TRUE(remove("anna").ok());
  WantedAccount other = account_of("carol", kUid);
  other.owner[1] = 0x22;
  EXPECT_EQ(accounts_.publish_account(other, {}).error(), Error::already_exists);
  add_guest("anna");
  EXPECT_TRUE(is_whole("anna"));
}

TEST_F(GuestAdministrationTest, WhereHomesAreWipedTheAnswerSaysSo) {
  settings_.guests_are_wiped = true;
  add_guest("anna");
  EXPECT_NE(remove("anna")->json.find(R"("home_is_removed":true)"), std::string::npos);
}

TEST_F(GuestAdministrationTest, NobodyAndAnOwnerAreNotRemoved) {
  EXPECT_EQ(remove("anna").error(), Error::not_found);
  EXPECT_EQ(remove("").error(), Error::not_found);
  EXPECT_EQ(remove("../anna").error(), Error::not_found);
  enrol("owner", worker_.insert("Owner's card", "1234"));
  EXPECT_EQ(remove("owner").error(), Error::state_forbidden);
  EXPECT_TRUE(enrolments_.load("owner").ok());
  // Nor is one whose account came from the server.
  ASSERT_TRUE(accounts_.publish_account(account_of("owner", kUid), {}).ok());
  EXPECT_EQ(remove("owner").error(), Error::state_forbidden);
  EXPECT_TRUE(is_whole("owner"));
  EXPECT_EQ(audit_text().find("guest-removed"), std::string::npos);
}

TEST_F(GuestAdministrationTest, ARecordThatCantBeReadIsNotRemoved) {
  add_guest("anna");
  write(directory_->user_file("anna", kEnrolmentExtension), "x");
  EXPECT_EQ(remove("anna").error(), Error::corrupted);
  EXPECT_TRUE(accounts_.uid_of("anna").has_value());
}

TEST_F(GuestAdministrationTest, AnotherOwnersAccountOfHisNameStays) {
  add_record("anna", kUid + 1);
  ASSERT_TRUE(accounts_.publish_account(account_of("anna", kUid), {}).ok());
  ASSERT_TRUE(remove("anna").ok());
  EXPECT_EQ(accounts_.uid_of("anna"), kUid);
}

TEST_F(GuestAdministrationTest, WhatAnInterruptionLeftIsListedAndGoes) {
  ASSERT_TRUE(accounts_.publish_account(account_of("anna", kUid), {}).ok());
  add_record("ben", kUid + 1);
  EXPECT_EQ(list().first, (Names{"anna", "ben"}));
  EXPECT_TRUE(remove("anna").ok());
  EXPECT_TRUE(remove("ben").ok());
  EXPECT_EQ(list().first, Names{});
  EXPECT_EQ(message_, "Nobody is a guest at this computer.");
}

TEST_F(GuestAdministrationTest, WhoIsLoggedInAsPamSaysItStays) {
  add_guest("anna");
  session(kOpen, ::getpid());
  EXPECT_EQ(remove("anna").error(), Error::state_forbidden);
  EXPECT_TRUE(is_whole("anna"));
  ASSERT_EQ(list().first, Names{"anna"});
  EXPECT_TRUE(*listed_[0].find("logged_in")->boolean());
  session(kClose, ::getpid());
  EXPECT_TRUE(remove("anna").ok());
}

TEST_F(GuestAdministrationTest, ASessionEndsWithItsProgramToo) {
  int hold[2] = {-1, -1};
  ASSERT_EQ(::pipe(hold), 0);
  const pid_t program = ::fork();
  ASSERT_GE(program, 0);
  if (program == 0) {
    ::close(hold[1]);
    char byte = 0;
    ::_exit(::read(hold[0], &byte, 1) == 0 ? 0 : 1);
  }
  ::close(hold[0]);
  add_guest("anna");
  session(kOpen, program);
  EXPECT_EQ(remove("anna").error(), Error::state_forbidden);
  ::close(hold[1]);
  ASSERT_EQ(::waitpid(program, nullptr, 0), program);
  EXPECT_TRUE(remove("anna").ok());
}

TEST_F(GuestAdministrationTest, WhoIsLoggedInAsTheServiceManagerSaysItStays) {
  add_guest("anna");
  has_sessions_ = true;
  EXPECT_EQ(remove("anna").error(), Error::state_forbidden);
  EXPECT_EQ(asked_uid_, kUid);
  sessions_fail_ = true;
  EXPECT_EQ(remove("anna").error(), Error::io_failed);
  EXPECT_TRUE(is_whole("anna"));
}

TEST_F(GuestAdministrationTest, TheListHasPagesAndOnlyGuests) {
  enrol("bob", worker_.insert("Owner's card", "1234"));
  Names all;
  for (std::uint32_t i = 0; i < 20; ++i) {
    all.push_back("guest" + std::to_string(10 + i));
    add_guest(all.back(), kUid + i);
  }
  const auto [first, next] = list();
  EXPECT_EQ(first, Names(all.begin(), all.begin() + 16));
  EXPECT_EQ(next, all[15]);
  EXPECT_EQ(*listed_[0].find("uid")->integer(), kUid);
  EXPECT_EQ(*listed_[0].find("until")->integer(), clock_.now() + 3600);
  EXPECT_FALSE(*listed_[0].find("logged_in")->boolean());
  const auto [second, end] = list(next);
  EXPECT_EQ(second, Names(all.begin() + 16, all.end()));
  EXPECT_EQ(end, "");
}

TEST_F(GuestAdministrationTest, OnlyRootMayAsk) {
  add_guest("anna");
  for (const char* verb : {"guest.list", "guest.remove"}) {
    EXPECT_EQ(operate(ordinary_uid(), verb, "anna"), Error::permission_denied) << verb;
    EXPECT_EQ(operate(kUid, verb, "anna"), Error::permission_denied) << verb << ": nor he himself";
  }
  EXPECT_TRUE(is_whole("anna"));
  EXPECT_EQ(operate(::geteuid(), "guest.list", "anna"), Error{});
  EXPECT_EQ(operate(::geteuid(), "guest.remove", "anna"), Error{});
  EXPECT_EQ(enrolments_.load("anna").error(), Error::not_enrolled);
}

}  // namespace
}  // namespace cardea::recoveryd

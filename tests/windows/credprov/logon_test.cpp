// SPDX-License-Identifier: Apache-2.0
// LOGON, from the tile to LSA's word, over a real pipe.
#include "core/access_key/grouped_code.h"
#include "core/base/bytes.h"
#include "core/client/texts.h"
#include "credprov/model/kerb_logon.h"
#include "credprov/model/texts.h"
#include "credprov/windows/module.h"
#include "tests/windows/credprov/fake_logon_ui.h"

namespace cardea::credprov::test {
namespace {

using wire::Decision;
using wire::Route;
constexpr LONG kLogonFailure = static_cast<LONG>(0xC000006D);
constexpr LONG kLockedOut = static_cast<LONG>(0xC0000234);

class LogonTest : public LogonUiTest {
 protected:
  void expect_credential(const Serialized& given, std::string_view password, std::string_view user = "ana",
                         std::string_view domain = "PC") {
    ASSERT_EQ(given.response, CPGSR_RETURN_CREDENTIAL_FINISHED);
    EXPECT_EQ(given.package, kPackage);
    EXPECT_EQ(given.provider, kProviderClass);
    const auto logon = unpack_logon(given.bytes);
    ASSERT_TRUE(logon.ok());
    EXPECT_EQ(logon.value().message, LogonMessage::interactive);
    EXPECT_EQ(logon.value().name.user, user);
    EXPECT_EQ(logon.value().name.domain, domain);
    EXPECT_EQ(logon.value().password.expose_text(), password);
  }
};

TEST_F(LogonTest, CardAndStoredPassword) {
  start();
  EXPECT_FALSE(auto_logon_);
  EXPECT_TRUE(is_shown(Field::pin));
  EXPECT_FALSE(is_shown(Field::user_name));
  daemon_.expect([](DaemonEnd& daemon) {
    const wire::Begin begin = daemon.begin();
    EXPECT_EQ(begin.service, "windows-logon");
    EXPECT_EQ(begin.user, "PC\\ana");
    EXPECT_EQ(begin.flags, static_cast<std::uint32_t>(wire::kHasFirstPass));
    EXPECT_EQ(daemon.ask_pin(), "1234");
    EXPECT_EQ(daemon.reveal("windows-password", "pä🔑"), wire::AnswerKind::empty);
    daemon.verdict(Decision::granted, "PC\\ana");
  });
  EXPECT_EQ(submit(Field::pin, "1234").response, CPGSR_NO_CREDENTIAL_NOT_FINISHED);
  EXPECT_TRUE(comes_by_itself());
  expect_credential(submit(), "pä🔑");
  EXPECT_EQ(report(0), "");
}

TEST_F(LogonTest, TilesThatAreDeselectedWhenRedrawnKeepTheirPromise) {
  start();
  daemon_.expect(grants("s3cret"));
  submit(Field::pin, "1234");
  EXPECT_TRUE(comes_by_itself(true));
  expect_credential(submit(), "s3cret");
}

TEST_F(LogonTest, TheSameUsersAndScenarioAgainTakeNothingAway) {
  start();
  daemon_.expect(grants("s3cret"));
  submit(Field::pin, "1234");
  EXPECT_TRUE(eventually([&] { return events_.changes > 0; }));
  EXPECT_EQ(provider_->SetUsageScenario(CPUS_LOGON, 0), S_OK);
  EXPECT_EQ(set_users({{"PC\\ana", "S-1-5-21-1-2-3-1001"}}), S_OK);
  EXPECT_TRUE(comes_by_itself(true));
  expect_credential(submit(), "s3cret");
}

TEST_F(LogonTest, WrongPinIsAskedAgainInTheTile) {
  start();
  daemon_.expect([](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin(), "1111");
    EXPECT_EQ(daemon.ask_pin("PIN: ", "Wrong PIN. 2 tries left."), "2222");
    daemon.verdict(Decision::refused, "", "Wrong PIN. 1 try left.");
  });
  submit(Field::pin, "1111");
  ASSERT_TRUE(comes_to(Field::hidden_answer));
  EXPECT_EQ(text_of(Field::message), "Wrong PIN. 2 tries left.\nPIN: ");
  EXPECT_GT(shown().emptied, 0);
  submit(Field::hidden_answer, "2222");
  EXPECT_TRUE(says("Wrong PIN. 1 try left."));
  ASSERT_TRUE(comes_to(Field::pin));
  EXPECT_EQ(events_.changes, 0) << "nothing is submitted by itself";
}

TEST_F(LogonTest, PasswordThatIsNotStoredIsTypedOnceAndSealed) {
  start();
  daemon_.expect(grants(""));
  submit(Field::pin, "1234");
  ASSERT_TRUE(comes_to(Field::windows_password));
  EXPECT_TRUE(says(texts::kPasswordWanted));
  std::atomic<bool> sealed{false};
  daemon_.expect([&](DaemonEnd& daemon) {
    const wire::BeginOperation begin = daemon.operation();
    EXPECT_EQ(begin.verb, "windows.seal-password");
    EXPECT_EQ(begin.arguments[0].value, "PC\\ana");
    EXPECT_EQ(daemon.ask("windows-password", "", Route::private_channel), "s3cret");
    EXPECT_EQ(daemon.ask("windows-outcome", "", Route::daemon), "accepted");
    daemon.result("");
    sealed = true;
  });
  expect_credential(submit(Field::windows_password, "s3cret"), "s3cret");
  EXPECT_EQ(report(0), "");
  EXPECT_TRUE(eventually([&] { return sealed.load(); }));
}

TEST_F(LogonTest, StoredPasswordThatIsWrongIsAskedForAndNotOfferedAgain) {
  start();
  daemon_.expect(grants("old"));
  submit(Field::pin, "1234");
  EXPECT_TRUE(comes_by_itself());
  expect_credential(submit(), "old");
  EXPECT_EQ(report(kLogonFailure), texts::kStoredPasswordWrong);
  redraw(false);
  EXPECT_FALSE(auto_logon_);
  EXPECT_FALSE(selected_wants_submit_);
  EXPECT_EQ(submit().response, CPGSR_NO_CREDENTIAL_NOT_FINISHED);
  daemon_.expect([](DaemonEnd& daemon) {
    daemon.operation();
    EXPECT_EQ(daemon.ask("windows-password", "", Route::private_channel), "new");
    EXPECT_EQ(daemon.ask("windows-outcome", "", Route::daemon), "accepted");
    daemon.result("");
  });
  expect_credential(submit(Field::windows_password, "new"), "new");
  EXPECT_EQ(report(0), "");
}

TEST_F(LogonTest, LockedAccountBeginsAnew) {
  start();
  daemon_.expect(grants("s3cret"));
  submit(Field::pin, "1234");
  EXPECT_TRUE(comes_by_itself());
  submit();
  EXPECT_EQ(report(kLockedOut), texts::kLockedOut);
  redraw(true);
  EXPECT_TRUE(is_shown(Field::pin));
  EXPECT_FALSE(auto_logon_);
}

TEST_F(LogonTest, NotSetUpForThisAccount) {
  start();
  for (const Decision decision : {Decision::gate_off, Decision::not_enrolled}) {
    daemon_.expect([decision](DaemonEnd& daemon) {
      daemon.begin();
      daemon.verdict(decision, "PC\\ana");
    });
    submit(Field::pin, "1234");
    EXPECT_TRUE(says(texts::kNotSetUp));
  }
}

TEST_F(LogonTest, DaemonThatDiesAndDaemonThatIsSlow) {
  start();
  daemon_.expect([](DaemonEnd& daemon) { daemon.begin(); });
  submit(Field::pin, "1234");
  EXPECT_TRUE(says(client::kServiceDownText));
  std::mutex gate;
  gate.lock();
  daemon_.expect([&](DaemonEnd& daemon) {
    daemon.begin();
    std::lock_guard wait(gate);
    daemon.verdict(Decision::refused, "", "At last.");
  });
  submit(Field::pin, "1234");
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(submit().response, CPGSR_NO_CREDENTIAL_NOT_FINISHED);
  EXPECT_EQ(text_of(Field::message), texts::kWorking);
  gate.unlock();
  EXPECT_TRUE(says("At last."));
}

TEST_F(LogonTest, DeselectEndsTheConversation) {
  start();
  std::atomic<bool> ended{false};
  daemon_.expect([&](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin(), "1234");
    EXPECT_EQ(daemon.ask_pin("PIN: ", "Wrong PIN."), "<refused>");
    ended = daemon.wait_for_end();
  });
  submit(Field::pin, "1234");
  ASSERT_TRUE(comes_to(Field::hidden_answer));
  EXPECT_EQ(tile()->SetDeselected(), S_OK);
  EXPECT_TRUE(eventually([&] { return ended.load(); }));
  select();
  EXPECT_TRUE(comes_to(Field::pin));
  daemon_.expect(grants("s3cret"));
  submit(Field::pin, "1234");
  EXPECT_TRUE(comes_by_itself());
  expect_credential(submit(), "s3cret");
}

TEST_F(LogonTest, AccessKeyIsCheckedWhileTypingAndSentByTheArrow) {
  const std::string key(
      access_key::format_groups(from_hex("00112233445566778899aabbccddee").value()).expose_text());
  start();
  EXPECT_EQ(text_of(Field::link), texts::kNoCardLink);
  EXPECT_EQ(tile()->CommandLinkClicked(static_cast<DWORD>(index_of(Field::link))), S_OK);
  EXPECT_TRUE(is_shown(Field::access_key));
  EXPECT_FALSE(is_shown(Field::pin));
  std::string wrong = key;
  wrong[13] = wrong[13] == 'A' ? 'B' : 'A';
  type(Field::access_key, wrong);
  EXPECT_TRUE(is_shown(Field::key_check));
  EXPECT_EQ(text_of(Field::key_check), "Group 3 is mistyped.");
  type(Field::access_key, key);
  EXPECT_FALSE(is_shown(Field::key_check));
  daemon_.expect([key](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask("pin-or-access-key", "", Route::by_form), key);
    daemon.verdict(Decision::refused, "", "This access key does not open this computer.");
  });
  submit();
  EXPECT_TRUE(says("This access key does not open this computer."));
}

TEST_F(LogonTest, TwoUsersHaveTilesOfTheirOwn) {
  start(CPUS_LOGON, {{"PC\\ana", "S-1-5-21-1-2-3-1001"}, {"CORP\\bob", "S-1-5-21-4-5-6-1002"}});
  ASSERT_EQ(tiles_.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    LPWSTR sid = nullptr;
    EXPECT_EQ(tiles_[i].credential->GetUserSid(&sid), S_OK);
    EXPECT_EQ(std::wstring(sid), i == 0 ? L"S-1-5-21-1-2-3-1001" : L"S-1-5-21-4-5-6-1002");
    CoTaskMemFree(sid);
  }
  type(Field::pin, "typed at ana's");
  EXPECT_EQ(tile()->SetDeselected(), S_OK);
  select(1);
  daemon_.expect([](DaemonEnd& daemon) {
    EXPECT_EQ(daemon.begin().user, "CORP\\bob");
    EXPECT_EQ(daemon.ask_pin(), "5678");
    EXPECT_EQ(daemon.reveal("windows-password", "bobs"), wire::AnswerKind::empty);
    daemon.verdict(Decision::granted, "CORP\\bob");
  });
  submit(Field::pin, "5678");
  EXPECT_TRUE(comes_by_itself());
  EXPECT_EQ(selected_, 1u);
  expect_credential(submit(), "bobs", "bob", "CORP");
}

TEST_F(LogonTest, OtherUserHasNoSidAndIsAskedForTheName) {
  for (const std::vector<ListedUser>& users :
       {std::vector<ListedUser>{}, {{"PC\\ana", ""}}, {{"", "S-1-5-21-1-2-3-1001"}}}) {
    start(CPUS_LOGON, users);
    ASSERT_EQ(tiles_.size(), 1u);
    LPWSTR sid = nullptr;
    EXPECT_EQ(tile()->GetUserSid(&sid), S_FALSE);
    EXPECT_EQ(sid, nullptr);
    EXPECT_TRUE(is_shown(Field::user_name));
    submit(Field::pin, "1234");
    EXPECT_TRUE(says(texts::kTypeUserName));
    type(Field::user_name, "CORP\\bob");
    daemon_.expect([](DaemonEnd& daemon) {
      EXPECT_EQ(daemon.begin().user, "CORP\\bob");
      EXPECT_EQ(daemon.ask_pin(), "5678");
      EXPECT_EQ(daemon.reveal("windows-password", "bobs"), wire::AnswerKind::empty);
      daemon.verdict(Decision::granted, "corp\\Bob");
    });
    submit(Field::pin, "5678");
    EXPECT_TRUE(comes_by_itself());
    expect_credential(submit(), "bobs", "bob", "CORP");
    end();
  }
}

TEST_F(LogonTest, OtherUserBesideTheKnownOnes) {
  start(CPUS_LOGON, {{"PC\\ana", "S-1-5-21-1-2-3-1001"}}, 0, CPAO_EMPTY_LOCAL);
  EXPECT_EQ(tiles_.size(), 2u);
}

TEST_F(LogonTest, WithoutLsaNothingIsGiven) {
  start();
  daemon_.expect(grants("s3cret"));
  submit(Field::pin, "1234");
  EXPECT_TRUE(comes_by_itself());
  set_value(kPackageValue, 0);
  const Serialized given = submit();
  EXPECT_EQ(given.response, CPGSR_NO_CREDENTIAL_NOT_FINISHED);
  EXPECT_TRUE(given.bytes.empty());
  EXPECT_TRUE(says("Windows did not accept the logon (0xC00000FE)."));
}

}  // namespace
}  // namespace cardea::credprov::test

// SPDX-License-Identifier: Apache-2.0
// UNLOCK, CREDUI, CHANGE_PASSWORD and what we don't serve; descriptors and picture.
#include "credprov/model/kerb_logon.h"
#include "credprov/model/texts.h"
#include "tests/windows/credprov/fake_logon_ui.h"

namespace cardea::credprov::test {
namespace {

using wire::Decision;
using wire::Route;

class ScenarioTest : public LogonUiTest {
 protected:
  void log_in(std::string_view service, LogonMessage message) {
    daemon_.expect([service](DaemonEnd& daemon) {
      EXPECT_EQ(daemon.begin().service, service);
      EXPECT_EQ(daemon.ask_pin(), "1234");
      EXPECT_EQ(daemon.reveal("windows-password", "s3cret"), wire::AnswerKind::empty);
      daemon.verdict(Decision::granted, "PC\\ana");
    });
    submit(Field::pin, "1234");
    EXPECT_TRUE(comes_by_itself());
    const Serialized given = submit();
    ASSERT_EQ(given.response, CPGSR_RETURN_CREDENTIAL_FINISHED);
    EXPECT_EQ(unpack_logon(given.bytes).value().message, message);
  }
};

TEST_F(ScenarioTest, Unlock) {
  start(CPUS_UNLOCK_WORKSTATION);
  log_in("windows-unlock", LogonMessage::unlock);
  EXPECT_EQ(report(0), "");
}

// Windows 10 says LOGON when the session is locked, and takes the message of a logon then.
TEST_F(ScenarioTest, UnlockThatWindows10CallsLogon) {
  start(CPUS_LOGON);
  log_in("windows-logon", LogonMessage::interactive);
  end();
  start(CPUS_LOGON);
  log_in("windows-logon", LogonMessage::interactive);
}

TEST_F(ScenarioTest, CredUi) {
  start(CPUS_CREDUI);
  log_in("windows-credui", LogonMessage::credui);  // and no word comes back
}

TEST_F(ScenarioTest, CredUiThatWantsSomethingElse) {
  for (const DWORD flags : {0x1ul, 0x10000000ul, 0x10000201ul}) {
    EXPECT_EQ(make_provider(CPUS_CREDUI, flags), E_NOTIMPL);
    end();
  }
  ASSERT_EQ(make_provider(CPUS_CREDUI, 0x200), S_OK);
}

TEST_F(ScenarioTest, CredUiForOnePackage) {
  for (const ULONG package : {kPackage, kPackage + 1}) {
    ASSERT_EQ(make_provider(CPUS_CREDUI, 0x10), S_OK);
    CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION wanted{};
    wanted.ulAuthenticationPackage = package;
    EXPECT_EQ(provider_->SetSerialization(&wanted), S_OK);
    DWORD count = 9, preselected = 0;
    BOOL wants = FALSE;
    EXPECT_EQ(provider_->GetCredentialCount(&count, &preselected, &wants), S_OK);
    EXPECT_EQ(count, package == kPackage ? 1u : 0u);
    end();
  }
}

TEST_F(ScenarioTest, HostThatKnowsNoUsers) {
  ASSERT_EQ(make_provider(CPUS_CREDUI), S_OK);
  advise();
  draw_tiles();
  ASSERT_EQ(tiles_.size(), 1u);
  select();
  EXPECT_TRUE(is_shown(Field::user_name));
}

TEST_F(ScenarioTest, NotServed) {
  for (const auto scenario : {CPUS_INVALID, CPUS_PLAP, static_cast<CREDENTIAL_PROVIDER_USAGE_SCENARIO>(99)}) {
    EXPECT_EQ(make_provider(scenario), E_NOTIMPL);
    DWORD count = 0, preselected = 0;
    BOOL wants = FALSE;
    EXPECT_EQ(provider_->GetCredentialCount(&count, &preselected, &wants), E_UNEXPECTED);
    end();
  }
}

TEST_F(ScenarioTest, ChangeOfThePin) {
  start(CPUS_CHANGE_PASSWORD);
  EXPECT_EQ(text_of(Field::title), texts::kChangeTitle);
  daemon_.expect([](DaemonEnd& daemon) {
    EXPECT_EQ(daemon.begin().type, wire::MessageType::begin_pin_change);
    EXPECT_EQ(daemon.ask("pin", "PIN: ", Route::private_channel), "1234");
    EXPECT_EQ(daemon.ask("new-pin", "New PIN: ", Route::private_channel, {}, wire::kAskTwice), "5678");
    daemon.verdict(Decision::granted, "PC\\ana", "The PIN is changed.");
  });
  submit(Field::pin, "1234");
  EXPECT_TRUE(says("New PIN: "));
  submit(Field::hidden_answer, "5678");
  EXPECT_TRUE(says("Once more: "));
  submit(Field::hidden_answer, "5678");
  EXPECT_TRUE(comes_by_itself());
  const Serialized given = submit();
  EXPECT_EQ(given.response, CPGSR_NO_CREDENTIAL_FINISHED);
  EXPECT_EQ(given.text, "The PIN is changed.");
  EXPECT_EQ(given.icon, CPSI_SUCCESS);
  EXPECT_TRUE(given.bytes.empty());
}

TEST_F(ScenarioTest, ChangedWindowsPasswordIsStoredAnew) {
  start(CPUS_CHANGE_PASSWORD);
  EXPECT_EQ(text_of(Field::link), texts::kStorePasswordLink);
  EXPECT_EQ(tile()->CommandLinkClicked(static_cast<DWORD>(index_of(Field::link))), S_OK);
  daemon_.expect([](DaemonEnd& daemon) {
    const wire::BeginOperation begin = daemon.operation();
    EXPECT_EQ(begin.verb, "windows.seal-password");
    EXPECT_EQ(begin.arguments[1].value, "none");
    EXPECT_EQ(daemon.ask("windows-password", "", Route::private_channel), "newer");
    EXPECT_EQ(daemon.ask("pin", "PIN: ", Route::private_channel), "1234");
    daemon.result("Stored.");
  });
  submit(Field::windows_password, "newer");
  ASSERT_TRUE(comes_to(Field::hidden_answer));
  submit(Field::hidden_answer, "1234");
  EXPECT_TRUE(comes_by_itself());
  EXPECT_EQ(submit().response, CPGSR_NO_CREDENTIAL_FINISHED);
}

TEST_F(ScenarioTest, DescriptorsAndPicture) {
  start();
  DWORD count = 0;
  EXPECT_EQ(provider_->GetFieldDescriptorCount(&count), S_OK);
  ASSERT_EQ(count, kFields);
  int pictures = 0, arrows = 0;
  for (DWORD i = 0; i < count; ++i) {
    CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR* descriptor = nullptr;
    ASSERT_EQ(provider_->GetFieldDescriptorAt(i, &descriptor), S_OK);
    EXPECT_EQ(descriptor->dwFieldID, i);
    pictures += descriptor->cpft == CPFT_TILE_IMAGE ? 1 : 0;
    arrows += descriptor->cpft == CPFT_SUBMIT_BUTTON ? 1 : 0;
    const bool secret = is_secret(static_cast<Field>(i)) && static_cast<Field>(i) != Field::access_key;
    EXPECT_EQ(descriptor->cpft == CPFT_PASSWORD_TEXT, secret) << i;
    EXPECT_TRUE(!is_typed(static_cast<Field>(i)) || descriptor->pszLabel != nullptr) << i;
    CoTaskMemFree(descriptor->pszLabel);
    CoTaskMemFree(descriptor);
  }
  EXPECT_EQ(pictures, 1);
  EXPECT_EQ(arrows, 1);
  HBITMAP picture = nullptr;
  ASSERT_EQ(tile()->GetBitmapValue(static_cast<DWORD>(index_of(Field::image)), &picture), S_OK);
  BITMAP info{};
  EXPECT_NE(GetObjectW(picture, sizeof info, &info), 0);
  EXPECT_EQ(info.bmWidth, 72);
  EXPECT_EQ(info.bmHeight, 72);
  DeleteObject(picture);
}

}  // namespace
}  // namespace cardea::credprov::test

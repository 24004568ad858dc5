// SPDX-License-Identifier: Apache-2.0
// A host that calls in the wrong order, with nothing, or from the middle of a callback.
#include "credprov/model/texts.h"
#include "credprov/windows/module.h"
#include "tests/windows/credprov/fake_logon_ui.h"

namespace cardea::credprov::test {
namespace {

class OrderTest : public LogonUiTest {};

TEST_F(OrderTest, BeforeTheScenarioIsKnown) {
  ASSERT_EQ(CoCreateInstance(credprov::kProviderClass, nullptr, CLSCTX_INPROC_SERVER,
                             __uuidof(ICredentialProvider), reinterpret_cast<void**>(&provider_)),
            S_OK);
  DWORD count = 0, preselected = 0;
  BOOL wants = FALSE;
  ICredentialProviderCredential* credential = nullptr;
  EXPECT_EQ(provider_->GetCredentialCount(&count, &preselected, &wants), E_UNEXPECTED);
  EXPECT_EQ(provider_->GetCredentialAt(0, &credential), E_UNEXPECTED);
  EXPECT_EQ(provider_->UnAdvise(), S_OK);
  EXPECT_EQ(provider_->GetFieldDescriptorCount(&count), S_OK);
}

TEST_F(OrderTest, NothingWhereSomethingShouldBe) {
  start();
  DWORD number = 0;
  BOOL flag = FALSE;
  EXPECT_EQ(provider_->SetSerialization(nullptr), E_INVALIDARG);
  EXPECT_EQ(provider_->Advise(nullptr, 0), E_INVALIDARG);
  EXPECT_EQ(provider_->GetFieldDescriptorCount(nullptr), E_INVALIDARG);
  EXPECT_EQ(provider_->GetFieldDescriptorAt(0, nullptr), E_INVALIDARG);
  EXPECT_EQ(provider_->GetCredentialCount(nullptr, &number, &flag), E_INVALIDARG);
  EXPECT_EQ(provider_->GetCredentialCount(&number, nullptr, &flag), E_INVALIDARG);
  EXPECT_EQ(provider_->GetCredentialCount(&number, &number, nullptr), E_INVALIDARG);
  EXPECT_EQ(provider_->GetCredentialAt(0, nullptr), E_INVALIDARG);
  EXPECT_EQ(provider_->QueryInterface(IID_IUnknown, nullptr), E_POINTER);
  CREDENTIAL_PROVIDER_FIELD_STATE state{};
  CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE interactive{};
  CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE response{};
  CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION serialization{};
  CREDENTIAL_PROVIDER_STATUS_ICON icon{};
  LPWSTR text = nullptr;
  EXPECT_EQ(tile()->QueryInterface(IID_IUnknown, nullptr), E_POINTER);
  EXPECT_EQ(tile()->Advise(nullptr), E_INVALIDARG);
  EXPECT_EQ(tile()->SetSelected(nullptr), E_INVALIDARG);
  EXPECT_EQ(tile()->GetFieldState(0, nullptr, &interactive), E_INVALIDARG);
  EXPECT_EQ(tile()->GetFieldState(0, &state, nullptr), E_INVALIDARG);
  EXPECT_EQ(tile()->GetStringValue(1, nullptr), E_INVALIDARG);
  EXPECT_EQ(tile()->GetBitmapValue(0, nullptr), E_INVALIDARG);
  EXPECT_EQ(tile()->GetSubmitButtonValue(12, nullptr), E_INVALIDARG);
  EXPECT_EQ(tile()->SetStringValue(6, nullptr), E_INVALIDARG);
  EXPECT_EQ(tile()->GetSerialization(nullptr, &serialization, &text, &icon), E_INVALIDARG);
  EXPECT_EQ(tile()->GetSerialization(&response, nullptr, &text, &icon), E_INVALIDARG);
  EXPECT_EQ(tile()->GetSerialization(&response, &serialization, nullptr, &icon), E_INVALIDARG);
  EXPECT_EQ(tile()->GetSerialization(&response, &serialization, &text, nullptr), E_INVALIDARG);
  EXPECT_EQ(tile()->ReportResult(-1, -1, nullptr, nullptr), S_OK);
  EXPECT_EQ(tile()->GetUserSid(nullptr), E_INVALIDARG);
}

TEST_F(OrderTest, FieldsThatThereAreNot) {
  start();
  CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR* descriptor = nullptr;
  ICredentialProviderCredential* credential = nullptr;
  CREDENTIAL_PROVIDER_FIELD_STATE state{};
  CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE interactive{};
  LPWSTR text = nullptr;
  HBITMAP bitmap = nullptr;
  DWORD number = 0;
  BOOL flag = FALSE;
  for (const DWORD id : {static_cast<DWORD>(kFields), 0x7FFFFFFFul, 0xFFFFFFFFul}) {
    EXPECT_EQ(provider_->GetFieldDescriptorAt(id, &descriptor), E_INVALIDARG);
    EXPECT_EQ(provider_->GetCredentialAt(id, &credential), E_INVALIDARG);
    EXPECT_EQ(tile()->GetFieldState(id, &state, &interactive), E_INVALIDARG);
    EXPECT_EQ(tile()->GetStringValue(id, &text), E_INVALIDARG);
    EXPECT_EQ(tile()->SetStringValue(id, L"x"), E_INVALIDARG);
    EXPECT_EQ(tile()->GetBitmapValue(id, &bitmap), E_INVALIDARG);
    EXPECT_EQ(tile()->GetSubmitButtonValue(id, &number), E_INVALIDARG);
    EXPECT_EQ(tile()->CommandLinkClicked(id), E_INVALIDARG);
    EXPECT_EQ(tile()->GetCheckboxValue(id, &flag, &text), E_INVALIDARG);
    EXPECT_EQ(tile()->SetCheckboxValue(id, TRUE), E_INVALIDARG);
    EXPECT_EQ(tile()->GetComboBoxValueCount(id, &number, &number), E_INVALIDARG);
    EXPECT_EQ(tile()->GetComboBoxValueAt(id, 0, &text), E_INVALIDARG);
    EXPECT_EQ(tile()->SetComboBoxSelectedValue(id, 0), E_INVALIDARG);
  }
  EXPECT_EQ(tile()->SetStringValue(static_cast<DWORD>(index_of(Field::message)), L"x"), E_INVALIDARG);
  const wchar_t lone_surrogate[] = {0xD83D, 0};
  EXPECT_EQ(tile()->SetStringValue(static_cast<DWORD>(index_of(Field::pin)), lone_surrogate), E_INVALIDARG);
}

TEST_F(OrderTest, WhatIsTooLongIsNotSent) {
  start();
  submit(Field::pin, std::string(1'025, '1'));
  EXPECT_TRUE(says(texts::kTooLong));
  submit(Field::pin, std::string(100'000, '1'));
  EXPECT_TRUE(says(texts::kTooLong));
}

TEST_F(OrderTest, ReportSelectAndDeselectOutOfTurn) {
  start();
  EXPECT_EQ(report(0), "");
  EXPECT_EQ(report(static_cast<LONG>(0xC000006D)), "");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(tile()->SetDeselected(), S_OK);
  select();
  select();
  EXPECT_TRUE(is_shown(Field::pin));
}

TEST_F(OrderTest, AdvisedTwiceAndUnadvisedTwice) {
  start();
  EXPECT_EQ(provider_->Advise(&events_, 77), S_OK);
  EXPECT_EQ(tile()->Advise(&shown()), S_OK);
  EXPECT_EQ(tile()->UnAdvise(), S_OK);
  EXPECT_EQ(tile()->UnAdvise(), S_OK);
  EXPECT_EQ(provider_->UnAdvise(), S_OK);
  EXPECT_EQ(provider_->UnAdvise(), S_OK);
}

TEST_F(OrderTest, ReleasedWithoutGoodbyeInTheMiddleOfAConversation) {
  start();
  std::atomic<bool> begun{false}, ended{false};
  daemon_.expect([&](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin(), "1234");
    begun = true;
    ended = daemon.wait_for_end();
  });
  submit(Field::pin, "1234");
  EXPECT_TRUE(eventually([&] { return begun.load(); }));
  EXPECT_EQ(provider_->Release(), 0u);  // neither is unadvised
  provider_ = nullptr;
  events_.advised = false;
  EXPECT_TRUE(eventually([&] { return ended.load(); }));
  // A tile that outlives its provider does nothing, and no harm.
  EXPECT_EQ(submit(Field::pin, "1234").response, CPGSR_NO_CREDENTIAL_NOT_FINISHED);
  BOOL wants = TRUE;
  EXPECT_EQ(tile()->SetSelected(&wants), S_OK);
  EXPECT_FALSE(wants);
  end_tiles();
}

TEST_F(OrderTest, UnadvisedTileGoesOnAndSaysNothing) {
  start();
  daemon_.expect([](DaemonEnd& daemon) {
    daemon.begin();
    daemon.verdict(wire::Decision::refused, "", "No.");
  });
  EXPECT_EQ(tile()->UnAdvise(), S_OK);
  submit(Field::pin, "1234");
  LPWSTR text = nullptr;
  EXPECT_TRUE(eventually([&] {
    CoTaskMemFree(text);
    return tile()->GetStringValue(static_cast<DWORD>(index_of(Field::message)), &text) == S_OK &&
           std::wstring(text) == L"No.";
  }));
  CoTaskMemFree(text);
  EXPECT_NE(text_of(Field::message), "No.");
}

TEST_F(OrderTest, ScenarioAndUsersAgain) {
  start();
  EXPECT_EQ(set_users({{"PC\\bob", "S-1-5-21-1-2-3-1002"}}), S_OK);
  redraw(false);
  EXPECT_EQ(tiles_.size(), 1u);
  EXPECT_EQ(provider_->SetUsageScenario(CPUS_UNLOCK_WORKSTATION, 0), S_OK);
  redraw(false);
  EXPECT_EQ(tiles_.size(), 1u);
}

}  // namespace
}  // namespace cardea::credprov::test

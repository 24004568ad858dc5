// SPDX-License-Identifier: Apache-2.0
// Plays LogonUI: makes the provider as COM does, asks for tiles and fields, listens to their changes, and
// comes back for a credential when it is told to. What a provider may not do fails the test: a call after
// UnAdvise, a reference that is not given back, a method that waits.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "credprov/model/tile.h"
#include "credprov/windows/credential_provider_abi.h"
#include "tests/windows/credprov/pipe_daemon.h"
#include "tests/windows/credprov/test_values.h"

namespace cardea::credprov::test {

// A user as LogonUI lists him.
struct ListedUser {
  std::string name;  // DOMAIN\name; empty: has none
  std::string sid;   // empty: has none
};

// Counts its references; the test's, which ends before the object, is the last.
template <typename Interface>
class Counted : public Interface {
 public:
  STDMETHODIMP QueryInterface(REFIID iid, void** out) noexcept override {
    *out = nullptr;
    if (iid != __uuidof(IUnknown) && !is(iid)) return E_NOINTERFACE;
    *out = static_cast<Interface*>(this);
    AddRef();
    return S_OK;
  }
  STDMETHODIMP_(ULONG) AddRef() noexcept override { return ++references_; }
  STDMETHODIMP_(ULONG) Release() noexcept override { return --references_; }
  [[nodiscard]] ULONG references() const { return references_; }

 protected:
  virtual bool is(REFIID iid) const { return iid == __uuidof(Interface); }

 private:
  std::atomic<ULONG> references_{1};
};

class FakeEvents final : public Counted<ICredentialProviderEvents> {
 public:
  STDMETHODIMP CredentialsChanged(UINT_PTR context) noexcept override;
  std::atomic<int> changes{0};
  std::atomic<bool> advised{false};
  std::atomic<int> late{0};         // calls that came when nobody was advised
  std::function<void()> meanwhile;  // inside of each call
};

// What one tile has been told to show.
class FakeTileEvents final : public Counted<ICredentialProviderCredentialEvents2> {
 public:
  STDMETHODIMP SetFieldState(ICredentialProviderCredential*, DWORD id,
                             CREDENTIAL_PROVIDER_FIELD_STATE) noexcept override;
  STDMETHODIMP SetFieldInteractiveState(ICredentialProviderCredential*, DWORD,
                                        CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE) noexcept override;
  STDMETHODIMP SetFieldString(ICredentialProviderCredential*, DWORD id, LPCWSTR text) noexcept override;
  STDMETHODIMP SetFieldCheckbox(ICredentialProviderCredential*, DWORD, BOOL, LPCWSTR) noexcept override {
    return unexpected();
  }
  STDMETHODIMP SetFieldBitmap(ICredentialProviderCredential*, DWORD, HBITMAP) noexcept override {
    return unexpected();
  }
  STDMETHODIMP SetFieldComboBoxSelectedItem(ICredentialProviderCredential*, DWORD, DWORD) noexcept override {
    return unexpected();
  }
  STDMETHODIMP DeleteFieldComboBoxItem(ICredentialProviderCredential*, DWORD, DWORD) noexcept override {
    return unexpected();
  }
  STDMETHODIMP AppendFieldComboBoxItem(ICredentialProviderCredential*, DWORD, LPCWSTR) noexcept override {
    return unexpected();
  }
  STDMETHODIMP SetFieldSubmitButton(ICredentialProviderCredential*, DWORD id,
                                    DWORD adjacent) noexcept override;
  STDMETHODIMP OnCreatingWindow(HWND*) noexcept override { return unexpected(); }
  STDMETHODIMP BeginFieldUpdates() noexcept override;
  STDMETHODIMP EndFieldUpdates() noexcept override;
  STDMETHODIMP SetFieldOptions(ICredentialProviderCredential*, DWORD,
                               CREDENTIAL_PROVIDER_CREDENTIAL_FIELD_OPTIONS) noexcept override {
    return unexpected();
  }

  std::mutex mutex;
  std::map<DWORD, std::string> texts;
  std::map<DWORD, CREDENTIAL_PROVIDER_FIELD_STATE> states;
  DWORD submit_after = 0;
  int open_updates = 0;
  std::atomic<int> emptied{0};  // typed fields were set to nothing

 protected:
  bool is(REFIID iid) const override {
    return iid == __uuidof(ICredentialProviderCredentialEvents) ||
           iid == __uuidof(ICredentialProviderCredentialEvents2);
  }

 private:
  static HRESULT unexpected() {
    ADD_FAILURE() << "a field that there is not";
    return E_UNEXPECTED;
  }
};

// What GetSerialization gave.
struct Serialized {
  CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE response = CPGSR_NO_CREDENTIAL_NOT_FINISHED;
  ULONG package = 0;
  GUID provider{};
  std::vector<std::uint8_t> bytes;
  std::string text;
  CREDENTIAL_PROVIDER_STATUS_ICON icon = CPSI_NONE;
};

// One tile that LogonUI draws.
struct DrawnTile {
  ICredentialProviderCredential2* credential = nullptr;
  std::unique_ptr<FakeTileEvents> events = std::make_unique<FakeTileEvents>();
};

class LogonUiTest : public testing::Test {
 protected:
  LogonUiTest();
  ~LogonUiTest() override;

  // CoCreateInstance, the scenario, the users, Advise, and the tiles.
  HRESULT make_provider(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario = CPUS_LOGON, DWORD flags = 0);
  void start(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario = CPUS_LOGON,
             const std::vector<ListedUser>& users = {{"PC\\ana", "S-1-5-21-1-2-3-1001"}}, DWORD flags = 0,
             CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS options = CPAO_NONE);
  HRESULT set_users(const std::vector<ListedUser>& users,
                    CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS options = CPAO_NONE);
  void advise();
  void draw_tiles();
  void select(std::size_t index = 0);
  // As after CredentialsChanged. `deselect`: LogonUI says so to the tile that goes.
  void redraw(bool deselect);
  void end_tiles();
  void end();

  // Of the selected tile.
  ICredentialProviderCredential2* tile() { return tiles_.at(selected_).credential; }
  FakeTileEvents& shown() { return *tiles_.at(selected_).events; }
  void type(Field field, std::string_view text);
  Serialized submit();
  Serialized submit(Field field, std::string_view text) {
    type(field, text);
    return submit();
  }
  std::string report(LONG status, LONG substatus = 0);
  std::string text_of(Field field);
  bool says(std::string_view message);
  bool comes_to(Field field);
  bool is_shown(Field field);
  // Waits for CredentialsChanged, then draws anew; true when LogonUI is to submit by itself.
  bool comes_by_itself(bool deselect = false);

  PipeDaemon daemon_;
  ICredentialProvider* provider_ = nullptr;
  FakeEvents events_;
  std::vector<DrawnTile> tiles_;
  std::size_t selected_ = 0;
  DWORD preselected_ = CREDENTIAL_PROVIDER_NO_DEFAULT;
  BOOL auto_logon_ = FALSE;
  bool selected_wants_submit_ = false;
  int seen_changes_ = 0;
};

// Waits for another thread, at most some seconds.
bool eventually(const std::function<bool()>& condition);
// PIN, password, verdict.
Script grants(std::string_view password);

using DllFunction = HRESULT(WINAPI*)();
// A function of the test's DLL, which COM has loaded.
DllFunction dll_function(const char* name);

}  // namespace cardea::credprov::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/windows/credprov/fake_logon_ui.h"

#include <chrono>
#include <thread>

#include "credprov/model/utf16.h"
#include "credprov/windows/module.h"

namespace cardea::credprov::test {
namespace {

std::string narrow(LPCWSTR text) {
  if (text == nullptr) return {};
  return utf8_from_utf16({reinterpret_cast<const char16_t*>(text), std::wcslen(text)}).value();
}

std::wstring widened(std::string_view text) {
  const std::u16string units = utf16_for_display(text);
  return {units.begin(), units.end()};
}

std::string taken(LPWSTR text) {
  std::string out = narrow(text);
  CoTaskMemFree(text);
  return out;
}

HRESULT give(std::string_view text, LPWSTR* out) {
  *out = nullptr;
  if (text.empty()) return S_FALSE;
  const std::wstring units = widened(text);
  *out = static_cast<LPWSTR>(CoTaskMemAlloc((units.size() + 1) * sizeof(wchar_t)));
  std::wcscpy(*out, units.c_str());
  return S_OK;
}

class FakeUser final : public Counted<ICredentialProviderUser> {
 public:
  explicit FakeUser(ListedUser user) : user_(std::move(user)) {}
  STDMETHODIMP GetSid(LPWSTR* sid) noexcept override { return give(user_.sid, sid); }
  STDMETHODIMP GetProviderID(GUID*) noexcept override { return E_NOTIMPL; }
  STDMETHODIMP GetStringValue(REFPROPERTYKEY key, LPWSTR* text) noexcept override {
    *text = nullptr;
    return key.fmtid == abi::kQualifiedUserName.fmtid && key.pid == 100 ? give(user_.name, text)
                                                                        : E_INVALIDARG;
  }
  STDMETHODIMP GetValue(REFPROPERTYKEY, PROPVARIANT*) noexcept override { return E_NOTIMPL; }

 private:
  const ListedUser user_;
};

class FakeUsers final : public Counted<ICredentialProviderUserArray> {
 public:
  FakeUsers(const std::vector<ListedUser>& users, CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS options)
      : options_(options) {
    for (const ListedUser& user : users)
      users_.push_back(std::make_unique<FakeUser>(user));
  }
  ~FakeUsers() {
    EXPECT_EQ(references(), 1u);
    for (const auto& user : users_)
      EXPECT_EQ(user->references(), 1u);
  }
  STDMETHODIMP SetProviderFilter(REFGUID) noexcept override { return S_OK; }
  STDMETHODIMP GetAccountOptions(CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS* options) noexcept override {
    *options = options_;
    return S_OK;
  }
  STDMETHODIMP GetCount(DWORD* count) noexcept override {
    *count = static_cast<DWORD>(users_.size());
    return S_OK;
  }
  STDMETHODIMP GetAt(DWORD index, ICredentialProviderUser** user) noexcept override {
    *user = nullptr;
    if (index >= users_.size()) return E_INVALIDARG;
    *user = users_[index].get();
    (*user)->AddRef();
    return S_OK;
  }

 private:
  const CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS options_;
  std::vector<std::unique_ptr<FakeUser>> users_;
};

}  // namespace

STDMETHODIMP FakeEvents::CredentialsChanged(UINT_PTR context) noexcept {
  if (!advised) ++late;
  EXPECT_EQ(context, 77u);
  ++changes;
  if (meanwhile) meanwhile();
  return S_OK;
}

STDMETHODIMP FakeTileEvents::SetFieldState(ICredentialProviderCredential*, DWORD id,
                                           CREDENTIAL_PROVIDER_FIELD_STATE state) noexcept {
  std::lock_guard lock(mutex);
  states[id] = state;
  return S_OK;
}

STDMETHODIMP FakeTileEvents::SetFieldInteractiveState(ICredentialProviderCredential*, DWORD,
                                                      CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE) noexcept {
  return S_OK;
}

STDMETHODIMP FakeTileEvents::SetFieldString(ICredentialProviderCredential* credential, DWORD id,
                                            LPCWSTR text) noexcept {
  LPWSTR current = nullptr;  // LogonUI may ask back in the middle of it
  EXPECT_EQ(credential->GetStringValue(id, &current), S_OK);
  CoTaskMemFree(current);
  if (is_typed(static_cast<Field>(id))) ++emptied;
  std::lock_guard lock(mutex);
  texts[id] = narrow(text);
  return S_OK;
}

STDMETHODIMP FakeTileEvents::SetFieldSubmitButton(ICredentialProviderCredential*, DWORD id,
                                                  DWORD adjacent) noexcept {
  EXPECT_EQ(id, index_of(Field::submit));
  std::lock_guard lock(mutex);
  submit_after = adjacent;
  return S_OK;
}

STDMETHODIMP FakeTileEvents::BeginFieldUpdates() noexcept {
  std::lock_guard lock(mutex);
  ++open_updates;
  return S_OK;
}

STDMETHODIMP FakeTileEvents::EndFieldUpdates() noexcept {
  std::lock_guard lock(mutex);
  --open_updates;
  return S_OK;
}

LogonUiTest::LogonUiTest() { remove_values(); }

// Everything of ours is given back, and nothing of the DLL is left.
LogonUiTest::~LogonUiTest() {
  end();
  EXPECT_TRUE(eventually([] { return dll_function("DllCanUnloadNow")() == S_OK; }))
      << "objects or threads are left";
  EXPECT_EQ(events_.references(), 1u);
  EXPECT_EQ(events_.late, 0);
  remove_values();
}

HRESULT LogonUiTest::make_provider(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario, DWORD flags) {
  EXPECT_EQ(CoCreateInstance(kProviderClass, nullptr, CLSCTX_INPROC_SERVER, __uuidof(ICredentialProvider),
                             reinterpret_cast<void**>(&provider_)),
            S_OK);
  return provider_->SetUsageScenario(scenario, flags);
}

void LogonUiTest::start(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario, const std::vector<ListedUser>& users,
                        DWORD flags, CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS options) {
  ASSERT_EQ(make_provider(scenario, flags), S_OK);
  ASSERT_EQ(set_users(users, options), S_OK);
  advise();
  draw_tiles();
  select();
}

HRESULT LogonUiTest::set_users(const std::vector<ListedUser>& users,
                               CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS options) {
  ICredentialProviderSetUserArray* set = nullptr;
  EXPECT_EQ(
      provider_->QueryInterface(__uuidof(ICredentialProviderSetUserArray), reinterpret_cast<void**>(&set)),
      S_OK);
  FakeUsers array(users, options);
  const HRESULT result = set->SetUserArray(&array);
  set->Release();
  return result;
}

void LogonUiTest::advise() {
  events_.advised = true;
  EXPECT_EQ(provider_->Advise(&events_, 77), S_OK);
}

void LogonUiTest::draw_tiles() {
  DWORD count = 0;
  ASSERT_EQ(provider_->GetCredentialCount(&count, &preselected_, &auto_logon_), S_OK);
  for (DWORD i = 0; i < count; ++i) {
    ICredentialProviderCredential* credential = nullptr;
    ASSERT_EQ(provider_->GetCredentialAt(i, &credential), S_OK);
    DrawnTile drawn;
    ASSERT_EQ(credential->QueryInterface(__uuidof(ICredentialProviderCredential2),
                                         reinterpret_cast<void**>(&drawn.credential)),
              S_OK);
    credential->Release();
    ASSERT_EQ(drawn.credential->Advise(drawn.events.get()), S_OK);
    for (DWORD id = 0; id < kFields; ++id) {
      CREDENTIAL_PROVIDER_FIELD_STATE state{};
      CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE interactive{};
      EXPECT_EQ(drawn.credential->GetFieldState(id, &state, &interactive), S_OK);
      drawn.events->states[id] = state;
      LPWSTR text = nullptr;
      if (drawn.credential->GetStringValue(id, &text) == S_OK) drawn.events->texts[id] = taken(text);
    }
    EXPECT_EQ(drawn.credential->GetSubmitButtonValue(static_cast<DWORD>(index_of(Field::submit)),
                                                     &drawn.events->submit_after),
              S_OK);
    tiles_.push_back(std::move(drawn));
  }
}

void LogonUiTest::select(std::size_t index) {
  selected_ = index;
  BOOL wants = FALSE;
  EXPECT_EQ(tile()->SetSelected(&wants), S_OK);
  selected_wants_submit_ = wants != FALSE;
}

void LogonUiTest::end_tiles() {
  for (DrawnTile& drawn : tiles_) {
    EXPECT_EQ(drawn.credential->UnAdvise(), S_OK);
    drawn.credential->Release();
    // A thread may be on its way out of a callback.
    EXPECT_TRUE(eventually([&] { return drawn.events->references() == 1; }));
    EXPECT_EQ(drawn.events->open_updates, 0);
  }
  tiles_.clear();
}

void LogonUiTest::redraw(bool deselect) {
  if (deselect) {
    EXPECT_EQ(tile()->SetDeselected(), S_OK);
  }
  end_tiles();
  draw_tiles();
  select(preselected_ == CREDENTIAL_PROVIDER_NO_DEFAULT ? selected_ : preselected_);
}

void LogonUiTest::end() {
  if (provider_ == nullptr) return;
  end_tiles();
  if (events_.advised) {
    EXPECT_EQ(provider_->UnAdvise(), S_OK);
    events_.advised = false;
  }
  EXPECT_EQ(provider_->Release(), 0u);
  provider_ = nullptr;
  EXPECT_TRUE(eventually([&] { return events_.references() == 1; }));
}

void LogonUiTest::type(Field field, std::string_view text) {
  EXPECT_EQ(tile()->SetStringValue(static_cast<DWORD>(index_of(field)), widened(text).c_str()), S_OK);
}

Serialized LogonUiTest::submit() {
  Serialized out;
  CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION serialization{};
  LPWSTR text = nullptr;
  const ULONGLONG begun = GetTickCount64();
  EXPECT_EQ(tile()->GetSerialization(&out.response, &serialization, &text, &out.icon), S_OK);
  EXPECT_LT(GetTickCount64() - begun, 1'000u) << "LogonUI's thread has waited";
  out.package = serialization.ulAuthenticationPackage;
  out.provider = serialization.clsidCredentialProvider;
  if (serialization.rgbSerialization != nullptr) {
    out.bytes.assign(serialization.rgbSerialization,
                     serialization.rgbSerialization + serialization.cbSerialization);
    SecureZeroMemory(serialization.rgbSerialization, serialization.cbSerialization);
    CoTaskMemFree(serialization.rgbSerialization);
  }
  out.text = taken(text);
  return out;
}

std::string LogonUiTest::report(LONG status, LONG substatus) {
  LPWSTR text = nullptr;
  CREDENTIAL_PROVIDER_STATUS_ICON icon = CPSI_NONE;
  EXPECT_EQ(tile()->ReportResult(status, substatus, &text, &icon), S_OK);
  EXPECT_EQ(icon, text == nullptr ? CPSI_NONE : CPSI_ERROR);
  return taken(text);
}

std::string LogonUiTest::text_of(Field field) {
  std::lock_guard lock(shown().mutex);
  return shown().texts[static_cast<DWORD>(index_of(field))];
}

bool LogonUiTest::says(std::string_view message) {
  return eventually([&] { return text_of(Field::message) == message; });
}

bool LogonUiTest::is_shown(Field field) {
  std::lock_guard lock(shown().mutex);
  return shown().states[static_cast<DWORD>(index_of(field))] != CPFS_HIDDEN;
}

bool LogonUiTest::comes_to(Field field) {
  return eventually([&] {
    std::lock_guard lock(shown().mutex);
    return shown().submit_after == index_of(field) && shown().open_updates == 0;
  });
}

bool LogonUiTest::comes_by_itself(bool deselect) {
  EXPECT_TRUE(eventually([&] {
    DWORD count = 0, preselected = 0;
    BOOL wanted = FALSE;
    (void)provider_->GetCredentialCount(&count, &preselected, &wanted);
    return wanted != FALSE && events_.changes > seen_changes_;
  }));
  seen_changes_ = events_.changes;
  redraw(deselect);
  return auto_logon_ != FALSE && selected_wants_submit_;
}

bool eventually(const std::function<bool()>& condition) {
  for (int waited = 0; waited < 10'000; ++waited) {
    if (condition()) return true;
    Sleep(1);
  }
  return false;
}

Script grants(std::string_view password) {
  return [password](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin(), "1234");
    if (!password.empty()) {
      EXPECT_EQ(daemon.reveal("windows-password", password), wire::AnswerKind::empty);
    }
    daemon.verdict(wire::Decision::granted, "PC\\ana");
  };
}

DllFunction dll_function(const char* name) {
  const FARPROC function = GetProcAddress(GetModuleHandleA(CARDEA_TEST_DLL), name);
  EXPECT_NE(function, nullptr) << name;
  return reinterpret_cast<DllFunction>(reinterpret_cast<void*>(function));
}

}  // namespace cardea::credprov::test

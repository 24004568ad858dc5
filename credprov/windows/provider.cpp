// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/provider.h"

#include <optional>

#include "credprov/model/kerb_logon.h"
#include "credprov/windows/fields.h"
#include "credprov/windows/remote_buffer.h"
#include "credprov/windows/scenario_map.h"

namespace cardea::credprov {
namespace {

constexpr DWORD kMaxUsers = 1'000;  // more tiles than anybody could look at

bool is_served(Scenario scenario, DWORD flags) noexcept {
  if (scenario != Scenario::credui) return true;
  // What we pack is for logging in at this computer, in its own layout.
  return (flags & (abi::kCredUiGeneric | abi::kCredUiPack32Wow)) == 0;
}

bool is_same_name(std::string_view a, std::string_view b) {
  const std::wstring left = wide(a);
  const std::wstring right = wide(b);
  return CompareStringOrdinal(left.c_str(), static_cast<int>(left.size()), right.c_str(),
                              static_cast<int>(right.size()), TRUE) == CSTR_EQUAL;
}

}  // namespace

Provider::Provider(Seams& seams)
    : seams_(seams),
      outside_(std::make_shared<WindowsOutside>(seams)),
      port_(std::make_shared<ProviderPort>()) {}

Provider::~Provider() {
  stop_watch();
  port_->detach();
  end_tiles();
  if (proof_ != nullptr) proof_->succeed();
}

STDMETHODIMP Provider::QueryInterface(REFIID iid, void** out) noexcept {
  if (out == nullptr) return E_POINTER;
  *out = nullptr;
  if (iid == __uuidof(IUnknown) || iid == __uuidof(ICredentialProvider)) {
    *out = static_cast<ICredentialProvider*>(this);
  } else if (iid == __uuidof(ICredentialProviderSetUserArray)) {
    *out = static_cast<ICredentialProviderSetUserArray*>(this);
  } else {
    return E_NOINTERFACE;
  }
  AddRef();
  return S_OK;
}

STDMETHODIMP_(ULONG) Provider::Release() noexcept {
  const ULONG left = references_.remove();
  if (left == 0) delete this;
  return left;
}

STDMETHODIMP Provider::SetUsageScenario(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario, DWORD flags) noexcept {
  return guarded([&]() -> HRESULT {
    std::lock_guard lock(mutex_);
    usable_ = false;
    const std::optional<Scenario> wanted = scenario_of(scenario);
    Settings settings(seams_);
    if (!wanted || !is_served(*wanted, flags) || settings.disabled()) return E_NOTIMPL;
    const bool guarded_start = *wanted == Scenario::logon || *wanted == Scenario::unlock;
    if (guarded_start && proof_ == nullptr) {
      if (!begin_start(settings, seams_.clock())) return E_NOTIMPL;
      proof_ = std::make_shared<StartProof>(seams_);
    }
    const std::string locale = ui_locale();
    if (*wanted != scenario_ || locale != locale_) end_tiles();
    scenario_ = *wanted;
    flags_ = flags;
    locale_ = locale;
    computer_ = computer_name();
    usable_ = true;
    return S_OK;
  });
}

STDMETHODIMP Provider::SetSerialization(
    const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* serialization) noexcept {
  return guarded([&] {
    if (serialization == nullptr) return E_INVALIDARG;
    ULONG package = 0;
    const bool ours = seams_.logon_package(package) && package == serialization->ulAuthenticationPackage;
    std::string user = remote_user(*serialization);
    std::lock_guard lock(mutex_);
    foreign_package_ = !ours;
    remote_user_ = std::move(user);
    return remote_user_.empty() && serialization->cbSerialization != 0 ? E_INVALIDARG : S_OK;
  });
}

STDMETHODIMP Provider::Advise(ICredentialProviderEvents* events, UINT_PTR context) noexcept {
  return guarded([&] {
    if (events == nullptr) return E_INVALIDARG;
    port_->attach(events, context);
    std::lock_guard lock(mutex_);
    if (proof_ != nullptr) (void)outside_->run([proof = proof_] { proof->run(); });
    stop_watch();
    auto watch = std::make_shared<CardWatch>(outside_, locale_, port_, seams_.watch_pauses());
    if (outside_->run([watch] { watch->run(); })) watch_ = std::move(watch);
    return S_OK;
  });
}

// The watch is told and not waited for: it may be in LogonUI, which waits for this.
STDMETHODIMP Provider::UnAdvise() noexcept {
  return guarded([&] {
    port_->detach();
    std::lock_guard lock(mutex_);
    stop_watch();
    if (proof_ != nullptr) proof_->succeed();
    return S_OK;
  });
}

void Provider::stop_watch() noexcept {
  if (watch_ != nullptr) watch_->stop();
  watch_.reset();
}

STDMETHODIMP Provider::GetFieldDescriptorCount(DWORD* count) noexcept {
  if (count == nullptr) return E_INVALIDARG;
  *count = static_cast<DWORD>(kFields);
  return S_OK;
}

STDMETHODIMP Provider::GetFieldDescriptorAt(DWORD index,
                                            CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR** out) noexcept {
  return guarded([&]() -> HRESULT {
    if (out == nullptr) return E_INVALIDARG;
    *out = nullptr;
    const std::optional<Field> field = field_of(index);
    if (!field) return E_INVALIDARG;
    std::lock_guard lock(mutex_);
    return give_descriptor(*field, text::language_of(locale_), out);
  });
}

STDMETHODIMP Provider::GetCredentialCount(DWORD* count, DWORD* preselected, BOOL* auto_logon) noexcept {
  return guarded([&] {
    if (count == nullptr || preselected == nullptr || auto_logon == nullptr) return E_INVALIDARG;
    *count = 0;
    *preselected = CREDENTIAL_PROVIDER_NO_DEFAULT;
    *auto_logon = FALSE;
    std::lock_guard lock(mutex_);
    if (!usable_) return E_UNEXPECTED;
    if ((flags_ & abi::kCredUiPackageOnly) != 0 && scenario_ == Scenario::credui && foreign_package_)
      return S_OK;
    make_tiles();
    *count = static_cast<DWORD>(credentials_.size());
    *preselected = remote_users_tile();
    for (DWORD i = 0; i < *count; ++i) {
      if (!credentials_[i]->session().wants_submit()) continue;
      *preselected = i;
      *auto_logon = TRUE;
      break;
    }
    return S_OK;
  });
}

STDMETHODIMP Provider::GetCredentialAt(DWORD index, ICredentialProviderCredential** out) noexcept {
  return guarded([&] {
    if (out == nullptr) return E_INVALIDARG;
    *out = nullptr;
    std::lock_guard lock(mutex_);
    if (!usable_) return E_UNEXPECTED;
    make_tiles();
    if (index >= credentials_.size()) return E_INVALIDARG;
    *out = credentials_[index].get();
    (*out)->AddRef();
    return S_OK;
  });
}

STDMETHODIMP Provider::SetUserArray(ICredentialProviderUserArray* users) noexcept {
  return guarded([&] {
    if (users == nullptr) return E_INVALIDARG;
    std::vector<User> listed = read_users(users);
    std::lock_guard lock(mutex_);
    // The same list again is no reason to take away what was just granted.
    if (has_users_ && listed == users_) return S_OK;
    end_tiles();
    users_ = std::move(listed);
    has_users_ = true;
    return S_OK;
  });
}

// With “don't display last user name” there are users without SID, or none: they are “other user”.
std::vector<Provider::User> Provider::read_users(ICredentialProviderUserArray* users) {
  std::vector<User> listed;
  DWORD count = 0;
  CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS options = CPAO_NONE;
  (void)users->GetAccountOptions(&options);
  bool other = (static_cast<DWORD>(options) & CPAO_EMPTY_LOCAL) != 0;
  if (FAILED(users->GetCount(&count))) count = 0;
  for (DWORD i = 0; i < count && i < kMaxUsers; ++i) {
    ComPtr<ICredentialProviderUser> user;
    if (FAILED(users->GetAt(i, user.put())) || !user) continue;
    TakenString sid, name;
    (void)user->GetSid(sid.put());
    (void)user->GetStringValue(abi::kQualifiedUserName, name.put());
    User known{name.read(), sid.read()};
    if (known.sid.empty() || known.name.empty()) {
      other = true;
    } else {
      listed.push_back(std::move(known));
    }
  }
  if (other || listed.empty()) listed.emplace_back();
  return listed;
}

void Provider::make_tiles() {
  if (made_) return;
  if (!has_users_) users_.assign(1, User{});  // a host that knows nothing of users (CredUI)
  std::vector<std::weak_ptr<Session>> sessions;
  for (const User& user : users_) {
    auto session = std::make_shared<Session>(
        SessionSetup{scenario_, user.name, computer_, locale_, kLingerMs}, outside_);
    sessions.push_back(session);
    credentials_.push_back(
        ComPtr<Credential>::adopt(new Credential(std::move(session), user.sid, port_, seams_)));
  }
  port_->set_sessions(std::move(sessions));
  made_ = true;
}

void Provider::end_tiles() noexcept {
  for (const ComPtr<Credential>& credential : credentials_)
    credential->close();
  credentials_.clear();
  made_ = false;
}

DWORD Provider::remote_users_tile() const {
  if (remote_user_.empty()) return CREDENTIAL_PROVIDER_NO_DEFAULT;
  const LogonName wanted = split_logon_name(remote_user_, computer_);
  for (std::size_t i = 0; i < users_.size(); ++i) {
    const LogonName name = split_logon_name(users_[i].name, computer_);
    if (is_same_name(name.user, wanted.user) && is_same_name(name.domain, wanted.domain))
      return static_cast<DWORD>(i);
  }
  return CREDENTIAL_PROVIDER_NO_DEFAULT;
}

}  // namespace cardea::credprov

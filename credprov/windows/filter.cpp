// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/filter.h"

#include <cstring>

#include "credprov/windows/remote_buffer.h"
#include "credprov/windows/scenario_map.h"
#include "credprov/windows/settings.h"

namespace cardea::credprov {
namespace {

constexpr DWORD kMaxProviders = 1'000;

ProviderId id_of(const GUID& guid) noexcept {
  ProviderId id{};
  std::memcpy(id.data(), &guid, id.size());
  return id;
}

// LogonUI waits meanwhile. The daemon has a free instance but under a flood.
constexpr std::uint32_t kLookMs = 200;

// The daemon's pipe, not one that somebody else has made under its name to leave everybody without a tile.
// One that is busy counts: a flood must not bring the other providers back.
bool is_service_there(Seams& seams) noexcept {
  client::NamedPipeTransport pipe(seams.daemon_pipe(), seams.pipe_owner());
  std::uint32_t budget = kLookMs;
  const Error error = pipe.connect(budget);
  return error == client::kNoError || error == Error::timeout;
}

FilterSituation look(Seams& seams, Scenario scenario, DWORD flags) {
  FilterSituation situation;
  Settings settings(seams);
  situation.scenario = scenario;
  situation.credui_flags = flags;
  situation.hide_others = settings.hides_others();
  situation.own = id_of(kProviderClass);
  if (!situation.hide_others) return situation;
  situation.disabled = settings.disabled();
  situation.stood_down = stands_down(settings, seams.clock());
  situation.service_there = is_service_there(seams);
  situation.safe_mode = seams.safe_mode();
  situation.allowed = settings.allowed_providers();
  return situation;
}

}  // namespace

STDMETHODIMP ProviderFilter::QueryInterface(REFIID iid, void** out) noexcept {
  if (out == nullptr) return E_POINTER;
  *out = nullptr;
  if (iid != __uuidof(IUnknown) && iid != __uuidof(ICredentialProviderFilter)) return E_NOINTERFACE;
  *out = static_cast<ICredentialProviderFilter*>(this);
  AddRef();
  return S_OK;
}

STDMETHODIMP_(ULONG) ProviderFilter::Release() noexcept {
  const ULONG left = references_.remove();
  if (left == 0) delete this;
  return left;
}

STDMETHODIMP ProviderFilter::Filter(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario, DWORD flags, GUID* providers,
                                    BOOL* allow, DWORD count) noexcept {
  return guarded([&]() -> HRESULT {
    const std::optional<Scenario> wanted = scenario_of(scenario);
    if (!wanted || count == 0) return S_OK;
    if (providers == nullptr || allow == nullptr || count > kMaxProviders) return E_INVALIDARG;
    std::vector<ProviderId> ids;
    std::vector<bool> before;
    for (DWORD i = 0; i < count; ++i) {
      ids.push_back(id_of(providers[i]));
      before.push_back(allow[i] != FALSE);
    }
    const std::vector<bool> after = remaining_providers(look(seams_, *wanted, flags), ids, before);
    for (DWORD i = 0; i < count; ++i)
      allow[i] = after[i] ? TRUE : FALSE;
    return S_OK;
  });
}

// While others are hidden nobody else would come for the buffer; and then it is a name for us, not a
// password.
STDMETHODIMP ProviderFilter::UpdateRemoteCredential(
    const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* in,
    CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* out) noexcept {
  return guarded([&]() -> HRESULT {
    if (in == nullptr || out == nullptr) return E_NOTIMPL;
    if (!gate_is_closed(look(seams_, Scenario::logon, 0))) return E_NOTIMPL;
    return copy_without_password(*in, *out) ? S_OK : E_NOTIMPL;
  });
}

}  // namespace cardea::credprov

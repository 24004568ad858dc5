// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/remote_buffer.h"

#include <cstring>

#include "credprov/model/kerb_logon.h"
#include "credprov/windows/module.h"

namespace cardea::credprov {
namespace {

Result<UnpackedLogon> read(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION& serialization) {
  if (serialization.rgbSerialization == nullptr || serialization.cbSerialization > kMaxLogonBytes)
    return Error::corrupted;
  return unpack_logon({serialization.rgbSerialization, serialization.cbSerialization});
}

}  // namespace

std::string remote_user(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION& serialization) {
  const auto logon = read(serialization);
  if (!logon.ok()) return {};
  const LogonName& name = logon.value().name;
  return name.domain.empty() ? name.user : name.domain + "\\" + name.user;
}

bool copy_without_password(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION& from,
                           CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION& to) {
  const auto logon = read(from);
  if (!logon.ok()) return false;
  const auto packed = pack_logon(logon.value().message, logon.value().name, {});
  if (!packed.ok()) return false;
  const ByteView bytes = packed.value().expose();
  auto* const copy = static_cast<BYTE*>(CoTaskMemAlloc(bytes.size()));
  if (copy == nullptr) return false;
  std::memcpy(copy, bytes.data(), bytes.size());
  to.ulAuthenticationPackage = from.ulAuthenticationPackage;
  to.clsidCredentialProvider = kProviderClass;
  to.cbSerialization = static_cast<ULONG>(bytes.size());
  to.rgbSerialization = copy;
  return true;
}

}  // namespace cardea::credprov

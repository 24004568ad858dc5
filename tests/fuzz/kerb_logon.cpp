// SPDX-License-Identifier: Apache-2.0
// A logon buffer as anybody may send it over RDP: what is taken has a form of our own that reads back the
// same.
#include "credprov/model/kerb_logon.h"

#include <cstdlib>

using namespace cardea;
using namespace cardea::credprov;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto logon = unpack_logon({data, size});
  if (!logon.ok()) {
    if (logon.error() != Error::corrupted) std::abort();
    return 0;
  }
  const UnpackedLogon& read = logon.value();
  const auto packed = pack_logon(read.message, read.name, read.password.expose_text());
  if (!packed.ok()) {
    // Texts may lie on each other in a stranger's buffer, but not in ours.
    if (packed.error() != Error::limit_exceeded) std::abort();
    return 0;
  }
  const auto again = unpack_logon(packed.value().expose());
  if (!again.ok() || again.value().name.user != read.name.user ||
      again.value().name.domain != read.name.domain || !(again.value().password == read.password))
    std::abort();
  (void)split_logon_name(read.name.user, read.name.domain);
  return 0;
}

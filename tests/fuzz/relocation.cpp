// SPDX-License-Identifier: Apache-2.0
// A bundle or a forward whose signature was good: what a region that means ill could say. The first byte
// chooses.
#include <cstdlib>

#include "core/api/forward.h"
#include "server/service/relocation_bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  if (data[0] == 'f') {
    const auto forward = api::decode_forward(input);
    if (forward.ok() && api::encode(*forward) != to_bytes(input)) std::abort();  // one form for one forward
    return 0;
  }
  const auto bundle = server::decode_bundle(input);
  if (bundle.ok()) (void)server::check_rows(*bundle);
  return 0;
}

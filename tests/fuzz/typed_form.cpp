// SPDX-License-Identifier: Apache-2.0
// What a stranger may type at a prompt for an access key or a sheet code: whatever is taken has a form that
// reads back as the same secret, whatever is not names one of its groups.
#include <cstdlib>

#include "core/access_key/grouped_code.h"

namespace {

void judge(cardea::ByteView typed, std::size_t groups) {
  using namespace cardea::access_key;
  const auto parsed = parse_groups(typed, groups);
  if (!parsed.ok()) {
    const int group = mistyped_group(parsed.failure());
    if (group < 1 || group > static_cast<int>(groups)) std::abort();
    return;
  }
  const auto text = format_groups(parsed->expose());
  const auto again = parse_groups(text.expose(), groups);
  if (!again.ok() || !(*again == *parsed)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  judge({data, size}, 6);
  judge({data, size}, 8);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Windows' name of a language as the daemon wants it (docs/spec/local-protocol.md, “Packet”).
#pragma once

#include <string>
#include <string_view>

namespace cardea::credprov {

// “de-AT” → “de_AT.UTF-8”, “sr-Latn-RS” → “sr_RS.UTF-8@latin”. What is no such name is “C”.
std::string posix_locale(std::string_view windows_name);

}  // namespace cardea::credprov

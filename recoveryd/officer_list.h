// SPDX-License-Identifier: Apache-2.0
// The help-desk officers that root of this computer has named (docs/spec/officers.md, "officers_file"): for
// whom new access keys are sealed. Read at start, and anew for each generation, so that the list that counts
// is the one that is there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/signature.h"

namespace cardea::recoveryd {

inline constexpr std::size_t kMaxOfficers = 16;

struct ListedOfficer {
  std::string name;
  crypto::CardId id{};
  Bytes auth_spki;
  Bytes wrap_spki;  // P-256 or RSA
};

// config_invalid with "FILE:LINE: reason".
Result<std::vector<ListedOfficer>> parse_officer_list(std::string_view text, std::string_view file_name);
// Empty when there is no such file; else also unsafe_file and what read_config_file says.
Result<std::vector<ListedOfficer>> read_officer_list(const std::string& path);

// The line of one officer.
std::string officer_line(std::string_view name, ByteView auth_spki, ByteView wrap_spki);

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/local_accounts.h"

#include <algorithm>

#include "core/base/secure_file.h"
#include "core/base/text.h"

namespace cardea::nss {
namespace {

// Large sites keep tens of thousands of users in files.
constexpr std::size_t kMaxLocalFileBytes = 16u << 20;

Result<std::string> read_text(const std::string& path, bool required) {
  auto bytes = read_state_file(path, kMaxLocalFileBytes);
  if (!bytes.ok() && bytes.error() == Error::not_found && !required) return std::string();
  if (!bytes.ok()) return bytes.failure();
  return std::string(as_text(*bytes));
}

}  // namespace

Result<LocalAccounts> LocalAccounts::read(const LocalAccountFiles& files) {
  LocalAccounts out;
  for (const std::string& path : {files.passwd, files.group}) {
    TRY_ASSIGN(const std::string text, read_text(path, true));
    out.add_entries(text);
  }
  for (const std::string& path : {files.subuid, files.subgid}) {
    TRY_ASSIGN(const std::string text, read_text(path, false));
    out.add_ranges(text);
  }
  return out;
}

bool LocalAccounts::has_id(std::uint64_t id) const {
  return ids_.contains(id) || std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
           return id >= range.first && id - range.first < range.count;
         });
}

void LocalAccounts::add_entries(std::string_view text) {
  for (const std::string& line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (!fields[0].empty()) names_.insert(fields[0]);
    if (fields.size() < 3) continue;
    if (const auto id = parse_decimal(fields[2])) ids_.insert(*id);
  }
}

void LocalAccounts::add_ranges(std::string_view text) {
  for (const std::string& line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() != 3) continue;
    const auto first = parse_decimal(fields[1]);
    const auto count = parse_decimal(fields[2]);
    if (first && count) ranges_.push_back({*first, *count});
  }
}

}  // namespace cardea::nss

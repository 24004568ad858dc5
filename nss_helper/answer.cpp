// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/answer.h"

namespace cardea::nss {
namespace {

// No password opens the account, and no shadow entry is looked for ("x" would ask for one).
constexpr char kNoPassword[] = "*";

}  // namespace

bool fill_passwd(const Record& account, struct passwd& out, char* buffer, std::size_t size) noexcept {
  if (size < account.texts.size() + sizeof kNoPassword) return false;
  std::memcpy(buffer, account.texts.data(), account.texts.size());
  char* password = buffer + account.texts.size();
  std::memcpy(password, kNoPassword, sizeof kNoPassword);
  out.pw_name = buffer;
  out.pw_passwd = password;
  out.pw_uid = account.id;
  out.pw_gid = account.id;
  out.pw_gecos = out.pw_name + account.name.size() + 1;
  out.pw_dir = out.pw_gecos + account.comment_size + 1;
  out.pw_shell = out.pw_dir + account.home_size + 1;
  return true;
}

bool fill_group(const Record& record, struct group& out, char* buffer, std::size_t size) noexcept {
  const bool is_private = record.kind == RecordKind::account;
  const std::string_view members = is_private ? std::string_view() : record.texts;
  const std::size_t count = is_private ? 0 : record.count;
  const std::size_t fixed = record.name.size() + 1 + sizeof kNoPassword;
  const std::size_t gap =
      -(reinterpret_cast<std::uintptr_t>(buffer) + fixed + members.size()) % alignof(char*);
  if (size < fixed + members.size() + gap + (count + 1) * sizeof(char*)) return false;
  std::memcpy(buffer, record.name.data(), record.name.size());
  char* password = buffer + record.name.size();
  *password++ = '\0';
  std::memcpy(password, kNoPassword, sizeof kNoPassword);
  char* text = buffer + fixed;
  if (!members.empty()) std::memcpy(text, members.data(), members.size());
  const char* const end = text + members.size();
  auto** list = reinterpret_cast<char**>(text + members.size() + gap);
  out.gr_name = buffer;
  out.gr_passwd = password;
  out.gr_gid = record.id;
  out.gr_mem = list;
  for (std::size_t i = 0; i < count && text < end; ++i) {
    *list++ = text;
    text += std::strlen(text) + 1;  // the last byte of the members is zero: database_view has looked
  }
  *list = nullptr;
  return true;
}

}  // namespace cardea::nss

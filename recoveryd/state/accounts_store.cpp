// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/accounts_store.h"

#include <algorithm>
#include <filesystem>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/secure_file.h"
#include "core/crypto/hash.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {
namespace {

constexpr std::string_view kMagic = "CARDEA";
constexpr std::uint8_t kAccountsVersion = 1;
constexpr std::size_t kChecksumBytes = 32;
// Two million accounts with every text at its longest would be more; such a list is refused.
constexpr std::size_t kMaxFileBytes = 512u << 20;

std::uint32_t size32(std::size_t size) { return static_cast<std::uint32_t>(size); }

OwnerId read_owner(ByteReader& in) {
  OwnerId owner{};
  const auto bytes = in.bytes(owner.size());
  std::copy(bytes.begin(), bytes.end(), owner.begin());
  return owner;
}

std::string read_text(ByteReader& in) { return std::string(in.text()); }

WantedAccount read_account(ByteReader& in) {
  WantedAccount out;
  out.owner = read_owner(in);
  out.account.uid = in.u32();
  for (std::string* text : {&out.account.name, &out.account.comment, &out.account.home, &out.account.shell})
    *text = read_text(in);
  return out;
}

WantedGroup read_group(ByteReader& in) {
  WantedGroup out;
  out.owner = read_owner(in);
  out.group.gid = in.u32();
  out.group.name = read_text(in);
  for (std::uint32_t count = in.u32(); count > 0 && in.good(); --count)
    out.group.members.push_back(read_text(in));
  return out;
}

}  // namespace

Bytes encode_accounts(const AccountsState& state) {
  ByteBuilder body;
  body.u32(size32(state.given.size()));
  for (const auto& [id, owner] : state.given)
    body.raw(ByteView(owner)).u32(id);
  body.u32(size32(state.wanted.accounts.size()));
  for (const WantedAccount& one : state.wanted.accounts) {
    body.raw(ByteView(one.owner)).u32(one.account.uid);
    body.lp(one.account.name).lp(one.account.comment).lp(one.account.home).lp(one.account.shell);
  }
  body.u32(size32(state.wanted.groups.size()));
  for (const WantedGroup& one : state.wanted.groups) {
    body.raw(ByteView(one.owner)).u32(one.group.gid).lp(one.group.name).u32(size32(one.group.members.size()));
    for (const std::string& member : one.group.members)
      body.lp(member);
  }
  ByteBuilder file;
  file.raw(kMagic).u8(static_cast<std::uint8_t>(StateKind::accounts)).u8(kAccountsVersion).lp32(body.view());
  const auto checksum = crypto::sha256({file.view()});
  return file.raw(ByteView(checksum)).take();
}

Result<AccountsState> decode_accounts(ByteView file) {
  if (file.size() < kChecksumBytes) return fail(Error::corrupted, "shorter than its checksum");
  const ByteView content = file.first(file.size() - kChecksumBytes);
  if (!equal_constant_time(crypto::sha256({content}), file.last(kChecksumBytes)))
    return fail(Error::corrupted, "checksum does not match");
  ByteReader head(content);
  const bool magic = as_text(head.bytes(kMagic.size())) == kMagic;
  if (!magic || head.u8() != static_cast<std::uint8_t>(StateKind::accounts))
    return fail(Error::corrupted, "not a file of this kind");
  if (head.u8() != kAccountsVersion) return fail(Error::unknown_format, "written by a newer version");
  ByteReader in(head.lp32());
  if (!head.complete()) return fail(Error::corrupted, "length does not match");
  AccountsState out;
  for (std::uint32_t count = in.u32(); count > 0 && in.good(); --count) {
    const OwnerId owner = read_owner(in);
    out.given.emplace_hint(out.given.end(), in.u32(), owner);
  }
  for (std::uint32_t count = in.u32(); count > 0 && in.good(); --count)
    out.wanted.accounts.push_back(read_account(in));
  for (std::uint32_t count = in.u32(); count > 0 && in.good(); --count)
    out.wanted.groups.push_back(read_group(in));
  if (!in.complete()) return fail(Error::corrupted, "fields do not match the length");
  return out;
}

Result<AccountsState> AccountsStore::read() const {
  // Read into memory of the file's own size: the limit is far above what computers have.
  std::error_code error;
  const auto size = std::filesystem::file_size(path_, error);
  const std::size_t limit =
      error ? 0 : static_cast<std::size_t>(std::min<std::uintmax_t>(size, kMaxFileBytes));
  TRY_ASSIGN(const Bytes file, read_state_file(path_, limit));
  auto state = decode_accounts(file);
  if (!state.ok()) return fail(state.error(), path_ + ": " + state.failure().detail);
  return state;
}

Status AccountsStore::write(const AccountsState& state) const {
  const Bytes file = encode_accounts(state);
  if (file.size() > kMaxFileBytes)
    return fail(Error::limit_exceeded, path_ + ": the list of accounts is too long");
  return write_file_atomically(path_, file, 0600);
}

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "core/api/account_statement.h"

#include <set>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/text.h"
#include "core/crypto/signature.h"

namespace cardea::api {
namespace {

constexpr std::string_view kStatementLabel = "cardea/v1/account-statement";
constexpr std::size_t kMaxAuthority = 255;
constexpr std::size_t kMaxDisplayName = 128;
constexpr std::size_t kMaxSpki = 600;  // RSA-4096 has 550 bytes
constexpr std::uint32_t kMaxEpoch = 0x7fffffff;

// Users and groups of Debian's base-passwd and its usual packages, and the names that sudoers, polkit rules
// and other distributions give rights to, whether they exist on a computer or not.
constexpr std::string_view kReserved[] = {
    "adm",        "admin",   "administrator", "audio",  "backup",    "bin",      "bluetooth", "cdrom",
    "daemon",     "dialout", "dip",           "disk",   "docker",    "fax",      "floppy",    "games",
    "gdm",        "gnats",   "halt",          "incus",  "input",     "irc",      "kmem",      "kvm",
    "libvirt",    "lightdm", "list",          "lp",     "lpadmin",   "lxd",      "mail",      "man",
    "messagebus", "netdev",  "news",          "nobody", "nogroup",   "operator", "plugdev",   "polkitd",
    "postgres",   "proxy",   "render",        "root",   "sasl",      "sddm",     "sgx",       "shadow",
    "shutdown",   "src",     "ssh",           "sshd",   "ssl-cert",  "staff",    "sudo",      "sync",
    "sys",        "tape",    "toor",          "tty",    "users",     "utmp",     "uucp",      "uuidd",
    "vboxusers",  "video",   "voice",         "wheel",  "wireshark", "www-data",
};
constexpr std::string_view kReservedBeginnings[] = {"cardea", "systemd-"};

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

template <typename Id>
Id take_id(ByteReader& in) {
  const auto id = Id::from_bytes(in.bytes(Id::kSize));
  return id.ok() ? *id : Id{};
}

UnixSeconds take_time(ByteReader& in) { return static_cast<UnixSeconds>(in.u64()); }

bool is_text(std::string_view text, std::size_t max_size) {
  return text.size() <= max_size && is_printable_text(text) && text.find(':') == text.npos;
}

bool groups_keep_rules(const AccountStatement& statement) {
  if (statement.groups.size() > kMaxGuestGroups) return false;
  std::set<std::string_view> names{statement.login};
  std::set<std::uint32_t> ids{statement.uid};
  for (const UnixGroup& group : statement.groups) {
    if (!is_login_name(group.name) || !is_unix_id(group.gid)) return false;
    if (!names.insert(group.name).second || !ids.insert(group.gid).second) return false;
  }
  return true;
}

const char* broken_rule(const AccountStatement& statement) {
  if (statement.server.empty() || statement.server.size() > kMaxAuthority ||
      !is_printable_text(statement.server))
    return "server";
  if (!is_account_name(statement.account)) return "account";
  if (statement.login.empty() || login_name_of(statement.account) != statement.login) return "login name";
  if (!is_unix_id(statement.uid)) return "uid";
  if (!groups_keep_rules(statement)) return "groups";
  if (!is_text(statement.display_name, kMaxDisplayName)) return "display name";
  if (statement.epoch == 0 || statement.epoch > kMaxEpoch) return "epoch";
  if (statement.auth_spki.size() > kMaxSpki || statement.wrap_spki.size() > kMaxSpki) return "card keys";
  if (card_id_of(statement.auth_spki) != statement.card) return "card";
  if (statement.issued_at < 0 || statement.expires_at <= statement.issued_at ||
      statement.expires_at - statement.issued_at > kMaxStatementSeconds)
    return "time";
  return nullptr;
}

}  // namespace

bool is_login_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > kMaxLoginName || name[0] < 'a' || name[0] > 'z') return false;
  for (const char c : name) {
    if (!is_name_character(c)) return false;
  }
  for (const std::string_view reserved : kReserved) {
    if (name == reserved) return false;
  }
  for (const std::string_view beginning : kReservedBeginnings) {
    if (name.starts_with(beginning)) return false;
  }
  return true;
}

std::string login_name_of(std::string_view account) {
  std::string name(account);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return is_login_name(name) ? name : std::string();
}

Bytes encode(const AccountStatement& statement) {
  ByteBuilder out;
  out.lp(kStatementLabel).lp(statement.server).raw(statement.computer.view()).raw(statement.user.view());
  out.lp(statement.account).lp(statement.login).u32(statement.uid);
  out.u8(static_cast<std::uint8_t>(statement.groups.size()));
  for (const UnixGroup& group : statement.groups)
    out.lp(group.name).u32(group.gid);
  out.lp(statement.display_name).u32(statement.epoch).raw(statement.card.view());
  out.lp(statement.auth_spki).lp(statement.wrap_spki);
  out.u64(static_cast<std::uint64_t>(statement.issued_at));
  return out.u64(static_cast<std::uint64_t>(statement.expires_at)).take();
}

Result<AccountStatement> decode_account_statement(ByteView bytes) {
  ByteReader in(bytes);
  if (in.text() != kStatementLabel) return fail(Error::corrupted, "not an account statement");
  AccountStatement out;
  out.server = in.text();
  out.computer = take_id<ComputerId>(in);
  out.user = take_id<UserId>(in);
  out.account = in.text();
  out.login = in.text();
  out.uid = in.u32();
  for (std::uint8_t count = in.u8(); count > 0 && in.good(); --count) {
    UnixGroup group;
    group.name = in.text();
    group.gid = in.u32();
    out.groups.push_back(std::move(group));
  }
  out.display_name = in.text();
  out.epoch = in.u32();
  out.card = take_id<CardId>(in);
  out.auth_spki = to_bytes(in.lp());
  out.wrap_spki = to_bytes(in.lp());
  out.issued_at = take_time(in);
  out.expires_at = take_time(in);
  if (!in.complete()) return fail(Error::corrupted, "account statement cut short or too long");
  if (const char* rule = broken_rule(out); rule != nullptr)
    return fail(Error::corrupted, std::string("account statement: ") + rule);
  return out;
}

Result<AccountStatement> open_account_statement(ByteView bytes, ByteView signature, ByteView key,
                                                const StatementExpected& expected) {
  const auto signer = crypto::PublicKey::from_spki(key);
  if (!signer.ok() || signer->kind() != crypto::KeyKind::ed25519 || !signer->verify(bytes, signature).ok())
    return fail(Error::signature_invalid, "the account statement is not signed with the server's key");
  TRY_ASSIGN(AccountStatement statement, decode_account_statement(bytes));
  bool known = false;
  for (const std::string& server : expected.servers)
    known = known || server == statement.server;
  if (!known) return fail(Error::server_misbehaved, "an account statement of another server");
  if (statement.computer != expected.computer)
    return fail(Error::server_misbehaved, "an account statement for another computer");
  if (statement.card != expected.card)
    return fail(Error::server_misbehaved, "an account statement about another card");
  if (statement.issued_at > expected.now + kStatementSkewSeconds)
    return fail(Error::clock_skewed, "an account statement from the future");
  if (statement.expires_at <= expected.now)
    return fail(Error::session_expired, "the account statement has ended");
  return statement;
}

}  // namespace cardea::api

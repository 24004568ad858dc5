// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/kerb_logon.h"

#include "credprov/model/utf16.h"

namespace cardea::credprov {
namespace {

// Where the fields of the 64-bit structure are.
constexpr std::size_t kMessageAt = 0;
constexpr std::size_t kDomainAt = 8;
constexpr std::size_t kUserAt = 24;
constexpr std::size_t kPasswordAt = 40;
constexpr std::size_t kLogonIdAt = 56;
// Inside a UNICODE_STRING: Length, MaximumLength (both in bytes), padding, Buffer.
constexpr std::size_t kMaximumAt = 2;
constexpr std::size_t kBufferAt = 8;

void put(MutableBytes out, std::size_t at, std::uint64_t value, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; ++i)
    out[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint64_t get(ByteView in, std::size_t at, std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= static_cast<std::uint64_t>(in[at + i]) << (8 * i);
  return value;
}

// The units of the UNICODE_STRING at `at`, whose offset is from the beginning of the buffer.
Result<ByteView> string_at(ByteView buffer, std::size_t at) {
  const std::size_t length = get(buffer, at, 2);
  const std::size_t maximum = get(buffer, at + kMaximumAt, 2);
  const std::uint64_t offset = get(buffer, at + kBufferAt, 8);
  if (length % 2 != 0 || length > maximum) return Error::corrupted;
  if (length == 0) return ByteView{};
  if (offset % 2 != 0 || offset < kLogonHeadBytes || offset > buffer.size()) return Error::corrupted;
  if (length > buffer.size() - offset) return Error::corrupted;
  return buffer.subspan(offset, length);
}

// In wiped memory: it may be the password.
Result<SecretBytes> text_at(ByteView buffer, std::size_t at) {
  TRY_ASSIGN(const ByteView bytes, string_at(buffer, at));
  SecretBytes units(bytes);  // for its alignment
  const std::u16string_view text(reinterpret_cast<const char16_t*>(units.expose().data()), bytes.size() / 2);
  Result<SecretBytes> read = secret_from_utf16(text);
  if (!read.ok()) return Error::corrupted;
  return read;
}

bool is_known(std::uint64_t message) noexcept {
  return message == static_cast<std::uint32_t>(LogonMessage::credui) ||
         message == static_cast<std::uint32_t>(LogonMessage::interactive) ||
         message == static_cast<std::uint32_t>(LogonMessage::unlock);
}

}  // namespace

LogonName split_logon_name(std::string_view name, std::string_view computer) {
  const std::size_t backslash = name.find('\\');
  if (backslash == std::string_view::npos) {
    const bool qualified = name.find('@') != std::string_view::npos;
    return {qualified ? std::string() : std::string(computer), std::string(name)};
  }
  const std::string_view domain = name.substr(0, backslash);
  return {std::string(domain == "." ? computer : domain), std::string(name.substr(backslash + 1))};
}

Result<SecretBytes> pack_logon(LogonMessage message, const LogonName& name, std::string_view password) {
  struct Part {
    std::size_t at;
    std::string_view text;
  };
  const Part parts[] = {{kDomainAt, name.domain}, {kUserAt, name.user}, {kPasswordAt, password}};
  if (name.user.empty()) return Error::invalid_argument;
  std::size_t size = kLogonHeadBytes;
  for (const Part& part : parts) {
    if (part.text.size() > kMaxLogonBytes) return Error::limit_exceeded;
    const std::size_t units = utf16_units(part.text);
    if (units == kNotUtf8) return Error::invalid_argument;
    size += 2 * units;
  }
  if (size > kMaxLogonBytes) return Error::limit_exceeded;
  SecretBytes packed(size);
  const MutableBytes out = packed.expose_mutable();
  put(out, kMessageAt, static_cast<std::uint32_t>(message), 4);
  std::size_t used = kLogonHeadBytes;
  for (const Part& part : parts) {
    const std::size_t bytes = 2 * utf16_units(part.text);
    put(out, part.at, bytes, 2);
    put(out, part.at + kMaximumAt, bytes, 2);
    put(out, part.at + kBufferAt, used, 8);
    write_utf16(part.text, out.subspan(used, bytes));
    used += bytes;
  }
  return packed;
}

Result<UnpackedLogon> unpack_logon(ByteView buffer) {
  if (buffer.size() < kLogonHeadBytes || buffer.size() > kMaxLogonBytes) return Error::corrupted;
  const std::uint64_t message = get(buffer, kMessageAt, 4);
  if (!is_known(message)) return Error::corrupted;
  UnpackedLogon logon;
  logon.message = static_cast<LogonMessage>(message);
  logon.logon_id = get(buffer, kLogonIdAt, 8);
  TRY_ASSIGN(const SecretBytes domain, text_at(buffer, kDomainAt));
  TRY_ASSIGN(const SecretBytes user, text_at(buffer, kUserAt));
  TRY_ASSIGN(logon.password, text_at(buffer, kPasswordAt));
  if (user.empty()) return Error::corrupted;
  logon.name = {std::string(domain.expose_text()), std::string(user.expose_text())};
  return logon;
}

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/state_file.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/secure_file.h"
#include "core/crypto/hash.h"
#include "recoveryd/state/state_protection.h"

namespace cardea::recoveryd {
namespace {

constexpr std::string_view kEnvelopeMagic = "CARDEA";
constexpr std::uint8_t kEnvelopeVersion = 1;

}  // namespace

SecretBytes wrap_state(StateKind kind, ByteView body) {
  ByteBuilder out;
  out.raw(kEnvelopeMagic).u8(static_cast<std::uint8_t>(kind)).u8(kEnvelopeVersion).lp32(body);
  const auto checksum = crypto::sha256({out.view()});
  out.raw(checksum);
  Bytes plain = out.take();
  SecretBytes file{ByteView(plain)};
  wipe(plain);
  return file;
}

Result<SecretBytes> unwrap_state(StateKind kind, ByteView file) {
  constexpr std::size_t kChecksumBytes = 32;
  if (file.size() < kChecksumBytes) return fail(Error::corrupted, "shorter than its checksum");
  const ByteView content = file.first(file.size() - kChecksumBytes);
  if (!equal_constant_time(crypto::sha256({content}), file.last(kChecksumBytes))) {
    return fail(Error::corrupted, "checksum does not match");
  }
  ByteReader in(content);
  const bool magic = as_text(in.bytes(kEnvelopeMagic.size())) == kEnvelopeMagic;
  const bool same_kind = in.u8() == static_cast<std::uint8_t>(kind);
  if (!magic || !same_kind) return fail(Error::corrupted, "not a file of this kind");
  if (in.u8() != kEnvelopeVersion) return fail(Error::unknown_format, "written by a newer version");
  const auto body = in.lp32();
  if (!in.complete()) return fail(Error::corrupted, "length does not match");
  return SecretBytes(body);
}

Result<SecretBytes> read_state(const std::string& path, StateKind kind) {
  auto file = read_secret_file(path, max_state_file_bytes(kind));
  if (!file.ok() && file.error() == Error::limit_exceeded)
    return fail(Error::corrupted, file.failure().detail);
  if (!file.ok()) return file.failure();
  auto stored = unwrap_state(kind, file->expose());
  if (!stored.ok()) return fail(stored.error(), path + ": " + stored.failure().detail);
  auto body = unprotect_state(kind, std::move(stored).value());
  if (!body.ok()) return fail(body.error(), path + ": " + body.failure().detail);
  return body;
}

Status write_state(const std::string& path, StateKind kind, ByteView body) {
  auto stored = protect_state(kind, SecretBytes(body));
  if (!stored.ok()) return fail(stored.error(), path + ": " + stored.failure().detail);
  const SecretBytes file = wrap_state(kind, stored->expose());
  if (file.size() > max_state_file_bytes(kind))
    return fail(Error::limit_exceeded, path + ": would be too long");
  return write_file_atomically(path, file.expose(), 0600);
}

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "core/api/forward.h"

#include "core/api/server_list.h"
#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/signature.h"

namespace cardea::api {
namespace {

constexpr std::string_view kForwardLabel = "cardea/v1/forward";
constexpr std::size_t kSpkiSize = 44;  // Ed25519

bool keeps_rules(const Forward& forward) {
  return forward.epoch > 1 && is_region_name(forward.region) && is_server_origin(forward.url) &&
         forward.checkpoint_spki.size() == kSpkiSize && forward.time >= 0;
}

}  // namespace

bool is_region_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > kMaxRegionName || name[0] < 'a' || name[0] > 'z') return false;
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

Bytes encode(const Forward& forward) {
  ByteBuilder out;
  out.lp(kForwardLabel).raw(forward.user.view()).u32(forward.epoch).lp(forward.region).lp(forward.url);
  return out.lp(forward.checkpoint_spki).u64(static_cast<std::uint64_t>(forward.time)).take();
}

Result<Forward> decode_forward(ByteView bytes) {
  ByteReader in(bytes);
  if (in.text() != kForwardLabel) return fail(Error::corrupted, "not a forward");
  Forward out;
  const auto user = UserId::from_bytes(in.bytes(UserId::kSize));
  if (user.ok()) out.user = *user;
  out.epoch = in.u32();
  out.region = in.text();
  out.url = in.text();
  out.checkpoint_spki = to_bytes(in.lp());
  out.time = static_cast<UnixSeconds>(in.u64());
  if (!in.complete() || !keeps_rules(out)) return fail(Error::corrupted, "a forward that breaks the rules");
  return out;
}

Result<Forward> open_forward(ByteView bytes, ByteView signature, ByteView key, const UserId& user,
                             std::uint32_t known_epoch) {
  const auto signer = crypto::PublicKey::from_spki(key);
  if (!signer.ok() || signer->kind() != crypto::KeyKind::ed25519 || !signer->verify(bytes, signature).ok())
    return fail(Error::signature_invalid, "the forward is not signed with the server's key");
  TRY_ASSIGN(Forward forward, decode_forward(bytes));
  if (forward.user != user) return fail(Error::server_misbehaved, "a forward for another user");
  if (forward.epoch <= known_epoch) return fail(Error::server_misbehaved, "a forward from the past");
  return forward;
}

}  // namespace cardea::api

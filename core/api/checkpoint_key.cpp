// SPDX-License-Identifier: Apache-2.0
#include "core/api/checkpoint_key.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/crypto/signature.h"

namespace cardea::api {
namespace {

Status check(const KeyHandover& handover, ByteView by) {
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(by));
  if (key.kind() != crypto::KeyKind::ed25519) return Error::signature_invalid;
  return key.verify(checkpoint_key_proof(handover.number, handover.key), handover.signature);
}

}  // namespace

Bytes checkpoint_key_proof(std::uint32_t number, ByteView key) {
  ByteBuilder out;
  return out.lp("cardea/v1/checkpoint-key").u64(number).lp(key).take();
}

Status follow_checkpoint_key(ByteView known, ByteView shown, std::span<const KeyHandover> handovers) {
  if (std::ranges::equal(known, shown)) return {};
  if (handovers.size() > kMaxKeyHandovers) return fail(Error::signature_invalid, "too many hand-overs");
  // The known key is one of those that were handed over, or the first one, which is in no hand-over.
  const auto mine = std::ranges::find_if(
      handovers, [&](const KeyHandover& handover) { return std::ranges::equal(handover.key, known); });
  const bool is_first = mine == handovers.end();
  auto next = is_first ? handovers.begin() : mine + 1;
  std::uint32_t number = is_first ? 1 : mine->number;
  ByteView key = known;
  for (; next != handovers.end(); ++next) {
    if (next->number != ++number || !check(*next, key).ok())
      return fail(Error::signature_invalid, "a hand-over of the checkpoint key does not follow");
    key = next->key;
  }
  // Without one hand-over this is another key than the known one.
  if (!std::ranges::equal(key, shown))
    return fail(Error::signature_invalid, "no hand-over leads to the checkpoint key");
  return {};
}

}  // namespace cardea::api

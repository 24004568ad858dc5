// SPDX-License-Identifier: Apache-2.0
#include "upstream/forward.h"

#include "upstream/answer_parts.h"

namespace cardea::upstream {
namespace {

constexpr std::size_t kMaxStatement = 1024;

}  // namespace

Result<api::Forward> open_forward(const api::Json& shown, ByteView known,
                                  const std::optional<api::UserId>& user) {
  auto fields = answer_fields(shown);
  const Bytes statement = fields.bytes("statement", 1, kMaxStatement);
  const Bytes signature = fields.bytes("signature", 1, kMaxSignature);
  const Bytes key = fields.bytes("key", 32, kMaxSpki);
  TRY_ASSIGN(const auto handovers, read_handovers(fields));
  TRY(complete_answer(fields, "forward"));
  if (!known.empty()) TRY(api::follow_checkpoint_key(known, key, handovers));
  // Epochs are the servers' to compare: a key introduces the next one, and is not believed afterwards.
  const auto named = api::decode_forward(statement);
  auto forward = named.ok() ? api::open_forward(statement, signature, key, user.value_or(named->user), 1)
                            : named.failure();
  if (!forward.ok() && forward.error() == Error::corrupted)
    return fail(Error::server_misbehaved, forward.failure().detail);
  return forward;
}

}  // namespace cardea::upstream

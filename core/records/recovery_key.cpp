// SPDX-License-Identifier: Apache-2.0
#include "core/records/recovery_key.h"

#include "core/base/text.h"
#include "core/crypto/envelope.h"

namespace cardea::records {
namespace {

constexpr crypto::Label kRecoveryLabel = "cardea/v1/recovery-key";
constexpr crypto::Label kQuestionLabel = "cardea/v1/question";
constexpr crypto::Label kSeedLabel = "cardea/v1/access-key-seal";

Bytes recovery_context(const UserId& user) { return object_context(user, "recovery-key", {}, 1, 0); }
Bytes question_context(const UserId& user) { return object_context(user, "question", {}, 1, 0); }
Bytes seed_context(const access_key::ChainContext& whose) {
  return object_context(whose.user, "access-key", whose.computer, whose.generation, 0);
}

bool is_question(std::string_view text) {
  return !text.empty() && text.size() <= kMaxQuestion && is_printable_text(text);
}

}  // namespace

Result<Bytes> seal_recovery_key(const crypto::P256KeyPair& key, const UserId& user, const ExportKey& export_b,
                                Random& random) {
  return crypto::seal(export_b.expose(), kRecoveryLabel, recovery_context(user), key.scalar().expose(),
                      random);
}

Result<crypto::P256KeyPair> open_recovery_key(ByteView seal, const UserId& user, const ExportKey& export_b,
                                              ByteView recovery_public) {
  TRY_ASSIGN(const SecretBytes scalar,
             crypto::open(export_b.expose(), kRecoveryLabel, recovery_context(user), seal));
  TRY_ASSIGN(crypto::P256KeyPair key, crypto::P256KeyPair::from_scalar(scalar.expose()));
  if (!equal_constant_time(key.point(), recovery_public)) {
    return fail(Error::decrypt_failed, "the recovery key does not belong to the public one");
  }
  return key;
}

Result<Bytes> seal_question(std::string_view question, const UserId& user, const ExportKey& export_a,
                            Random& random) {
  if (!is_question(question))
    return fail(Error::invalid_argument, "the question is empty, too long or not text");
  return crypto::seal(export_a.expose(), kQuestionLabel, question_context(user), as_bytes(question), random);
}

Result<SecretBytes> open_question(ByteView seal, const UserId& user, const ExportKey& export_a) {
  TRY_ASSIGN(SecretBytes question,
             crypto::open(export_a.expose(), kQuestionLabel, question_context(user), seal));
  if (!is_question(question.expose_text())) return fail(Error::corrupted, "the question is not text");
  return question;
}

Result<Bytes> seal_chain_seed(const access_key::ChainSeed& seed, const access_key::ChainContext& whose,
                              ByteView recovery_public, Random& random) {
  return crypto::hpke_seal(recovery_public, kSeedLabel, seed_context(whose), seed.expose(), random);
}

Result<access_key::ChainSeed> open_chain_seed(ByteView seal, const access_key::ChainContext& whose,
                                              const crypto::P256KeyPair& recovery) {
  TRY_ASSIGN(const SecretBytes seed, crypto::hpke_open(recovery, kSeedLabel, seed_context(whose), seal));
  auto chain_seed = access_key::ChainSeed::from(seed.expose());
  if (!chain_seed.ok()) return fail(Error::corrupted, "not a chain seed");
  return chain_seed;
}

}  // namespace cardea::records

// SPDX-License-Identifier: Apache-2.0
#include "core/records/recovery_key.h"

#include "core/base/text.h"
#include "core/crypto/envelope.h"
#include "core/crypto/signature.h"

namespace cardea::records {
namespace {

constexpr crypto::Label kRecoveryLabel = "cardea/v1/recovery-key";
constexpr crypto::Label kQuestionLabel = "cardea/v1/question";
constexpr crypto::Label kSeedLabel = "cardea/v1/access-key-seal";
constexpr crypto::Label kOfficerLabel = "cardea/v1/access-key-officer";

Bytes recovery_context(const UserId& user) { return object_context(user, "recovery-key", {}, 1, 0); }
Bytes question_context(const UserId& user) { return object_context(user, "question", {}, 1, 0); }
Bytes seed_context(const access_key::ChainContext& whose) {
  return object_context(whose.user, "access-key", whose.computer, whose.generation, 0);
}

Bytes officer_context(const access_key::ChainContext& whose, const CardId& officer) {
  Bytes object(whose.computer.begin(), whose.computer.end());
  object.insert(object.end(), officer.begin(), officer.end());
  return object_context(whose.user, "access-key-officer", object, whose.generation, 0);
}

Result<access_key::ChainSeed> to_seed(const Result<SecretBytes>& opened) {
  if (!opened.ok()) return opened.failure();
  auto seed = access_key::ChainSeed::from(opened->expose());
  if (!seed.ok()) return fail(Error::corrupted, "not a chain seed");
  return seed;
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
  return to_seed(crypto::hpke_open(recovery, kSeedLabel, seed_context(whose), seal));
}

Result<Bytes> seal_chain_seed_for_officer(const access_key::ChainSeed& seed,
                                          const access_key::ChainContext& whose, const CardId& officer,
                                          ByteView wrap_spki, Random& random) {
  TRY_ASSIGN(const crypto::PublicKey wrap, crypto::PublicKey::from_spki(wrap_spki));
  const Bytes context = officer_context(whose, officer);
  if (wrap.kind() == crypto::KeyKind::rsa)
    return crypto::rsa_seal(wrap_spki, kOfficerLabel, context, seed.expose(), random);
  TRY_ASSIGN(const crypto::P256Point point, crypto::p256_point_from_spki(wrap_spki));
  return crypto::hpke_seal(point, kOfficerLabel, context, seed.expose(), random);
}

Result<access_key::ChainSeed> open_chain_seed_as_officer(ByteView seal, const access_key::ChainContext& whose,
                                                         const CardId& officer, const crypto::DhFunction& dh,
                                                         ByteView wrap_point) {
  return to_seed(crypto::hpke_open(dh, wrap_point, kOfficerLabel, officer_context(whose, officer), seal));
}

Result<access_key::ChainSeed> open_chain_seed_as_officer(ByteView seal, const access_key::ChainContext& whose,
                                                         const CardId& officer,
                                                         const crypto::RsaDecryptFunction& decrypt) {
  return to_seed(crypto::rsa_open(decrypt, kOfficerLabel, officer_context(whose, officer), seal));
}

}  // namespace cardea::records

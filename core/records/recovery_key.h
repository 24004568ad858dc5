// SPDX-License-Identifier: Apache-2.0
// The user's recovery key and what is sealed to it or beside it (docs/spec/records.md, "Recovery key"): made
// at registration by the card worker, opened by `cardea recover` and the portal after the password and the
// answer.
#pragma once

#include "core/access_key/access_key_chain.h"
#include "core/crypto/hpke.h"
#include "core/records/holders.h"

namespace cardea::records {

inline constexpr std::size_t kMaxQuestion = 1024;

// sk_r under export_B.
Result<Bytes> seal_recovery_key(const crypto::P256KeyPair& key, const UserId& user, const ExportKey& export_b,
                                Random& random);
// Error::decrypt_failed also when the opened key does not belong to `recovery_public` (65 bytes): then the
// server has exchanged one of the two.
Result<crypto::P256KeyPair> open_recovery_key(ByteView seal, const UserId& user, const ExportKey& export_b,
                                              ByteView recovery_public);

// The challenge question under export_A. 1 to kMaxQuestion bytes of printable text, else
// Error::invalid_argument when sealing and Error::corrupted when opening.
Result<Bytes> seal_question(std::string_view question, const UserId& user, const ExportKey& export_a,
                            Random& random);
Result<SecretBytes> open_question(ByteView seal, const UserId& user, const ExportKey& export_a);

// The chain seed to pk_r. `whose` names computer, user and generation.
Result<Bytes> seal_chain_seed(const access_key::ChainSeed& seed, const access_key::ChainContext& whose,
                              ByteView recovery_public, Random& random);
Result<access_key::ChainSeed> open_chain_seed(ByteView seal, const access_key::ChainContext& whose,
                                              const crypto::P256KeyPair& recovery);

// The same for a help-desk officer, to his card's wrap key (docs/spec/officers.md): P-256 (HPKE) or RSA.
inline constexpr std::size_t kMaxOfficerSeal = 1024;  // an RSA-4096 card's is 642 bytes
// Error::key_invalid.
Result<Bytes> seal_chain_seed_for_officer(const access_key::ChainSeed& seed,
                                          const access_key::ChainContext& whose, const CardId& officer,
                                          ByteView wrap_spki, Random& random);
// Each fails with Error::decrypt_failed, and with the card's own error when the card fails.
Result<access_key::ChainSeed> open_chain_seed_as_officer(ByteView seal, const access_key::ChainContext& whose,
                                                         const CardId& officer, const crypto::DhFunction& dh,
                                                         ByteView wrap_point);
Result<access_key::ChainSeed> open_chain_seed_as_officer(ByteView seal, const access_key::ChainContext& whose,
                                                         const CardId& officer,
                                                         const crypto::RsaDecryptFunction& decrypt);

}  // namespace cardea::records

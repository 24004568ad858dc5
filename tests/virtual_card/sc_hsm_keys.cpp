// SPDX-License-Identifier: Apache-2.0
// Keys of the SmartCard-HSM personality: generation, signature, decryption and key agreement.
#include <openssl/sha.h>

#include "tests/virtual_card/card_certificate.h"
#include "tests/virtual_card/sc_hsm_card.h"

namespace cardea::virtual_card {
namespace {

// Algorithm identifier in P2 of SIGN and DECIPHER (OpenSC, card-sc-hsm.h).
enum Algorithm : std::uint8_t {
  kRsaRaw = 0x20,
  kRsaDecrypt = 0x21,
  kRsaPkcs1 = 0x30,
  kRsaPss = 0x40,
  kRsaPssSha1 = 0x41,
  kRsaPssSha256 = 0x43,
  kEcRaw = 0x70,
  kEcSha1 = 0x71,
  kEcSha256 = 0x73,
  kEcDiffieHellman = 0x80,
};

ResponseApdu answer(Result<Bytes> result) {
  if (result.ok()) return std::move(result).value();
  return result.error() == Error::invalid_argument ? sw::kWrongData : sw::kConditionsNotSatisfied;
}

Bytes sha1(ByteView data) {
  Bytes digest(SHA_DIGEST_LENGTH);
  SHA1(data.data(), data.size(), digest.data());
  return digest;
}

Bytes sha256(ByteView data) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(data.data(), data.size(), digest.data());
  return digest;
}

}  // namespace

ResponseApdu ScHsmCard::generate_key(const CommandApdu& command) {
  if (!verified_) return sw::kSecurityNotSatisfied;
  const auto request = parse_key_request(command.data);
  if (!request.ok()) return sw::kWrongData;
  const FileId id{0, static_cast<std::uint16_t>((prefix::kKey << 8) | command.p1)};
  if (state_.find(id) != nullptr) return sw::kFileExists;
  CardFile file;
  file.type = request->rsa ? FileType::rsa_key : FileType::ec_key;
  file.size = static_cast<std::uint16_t>(request->rsa                      ? request->rsa_bits
                                         : request->curve == EcCurve::p256 ? 256
                                                                           : 384);
  if (!state_.has_room_for(memory_cost(file))) return sw::kNoSpace;
  auto key =
      request->rsa ? PrivateKey::generate_rsa(request->rsa_bits) : PrivateKey::generate_ec(request->curve);
  if (!key.ok()) return sw::kWrongData;
  auto der = key->to_der();
  auto response = make_key_answer(*request, *key);
  if (!der.ok() || !response.ok()) return sw::kMemoryFailure;
  file.content = std::move(der).value();
  state_.files.emplace(id, std::move(file));
  return std::move(response).value();
}

Result<PrivateKey> ScHsmCard::usable_key(std::uint8_t reference, std::uint16_t& status) {
  const CardFile* file = state_.find({0, static_cast<std::uint16_t>((prefix::kKey << 8) | reference)});
  status = sw::kFileNotFound;
  if (file == nullptr) return Error::not_found;
  status = sw::kSecurityNotSatisfied;
  if (!verified_) return Error::permission_denied;
  status = sw::kReferenceDataUnusable;
  return PrivateKey::from_der(file->content);
}

ResponseApdu ScHsmCard::sign(const CommandApdu& command) {
  std::uint16_t status = 0;
  const auto key = usable_key(command.p1, status);
  if (!key.ok()) return status;
  switch (command.p2) {
    case kRsaRaw:
      return answer(key->rsa_raw(command.data));
    case kRsaPkcs1:
      return answer(key->rsa_sign_pkcs1(command.data));
    case kRsaPss:
      return answer(key->rsa_sign_pss(command.data));
    case kRsaPssSha1:
      return answer(key->rsa_sign_pss(sha1(command.data)));
    case kRsaPssSha256:
      return answer(key->rsa_sign_pss(sha256(command.data)));
    case kEcRaw:
      return answer(key->ecdsa_sign(command.data));
    case kEcSha1:
      return answer(key->ecdsa_sign(sha1(command.data)));
    case kEcSha256:
      return answer(key->ecdsa_sign(sha256(command.data)));
    default:
      return sw::kFunctionNotSupported;
  }
}

ResponseApdu ScHsmCard::decipher(const CommandApdu& command) {
  std::uint16_t status = 0;
  const auto key = usable_key(command.p1, status);
  if (!key.ok()) return status;
  switch (command.p2) {
    case kRsaDecrypt:
      return answer(key->rsa_raw(command.data));
    case kEcDiffieHellman:
      return answer(key->multiply(command.data));
    default:
      return sw::kFunctionNotSupported;
  }
}

}  // namespace cardea::virtual_card

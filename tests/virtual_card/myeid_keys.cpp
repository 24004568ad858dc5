// SPDX-License-Identifier: Apache-2.0
// Keys of the MyEID personality: generation, signature, decryption and key agreement. Key pairs are made on
// the card; loading one from outside is refused. Secret keys are only kept for the host.
#include <algorithm>

#include "tests/virtual_card/myeid_card.h"
#include "tests/virtual_card/tlv.h"

namespace cardea::virtual_card {
namespace {

// Algorithm reference of MANAGE SECURITY ENVIRONMENT, low four bits.
constexpr std::uint8_t kRsaRaw = 0x00;
constexpr std::uint8_t kRsaPkcs1 = 0x02;
constexpr std::uint8_t kEcdsa = 0x04;
constexpr std::uint8_t kHashSha1 = 0x10;  // the card puts the DigestInfo of SHA-1 before the hash

constexpr std::array<std::uint8_t, 15> kSha1Prefix = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                                      0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};

ResponseApdu answer(Result<Bytes> result) {
  if (result.ok()) return std::move(result).value();
  return result.error() == Error::invalid_argument ? sw::kWrongData : sw::kConditionsNotSatisfied;
}

std::uint16_t number(ByteView two) { return static_cast<std::uint16_t>((two[0] << 8) | two[1]); }

}  // namespace

ResponseApdu MyEidCard::generate_key(const CommandApdu&) {
  CardFile* file = current();
  if (file == nullptr || !file->is_key()) return sw::kNoCurrentFile;
  if (!permitted(file->acl[1] & 0x0f)) return sw::kSecurityNotSatisfied;
  auto key = file->type == FileType::rsa_key
                 ? PrivateKey::generate_rsa(file->size)
                 : PrivateKey::generate_ec(file->size == 384 ? EcCurve::p384 : EcCurve::p256);
  if (!key.ok()) return sw::kWrongData;
  auto der = key->to_der();
  if (!der.ok()) return sw::kMemoryFailure;
  file->content = std::move(der).value();
  ++state_.change_counter;
  return sw::kOk;
}

ResponseApdu MyEidCard::public_part(std::uint8_t which) {
  const CardFile* file = current();
  if (file == nullptr || !file->is_key()) return sw::kNoCurrentFile;
  const auto key = PrivateKey::from_der(file->content);
  if (!key.ok()) return sw::kReferenceNotFound;
  if (key->is_rsa() != (which == 0x01)) return sw::kReferenceNotFound;
  if (key->is_rsa()) return answer(key->modulus());
  auto point = key->point();
  if (!point.ok()) return sw::kMemoryFailure;
  Bytes out;
  put_tlv(out, 0x86, *point);
  return out;
}

ResponseApdu MyEidCard::store_secret(ByteView value) {
  CardFile* file = current();
  if (file == nullptr || file->type != FileType::secret_key) return sw::kNoCurrentFile;
  if (!permitted(file->acl[0] & 0x0f)) return sw::kSecurityNotSatisfied;
  if (value.size() * 8 != file->size) return sw::kWrongLength;
  file->content = to_bytes(value);
  return sw::kOk;
}

ResponseApdu MyEidCard::set_security_environment(const CommandApdu& command) {
  if (command.p1 != 0x41 || (command.p2 != 0xb6 && command.p2 != 0xb8 && command.p2 != 0xa4)) {
    return sw::kFunctionNotSupported;
  }
  SecurityEnvironment wanted;
  if (const auto algorithm = find_tlv(command.data, 0x80); algorithm && algorithm->size() == 1) {
    wanted.algorithm = (*algorithm)[0];
  }
  const auto file = find_tlv(command.data, 0x81);
  if (!file || file->size() != 2) return sw::kWrongData;
  wanted.key_file = number(*file);
  const CardFile* key = state_.find({current_directory_, wanted.key_file});
  if (key == nullptr || !key->is_key()) return sw::kFileNotFound;
  environment_ = wanted;
  first_half_.clear();
  return sw::kOk;
}

Result<PrivateKey> MyEidCard::usable_key(std::uint16_t& status) {
  const CardFile* file = state_.find({current_directory_, environment_.key_file});
  status = sw::kConditionsNotSatisfied;
  if (file == nullptr || !file->is_key()) return Error::not_found;
  status = sw::kSecurityNotSatisfied;
  if (!permitted(static_cast<std::uint8_t>(file->acl[0] >> 4))) return Error::permission_denied;
  status = sw::kReferenceDataUnusable;
  return PrivateKey::from_der(file->content);
}

ResponseApdu MyEidCard::security_operation(const CommandApdu& command) {
  switch (command.p1p2()) {
    case 0x9e9a:
      return sign(command.data);
    case 0x8086:
      return decipher(command);
    default:
      return sw::kFunctionNotSupported;
  }
}

ResponseApdu MyEidCard::sign(ByteView input) {
  std::uint16_t status = 0;
  const auto key = usable_key(status);
  if (!key.ok()) return status;
  switch (environment_.algorithm & 0x0f) {
    case kEcdsa:
      return answer(key->ecdsa_sign(input));
    case kRsaRaw:
      return answer(key->rsa_raw(input));
    case kRsaPkcs1: {
      Bytes info = to_bytes(input);
      if ((environment_.algorithm & kHashSha1) != 0 && input.size() == 20) {
        info.insert(info.begin(), kSha1Prefix.begin(), kSha1Prefix.end());
      }
      return answer(key->rsa_sign_pkcs1(info));
    }
    default:
      return sw::kFunctionNotSupported;
  }
}

// The first byte says what follows: 00 a whole cryptogram, 81 and 82 the halves of one of 2048 bits.
ResponseApdu MyEidCard::decipher(const CommandApdu& command) {
  if (command.data.empty()) return sw::kWrongLength;
  const ByteView part = ByteView(command.data).subspan(1);
  if (command.data[0] == 0x81) {
    first_half_ = to_bytes(part);
    return sw::kOk;
  }
  Bytes cryptogram;
  if (command.data[0] == 0x82) cryptogram.swap(first_half_);
  cryptogram.insert(cryptogram.end(), part.begin(), part.end());
  std::uint16_t status = 0;
  const auto key = usable_key(status);
  if (!key.ok()) return status;
  if ((environment_.algorithm & 0x0f) == kRsaPkcs1) return answer(key->rsa_decrypt_pkcs1(cryptogram));
  return answer(key->rsa_raw(cryptogram));
}

ResponseApdu MyEidCard::general_authenticate(const CommandApdu& command) {
  const auto body = find_tlv(command.data, 0x7c);
  const auto point = body ? find_tlv(*body, 0x85) : std::nullopt;
  if (!point) return sw::kWrongData;
  std::uint16_t status = 0;
  const auto key = usable_key(status);
  if (!key.ok()) return status;
  const auto shared = key->multiply(*point);
  if (!shared.ok()) return answer(shared);
  const ByteView coordinates = ByteView(*shared).subspan(1);
  return to_bytes(coordinates.first(coordinates.size() / 2));
}

}  // namespace cardea::virtual_card

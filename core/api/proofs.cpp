// SPDX-License-Identifier: Apache-2.0
#include "core/api/proofs.h"

#include <string>

#include "core/base/byte_builder.h"

namespace cardea::api {

Bytes card_proof(const UserId& user, ByteView auth_spki, ByteView wrap_spki, ByteView recovery_public) {
  ByteBuilder out;
  out.lp("cardea/v1/card-proof").lp(user.view()).lp(auth_spki).lp(wrap_spki).lp(recovery_public);
  return out.take();
}

Bytes card_session_proof(std::string_view authority, ByteView challenge, ByteView session_spki,
                         std::uint64_t expires_at) {
  ByteBuilder out;
  out.lp("cardea/v1/session").lp(authority).lp(challenge).lp(session_spki).u64(expires_at);
  return out.take();
}

Bytes officer_session_proof(std::string_view authority, ByteView challenge, ByteView session_spki,
                            std::uint64_t expires_at) {
  ByteBuilder out;
  out.lp("cardea/v1/officer-session").lp(authority).lp(challenge).lp(session_spki).u64(expires_at);
  return out.take();
}

Bytes access_key_session_proof(std::string_view authority, ByteView challenge, const ComputerId& computer,
                               const UserId& user, std::uint32_t generation) {
  ByteBuilder out;
  out.lp("cardea/v1/access-key-session").lp(authority).lp(challenge).lp(computer.view()).lp(user.view());
  return out.u32(generation).take();
}

Bytes computer_proof(const UserId& user, ByteView device_spki) {
  ByteBuilder out;
  return out.lp("cardea/v1/computer-proof").lp(user.view()).lp(device_spki).take();
}

Bytes replace_proof(const UserId& user, const CardId& new_card, std::uint32_t new_epoch) {
  ByteBuilder out;
  return out.lp("cardea/v1/replace-proof").lp(user.view()).lp(new_card.view()).u32(new_epoch).take();
}

Bytes sheet_proof(std::string_view authority, ByteView challenge, std::string_view account,
                  std::string_view purpose) {
  std::string name(account);
  for (char& c : name)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  ByteBuilder out;
  out.lp("cardea/v1/sheet-proof").lp(authority).lp(challenge).lp(name).lp(purpose);
  return out.take();
}

Bytes checkpoint_proof(std::uint64_t length, ByteView head, std::uint64_t time) {
  ByteBuilder out;
  return out.lp("cardea/v1/checkpoint").u64(length).lp(head).u64(time).take();
}

Bytes administration_checkpoint_proof(std::uint64_t length, ByteView head, std::uint64_t time) {
  ByteBuilder out;
  return out.lp("cardea/v1/administration-checkpoint").u64(length).lp(head).u64(time).take();
}

}  // namespace cardea::api

// SPDX-License-Identifier: Apache-2.0
// An answer of a hostile ssh agent: u8 kind of key, 4 bytes of length, the answer.
#include <cstdlib>

#include "core/base/byte_builder.h"
#include "core/crypto/ssh_key.h"
#include "recoveryd/agent_link/agent_messages.h"

namespace {

using namespace cardea;

// A P-256 key and an RSA key of 2,048 bits; what they are is of no matter.
constexpr std::string_view kP256 =
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004c5d77fe04237ca972423687f9265209eebb2695fdb7e99e785"
    "bc72d8"
    "28ad0f6fdd2d0e15a5a57113d9fc71b0d8d1ece627f4e4ee4642c2b386d5aadab6e9a7ad";

crypto::PublicKey rsa() {
  Bytes modulus(256, 0xa5);
  const Bytes spki =
      ByteBuilder()
          .raw(from_hex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100").value())
          .raw(modulus)
          .raw(from_hex("0203010001").value())
          .take();
  return crypto::PublicKey::from_spki(spki).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace agent = recoveryd::agent;
  static const crypto::PublicKey p256 = crypto::PublicKey::from_spki(from_hex(kP256).value()).value();
  static const crypto::PublicKey rsa_key = rsa();
  if (size < 1 + agent::kLengthBytes) return 0;
  const ByteView input(data, size);
  const auto length = agent::answer_length(input.subspan(1, agent::kLengthBytes));
  if (length.ok() && (*length == 0 || *length > agent::kMaxAnswerBytes)) std::abort();
  const crypto::PublicKey& key = (input[0] & 1) != 0 ? rsa_key : p256;
  const auto signature = agent::signature_in_answer(key, input.subspan(1 + agent::kLengthBytes));
  // What comes out has the one size that verification takes.
  if (signature.ok() && signature->size() != (key.kind() == crypto::KeyKind::rsa ? 256U : 64U)) std::abort();
  return 0;
}

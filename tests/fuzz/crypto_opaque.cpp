// SPDX-License-Identifier: Apache-2.0
// OPAQUE messages: what is parsed serialises to the same bytes, and both halves compute with it without
// falling over. No made-up KE2 or KE3 is accepted.
#include <algorithm>
#include <cstdlib>

#include "core/crypto/opaque.h"

namespace {

using namespace cardea;

template <typename Message>
Result<Message> round_trip(ByteView input) {
  auto message = Message::parse(input);
  if (message.ok() && !std::ranges::equal(message->serialise(), input)) std::abort();
  return message;
}

Result<SecretArray<64>> no_stretch(const SecretArray<64>& output) { return output.clone(); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static SystemRandom random;
  static const auto server = crypto::OpaqueServer::from_secrets(random.secret<32>(), random.secret<32>());
  const ByteView input(data, size);
  if (const auto request = round_trip<crypto::RegistrationRequest>(input); request.ok()) {
    if (!server->registration_response(*request, as_bytes("a")).ok()) std::abort();
  }
  if (const auto response = round_trip<crypto::RegistrationResponse>(input); response.ok()) {
    auto client = crypto::OpaqueClientRegistration::start(as_bytes("p"), random);
    if (!std::move(*client).finalize(*response, {}, no_stretch, random).ok()) std::abort();
  }
  const auto record = round_trip<crypto::RegistrationRecord>(input);
  const auto ke1 = round_trip<crypto::Ke1>(input);
  if (ke1.ok() && !server->login_start(*ke1, nullptr, as_bytes("a"), {}, random).ok()) std::abort();
  if (record.ok() || size == crypto::Ke2::kSize || size == crypto::Ke3::kSize) {
    auto client = crypto::OpaqueClientLogin::start(as_bytes("p"), random);
    auto attempt =
        server->login_start(client->ke1(), record.ok() ? &*record : nullptr, as_bytes("a"), {}, random);
    if (!attempt.ok()) std::abort();
    if (const auto ke2 = round_trip<crypto::Ke2>(input); ke2.ok()) {
      if (std::move(*client).finish(*ke2, {}, no_stretch).ok()) std::abort();
    }
    if (const auto ke3 = round_trip<crypto::Ke3>(input); ke3.ok()) {
      if (std::move(*attempt).finish(*ke3).ok()) std::abort();
    }
  }
  return 0;
}

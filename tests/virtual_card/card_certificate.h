// SPDX-License-Identifier: Apache-2.0
// Card verifiable certificates (BSI TR-03110-3 appendix C.1) in the two forms that the SmartCard-HSM
// personality hands out: its device certificate, and the authenticated request with which it answers a key
// generation.
#pragma once

#include <string_view>

#include "tests/virtual_card/private_key.h"

namespace cardea::virtual_card {

// Self-signed, for a P-256 key; `holder` is 8 to 16 characters. crypto_failed when signing fails.
Result<Bytes> make_device_certificate(const PrivateKey& key, std::string_view holder);

// What a key generation asks for (the body of a certificate without its 7F4E).
struct KeyRequest {
  bool rsa = false;
  unsigned rsa_bits = 0;
  EcCurve curve = EcCurve::p256;
  Bytes algorithm;  // object identifier, given back in the answer
  Bytes holder;
  Bytes domain;  // the elements 81..85 of the request's EC parameters, as they came
};
// frame_malformed or not_supported when there is no such key.
Result<KeyRequest> parse_key_request(ByteView body);
// 67 { 7F21 certificate with the public key, 42 reference, 5F37 signature }.
Result<Bytes> make_key_answer(const KeyRequest& request, const PrivateKey& key);

}  // namespace cardea::virtual_card

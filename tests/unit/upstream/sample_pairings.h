// SPDX-License-Identifier: Apache-2.0
// The calls about a browser that waits for a card, for sample_calls.cpp.
#pragma once

#include "tests/unit/upstream/sample_parts.h"
#include "upstream/pairing_calls.h"

namespace cardea::upstream {
namespace {

void add_pairings(std::vector<SampleCall>& out) {
  const records::PairingId id{0, 1, 2, 3, 4};
  out.push_back({.name = "get_pairing",
                 .run = [id](ServerClient& c) { return status_of(get_pairing(c, id)); },
                 .method = "GET",
                 .path = "/v1/pairings/0001020304",
                 .answer = Json::Object{{"pairing_id", "0001020304"},
                                        {"session_spki", b64(Bytes(44, 1))},
                                        {"seal_key", b64(Bytes(65, 2))},
                                        {"cover", b64(Bytes(94, 3))},
                                        {"expires_at", 1'800'000'600}},
                 .optional = {"expires_at"}});
  out.push_back(
      {.name = "answer_pairing",
       .run =
           [id](ServerClient& c) { return answer_pairing(c, fixture().session_request, id, Bytes(200, 4)); },
       .method = "PUT",
       .path = "/v1/pairings/0001020304",
       .body = R"({"answer":")" + b64(Bytes(200, 4)) + "\"}",
       .keyid = ses(),
       .status = 204});
}

}  // namespace
}  // namespace cardea::upstream

// SPDX-License-Identifier: Apache-2.0
// Every request of the server protocol with arguments, the exact request they must make, and a good answer.
// Used by the tests of the requests and of hostile answers, and by the fuzz target.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/api/json.h"
#include "upstream/server_client.h"

namespace cardea::upstream {

struct SampleCall {
  std::string name = {};
  std::function<Status(ServerClient& client)> run = {};
  std::string method = {};
  std::string path = {};
  std::string query = {};
  std::string body = {};   // exact, or empty
  Headers headers = {};    // that must be there
  std::string keyid = {};  // empty: not signed
  bool may_repeat = true;
  bool is_keyed = true;                    // a POST that may be repeated has a key, so that it is done once
  int status = 200;                        // of the good answer
  api::Json answer = {};                   // null: 204
  std::vector<std::string> optional = {};  // members that an answer may leave out, also “list.member”
};

const std::vector<SampleCall>& sample_calls();
// Those of a help-desk officer (sample_officers.cpp).
void add_officers(std::vector<SampleCall>& out);

}  // namespace cardea::upstream

// SPDX-License-Identifier: Apache-2.0
// From a client's first message to the service that carries it out: authority first (peer_policy), then one
// call.
#pragma once

#include <functional>
#include <map>

#include "recoveryd/context.h"
#include "recoveryd/conversation.h"
#include "recoveryd/service/login_service.h"

namespace cardea::recoveryd {

// What an operation comes to: the line for the person and the JSON for the script.
struct OperationOutcome {
  std::string message;
  std::string json = "{}";
};

// `user` is the local user the operation is about: the argument "user", or the owner of the peer's uid.
using Operation = std::function<Result<OperationOutcome>(
    Conversation& client, const OperationRequest& request, const std::string& user)>;

class Dispatcher {
 public:
  Dispatcher(Context& context, LoginService& logins) : context_(context), logins_(logins) {}
  // Every verb of peer_policy has one; set up in main.cpp before the loop runs.
  void add(std::string_view verb, Operation operation) { operations_.emplace(verb, std::move(operation)); }
  // One whole conversation.
  void serve(Conversation& client);

 private:
  void serve_login(Conversation& client, const LoginRequest& request);
  void serve_operation(Conversation& client, const OperationRequest& request);

  Context& context_;
  LoginService& logins_;
  std::map<std::string, Operation, std::less<>> operations_;
};

}  // namespace cardea::recoveryd

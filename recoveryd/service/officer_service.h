// SPDX-License-Identifier: Apache-2.0
// `cardea officer …`: what a help-desk officer does at his own computer, with his own enrolled card
// (docs/spec/officers.md). Each verb asks for the PIN once and opens a session at his server for itself; the
// access key he makes for somebody goes from the worker to his terminal. Called by the dispatcher.
#pragma once

#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class OfficerService {
 public:
  explicit OfficerService(Context& context) : context_(context) {}
  // The line for officers_file and for `cardea admin officers add`; no PIN.
  Result<OperationOutcome> show(Conversation& client, const std::string& user);
  Result<OperationOutcome> add_key(Conversation& client, const std::string& user);
  Result<OperationOutcome> find(Conversation& client, const OperationRequest& request,
                                const std::string& user);
  Result<OperationOutcome> ask(Conversation& client, const OperationRequest& request,
                               const std::string& user);
  Result<OperationOutcome> list(Conversation& client, const std::string& user);
  // `step`: approve, decline, carry-out.
  Result<OperationOutcome> step(Conversation& client, const OperationRequest& request,
                                const std::string& user, std::string_view step);
  Result<OperationOutcome> issue(Conversation& client, const OperationRequest& request,
                                 const std::string& user);

 private:
  Context& context_;
};

}  // namespace cardea::recoveryd

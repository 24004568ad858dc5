// SPDX-License-Identifier: Apache-2.0
// What `cardea status` says of a user's servers: which one is asked, how fast it answers, which others there
// are, and why this one. Called by card_service.
#pragma once

#include "core/login/enrolment_record.h"
#include "core/text/voice.h"
#include "recoveryd/context.h"
#include "recoveryd/json.h"

namespace cardea::recoveryd {

struct ServerStatus {
  std::string message;  // sentences; empty for somebody without a server
  JsonObject json;
};

ServerStatus server_status(const Context& context, const login::EnrolmentRecord& record,
                           const text::Voice& voice);

}  // namespace cardea::recoveryd

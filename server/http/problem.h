// SPDX-License-Identifier: Apache-2.0
// The one table from Error to HTTP: status and application/problem+json (RFC 9457). Called wherever a request
// ends in a failure.
#pragma once

#include "core/base/result.h"
#include "server/http/message.h"

namespace cardea::server::http {

int status_for(Error error) noexcept;
// The detail goes out only with 4xx: what broke inside the server is for its log.
Response problem(const Failure& failure);
// 429 with Retry-After.
Response too_many(std::int64_t retry_after_seconds);

const char* status_text(int status) noexcept;

}  // namespace cardea::server::http

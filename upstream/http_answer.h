// SPDX-License-Identifier: Apache-2.0
// Reads one HTTP answer from a connection, with limits: what a stranger may make us keep in memory. How long
// it may take is the caller's affair (linux/deadline_guard.h). Called by poco_line.cpp.
#pragma once

#include <Poco/Net/HTTPClientSession.h>

#include "upstream/transport.h"

namespace cardea::upstream {

struct HttpAnswer {
  HttpResponse response;
  bool keep = false;  // the connection may be used again
};

// After the request was sent; the answer to a HEAD says how long a body would be and has none.
// Error::server_misbehaved for answers that are no such thing, too long, redirects or coded in a way that was
// not asked for; Error::server_unreachable when the connection ends in the middle. Poco's exceptions come
// through.
Result<HttpAnswer> read_http_answer(Poco::Net::HTTPClientSession& session, std::size_t max_body,
                                    bool is_head = false);

}  // namespace cardea::upstream

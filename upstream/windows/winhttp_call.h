// SPDX-License-Identifier: Apache-2.0
// One request and its answer over WinHTTP, on the calling thread, which WinHTTP may hold for as long as it
// likes. Called by winhttp_exchange.cpp in a thread of its own.
#pragma once

#include "upstream/server_line.h"
#include "upstream/windows/winhttp_session.h"

namespace cardea::upstream {

// All that the thread needs; nothing of whoever waits for it.
struct CallPlan {
  ServerUrl url;
  HttpRequest request;                 // with the signature among its headers; `sign` is not called
  MonotonicMillis connect_millis = 0;  // for each of the server's addresses
  MonotonicMillis total_millis = 0;    // WinHTTP's own limits: the first line of defence
  std::size_t max_response = 0;
  std::shared_ptr<WinHttpSession> session;
};

// Whoever waits, as the call sees him.
class CallWatch {
 public:
  virtual ~CallWatch() = default;
  // There is a secure connection to this server, and the request's head goes out.
  virtual void connected() noexcept = 0;
  // Asked before the body goes out, without which the server can't act. False: nobody wants that any more.
  virtual bool may_send_body() noexcept = 0;
  // Asked now and then while the answer comes.
  virtual bool is_wanted() noexcept = 0;
};

// Its `stage` is left to the watch. Error::invalid_argument for a request that is not ASCII, Error::cancelled
// when the watch says no; else as ServerLine::attempt, without the server's name.
Attempt call_over_winhttp(const CallPlan& plan, CallWatch& watch);

}  // namespace cardea::upstream

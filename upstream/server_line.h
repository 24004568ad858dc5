// SPDX-License-Identifier: Apache-2.0
// The way to one server: one exchange at a time, over whatever the operating system has for HTTPS
// (poco_line.cpp on Linux, windows/winhttp_line.cpp). Called by https_transport.cpp, which knows the other
// servers.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "upstream/server_url.h"
#include "upstream/transport.h"

namespace cardea::upstream {

// How far an attempt came decides whether it may be tried again.
enum class Stage : std::uint8_t { connecting, sent };

struct Attempt {
  Result<HttpResponse> result;
  Stage stage = Stage::connecting;
  bool lost = false;           // the connection ended without an answer
  MonotonicMillis millis = 0;  // from the request to the end of its answer, without connecting
};

// Until when an attempt may last, on the clock's monotonic time.
struct AttemptLimits {
  MonotonicMillis connected = 0;
  MonotonicMillis answered = 0;
};

struct LineSettings {
  std::string ca_file;                     // as in https_transport.h
  MonotonicMillis connect_millis = 5'000;  // TCP, for each of the server's addresses
  std::size_t max_response = 0;
};

class ServerLine {
 public:
  // Error::config_invalid when the authorities can't be read, or are not the system's on Windows. `clock`
  // outlives the line.
  static Result<std::unique_ptr<ServerLine>> make(const ServerUrl& url, const LineSettings& settings,
                                                  const Clock& clock);
  virtual ~ServerLine() = default;

  // Connects, unless a connection is kept and may be used; asks once; keeps the connection when there was a
  // whole answer. Error::server_unreachable, server_untrusted, server_misbehaved, or what request.sign says;
  // on Windows Error::invalid_argument for a request that is not ASCII.
  virtual Attempt attempt(const HttpRequest& request, const AttemptLimits& limits, bool may_reuse) = 0;
  // Ends the connection that is kept.
  virtual void hang_up() noexcept = 0;
  [[nodiscard]] const ServerUrl& url() const noexcept { return url_; }

 protected:
  explicit ServerLine(ServerUrl url) : url_(std::move(url)) {}
  [[nodiscard]] Failure misbehaved(std::string_view why) const {
    return fail(Error::server_misbehaved, url_.authority + ": " + std::string(why));
  }
  [[nodiscard]] Failure unreachable(std::string_view why) const {
    return fail(Error::server_unreachable, url_.authority + ": " + std::string(why));
  }

 private:
  ServerUrl url_;
};

}  // namespace cardea::upstream

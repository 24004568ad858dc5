// SPDX-License-Identifier: Apache-2.0
// The real Transport: HTTPS to one of several servers. The servers are tried in the order given
// (server_choice.h), beginning with the one that answered last; a connection is kept for the next request.
// What may be repeated goes on with the next server when one fails or is silent for too long; what may not
// goes on only as long as nothing of it was sent (docs/spec/server-list.md, "Failover"). No redirect is
// followed, nothing is asked through a proxy (server_line.h). Made by recoveryd and cli. One thread at a
// time.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "upstream/server_url.h"
#include "upstream/transport.h"

namespace cardea::upstream {

// Told how servers answer, while they are asked.
class ServerWatch {
 public:
  virtual ~ServerWatch() = default;
  // `url` as in the settings; `millis` from the request to the end of its answer, without connecting.
  virtual void answered(const std::string& url, MonotonicMillis millis) = 0;
  // Not reached, not trusted, broken off, too late, or 502 to 504.
  virtual void failed(const std::string& url) = 0;
};

struct HttpsSettings {
  std::vector<std::string> urls;           // base URLs, 1 to kMaxServers
  std::string ca_file;                     // PEM; empty, as always on Windows: the system's authorities
  MonotonicMillis connect_millis = 5'000;  // for each server: TCP
  MonotonicMillis total_millis = 20'000;   // from send() to its return, over all servers; name look-up aside
  // For a server behind which there is another one: until it is connected, and for what may be repeated,
  // until it has answered. Longer than any answer of a server that is well.
  MonotonicMillis patience_millis = 6'000;
  std::size_t max_response = std::size_t{1} << 20;
  ServerWatch* watch = nullptr;  // outlives the transport
};

inline constexpr std::size_t kMaxServers = 24;  // a whole list, and the configured ones

class HttpsTransport final : public Transport {
 public:
  // Error::config_invalid for a bad URL or CA file; on Windows for any CA file. `clock` outlives the
  // transport.
  static Result<std::unique_ptr<HttpsTransport>> create(const HttpsSettings& settings, const Clock& clock);
  ~HttpsTransport() override;

  // Of several failures the most telling is returned: untrusted before misbehaved before unreachable.
  Result<HttpResponse> send(const HttpRequest& request) override;
  [[nodiscard]] std::string authority() const override;

 private:
  struct Impl;
  explicit HttpsTransport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardea::upstream

// SPDX-License-Identifier: Apache-2.0
// The real Transport: HTTPS over Poco to one of several servers. The servers are tried in order, beginning
// with the one that answered last; a connection is kept for the next request. No redirect is followed,
// nothing is asked through a proxy. Made by recoveryd and cli. One thread at a time.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "upstream/server_url.h"
#include "upstream/transport.h"

namespace cardea::upstream {

struct PocoTransportSettings {
  std::vector<std::string> urls;           // base URLs, 1 to kMaxServers
  std::string ca_file;                     // PEM; empty: the system's authorities
  MonotonicMillis connect_millis = 5'000;  // for each server: TCP
  MonotonicMillis total_millis = 20'000;   // from send() to its return, over all servers; name look-up aside
  std::size_t max_response = std::size_t{1} << 20;
};

inline constexpr std::size_t kMaxServers = 8;

class PocoTransport final : public Transport {
 public:
  // Error::config_invalid for a bad URL or CA file. `clock` outlives the transport.
  static Result<std::unique_ptr<PocoTransport>> create(const PocoTransportSettings& settings,
                                                       const Clock& clock);
  ~PocoTransport() override;

  // Of several failures the most telling is returned: untrusted before misbehaved before unreachable.
  Result<HttpResponse> send(const HttpRequest& request) override;
  [[nodiscard]] std::string authority() const override;

 private:
  struct Impl;
  explicit PocoTransport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardea::upstream

// SPDX-License-Identifier: Apache-2.0
#include "upstream/server_probe.h"

#include <algorithm>
#include <optional>

#include "upstream/https_transport.h"

namespace cardea::upstream {
namespace {

class Stopwatch final : public ServerWatch {
 public:
  void answered(const std::string&, MonotonicMillis millis) override {
    best_ = best_ ? std::min(*best_, millis) : millis;
  }
  void failed(const std::string&) override {}
  [[nodiscard]] std::optional<MonotonicMillis> best() const noexcept { return best_; }

 private:
  std::optional<MonotonicMillis> best_;
};

}  // namespace

Result<MonotonicMillis> probe_server(const std::string& url, const ServerProbe& probe, const Clock& clock) {
  Stopwatch watch;
  HttpsSettings settings;
  settings.urls = {url};
  settings.ca_file = probe.ca_file;
  settings.total_millis = settings.connect_millis = probe.millis;
  settings.watch = &watch;
  TRY_ASSIGN(const auto transport, HttpsTransport::create(settings, clock));
  HttpRequest request;
  request.method = "HEAD";
  request.path = "/healthz";
  for (int i = 0; i < probe.requests; ++i)
    TRY(transport->send(request));
  if (!watch.best()) return fail(Error::server_unreachable, "no answer to /healthz");
  return *watch.best();
}

}  // namespace cardea::upstream

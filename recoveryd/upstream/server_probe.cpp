// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/upstream/server_probe.h"

#include "upstream/poco_transport.h"

namespace cardea::recoveryd {
namespace {

// Whoever needs longer for /healthz counts as failed.
constexpr MonotonicMillis kProbeMillis = 4'000;

class Stopwatch final : public upstream::ServerWatch {
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

Result<MonotonicMillis> probe_server(const Context& context, const std::string& url, int requests) {
  Stopwatch watch;
  upstream::PocoTransportSettings settings;
  settings.urls = {url};
  settings.ca_file = context.settings.ca_file;
  settings.total_millis = settings.connect_millis = kProbeMillis;
  settings.watch = &watch;
  TRY_ASSIGN(const auto transport, upstream::PocoTransport::create(settings, context.clock));
  upstream::HttpRequest request;
  request.method = "HEAD";
  request.path = "/healthz";
  for (int i = 0; i < requests; ++i)
    TRY(transport->send(request));
  if (!watch.best()) return fail(Error::server_unreachable, "no answer to /healthz");
  return *watch.best();
}

}  // namespace cardea::recoveryd

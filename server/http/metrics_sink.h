// SPDX-License-Identifier: Apache-2.0
// GET /metrics on a listener of its own (Prometheus text format 0.0.4). Numbers only: no account, card or
// computer is named.
#pragma once

#include <functional>

#include "server/http/message.h"
#include "server/http/metrics.h"

namespace cardea::server::http {

class MetricsSink final : public RequestSink {
 public:
  struct Gauges {
    std::uint64_t changes = 0;  // of the store
    std::uint64_t commits = 0;
    std::size_t queued = 0;  // connections waiting for a thread
  };
  MetricsSink(const Metrics& metrics, std::function<Gauges()> gauges)
      : metrics_(metrics), gauges_(std::move(gauges)) {}
  Response handle(const Request& request) override;

 private:
  const Metrics& metrics_;
  std::function<Gauges()> gauges_;
};

}  // namespace cardea::server::http

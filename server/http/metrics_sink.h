// SPDX-License-Identifier: Apache-2.0
// GET /metrics on a listener of its own (Prometheus text format 0.0.4). Numbers only: no account, card,
// computer or address is named. The names are a contract with packaging/monitoring; a test compares the two.
#pragma once

#include <functional>
#include <optional>

#include "server/http/message.h"
#include "server/http/metrics.h"
#include "server/store/outbox.h"

namespace cardea::server::http {

class MetricsSink final : public RequestSink {
 public:
  // What is asked for at each scrape. Times are UTC seconds.
  struct Gauges {
    std::uint64_t changes = 0;  // of the store
    std::uint64_t commits = 0;
    std::size_t queued = 0;   // connections waiting for a thread
    std::size_t threads = 0;  // at most
    std::size_t queue = 0;    // at most
    std::int64_t certificate_ends = 0;
    // The newest event of all users; nothing when the store does not answer.
    bool store_answers = false;
    std::uint64_t audit_events = 0;
    std::int64_t audit_time = 0;
    std::optional<OutboxState> outbox;  // where notifications are told
  };
  MetricsSink(const Metrics& metrics, std::string region, std::int64_t started,
              std::function<Gauges()> gauges)
      : metrics_(metrics), region_(std::move(region)), started_(started), gauges_(std::move(gauges)) {}
  Response handle(const Request& request) override;

 private:
  const Metrics& metrics_;
  const std::string region_;
  const std::int64_t started_;
  std::function<Gauges()> gauges_;
};

}  // namespace cardea::server::http

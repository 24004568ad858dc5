// SPDX-License-Identifier: Apache-2.0
#include "server/http/metrics_sink.h"

#include "server/http/problem.h"
#include "server/http/routes.h"

namespace cardea::server::http {
namespace {

std::string requests_text(const Metrics& metrics) {
  std::string out =
      "# HELP cardea_requests_total Requests by route and class of status\n# TYPE cardea_requests_total "
      "counter\n";
  const auto table = routes();
  for (std::size_t route = 0; route < Metrics::kMaxRoutes; ++route) {
    const bool known = route < table.size();
    const bool portal = route == Metrics::kPortal;
    if (!known && !portal && route != Metrics::kMaxRoutes - 1) continue;
    for (std::size_t status = 0; status < 4; ++status) {
      const std::uint64_t count = metrics.requests(route, status);
      if (count == 0) continue;
      const std::string name = known    ? std::string(table[route].method) + " " + table[route].pattern
                               : portal ? "portal"
                                        : "other";
      out += "cardea_requests_total{route=\"" + name + "\",status=\"" + std::to_string(status + 2) +
             "xx\"} " + std::to_string(count) + "\n";
    }
  }
  return out;
}

std::int64_t value(const std::atomic<std::uint64_t>& counter) {
  return static_cast<std::int64_t>(counter.load(std::memory_order_relaxed));
}

}  // namespace

Response MetricsSink::handle(const Request& request) {
  if (request.head.path != "/metrics") return problem(fail(Error::not_found));
  if (request.head.method != "GET") return problem(fail(Error::message_not_permitted));
  const Gauges gauges = gauges_();
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  std::string& out = response.body;
  out = requests_text(metrics_);
  const auto counter = [&out](const char* name, const char* help, std::int64_t number) {
    out += metric(name, "counter", help, number);
  };
  counter("connections_total", "Connections accepted", value(metrics_.connections));
  counter("connections_refused_total", "Connections refused by a cap", value(metrics_.connections_refused));
  counter("connections_cut_total", "Connections ended by the watchdog", value(metrics_.connections_cut));
  counter("connection_errors_total", "TLS and socket failures", value(metrics_.connection_errors));
  counter("requests_malformed_total", "Requests refused before routing", value(metrics_.requests_malformed));
  counter("exceptions_total", "Exceptions at an outermost edge", value(metrics_.exceptions));
  counter("guesses_refused_total", "Password guesses refused by the budget", value(metrics_.guesses_refused));
  counter("signatures_refused_total", "Request signatures refused", value(metrics_.signatures_refused));
  counter("store_changes_total", "Changes made durable", static_cast<std::int64_t>(gauges.changes));
  counter("store_commits_total", "Disk flushes they took", static_cast<std::int64_t>(gauges.commits));
  out += metric("busy_threads", "gauge", "Connections being served", metrics_.busy_threads.load());
  out += metric("queued_connections", "gauge", "Connections waiting for a thread",
                static_cast<std::int64_t>(gauges.queued));
  return response;
}

}  // namespace cardea::server::http

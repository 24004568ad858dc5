// SPDX-License-Identifier: Apache-2.0
#include "server/http/metrics_sink.h"

#include "server/http/metrics_text.h"
#include "server/http/problem.h"
#include "server/http/routes.h"
#include "server/service/notifier.h"

namespace cardea::server::http {
namespace {

std::uint64_t value(const std::atomic<std::uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

void write_requests(MetricsText& out, const Metrics& metrics) {
  out.family("requests_total", "counter", "Requests by route and class of status");
  const auto table = routes();
  for (std::size_t route = 0; route < Metrics::kMaxRoutes; ++route) {
    const bool known = route < table.size();
    if (!known && route != Metrics::kPortal && route != Metrics::kMaxRoutes - 1) continue;
    const std::string name = known ? std::string(table[route].method) + " " + table[route].pattern
                             : route == Metrics::kPortal ? "portal"
                                                         : "other";
    for (std::size_t status = 0; status < 4; ++status) {
      const std::uint64_t count = metrics.requests(route, status);
      if (count == 0) continue;
      out.sample("requests_total", {{"route", name}, {"status", std::to_string(status + 2) + "xx"}},
                 static_cast<std::int64_t>(count));
    }
  }
}

void write_durations(MetricsText& out, const Metrics& metrics) {
  out.family("request_duration_seconds", "histogram",
             "From a request's last byte to its answer, all routes of the API");
  std::int64_t sum = 0;
  for (std::size_t bucket = 0; bucket <= Metrics::kDurationBounds.size(); ++bucket) {
    sum += static_cast<std::int64_t>(metrics.durations(bucket));
    const bool last = bucket == Metrics::kDurationBounds.size();
    const std::string bound = last ? "+Inf" : seconds_text(Metrics::kDurationBounds[bucket]);
    out.sample("request_duration_seconds_bucket", {{"le", bound}}, sum);
  }
  out.sample_millis("request_duration_seconds_sum", static_cast<std::int64_t>(metrics.duration_millis()));
  out.sample("request_duration_seconds_count", {}, sum);
}

void write_edge(MetricsText& out, const Metrics& metrics) {
  out.counter("connections_total", "Connections accepted", value(metrics.connections));
  out.counter("connections_refused_total", "Connections refused by a cap",
              value(metrics.connections_refused));
  out.counter("connections_cut_total", "Connections ended by the watchdog", value(metrics.connections_cut));
  out.counter("tls_handshakes_failed_total", "Connections that ended before a byte of a request",
              value(metrics.handshakes_failed));
  out.counter("connection_errors_total", "TLS and socket failures after the handshake",
              value(metrics.connection_errors));
  out.counter("proxy_headers_refused_total", "Connections of trusted proxies without a good PROXY header",
              value(metrics.proxy_headers_refused));
  out.counter("requests_malformed_total", "Requests refused before routing",
              value(metrics.requests_malformed));
  out.counter("requests_limited_total", "Requests beyond the share of a network behind a proxy",
              value(metrics.requests_limited));
  out.counter("exceptions_total", "Exceptions at an outermost edge", value(metrics.exceptions));
}

void write_service(MetricsText& out, const Metrics& metrics) {
  out.counter("guesses_total", "Guesses at passwords and answers that were evaluated",
              value(metrics.guesses));
  out.counter("guesses_refused_total", "Guesses refused by the budget", value(metrics.guesses_refused));
  out.counter("signatures_refused_total", "Request signatures refused", value(metrics.signatures_refused));
  out.counter("fit_mismatches_total", "Check-ins of computers whose access keys are not those of the server",
              value(metrics.fit_mismatches));
  out.family("recoveries_total", "counter", "What people did about a loss, by kind");
  for (std::size_t kind = 0; kind < kRecoveryNames.size(); ++kind)
    out.sample("recoveries_total", {{"kind", kRecoveryNames.at(kind)}},
               static_cast<std::int64_t>(metrics.recoveries(kind)));
  out.family("notifications_total", "counter",
             "Messages for the organisation's program, by what became of them");
  for (std::size_t outcome = 0; outcome < kToldNames.size(); ++outcome)
    out.sample("notifications_total", {{"outcome", kToldNames.at(outcome)}},
               static_cast<std::int64_t>(value(metrics.notifications.at(outcome))));
}

void write_gauges(MetricsText& out, const Metrics& metrics, const MetricsSink::Gauges& gauges) {
  out.gauge("busy_threads", "Connections being served", metrics.busy_threads.load());
  out.gauge("threads_limit", "Connections that can be served at once",
            static_cast<std::int64_t>(gauges.threads));
  out.gauge("queued_connections", "Connections waiting for a thread",
            static_cast<std::int64_t>(gauges.queued));
  out.gauge("queue_limit", "Connections that may wait", static_cast<std::int64_t>(gauges.queue));
  out.counter("store_changes_total", "Changes made durable", gauges.changes);
  out.counter("store_commits_total", "Commits they took", gauges.commits);
  out.gauge("store_up", "Whether the store answers", gauges.store_answers ? 1 : 0);
  if (gauges.store_answers) {
    out.gauge("audit_events", "Events in the global audit chain",
              static_cast<std::int64_t>(gauges.audit_events));
    out.gauge("audit_head_timestamp_seconds", "Time of its newest event, 0 when there is none",
              gauges.audit_time);
  }
  if (gauges.outbox) {
    out.gauge("notifications_waiting", "Messages for the organisation's program that are not told yet",
              static_cast<std::int64_t>(gauges.outbox->waiting));
    out.gauge("notification_oldest_timestamp_seconds", "Time of the oldest of them, 0 when none waits",
              gauges.outbox->oldest);
  }
  out.gauge("certificate_expiry_timestamp_seconds", "When the certificate of the server ends",
            gauges.certificate_ends);
}

}  // namespace

Response MetricsSink::handle(const Request& request) {
  if (request.head.path != "/metrics") return problem(fail(Error::not_found));
  if (request.head.method != "GET") return problem(fail(Error::message_not_permitted));
  MetricsText out;
  out.family("build_info", "gauge", "Version and region of this server; always 1");
  out.sample("build_info", {{"version", CARDEA_VERSION}, {"region", region_}}, 1);
  out.gauge("start_timestamp_seconds", "When this process began", started_);
  write_requests(out, metrics_);
  write_durations(out, metrics_);
  write_edge(out, metrics_);
  write_service(out, metrics_);
  write_gauges(out, metrics_, gauges_());
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = out.take();
  return response;
}

}  // namespace cardea::server::http

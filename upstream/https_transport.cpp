// SPDX-License-Identifier: Apache-2.0
#include "upstream/https_transport.h"

#include <algorithm>
#include <optional>

#include "upstream/server_line.h"

namespace cardea::upstream {
namespace {

struct Server {
  std::string text;  // as in the settings
  std::unique_ptr<ServerLine> line;
};

// Untrusted tells a person more than that another server is down.
bool more_telling(const Failure& a, const Failure& b) {
  const auto rank = [](Error error) {
    return error == Error::server_untrusted ? 2 : error == Error::server_misbehaved ? 1 : 0;
  };
  return rank(a.error) > rank(b.error);
}

// A signature that could not be made is not.
bool is_servers_fault(Error error) {
  return error == Error::server_unreachable || error == Error::server_untrusted ||
         error == Error::server_misbehaved;
}

bool is_gateway_error(int status) { return status >= 502 && status <= 504; }

}  // namespace

struct HttpsTransport::Impl {
  HttpsSettings settings;
  const Clock& clock;
  std::vector<Server> servers;
  std::size_t preferred = 0;  // the only one to which a connection may be kept

  Impl(HttpsSettings s, const Clock& c) : settings(std::move(s)), clock(c) {}

  Attempt attempt(std::size_t index, const HttpRequest& request, const AttemptLimits& limits, bool may_reuse);
  Attempt try_server(std::size_t index, const HttpRequest& request, const AttemptLimits& limits);
  std::vector<std::size_t> order_for(const HttpRequest& request) const;
  [[nodiscard]] AttemptLimits limits_for(const HttpRequest& request, MonotonicMillis deadline,
                                         bool is_last) const;
  void tell(const Server& server, const Attempt& done) const;
};

Attempt HttpsTransport::Impl::attempt(std::size_t index, const HttpRequest& request,
                                      const AttemptLimits& limits, bool may_reuse) {
  const Server& server = servers[index];
  if (index != preferred) servers[preferred].line->hang_up();
  Attempt done = server.line->attempt(request, limits, may_reuse && index == preferred);
  // A kept connection that had ended says nothing about its server: it is asked once more.
  if (!done.lost || !request.may_repeat || !may_reuse) tell(server, done);
  if (done.result.ok()) preferred = index;
  return done;
}

// A lost connection is tried once more, on a new one, when that can't do anything twice.
Attempt HttpsTransport::Impl::try_server(std::size_t index, const HttpRequest& request,
                                         const AttemptLimits& limits) {
  Attempt first = attempt(index, request, limits, true);
  if (first.result.ok() || !first.lost || !request.may_repeat) return first;
  if (clock.monotonic() >= limits.answered) return first;
  return attempt(index, request, limits, false);
}

std::vector<std::size_t> HttpsTransport::Impl::order_for(const HttpRequest& request) const {
  std::vector<std::size_t> order;
  for (std::size_t n = 0; n < servers.size(); ++n) {
    const std::size_t index = (preferred + n) % servers.size();
    if (request.only_at.empty() || servers[index].line->url().authority == request.only_at)
      order.push_back(index);
  }
  return order;
}

AttemptLimits HttpsTransport::Impl::limits_for(const HttpRequest& request, MonotonicMillis deadline,
                                               bool is_last) const {
  if (is_last) return {deadline, deadline};
  const MonotonicMillis now = clock.monotonic();
  const MonotonicMillis soon = now + std::min(settings.patience_millis, (deadline - now) / 2);
  return {soon, request.may_repeat ? soon : deadline};
}

void HttpsTransport::Impl::tell(const Server& server, const Attempt& done) const {
  if (settings.watch == nullptr) return;
  const bool ok = done.result.ok();
  if (ok && !is_gateway_error(done.result->status)) {
    settings.watch->answered(server.text, done.millis);
  } else if (ok || is_servers_fault(done.result.error())) {
    settings.watch->failed(server.text);
  }
}

HttpsTransport::HttpsTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpsTransport::~HttpsTransport() = default;

Result<std::unique_ptr<HttpsTransport>> HttpsTransport::create(const HttpsSettings& settings,
                                                               const Clock& clock) {
  if (settings.urls.empty() || settings.urls.size() > kMaxServers) {
    return fail(Error::config_invalid, "1 to " + std::to_string(kMaxServers) + " servers are needed");
  }
  auto impl = std::make_unique<Impl>(settings, clock);
  const LineSettings line{settings.ca_file, settings.connect_millis, settings.max_response};
  for (const std::string& text : settings.urls) {
    TRY_ASSIGN(const ServerUrl url, ServerUrl::parse(text));
    TRY_ASSIGN(auto way, ServerLine::make(url, line, clock));
    impl->servers.push_back({text, std::move(way)});
  }
  return std::unique_ptr<HttpsTransport>(new HttpsTransport(std::move(impl)));
}

Result<HttpResponse> HttpsTransport::send(const HttpRequest& request) {
  Impl& impl = *impl_;
  const MonotonicMillis deadline = impl.clock.monotonic() + impl.settings.total_millis;
  const auto order = impl.order_for(request);
  if (order.empty()) return fail(Error::server_unreachable, request.only_at + ": not one of the servers");
  std::optional<Failure> failure;
  std::optional<HttpResponse> refusal;  // of a server that is up, but can't serve now
  for (const std::size_t index : order) {
    const bool is_last = index == order.back();
    Attempt done = impl.try_server(index, request, impl.limits_for(request, deadline, is_last));
    if (done.result.ok()) {
      const bool elsewhere = is_gateway_error(done.result->status) && request.may_repeat && !is_last;
      if (!elsewhere) return std::move(done.result);
      refusal = std::move(done.result).value();
      continue;
    }
    if (!failure || more_telling(done.result.failure(), *failure)) failure = done.result.failure();
    // Whether the request was carried out is not known: only who asked may ask again.
    if (done.stage == Stage::sent && !request.may_repeat) return done.result.failure();
    if (impl.clock.monotonic() >= deadline) break;
  }
  if (refusal) return std::move(*refusal);
  if (order.size() > 1 && failure->error == Error::server_unreachable)
    failure->detail += "; none of " + std::to_string(order.size()) + " servers answers";
  return *failure;  // there is at least one server
}

std::string HttpsTransport::authority() const {
  return impl_->servers[impl_->preferred].line->url().authority;
}

}  // namespace cardea::upstream

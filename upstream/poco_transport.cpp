// SPDX-License-Identifier: Apache-2.0
#include "upstream/poco_transport.h"

#include <algorithm>
#include <optional>

#include <Poco/Net/DNS.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/NetException.h>

#include "core/base/text.h"
#include "upstream/http_answer.h"
#include "upstream/linux/deadline_guard.h"
#include "upstream/linux/sigpipe_block.h"
#include "upstream/tls_peer.h"

namespace cardea::upstream {
namespace {

using Poco::Net::HTTPClientSession;
using Poco::Net::StreamSocket;

// How far an attempt came decides whether it may be tried again.
enum class Stage { connecting, sent };

struct Attempt {
  Result<HttpResponse> result;
  Stage stage = Stage::connecting;
  bool lost = false;  // the connection ended without an answer
};

// Until when an attempt may last.
struct Limits {
  MonotonicMillis connected = 0;
  MonotonicMillis answered = 0;
};

struct Server {
  std::string text;  // as in the settings
  ServerUrl url;
  std::unique_ptr<TlsPeer> tls;
};

Poco::Timespan timespan(MonotonicMillis millis) {
  return {std::max<MonotonicMillis>(millis, 1) * Poco::Timespan::MILLISECONDS};
}

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

// Something to read on an idle connection is its end: a new one costs less than a lost request.
bool is_still_open(HTTPClientSession& session) {
  try {
    return session.connected() && !session.socket().poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ);
  } catch (const Poco::Exception&) {
    return false;
  }
}

}  // namespace

struct PocoTransport::Impl {
  PocoTransportSettings settings;
  const Clock& clock;
  std::vector<Server> servers;
  std::size_t preferred = 0;
  std::unique_ptr<HTTPClientSession> kept;  // to servers[preferred], idle

  Impl(PocoTransportSettings s, const Clock& c) : settings(std::move(s)), clock(c) {}

  [[nodiscard]] Failure misbehaved(const Server& server, std::string_view why) const {
    return fail(Error::server_misbehaved, server.url.authority + ": " + std::string(why));
  }
  [[nodiscard]] Failure unreachable(const Server& server, std::string_view why) const {
    return fail(Error::server_unreachable, server.url.authority + ": " + std::string(why));
  }

  Result<std::vector<Poco::Net::IPAddress>> resolve(const Server& server) const;
  Result<StreamSocket> connect(const Server& server, MonotonicMillis deadline) const;
  Result<std::unique_ptr<HTTPClientSession>> open_session(Server& server, MonotonicMillis deadline) const;
  Attempt attempt(std::size_t index, const HttpRequest& request, const Limits& limits, bool may_reuse);
  Attempt exchange(Server& server, HTTPClientSession& session, const HttpRequest& request);
  Attempt try_server(std::size_t index, const HttpRequest& request, const Limits& limits);
  std::vector<std::size_t> order_for(const HttpRequest& request) const;
  [[nodiscard]] Limits limits_for(const HttpRequest& request, MonotonicMillis deadline, bool is_last) const;
  void tell(const Server& server, const Attempt& done, MonotonicMillis began) const;
};

Result<std::vector<Poco::Net::IPAddress>> PocoTransport::Impl::resolve(const Server& server) const {
  try {
    if (server.url.is_address) return std::vector{Poco::Net::IPAddress(server.url.host)};
    auto addresses = Poco::Net::DNS::hostByName(server.url.host).addresses();
    if (!addresses.empty()) return addresses;
  } catch (const Poco::Exception&) {
  }
  return unreachable(server, "the name is not known");
}

Result<StreamSocket> PocoTransport::Impl::connect(const Server& server, MonotonicMillis deadline) const {
  TRY_ASSIGN(const auto addresses, resolve(server));
  Failure last = unreachable(server, "no time left");
  for (const auto& address : addresses) {
    const MonotonicMillis left = deadline - clock.monotonic();
    if (left <= 0) break;
    try {
      StreamSocket socket;
      socket.connect(Poco::Net::SocketAddress(address, server.url.port),
                     timespan(std::min(left, settings.connect_millis)));
      socket.setNoDelay(true);
      return socket;
    } catch (const Poco::Exception& e) {
      last = unreachable(server, escape_for_log(e.displayText()));
    }
  }
  return last;
}

Attempt PocoTransport::Impl::exchange(Server& server, HTTPClientSession& session,
                                      const HttpRequest& request) {
  Headers signature;
  if (request.sign) {
    auto signed_headers = request.sign(server.url.authority);
    if (!signed_headers.ok()) return {signed_headers.failure()};
    signature = std::move(signed_headers).value();
  }
  Stage stage = Stage::connecting;
  try {
    Poco::Net::HTTPRequest head(request.method, request.path + request.query,
                                Poco::Net::HTTPMessage::HTTP_1_1);
    head.set("Host", server.url.authority);
    for (const auto& [name, value] : request.headers)
      head.set(name, value);
    for (const auto& [name, value] : signature)
      head.set(name, value);
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
      head.setContentLength64(static_cast<Poco::Int64>(request.body.size()));
    }
    stage = Stage::sent;
    session.sendRequest(head) << request.body << std::flush;
    auto answer = read_http_answer(session, settings.max_response, request.method == "HEAD");
    if (!answer.ok()) {
      const bool lost = answer.error() == Error::server_unreachable;
      return {
          lost ? unreachable(server, answer.failure().detail) : misbehaved(server, answer.failure().detail),
          stage, lost};
    }
    if (!answer->keep) session.reset();
    return {std::move(answer->response), stage};
  } catch (const Poco::Net::NoMessageException&) {
    return {unreachable(server, "the connection was closed without an answer"), stage, true};
  } catch (const Poco::Net::MessageException& e) {
    return {misbehaved(server, escape_for_log(e.displayText())), stage};
  } catch (const Poco::Net::HTTPException& e) {
    return {misbehaved(server, escape_for_log(e.displayText())), stage};
  } catch (const Poco::SyntaxException& e) {
    return {misbehaved(server, escape_for_log(e.displayText())), stage};
  } catch (const Poco::Exception& e) {
    return {unreachable(server, escape_for_log(e.displayText())), stage, true};
  } catch (const std::exception&) {
    return {misbehaved(server, "the answer can't be read"), stage};
  }
}

Result<std::unique_ptr<HTTPClientSession>> PocoTransport::Impl::open_session(Server& server,
                                                                             MonotonicMillis deadline) const {
  TRY_ASSIGN(StreamSocket socket, connect(server, deadline));
  const DeadlineGuard guard(socket.impl()->sockfd(),
                            std::max<MonotonicMillis>(deadline - clock.monotonic(), 0));
  auto secure = server.tls->handshake(socket);
  if (!secure.ok()) return guard.expired() ? unreachable(server, "no answer in time") : secure.failure();
  // HTTPSClientSession can't take over a connection; this one needs none of what that adds.
  auto session = std::make_unique<HTTPClientSession>(*secure);
  session->setKeepAlive(true);
  session->setKeepAliveTimeout(Poco::Timespan(Poco::Timespan::DAYS));  // never reconnect behind our back
  return session;
}

Attempt PocoTransport::Impl::attempt(std::size_t index, const HttpRequest& request, const Limits& limits,
                                     bool may_reuse) {
  Server& server = servers[index];
  std::unique_ptr<HTTPClientSession> session;
  if (may_reuse && index == preferred) session = std::move(kept);
  kept.reset();
  if (session && !is_still_open(*session)) session.reset();
  if (!session) {
    auto opened = open_session(server, limits.connected);
    if (!opened.ok()) {
      Attempt none{opened.failure()};
      tell(server, none, 0);
      return none;
    }
    session = std::move(opened).value();
  }
  const MonotonicMillis began = clock.monotonic();
  const DeadlineGuard guard(session->socket().impl()->sockfd(),
                            std::max<MonotonicMillis>(limits.answered - began, 0));
  Attempt done = exchange(server, *session, request);
  if (guard.expired() && !done.result.ok()) done = {unreachable(server, "no answer in time"), done.stage};
  // A kept connection that had ended says nothing about its server: it is asked once more.
  if (!done.lost || !request.may_repeat || !may_reuse) tell(server, done, began);
  if (done.result.ok()) {
    preferred = index;
    if (session->connected()) kept = std::move(session);
  }
  return done;
}

// A lost connection is tried once more, on a new one, when that can't do anything twice.
Attempt PocoTransport::Impl::try_server(std::size_t index, const HttpRequest& request, const Limits& limits) {
  Attempt first = attempt(index, request, limits, true);
  if (first.result.ok() || !first.lost || !request.may_repeat) return first;
  if (clock.monotonic() >= limits.answered) return first;
  return attempt(index, request, limits, false);
}

std::vector<std::size_t> PocoTransport::Impl::order_for(const HttpRequest& request) const {
  std::vector<std::size_t> order;
  for (std::size_t n = 0; n < servers.size(); ++n) {
    const std::size_t index = (preferred + n) % servers.size();
    if (request.only_at.empty() || servers[index].url.authority == request.only_at) order.push_back(index);
  }
  return order;
}

Limits PocoTransport::Impl::limits_for(const HttpRequest& request, MonotonicMillis deadline,
                                       bool is_last) const {
  if (is_last) return {deadline, deadline};
  const MonotonicMillis now = clock.monotonic();
  const MonotonicMillis soon = now + std::min(settings.patience_millis, (deadline - now) / 2);
  return {soon, request.may_repeat ? soon : deadline};
}

void PocoTransport::Impl::tell(const Server& server, const Attempt& done, MonotonicMillis began) const {
  if (settings.watch == nullptr) return;
  const bool ok = done.result.ok();
  if (ok && !is_gateway_error(done.result->status)) {
    settings.watch->answered(server.text, clock.monotonic() - began);
  } else if (ok || is_servers_fault(done.result.error())) {
    settings.watch->failed(server.text);
  }
}

PocoTransport::PocoTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PocoTransport::~PocoTransport() = default;

Result<std::unique_ptr<PocoTransport>> PocoTransport::create(const PocoTransportSettings& settings,
                                                             const Clock& clock) {
  if (settings.urls.empty() || settings.urls.size() > kMaxServers) {
    return fail(Error::config_invalid, "1 to " + std::to_string(kMaxServers) + " servers are needed");
  }
  auto impl = std::make_unique<Impl>(settings, clock);
  for (const std::string& text : settings.urls) {
    Server server;
    server.text = text;
    TRY_ASSIGN(server.url, ServerUrl::parse(text));
    TRY_ASSIGN(server.tls, TlsPeer::create(server.url, settings.ca_file));
    impl->servers.push_back(std::move(server));
  }
  return std::unique_ptr<PocoTransport>(new PocoTransport(std::move(impl)));
}

Result<HttpResponse> PocoTransport::send(const HttpRequest& request) {
  const SigpipeBlock no_sigpipe;
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

std::string PocoTransport::authority() const { return impl_->servers[impl_->preferred].url.authority; }

}  // namespace cardea::upstream

// SPDX-License-Identifier: Apache-2.0
// HTTPS over Poco: no redirect is followed, nothing is asked through a proxy.
#include <algorithm>

#include <Poco/Net/DNS.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/NetException.h>

#include "core/base/text.h"
#include "upstream/http_answer.h"
#include "upstream/linux/deadline_guard.h"
#include "upstream/linux/sigpipe_block.h"
#include "upstream/server_line.h"
#include "upstream/tls_peer.h"

namespace cardea::upstream {
namespace {

using Poco::Net::HTTPClientSession;
using Poco::Net::StreamSocket;

Poco::Timespan timespan(MonotonicMillis millis) {
  return {std::max<MonotonicMillis>(millis, 1) * Poco::Timespan::MILLISECONDS};
}

// Something to read on an idle connection is its end: a new one costs less than a lost request.
bool is_still_open(HTTPClientSession& session) {
  try {
    return session.connected() && !session.socket().poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ);
  } catch (const Poco::Exception&) {
    return false;
  }
}

class PocoLine final : public ServerLine {
 public:
  PocoLine(ServerUrl url, LineSettings settings, const Clock& clock, std::unique_ptr<TlsPeer> tls)
      : ServerLine(std::move(url)), settings_(std::move(settings)), clock_(clock), tls_(std::move(tls)) {}

  Attempt attempt(const HttpRequest& request, const AttemptLimits& limits, bool may_reuse) override;
  void hang_up() noexcept override { kept_.reset(); }

 private:
  Result<std::vector<Poco::Net::IPAddress>> resolve() const;
  Result<StreamSocket> connect(MonotonicMillis deadline) const;
  Result<std::unique_ptr<HTTPClientSession>> open_session(MonotonicMillis deadline) const;
  Attempt exchange(HTTPClientSession& session, const HttpRequest& request) const;

  const LineSettings settings_;
  const Clock& clock_;
  const std::unique_ptr<TlsPeer> tls_;
  std::unique_ptr<HTTPClientSession> kept_;  // idle
};

Result<std::vector<Poco::Net::IPAddress>> PocoLine::resolve() const {
  try {
    if (url().is_address) return std::vector{Poco::Net::IPAddress(url().host)};
    auto addresses = Poco::Net::DNS::hostByName(url().host).addresses();
    if (!addresses.empty()) return addresses;
  } catch (const Poco::Exception&) {
  }
  return unreachable("the name is not known");
}

Result<StreamSocket> PocoLine::connect(MonotonicMillis deadline) const {
  TRY_ASSIGN(const auto addresses, resolve());
  Failure last = unreachable("no time left");
  for (const auto& address : addresses) {
    const MonotonicMillis left = deadline - clock_.monotonic();
    if (left <= 0) break;
    try {
      StreamSocket socket;
      socket.connect(Poco::Net::SocketAddress(address, url().port),
                     timespan(std::min(left, settings_.connect_millis)));
      socket.setNoDelay(true);
      return socket;
    } catch (const Poco::Exception& e) {
      last = unreachable(escape_for_log(e.displayText()));
    }
  }
  return last;
}

Attempt PocoLine::exchange(HTTPClientSession& session, const HttpRequest& request) const {
  Headers signature;
  if (request.sign) {
    auto signed_headers = request.sign(url().authority);
    if (!signed_headers.ok()) return {signed_headers.failure()};
    signature = std::move(signed_headers).value();
  }
  Stage stage = Stage::connecting;
  try {
    Poco::Net::HTTPRequest head(request.method, request.path + request.query,
                                Poco::Net::HTTPMessage::HTTP_1_1);
    head.set("Host", url().authority);
    for (const auto& [name, value] : request.headers)
      head.set(name, value);
    for (const auto& [name, value] : signature)
      head.set(name, value);
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
      head.setContentLength64(static_cast<Poco::Int64>(request.body.size()));
    }
    stage = Stage::sent;
    session.sendRequest(head) << request.body << std::flush;
    auto answer = read_http_answer(session, settings_.max_response, request.method == "HEAD");
    if (!answer.ok()) {
      const bool lost = answer.error() == Error::server_unreachable;
      return {lost ? unreachable(answer.failure().detail) : misbehaved(answer.failure().detail), stage, lost};
    }
    if (!answer->keep) session.reset();
    return {std::move(answer->response), stage};
  } catch (const Poco::Net::NoMessageException&) {
    return {unreachable("the connection was closed without an answer"), stage, true};
  } catch (const Poco::Net::MessageException& e) {
    return {misbehaved(escape_for_log(e.displayText())), stage};
  } catch (const Poco::Net::HTTPException& e) {
    return {misbehaved(escape_for_log(e.displayText())), stage};
  } catch (const Poco::SyntaxException& e) {
    return {misbehaved(escape_for_log(e.displayText())), stage};
  } catch (const Poco::Exception& e) {
    return {unreachable(escape_for_log(e.displayText())), stage, true};
  } catch (const std::exception&) {
    return {misbehaved("the answer can't be read"), stage};
  }
}

Result<std::unique_ptr<HTTPClientSession>> PocoLine::open_session(MonotonicMillis deadline) const {
  TRY_ASSIGN(StreamSocket socket, connect(deadline));
  const DeadlineGuard guard(socket.impl()->sockfd(),
                            std::max<MonotonicMillis>(deadline - clock_.monotonic(), 0));
  auto secure = tls_->handshake(socket);
  if (!secure.ok()) return guard.expired() ? unreachable("no answer in time") : secure.failure();
  // HTTPSClientSession can't take over a connection; this one needs none of what that adds.
  auto session = std::make_unique<HTTPClientSession>(*secure);
  session->setKeepAlive(true);
  session->setKeepAliveTimeout(Poco::Timespan(Poco::Timespan::DAYS));  // never reconnect behind our back
  return session;
}

Attempt PocoLine::attempt(const HttpRequest& request, const AttemptLimits& limits, bool may_reuse) {
  const SigpipeBlock no_sigpipe;
  std::unique_ptr<HTTPClientSession> session = std::move(kept_);
  if (session && (!may_reuse || !is_still_open(*session))) session.reset();
  if (!session) {
    auto opened = open_session(limits.connected);
    if (!opened.ok()) return {opened.failure()};
    session = std::move(opened).value();
  }
  const MonotonicMillis began = clock_.monotonic();
  const DeadlineGuard guard(session->socket().impl()->sockfd(),
                            std::max<MonotonicMillis>(limits.answered - began, 0));
  Attempt done = exchange(*session, request);
  if (guard.expired() && !done.result.ok()) done = {unreachable("no answer in time"), done.stage};
  done.millis = clock_.monotonic() - began;
  if (done.result.ok() && session->connected()) kept_ = std::move(session);
  return done;
}

}  // namespace

Result<std::unique_ptr<ServerLine>> ServerLine::make(const ServerUrl& url, const LineSettings& settings,
                                                     const Clock& clock) {
  TRY_ASSIGN(auto tls, TlsPeer::create(url, settings.ca_file));
  return std::unique_ptr<ServerLine>(std::make_unique<PocoLine>(url, settings, clock, std::move(tls)));
}

}  // namespace cardea::upstream

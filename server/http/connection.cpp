// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection.h"

#include <algorithm>
#include <array>

#include <Poco/Exception.h>
#include <Poco/Timespan.h>
#include <sys/socket.h>

#include "core/base/text.h"
#include "server/http/chunked_decoder.h"
#include "server/http/http_date.h"
#include "server/http/problem.h"

namespace cardea::server::http {
namespace {

using Phase = GuardedConnection::Phase;

constexpr std::size_t kMaxWrite = 64 * 1024;

Response head_refusal(const Failure& failure) {
  Response response = problem(failure);
  if (failure.error == Error::frame_too_large) response.status = 431;
  return response;
}

}  // namespace

void Connection::run() {
  entry_ = shared_.guard.attach(socket());
  if (!entry_) return;
  try {
    const TrustedProxies& proxies = shared_.guard.limits().proxies;
    if (!entry_->trusted || !proxies.proxy_protocol || read_proxy_header()) serve();
  } catch (const Poco::Exception&) {
    // A handshake that failed, a reset, a deadline: the client's affair.
    auto& counter = heard_ ? shared_.metrics.connection_errors : shared_.metrics.handshakes_failed;
    counter.fetch_add(1, std::memory_order_relaxed);
  } catch (const std::exception&) {
    shared_.metrics.exceptions.fetch_add(1, std::memory_order_relaxed);
  }
  shared_.guard.detach(socket());
}

void Connection::serve() {
  // The watchdog holds the deadlines; these only bound a read or write that it could not end.
  const Poco::Timespan backstop((shared_.guard.limits().request_millis + 5'000) * 1000);
  socket().setReceiveTimeout(backstop);
  socket().setSendTimeout(backstop);
  while (serve_one() == Next::again) {
  }
  socket().shutdown();  // with TLS's close_notify, so that the client knows nothing was cut off
}

Connection::Next Connection::serve_one() {
  Response refusal;
  std::size_t head_size = 0;
  if (!read_head(head_size, refusal)) return refusal.status == 200 ? Next::close : refuse(refusal);
  auto head = parse_request_head(std::string_view(input_).substr(0, head_size));
  input_.erase(0, head_size);
  if (!head.ok()) return refuse(head_refusal(head.failure()));
  shared_.guard.enter(*entry_, Phase::request);
  Request request;
  request.prefix = entry_->prefix;
  if (!read_body(*head, request.body, refusal)) return refusal.status == 200 ? Next::close : refuse(refusal);
  request.head = std::move(head).value();
  const Response response = answer(request);
  const bool keep_alive = request.head.keep_alive && shared_.guard.may_keep_alive();
  send(response, keep_alive, request.head.method != "HEAD");
  if (!keep_alive) return Next::close;
  shared_.guard.enter(*entry_, Phase::idle);
  return Next::again;
}

Response Connection::answer(Request& request) {
  const auto client = client_of(request.head);
  if (!client) return shared_.sink->handle(request);
  // A proxy's connection carries the requests of many: each takes a place in the share of his own network.
  request.prefix = client->prefix();
  const auto place = shared_.guard.take_place(request.prefix);
  if (place) return shared_.sink->handle(request);
  shared_.metrics.requests_limited.fetch_add(1, std::memory_order_relaxed);
  return too_many(1);
}

bool Connection::read_proxy_header() {
  // From the socket itself, and not a byte more than the header: what follows is TLS.
  const auto read_exactly = [fd = socket().impl()->sockfd()](std::uint8_t* to, std::size_t size) {
    return ::recv(fd, to, size, MSG_WAITALL) == static_cast<ssize_t>(size);
  };
  std::array<std::uint8_t, kMaxProxyHeader> header;
  const auto refuse = [this] {
    shared_.metrics.proxy_headers_refused.fetch_add(1, std::memory_order_relaxed);
    return false;
  };
  socket().setReceiveTimeout(Poco::Timespan(shared_.guard.limits().head_millis * 1000));
  if (!read_exactly(header.data(), kProxyHeaderStart)) return refuse();
  const auto size = proxy_header_size(ByteView(header).first(kProxyHeaderStart));
  if (!size.ok() || !read_exactly(header.data() + kProxyHeaderStart, *size - kProxyHeaderStart))
    return refuse();
  const auto client = parse_proxy_header(ByteView(header).first(*size));
  if (!client.ok()) return refuse();
  return !client->has_value() || shared_.guard.assign(*entry_, **client);
}

std::optional<IpAddress> Connection::client_of(const RequestHead& head) const {
  const TrustedProxies& proxies = shared_.guard.limits().proxies;
  if (!entry_->trusted || proxies.proxy_protocol) return {};
  const IpAddress client = forwarded_client(head, entry_->peer, proxies);
  if (client == entry_->peer) return {};
  return client;
}

bool Connection::read_head(std::size_t& head_size, Response& refusal) {
  for (;;) {
    if (!input_.empty()) {
      if (entry_->phase == Phase::idle) shared_.guard.enter(*entry_, Phase::head);
      const auto end = find_head_end(input_);
      if (!end.ok()) {
        refusal = head_refusal(end.failure());
        return false;
      }
      if (*end) {
        head_size = **end;
        return true;
      }
    }
    if (!receive()) return false;
  }
}

bool Connection::read_body(const RequestHead& head, std::string& body, Response& refusal) {
  if (head.content_length > shared_.max_body) {
    refusal = problem(fail(Error::frame_too_large, "the body is too long"));
    return false;
  }
  if (head.expect_continue && input_.empty() && (head.content_length > 0 || head.chunked)) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    socket().sendBytes(kContinue.data(), static_cast<int>(kContinue.size()));
  }
  return head.chunked ? read_chunked_body(body, refusal) : read_plain_body(head, body);
}

bool Connection::read_plain_body(const RequestHead& head, std::string& body) {
  while (input_.size() < head.content_length) {
    if (!receive()) return false;
  }
  body = input_.substr(0, head.content_length);
  input_.erase(0, head.content_length);
  return true;
}

bool Connection::read_chunked_body(std::string& body, Response& refusal) {
  ChunkedDecoder decoder(shared_.max_body);
  for (;;) {
    std::size_t used = 0;
    const auto progress = decoder.feed(input_, body, used);
    input_.erase(0, used);
    switch (progress) {
      case ChunkedDecoder::Progress::done:
        return true;
      case ChunkedDecoder::Progress::malformed:
        refusal = problem(fail(Error::frame_malformed, "chunked coding"));
        return false;
      case ChunkedDecoder::Progress::too_large:
        refusal = problem(fail(Error::frame_too_large, "the body is too long"));
        return false;
      case ChunkedDecoder::Progress::more:
        break;
    }
    if (!receive()) return false;
  }
}

bool Connection::receive() {
  std::array<char, 8192> buffer;
  const int count = socket().receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
  if (count <= 0) return false;
  heard_ = true;
  input_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

void Connection::send(const Response& response, bool keep_alive, bool with_body) {
  const std::string_view content = response.content();
  std::string out;
  out.reserve(1024 + response.body.size());
  out.append("HTTP/1.1 ")
      .append(std::to_string(response.status))
      .append(" ")
      .append(status_text(response.status));
  // RFC 9110 section 6.6.1 wants a Date; it is the clock of a client that is refused for a wrong time.
  out.append("\r\nDate: ").append(http_date(shared_.clock.now())).append("\r\n").append(response.policy);
  if (response.may_have_content()) {
    out.append("Content-Type: ").append(response.content_type);
    out.append("\r\nContent-Length: ").append(std::to_string(content.size())).append("\r\n");
  }
  if (response.problem != nullptr && shared_.sink->explains(response.problem))
    out.append("Link: </problems/").append(response.problem).append(">; rel=\"help\"\r\n");
  for (const auto& [name, value] : response.headers)
    out.append(name).append(": ").append(value).append("\r\n");
  if (!keep_alive) out.append("Connection: close\r\n");
  out.append("\r\n");
  const bool has_body = with_body && response.may_have_content();
  if (has_body && response.file.empty()) out.append(content);
  send_all(out);
  if (has_body && !response.file.empty()) send_all(content);
}

void Connection::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), kMaxWrite));
    const int count = socket().sendBytes(bytes.data(), size);
    if (count <= 0) throw Poco::IOException("peer does not take the answer");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

Connection::Next Connection::refuse(const Response& response) {
  shared_.metrics.requests_malformed.fetch_add(1, std::memory_order_relaxed);
  send(response, false, true);
  // Closing with unread input resets the connection and may destroy the answer on its way: say that we are
  // done, and read on for a moment. What is read is thrown away, never parsed.
  constexpr std::size_t kMaxDrained = 256 * 1024;
  shared_.guard.enter(*entry_, Phase::head);
  ::shutdown(socket().impl()->sockfd(), SHUT_WR);
  for (std::size_t drained = 0; drained < kMaxDrained; drained += input_.size()) {
    input_.clear();
    if (!receive()) break;
  }
  return Next::close;
}

}  // namespace cardea::server::http

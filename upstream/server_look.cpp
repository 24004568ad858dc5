// SPDX-License-Identifier: Apache-2.0
#include "upstream/server_look.h"

#include <algorithm>

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeParser.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/X509Certificate.h>

#include "core/base/text.h"
#include "upstream/linux/deadline_guard.h"
#include "upstream/linux/sigpipe_block.h"
#include "upstream/server_url.h"
#include "upstream/tls_peer.h"

namespace cardea::upstream {
namespace {

constexpr std::size_t kMaxHead = 8192;

Result<Poco::Net::StreamSocket> connect(const ServerUrl& url, const Clock& clock, MonotonicMillis deadline) {
  Failure last = fail(Error::server_unreachable, "the name is not known");
  try {
    const auto addresses = url.is_address ? std::vector{Poco::Net::IPAddress(url.host)}
                                          : Poco::Net::DNS::hostByName(url.host).addresses();
    for (const auto& address : addresses) {
      const MonotonicMillis left = deadline - clock.monotonic();
      if (left <= 0) return fail(Error::server_unreachable, "no answer in time");
      try {
        Poco::Net::StreamSocket socket;
        socket.connect(Poco::Net::SocketAddress(address, url.port),
                       Poco::Timespan(left * Poco::Timespan::MILLISECONDS));
        return socket;
      } catch (const Poco::Exception& e) {
        last = fail(Error::server_unreachable, escape_for_log(e.displayText()));
      }
    }
  } catch (const Poco::Exception&) {
    return last;
  }
  return last;
}

// The value of the Date field (RFC 9110 section 6.6.1) in the head of an answer.
std::optional<UnixSeconds> date_of(std::string_view head) {
  for (const std::string& line : split(head, '\n')) {
    if (line.size() < 5) continue;
    std::string name = line.substr(0, 5);
    for (char& c : name)
      c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (name != "date:") continue;
    std::string value(trim(std::string_view(line).substr(5)));
    if (value.ends_with('\r')) value.pop_back();
    int zone = 0;
    Poco::DateTime time;
    if (!Poco::DateTimeParser::tryParse(Poco::DateTimeFormat::HTTP_FORMAT, value, time, zone))
      return std::nullopt;
    return time.timestamp().epochTime();
  }
  return std::nullopt;
}

std::string ask_for_head(Poco::Net::SecureStreamSocket& line, const ServerUrl& url) {
  const std::string request =
      "GET /livez HTTP/1.1\r\nHost: " + url.authority + "\r\nConnection: close\r\n\r\n";
  std::string head;
  try {
    (void)line.sendBytes(request.data(), static_cast<int>(request.size()));
    char piece[1024];
    while (head.size() < kMaxHead && head.find("\r\n\r\n") == std::string::npos) {
      const int got = line.receiveBytes(piece, sizeof piece);
      if (got <= 0) break;
      head.append(piece, static_cast<std::size_t>(got));
    }
  } catch (const Poco::Exception&) {
    // What has come is looked at.
  }
  return head;
}

}  // namespace

Result<ServerLook> look_at_server(const std::string& url, const std::string& ca_file, const Clock& clock,
                                  MonotonicMillis total_millis) {
  TRY_ASSIGN(const ServerUrl server, ServerUrl::parse(url));
  TRY_ASSIGN(const auto peer, TlsPeer::create(server, ca_file));
  const SigpipeBlock no_sigpipe;
  const MonotonicMillis deadline = clock.monotonic() + total_millis;
  TRY_ASSIGN(const Poco::Net::StreamSocket plain, connect(server, clock, deadline));
  const DeadlineGuard guard(plain.impl()->sockfd(),
                            std::max<MonotonicMillis>(deadline - clock.monotonic(), 0));
  auto line = peer->handshake(plain);
  if (!line.ok() && guard.expired()) return fail(Error::server_unreachable, "no answer in time");
  if (!line.ok()) return line.failure();
  ServerLook look;
  try {
    look.certificate_ends = line->peerCertificate().expiresOn().timestamp().epochTime();
  } catch (const Poco::Exception& e) {
    return fail(Error::server_misbehaved, escape_for_log(e.displayText()));
  }
  const std::string head = ask_for_head(*line, server);
  if (head.empty()) return fail(Error::server_unreachable, "the connection was closed without an answer");
  look.date = date_of(head);
  return look;
}

}  // namespace cardea::upstream

// SPDX-License-Identifier: Apache-2.0
// One client connection: reads requests with request_head and chunked_decoder, hands them to the sink and
// writes the answers. The only file beside listener.cpp and tls_context.cpp that knows Poco's sockets. Poco
// makes one for each accepted connection, in a thread of its pool.
#pragma once

#include <Poco/Net/TCPServerConnection.h>

#include "core/base/clock.h"
#include "server/http/connection_guard.h"
#include "server/http/message.h"

namespace cardea::server::http {

struct ConnectionShared {
  const Clock& clock;
  ConnectionGuard& guard;
  Metrics& metrics;
  RequestSink* sink;  // set before the first connection
  std::size_t max_body = 64 * 1024;
};

class Connection final : public Poco::Net::TCPServerConnection {
 public:
  Connection(const Poco::Net::StreamSocket& socket, ConnectionShared& shared)
      : TCPServerConnection(socket), shared_(shared) {}
  void run() override;

 private:
  // The end of the connection that is not the client's fault or wish.
  enum class Next { again, close };
  void serve();
  // The PROXY header, which comes before TLS; false when it is none, or its client has no room.
  bool read_proxy_header();
  Response answer(Request& request);
  // For whom this request is; nothing when the connection itself says so.
  [[nodiscard]] std::optional<IpAddress> client_of(const RequestHead& head) const;
  Next serve_one();
  // Waits for a whole head; false when the client is gone.
  bool read_head(std::size_t& head_size, Response& refusal);
  bool read_body(const RequestHead& head, std::string& body, Response& refusal);
  bool read_plain_body(const RequestHead& head, std::string& body);
  bool read_chunked_body(std::string& body, Response& refusal);
  bool receive();
  void send(const Response& response, bool keep_alive, bool with_body);
  void send_all(std::string_view bytes);
  // Answers and closes in a way that lets the client read the answer.
  Next refuse(const Response& response);

  ConnectionShared& shared_;
  ConnectionGuard::Entry entry_;
  std::string input_;
  bool heard_ = false;  // a byte inside TLS has come
};

}  // namespace cardea::server::http

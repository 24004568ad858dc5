// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/in_process.h"

#include <stdexcept>

namespace cardea::test {

InProcessServer::InProcessServer(server::http::ServiceSettings settings)
    : ake_key(random.secret<32>()),
      oprf_seeds(1),
      checkpoint_keys(server::first_checkpoint_key(random.secret<32>(), 0)),
      settings_(std::move(settings)) {
  oprf_seeds.front().seed = random.secret<32>();
  restart();
}

void InProcessServer::restart() {
  router.reset();
  services.reset();
  store.reset();
  secrets = std::make_unique<server::ServerSecrets>(
      server::ServerSecrets::make(oprf_seeds, ake_key, checkpoint_keys).value());
  store = server::sqlite::SqliteStore::open(dir.file("cardea.db")).value();
  services = std::make_unique<server::http::Services>(*store, *secrets, clock, random, metrics, settings_);
  router = std::make_unique<server::http::Router>(*services, log);
  if (!router->load_nonces().ok()) throw std::runtime_error("nonces");
}

HttpReply InProcessServer::handle(const HttpCall& call, const std::string& prefix) {
  std::string head = call.method + " " + call.target +
                     " HTTP/1.1\r\nHost: server.test\r\nContent-Length: " + std::to_string(call.body.size()) +
                     "\r\n";
  for (const auto& [name, value] : call.headers)
    head += name + ": " + value + "\r\n";
  server::http::Request request;
  request.head = server::http::parse_request_head(head + "\r\n").value();
  request.body = call.body;
  request.prefix = prefix;
  const server::http::Response response = router->handle(request);
  HttpReply reply{response.status, {}, response.body};
  for (const auto& [name, value] : response.headers) {
    std::string lower = name;
    for (char& c : lower)
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    reply.headers[lower] = value;
  }
  return reply;
}

}  // namespace cardea::test

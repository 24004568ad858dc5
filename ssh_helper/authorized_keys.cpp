// SPDX-License-Identifier: Apache-2.0
#include "ssh_helper/authorized_keys.h"

#include "core/api/json.h"
#include "core/client/daemon_client.h"
#include "core/client/linux/unix_socket_transport.h"
#include "core/crypto/ssh_key.h"

namespace cardea::ssh_helper {
namespace {

// sshd waits for us, and somebody for sshd.
constexpr std::uint32_t kTimeoutMs = 5'000;

// Nobody is there to be asked.
class NoTerminal final : public client::Terminal {
 public:
  client::Reply ask(const wire::Ask&, client::Turn, client::SecretBuffer&) noexcept override {
    return client::Reply::failed;
  }
  void say(const wire::Say&) noexcept override {}
  client::Reply reveal(const wire::Reveal&, std::span<const std::uint8_t>) noexcept override {
    return client::Reply::refused;
  }
};

}  // namespace

Result<std::string> lines_of(std::string_view json) {
  TRY_ASSIGN(const api::Json answer, api::Json::parse(json));
  const api::Json* const keys = answer.find("keys");
  if (keys == nullptr || keys->array() == nullptr) return Error::frame_malformed;
  std::string lines;
  for (const api::Json& key : *keys->array()) {
    const std::string* const line = key.string();
    if (line == nullptr || !crypto::is_authorized_keys_line(*line)) return Error::frame_malformed;
    lines.append(*line).append("\n");
  }
  return lines;
}

Result<std::string> authorized_keys(const char* socket, std::string_view user) {
  client::Workspace workspace(client::Workspace::For::no_secrets);
  if (!workspace.ok()) return Error::out_of_memory;
  client::UnixSocketTransport transport(socket);
  NoTerminal terminal;
  client::DaemonClient daemon(transport, terminal, workspace);
  wire::BeginOperation begin;
  begin.verb = "ssh.keys";
  begin.timeout_ms = kTimeoutMs;
  begin.arguments[begin.argument_count++] = {"user", user};
  begin.language = "C";
  wire::OperationResult result;
  if (const Error error = daemon.operation(begin, result); error != client::kNoError) return error;
  if (result.error != 0) return static_cast<Error>(result.error);
  return lines_of(result.json);
}

}  // namespace cardea::ssh_helper

// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/password_sealing.h"

#include <chrono>

#include "core/client/daemon_client.h"

namespace cardea::credprov {
namespace {

// LSA answers within seconds; a domain that is slow to reach within a minute.
constexpr std::chrono::seconds kOutcomeLimit{90};
constexpr std::uint32_t kSealingMs = 120'000;

}  // namespace

PasswordSealing::PasswordSealing(std::string user, std::string language, SecretBytes password,
                                 std::unique_ptr<CancellableTransport> transport)
    : user_(std::move(user)),
      language_(std::move(language)),
      transport_(std::move(transport)),
      password_(std::move(password)) {}

void PasswordSealing::run() noexcept {
  client::Workspace workspace(client::Workspace::For::answers);
  if (workspace.ok()) {
    wire::BeginOperation begin;
    begin.verb = "windows.seal-password";
    begin.timeout_ms = kSealingMs;
    begin.arguments[0] = {"user", user_};
    begin.arguments[1] = {"outcome", "follows"};
    begin.argument_count = 2;
    begin.language = language_;
    client::DaemonClient client(*transport_, *this, workspace);
    wire::OperationResult result;
    (void)client.operation(begin, result);  // not stored: it is asked for again at the next login
  }
  std::lock_guard lock(mutex_);
  password_ = SecretBytes();
}

client::Reply PasswordSealing::ask(const wire::Ask& ask, client::Turn turn,
                                   client::SecretBuffer& answer) noexcept {
  try {
    std::unique_lock lock(mutex_);
    if (ask.purpose == "windows-password" && turn == client::Turn::first &&
        ask.route == wire::Route::private_channel && !password_.empty()) {
      const SecretBytes password = std::move(password_);
      answer.assign(password.expose_text());
      return client::Reply::answered;
    }
    if (ask.purpose != "windows-outcome" || ask.route != wire::Route::daemon) return client::Reply::refused;
    if (!woken_.wait_for(lock, kOutcomeLimit, [this] { return decided_; })) return client::Reply::failed;
    answer.assign(accepted_ ? "accepted" : "refused");
    return client::Reply::answered;
  } catch (...) {
    return client::Reply::failed;
  }
}

void PasswordSealing::decide(bool accepted) noexcept {
  std::lock_guard lock(mutex_);
  if (decided_) return;
  decided_ = true;
  accepted_ = accepted;
  if (!accepted) {
    password_ = SecretBytes();
    transport_->cancel();
  }
  woken_.notify_all();
}

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/card_watch.h"

#include <algorithm>
#include <chrono>

#include "core/client/daemon_client.h"
#include "core/client/texts.h"

namespace cardea::credprov {
namespace {

constexpr std::uint32_t kWatchMs = 70'000;  // the daemon answers after 60 s at the latest
constexpr std::size_t kMaxCounterDigits = 20;

// Nobody sits at this terminal.
class Nobody final : public client::Terminal {
 public:
  client::Reply ask(const wire::Ask&, client::Turn, client::SecretBuffer&) noexcept override {
    return client::Reply::refused;
  }
  void say(const wire::Say&) noexcept override {}
  client::Reply reveal(const wire::Reveal&, std::span<const std::uint8_t>) noexcept override {
    return client::Reply::refused;
  }
};

}  // namespace

std::string card_counter(std::string_view json) {
  constexpr std::string_view kBefore = "{\"counter\":\"";
  constexpr std::string_view kAfter = "\"}";
  if (json.size() <= kBefore.size() + kAfter.size() || !json.starts_with(kBefore) || !json.ends_with(kAfter))
    return {};
  const std::string_view digits = json.substr(kBefore.size(), json.size() - kBefore.size() - kAfter.size());
  const bool good = digits.size() <= kMaxCounterDigits &&
                    std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  return good ? std::string(digits) : std::string();
}

CardWatch::CardWatch(std::shared_ptr<Outside> outside, std::string language,
                     std::shared_ptr<CardListener> listener, Pauses pauses)
    : outside_(std::move(outside)),
      language_(std::move(language)),
      listener_(std::move(listener)),
      pauses_(pauses) {}

void CardWatch::run() noexcept {
  try {
    std::uint32_t wait = pauses_.least_ms;
    do {
      const std::optional<std::string> status = once();
      {
        std::lock_guard lock(mutex_);
        if (stopped_) break;
      }
      if (status) listener_->on_cards(*status);
      wait = away_ ? std::min(std::max(pauses_.away_ms, 2 * wait), pauses_.most_ms) : pauses_.least_ms;
    } while (pause(wait));
  } catch (...) {
    // Without memory the tile goes on without news of cards.
  }
  listener_.reset();
}

std::optional<std::string> CardWatch::once() {
  const std::unique_ptr<CancellableTransport> transport = outside_->transport();
  client::Workspace workspace(client::Workspace::For::no_secrets);
  Error error = Error::out_of_memory;
  wire::OperationResult result;
  if (transport != nullptr && workspace.ok()) {
    {
      std::lock_guard lock(mutex_);
      if (stopped_) return std::nullopt;
      connection_ = transport.get();
    }
    wire::BeginOperation begin;
    begin.verb = "card.watch";
    begin.timeout_ms = kWatchMs;
    begin.arguments[0] = {"known", known_};
    begin.argument_count = 1;
    begin.language = language_;
    Nobody nobody;
    client::DaemonClient client(*transport, nobody, workspace);
    error = client.operation(begin, result);
    std::lock_guard lock(mutex_);
    connection_ = nullptr;
  }
  const std::string counter = error == client::kNoError ? card_counter(result.json) : std::string();
  const bool was_away = away_;
  away_ = error != client::kNoError || result.error != 0 || counter.empty();
  if (away_) {
    known_.clear();
    if (was_away) return std::nullopt;
    if (error == client::kNoError) return std::string(result.message);  // it is there, and won't say
    return std::string(text::translate(text::language_of(language_), client::kServiceDownText));
  }
  if (counter == known_) return std::nullopt;
  known_ = counter;
  return std::string(result.message);
}

bool CardWatch::pause(std::uint32_t ms) {
  std::unique_lock lock(mutex_);
  return !woken_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return stopped_; });
}

void CardWatch::stop() noexcept {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  if (connection_ != nullptr) connection_->cancel();
  woken_.notify_all();
}

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
// Hears from the daemon when a card comes or goes (docs/spec/local-protocol.md, “card.watch”), on a thread of
// its own, until it is stopped. While the daemon can't be reached it says so and tries again.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "credprov/model/outside.h"

namespace cardea::credprov {

class CardListener {
 public:
  // On the watch's thread. `status` is what a person is shown, in his language; empty when there is nothing
  // to say.
  virtual void on_cards(const std::string& status) noexcept = 0;

 protected:
  ~CardListener() = default;
};

// The counter out of `{"counter":"17"}`, the only form there is; empty for anything else.
std::string card_counter(std::string_view json);

class CardWatch {
 public:
  // Between two attempts; doubled up to the last while the daemon is away.
  struct Pauses {
    std::uint32_t least_ms = 250;
    std::uint32_t away_ms = 1'000;
    std::uint32_t most_ms = 30'000;
  };
  CardWatch(std::shared_ptr<Outside> outside, std::string language, std::shared_ptr<CardListener> listener,
            Pauses pauses);
  CardWatch(const CardWatch&) = delete;
  CardWatch& operator=(const CardWatch&) = delete;
  ~CardWatch() = default;

  // On a thread of its own, once.
  void run() noexcept;
  // From any thread; never waits. Nothing is heard afterwards but a call that has begun.
  void stop() noexcept;

 private:
  // The answer's status; empty optional when nothing has changed.
  std::optional<std::string> once();
  bool pause(std::uint32_t ms);  // false when it was stopped

  const std::shared_ptr<Outside> outside_;
  const std::string language_;
  std::shared_ptr<CardListener> listener_;
  const Pauses pauses_;
  std::string known_;
  bool away_ = false;

  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopped_ = false;
  CancellableTransport* connection_ = nullptr;  // while an operation runs
};

}  // namespace cardea::credprov

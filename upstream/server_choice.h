// SPDX-License-Identifier: Apache-2.0
// Which of several servers of one store to ask: measured response times, the better of two random ones among
// the fastest, hysteresis, and pauses for what fails (docs/spec/server-list.md, "The choice"). No I/O; time
// and randomness are arguments. Kept by recoveryd/upstream/server_directory and cli/cmd_recover. One thread
// at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"

namespace cardea::upstream {

// Why the server in use is the one.
enum class ChoiceReason : std::uint8_t {
  only_one,    // there is no other
  unmeasured,  // nothing is known of any: one at random
  fastest,     // among the fastest when it was chosen, and still good enough to stay
  others_down  // the others do not answer, or have failed lately
};

struct ServerMeasure {
  std::string url;
  bool listed = true;  // false: in the configuration only, for when no listed one answers
  // Smoothed milliseconds: until /healthz answers, and how much longer a request takes. Empty: not measured.
  std::optional<double> path = {}, work = {};
  int failures = 0;                  // in a row
  int outages = 0;                   // how often it began to fail, until it has been well for a day
  bool answering = true;             // false: it has failed, and not answered since
  MonotonicMillis paused_until = 0;  // it is not measured before
  MonotonicMillis failed_at = 0;
};

class ServerChoice {
 public:
  // A new server must answer in less than this part of the old one's time, and by so many milliseconds, to
  // take its place; what lies within counts as equally fast.
  static constexpr double kHysteresis = 0.8;
  static constexpr double kLeastGain = 5;
  static constexpr MonotonicMillis kFirstPause = 10'000, kLongestPause = 600'000;
  // How long a server must have been well before it is as good as the others: doubled with each outage, so
  // that one that comes and goes is left alone.
  static constexpr MonotonicMillis kForgiveMillis = 600'000, kLongestForgive = 6 * 3'600'000;
  static constexpr MonotonicMillis kForgetOutages = 24 * 3'600'000;
  // What a request is taken to need of a server that has not been asked any yet, at most.
  static constexpr double kUsualWork = 50;

  struct Candidate {
    std::string url;
    bool listed = true;
    bool operator==(const Candidate&) const = default;
  };

  // Takes these servers; of those that were known before what was measured is kept.
  void set_servers(const std::vector<Candidate>& servers);
  [[nodiscard]] const std::vector<ServerMeasure>& servers() const noexcept { return servers_; }

  // All servers in the order in which a request tries them. Changes the server in use when there is a reason.
  std::vector<std::string> order(MonotonicMillis now, Random& random);
  // The server in use; empty before the first order().
  [[nodiscard]] std::optional<std::size_t> current() const noexcept { return current_; }
  [[nodiscard]] ChoiceReason reason(MonotonicMillis now) const;
  // What a request is expected to take; empty when nothing was measured.
  [[nodiscard]] std::optional<double> expected(const ServerMeasure& server) const;

  // Which servers may be measured now: all but those in their pause; none when there is only one.
  [[nodiscard]] std::vector<std::string> to_measure(MonotonicMillis now) const;

  void measured(std::string_view url, double millis, MonotonicMillis now);  // HEAD /healthz
  void answered(std::string_view url, double millis, MonotonicMillis now);  // a request
  // It could not be reached, broke off, or said that it can't serve now.
  void failed(std::string_view url, MonotonicMillis now, Random& random);

 private:
  // Better classes first.
  enum class Class : std::uint8_t { good, doubtful, down, paused };
  [[nodiscard]] Class class_of(const ServerMeasure& server, MonotonicMillis now) const;
  [[nodiscard]] std::vector<std::size_t> best_class(MonotonicMillis now) const;
  [[nodiscard]] std::size_t pick(const std::vector<std::size_t>& among, Random& random) const;
  [[nodiscard]] std::vector<std::size_t> fastest(const std::vector<std::size_t>& among) const;
  [[nodiscard]] bool should_leave(const std::vector<std::size_t>& best) const;
  [[nodiscard]] double assumed_work() const;
  ServerMeasure* find(std::string_view url);
  void heard(ServerMeasure& server, MonotonicMillis now);

  std::vector<ServerMeasure> servers_;
  std::optional<std::size_t> current_;
};

}  // namespace cardea::upstream

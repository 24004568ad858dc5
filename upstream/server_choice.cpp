// SPDX-License-Identifier: Apache-2.0
#include "upstream/server_choice.h"

#include <algorithm>
#include <cmath>

#include "core/base/byte_io.h"

namespace cardea::upstream {
namespace {

constexpr double kWeight = 0.3;  // of a new measurement in the average
// How much of the difference to the server in use a server forgets at each measurement of its own: what was
// slow long ago gets another chance, after hours rather than minutes.
constexpr double kForget = 0.02;

MonotonicMillis doubled(MonotonicMillis first, int times, MonotonicMillis longest) {
  return std::min(first << std::min(times, 16), longest);
}

// One freak answer moves the average little, slow answers in a row move it fast.
double at_most(double old) { return 1.5 * old + 20; }

void average(std::optional<double>& value, double sample) {
  if (!std::isfinite(sample) || sample < 0) return;
  value = value ? *value + kWeight * (std::min(sample, at_most(*value)) - *value) : sample;
}

std::uint32_t draw(Random& random) {
  const auto bytes = random.array<4>();
  return ByteReader(bytes).u32();
}

bool clearly_less(double a, double b) {
  return a < b * ServerChoice::kHysteresis && a < b - ServerChoice::kLeastGain;
}

}  // namespace

void ServerChoice::set_servers(const std::vector<Candidate>& servers) {
  const std::string in_use = current_ ? servers_[*current_].url : std::string();
  std::vector<ServerMeasure> next;
  current_.reset();
  for (const Candidate& candidate : servers) {
    const ServerMeasure* known = find(candidate.url);
    next.push_back(known != nullptr ? *known : ServerMeasure{.url = candidate.url});
    next.back().listed = candidate.listed;
    if (candidate.url == in_use) current_ = next.size() - 1;
  }
  servers_ = std::move(next);
}

ServerMeasure* ServerChoice::find(std::string_view url) {
  const auto found = std::ranges::find(servers_, url, &ServerMeasure::url);
  return found == servers_.end() ? nullptr : &*found;
}

ServerChoice::Class ServerChoice::class_of(const ServerMeasure& server, MonotonicMillis now) const {
  if (!server.answering) return now < server.paused_until ? Class::paused : Class::down;
  const bool forgiven =
      server.outages == 0 ||
      now - server.failed_at >= doubled(kForgiveMillis, server.outages - 1, kLongestForgive);
  return forgiven && server.listed ? Class::good : Class::doubtful;
}

std::vector<std::size_t> ServerChoice::best_class(MonotonicMillis now) const {
  std::vector<std::size_t> best;
  std::optional<Class> found;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const Class one = class_of(servers_[i], now);
    if (found && one > *found) continue;
    if (found && one < *found) best.clear();
    found = one;
    best.push_back(i);
  }
  return best;
}

double ServerChoice::assumed_work() const {
  const std::optional<double> known = current_ ? servers_[*current_].work : std::nullopt;
  return std::min(known.value_or(kUsualWork), kUsualWork);
}

std::optional<double> ServerChoice::expected(const ServerMeasure& server) const {
  if (!server.path && !server.work) return std::nullopt;
  return server.path.value_or(0) + server.work.value_or(assumed_work());
}

std::vector<std::size_t> ServerChoice::fastest(const std::vector<std::size_t>& among) const {
  std::optional<double> best;
  for (const std::size_t i : among) {
    const auto time = expected(servers_[i]);
    if (time && (!best || *time < *best)) best = time;
  }
  if (!best) return among;
  std::vector<std::size_t> out;
  std::ranges::copy_if(among, std::back_inserter(out), [&](std::size_t i) {
    const auto time = expected(servers_[i]);
    return time && !clearly_less(*best, *time);
  });
  return out;
}

// Two at random and the better of them: clients that leave a dead server at the same moment spread over the
// others, and yet nobody takes the slowest.
std::size_t ServerChoice::pick(const std::vector<std::size_t>& among, Random& random) const {
  const auto equal = fastest(among);
  if (equal.size() == 1) return equal.front();
  const std::size_t a = equal[draw(random) % equal.size()], b = equal[draw(random) % equal.size()];
  const auto time_a = expected(servers_[a]), time_b = expected(servers_[b]);
  return time_a && time_b && *time_b < *time_a ? b : a;
}

bool ServerChoice::should_leave(const std::vector<std::size_t>& best) const {
  if (!current_ || std::ranges::find(best, *current_) == best.end()) return true;
  const auto here = expected(servers_[*current_]);
  if (!here) return false;  // it was taken unmeasured: the first answer tells
  return std::ranges::any_of(best, [&](std::size_t i) {
    const auto there = expected(servers_[i]);
    return there && clearly_less(*there, *here);
  });
}

std::vector<std::string> ServerChoice::order(MonotonicMillis now, Random& random) {
  std::vector<std::string> out;
  if (servers_.empty()) return out;
  const auto best = best_class(now);
  if (should_leave(best)) current_ = pick(best, random);
  // Behind it whatever is left, the good before the bad; drawn again each time, so that the failure of one
  // does not send everybody to the same next one.
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (i != *current_) rest.push_back(i);
  }
  out.push_back(servers_[*current_].url);
  while (!rest.empty()) {
    std::optional<Class> leading;
    for (const std::size_t i : rest)
      leading = std::min(leading.value_or(Class::paused), class_of(servers_[i], now));
    std::vector<std::size_t> among;
    std::ranges::copy_if(rest, std::back_inserter(among),
                         [&](std::size_t i) { return class_of(servers_[i], now) == *leading; });
    const std::size_t next = pick(among, random);
    out.push_back(servers_[next].url);
    std::erase(rest, next);
  }
  return out;
}

ChoiceReason ServerChoice::reason(MonotonicMillis now) const {
  if (servers_.size() < 2) return ChoiceReason::only_one;
  if (!current_) return ChoiceReason::unmeasured;
  const auto others_down = std::ranges::all_of(servers_, [&](const ServerMeasure& server) {
    return &server == &servers_[*current_] || class_of(server, now) != Class::good;
  });
  if (others_down) return ChoiceReason::others_down;
  return expected(servers_[*current_]) ? ChoiceReason::fastest : ChoiceReason::unmeasured;
}

std::vector<std::string> ServerChoice::to_measure(MonotonicMillis now) const {
  std::vector<std::string> out;
  if (servers_.size() < 2) return out;
  for (const ServerMeasure& server : servers_) {
    if (class_of(server, now) != Class::paused) out.push_back(server.url);
  }
  return out;
}

void ServerChoice::heard(ServerMeasure& server, MonotonicMillis now) {
  server.answering = true;
  server.failures = 0;
  if (now - server.failed_at >= kForgetOutages) server.outages = 0;
}

void ServerChoice::measured(std::string_view url, double millis, MonotonicMillis now) {
  ServerMeasure* server = find(url);
  if (server == nullptr) return;
  heard(*server, now);
  average(server->path, millis);
  const std::optional<double> in_use = current_ ? servers_[*current_].work : std::nullopt;
  if (server->work && in_use) *server->work += kForget * (*in_use - *server->work);
}

void ServerChoice::answered(std::string_view url, double millis, MonotonicMillis now) {
  ServerMeasure* server = find(url);
  if (server == nullptr) return;
  heard(*server, now);
  average(server->work, std::max(0.0, millis - server->path.value_or(0)));
}

void ServerChoice::failed(std::string_view url, MonotonicMillis now, Random& random) {
  ServerMeasure* server = find(url);
  if (server == nullptr) return;
  if (server->answering && server->outages < 16) ++server->outages;
  if (server->failures < 16) ++server->failures;
  server->answering = false;
  server->failed_at = now;
  server->path.reset();
  server->work.reset();
  const MonotonicMillis pause = doubled(kFirstPause, server->failures - 1, kLongestPause);
  // Half to one and a half times as long: clients that lost a server together do not come back together.
  server->paused_until = now + pause / 2 + static_cast<MonotonicMillis>(draw(random)) % (pause + 1);
  // At once, so that whoever asks which server is in use is not told of one that has just failed.
  if (current_ && server == &servers_[*current_]) current_ = pick(best_class(now), random);
}

}  // namespace cardea::upstream

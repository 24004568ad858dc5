// SPDX-License-Identifier: Apache-2.0
#include "upstream/measured_servers.h"

#include <optional>
#include <thread>

#include "upstream/server_choice.h"
#include "upstream/server_probe.h"

namespace cardea::upstream {
namespace {

using Times = std::vector<std::optional<MonotonicMillis>>;

Times measure(const std::vector<std::string>& urls, const std::string& ca_file, const Clock& clock) {
  const ServerProbe probe{.ca_file = ca_file, .millis = kMeasureMillis, .requests = 2};
  Times times(urls.size());
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < urls.size(); ++i)
    threads.emplace_back([&, i] {
      const auto millis = probe_server(urls[i], probe, clock);
      if (millis.ok()) times[i] = *millis;
    });
  threads.clear();
  return times;
}

}  // namespace

std::vector<std::string> measured_servers(const std::vector<std::string>& urls, const std::string& ca_file,
                                          const Clock& clock, Random& random) {
  std::vector<ServerChoice::Candidate> candidates;
  for (const std::string& url : urls)
    candidates.push_back({url});
  ServerChoice choice;
  choice.set_servers(candidates);
  const Times times = measure(urls, ca_file, clock);
  const MonotonicMillis now = clock.monotonic();
  bool any = false;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    if (times[i]) {
      choice.measured(urls[i], static_cast<double>(*times[i]), now);
      any = true;
    } else {
      choice.failed(urls[i], now, random);
    }
  }
  return any ? choice.order(now, random) : std::vector<std::string>();
}

}  // namespace cardea::upstream

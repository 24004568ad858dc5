// SPDX-License-Identifier: Apache-2.0
// Look-ups of names and ids, ours and others', in one run. The numbers of accounts are those between which
// the time must not grow.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "nss_helper/database_image.h"
#include "nss_helper/database_writer.h"
#include "tests/bench/nss/peers.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/nss_helper/module.h"

namespace cardea::nss::bench {
namespace {

constexpr int kPeerAccounts = 20;
constexpr std::uint32_t kSizes[] = {10, 1'000, 100'000, 1'000'000};

std::string name_of(std::uint32_t number) { return "user" + std::to_string(number); }

// Puts a database of so many accounts in place, unless it is there already.
void use_database(const std::string& path, std::uint32_t count) {
  static std::uint32_t present = 0;
  static std::uint64_t generation = 0;
  if (present == count) return;
  AccountList list;
  list.accounts.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i)
    list.accounts.push_back(
        {name_of(i), kFirstId + i, "User Number " + std::to_string(i), "/home/" + name_of(i), "/bin/bash"});
  auto admission = admit(std::move(list), LocalAccounts());
  const auto image = make_image(admission.value().list, {0xbe4c, ++generation, 0});
  if (!replace_database(path, image.value()).ok()) std::abort();
  test::set_database_path(path);
  present = count;
}

struct Asked {
  struct passwd entry {};
  char buffer[1024];
  int error = 0;
};

void ask_names(benchmark::State& state, ByName ask, const std::vector<std::string>& names,
               enum nss_status wanted) {
  Asked asked;
  std::size_t next = 0;
  for (auto _ : state) {
    if (ask(names[next].c_str(), &asked.entry, asked.buffer, sizeof asked.buffer, &asked.error) != wanted) {
      state.SkipWithError("another answer than expected");
      return;
    }
    if (++next == names.size()) next = 0;
  }
}

// In an order that no prefetcher foresees; enough of them to leave the caches with a million accounts.
std::vector<std::string> random_names(std::uint32_t count) {
  std::vector<std::string> names;
  std::uint64_t state = 42;
  for (unsigned i = 0; i < 1u << 16; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    names.push_back(name_of(static_cast<std::uint32_t>(state >> 33) % count));
  }
  return names;
}

void add_ours(const std::string& path, std::uint32_t count) {
  const auto add = [&](const std::string& what, auto run) {
    benchmark::RegisterBenchmark((what + "/" + std::to_string(count)).c_str(), [=](benchmark::State& state) {
      use_database(path, count);
      run(state);
    });
  };
  add("hit", [=](benchmark::State& state) {
    ask_names(state, _nss_cardea_getpwnam_r, {name_of(count / 2)}, NSS_STATUS_SUCCESS);
  });
  add("miss", [](benchmark::State& state) {
    ask_names(state, _nss_cardea_getpwnam_r, {"nosuchuser"}, NSS_STATUS_NOTFOUND);
  });
  add("uid_hit", [=](benchmark::State& state) {
    Asked asked;
    for (auto _ : state)
      benchmark::DoNotOptimize(_nss_cardea_getpwuid_r(kFirstId + count / 2, &asked.entry, asked.buffer,
                                                      sizeof asked.buffer, &asked.error));
  });
  add("random_hit", [=](benchmark::State& state) {
    ask_names(state, _nss_cardea_getpwnam_r, random_names(count), NSS_STATUS_SUCCESS);
  });
}

void add_peer(const char* name, ByName ask) {
  if (ask == nullptr) {
    std::fprintf(stderr, "%s is not here\n", name);
    return;
  }
  const std::string base(name);
  benchmark::RegisterBenchmark((base + "_hit/20").c_str(), [=](benchmark::State& state) {
    ask_names(state, ask, {name_of(kPeerAccounts - 1)}, NSS_STATUS_SUCCESS);
  });
  benchmark::RegisterBenchmark((base + "_miss/20").c_str(), [=](benchmark::State& state) {
    ask_names(state, ask, {"nosuchuser"}, NSS_STATUS_NOTFOUND);
  });
}

// The usual lines, and the medians for the table at the end.
class MedianReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.aggregate_name == "median") medians[run.run_name.function_name] = run.GetAdjustedCPUTime();
    }
  }
  std::map<std::string, double> medians;
};

void print_ratio(const std::map<std::string, double>& medians, const std::string& what,
                 const std::string& ours, const std::string& theirs) {
  if (!medians.contains(ours) || !medians.contains(theirs)) return;
  std::printf("%-28s %10.1f ns  %-20s %10.1f ns  %8.1f x\n", what.c_str(), medians.at(ours), theirs.c_str(),
              medians.at(theirs), medians.at(theirs) / medians.at(ours));
}

void print_table(const std::map<std::string, double>& medians) {
  std::printf("\nmedians: ours, the other, ratio\n");
  for (const char* peer : {"files", "extrausers", "sss"}) {
    print_ratio(medians, "hit, 1,000,000 accounts", "hit/1000000", std::string(peer) + "_hit/20");
    print_ratio(medians, "miss, 1,000,000 accounts", "miss/1000000", std::string(peer) + "_miss/20");
  }
  print_ratio(medians, "hit, growth from 10", "hit/10", "hit/1000000");
  print_ratio(medians, "miss, growth from 10", "miss/10", "miss/1000000");
}

int run(int argc, char** argv) {
  // Medians of five, unless the command line says otherwise.
  std::vector<char*> words(argv, argv + argc);
  std::string repetitions = "--benchmark_repetitions=5";
  std::string aggregates = "--benchmark_report_aggregates_only=true";
  words.insert(words.begin() + 1, {repetitions.data(), aggregates.data()});
  const auto without = std::remove_if(words.begin(), words.end(),
                                      [](const char* word) { return std::strcmp(word, "--no-peers") == 0; });
  const bool peers = without == words.end();
  words.erase(without, words.end());
  argc = static_cast<int>(words.size());
  benchmark::Initialize(&argc, words.data());
  if (benchmark::ReportUnrecognizedArguments(argc, words.data())) return 2;
  if (peers && !enter_peer_world(kPeerAccounts)) return 1;
  const cardea::test::TempDir directory;
  for (const std::uint32_t count : kSizes)
    add_ours(directory.file("accounts.db"), count);
  if (peers) {
    add_peer("files", files_by_name());
    add_peer("extrausers", module_by_name("extrausers"));
    add_peer("sss", module_by_name("sss"));
  }
  MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  print_table(reporter.medians);
  return 0;
}

}  // namespace
}  // namespace cardea::nss::bench

int main(int argc, char** argv) { return cardea::nss::bench::run(argc, argv); }

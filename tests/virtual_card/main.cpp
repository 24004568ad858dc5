// SPDX-License-Identifier: Apache-2.0
// cardea-virtual-card: a smart card in software for pcscd's virtual reader. See README.md.
#include <csignal>
#include <cstdio>
#include <iostream>

#include <getopt.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/virtual_card/card_runner.h"
#include "tests/virtual_card/state_file.h"

namespace {

using namespace cardea;
using namespace cardea::virtual_card;

constexpr const char* kUsage =
    "usage: cardea-virtual-card --state FILE --control PATH [--personality myeid|sc-hsm] [--host 127.0.0.1]\n"
    "                           [--port 35963] [--memory BYTES] [--serial HEX] [--absent]\n"
    "       cardea-virtual-card ctl PATH COMMAND...\n";
constexpr int kControlTimeout = 10'000;  // ms

struct Options {
  std::filesystem::path state;
  std::filesystem::path control;
  CardKind kind = CardKind::myeid;
  std::string host = "127.0.0.1";
  std::uint16_t port = 35963;
  std::optional<std::uint32_t> memory;
  std::optional<Bytes> serial;
  bool absent = false;
};

Result<std::uint32_t> number_option(const char* text, std::uint32_t maximum) {
  const auto value = parse_decimal(text);
  if (!value || *value > maximum)
    return fail(Error::invalid_argument, std::string("not a usable number: ") + text);
  return static_cast<std::uint32_t>(*value);
}

Status take_option(Options& options, int option, const char* value) {
  switch (option) {
    case 's':
      options.state = value;
      return {};
    case 'c':
      options.control = value;
      return {};
    case 'h':
      options.host = value;
      return {};
    case 'a':
      options.absent = true;
      return {};
    case 'p': {
      TRY_ASSIGN(options.kind, kind_of_name(value));
      return {};
    }
    case 'n': {
      TRY_ASSIGN(const std::uint32_t port, number_option(value, 65535));
      options.port = static_cast<std::uint16_t>(port);
      return {};
    }
    case 'm': {
      TRY_ASSIGN(options.memory, number_option(value, kMaximumMemory));
      return {};
    }
    case 'r': {
      TRY_ASSIGN(options.serial, from_hex(value));
      return {};
    }
    default:
      return fail(Error::invalid_argument, kUsage);
  }
}

Result<Options> parse_options(int argc, char** argv) {
  static const option kLong[] = {{"state", required_argument, nullptr, 's'},
                                 {"control", required_argument, nullptr, 'c'},
                                 {"host", required_argument, nullptr, 'h'},
                                 {"port", required_argument, nullptr, 'n'},
                                 {"memory", required_argument, nullptr, 'm'},
                                 {"serial", required_argument, nullptr, 'r'},
                                 {"absent", no_argument, nullptr, 'a'},
                                 {"personality", required_argument, nullptr, 'p'},
                                 {nullptr, 0, nullptr, 0}};
  Options options;
  for (int found = 0; (found = getopt_long(argc, argv, "", kLong, nullptr)) != -1;) {
    TRY(take_option(options, found, optarg == nullptr ? "" : optarg));
  }
  if (optind != argc || options.state.empty() || options.control.empty())
    return fail(Error::invalid_argument, kUsage);
  return options;
}

// The card in the file; a blank one, written there, when the file does not exist.
Result<CardState> open_card(const Options& options, Random& random) {
  auto state = load_state(options.state);
  if (!state.ok() && state.error() == Error::not_found) {
    Bytes serial = options.serial.value_or(Bytes(options.kind == CardKind::myeid ? 10 : 5));
    if (!options.serial) random.fill(serial);
    state = make_blank_card(options.kind, serial, options.memory.value_or(kDefaultMemory));
    if (state.ok()) TRY(save_state(options.state, serialize_state(*state)));
    return state;
  }
  if (state.ok() && options.memory && state->memory_limit != *options.memory) {
    state->memory_limit = *options.memory;
    TRY(save_state(options.state, serialize_state(*state)));
  }
  return state;
}

Result<int> block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return fail(Error::io_failed, "sigprocmask");
  const int descriptor = signalfd(-1, &signals, SFD_CLOEXEC);
  if (descriptor < 0) return fail(Error::io_failed, "signalfd");
  return descriptor;
}

Status run_card(int argc, char** argv, const Log& log) {
  TRY_ASSIGN(const Options options, parse_options(argc, argv));
  TRY_ASSIGN(const int signals, block_signals());
  SystemClock clock;
  SystemRandom random;
  TRY_ASSIGN(ControlSocket control, ControlSocket::bind(options.control));
  TRY_ASSIGN(CardState state, open_card(options, random));
  CardRunner::Parts parts{options.state, std::move(control), options.host, options.port, !options.absent};
  CardRunner runner(std::move(parts), std::move(state), clock, random, log);
  std::cout << "ready" << std::endl;
  return runner.run(signals);
}

int run_control_client(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << kUsage;
    return 2;
  }
  std::string command = argv[3];
  for (int i = 4; i < argc; ++i)
    command.append(" ").append(argv[i]);
  const auto answer = request_control(argv[2], command, kControlTimeout);
  if (!answer.ok()) {
    std::cerr << "cardea-virtual-card: " << answer.failure().detail << "\n";
    return 1;
  }
  std::cout << *answer << "\n";
  return answer->starts_with("ok") ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "ctl") return run_control_client(argc, argv);
  const Log log("cardea-virtual-card");
  const Status result = run_card(argc, argv, log);
  if (result.ok()) return 0;
  std::cerr << "cardea-virtual-card: " << result.failure().detail << "\n";
  return result.error() == Error::invalid_argument ? 2 : 1;
}

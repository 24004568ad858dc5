// SPDX-License-Identifier: Apache-2.0
// cardea-card-worker: the only program that loads PKCS#11 modules, and the only one that sees a PIN.
#include <cstdio>
#include <thread>

#include <poll.h>
#include <sys/socket.h>

#include "recoveryd/card_worker/options.h"
#include "recoveryd/card_worker/sandbox_linux.h"
#include "recoveryd/card_worker/worker.h"

namespace {

using namespace cardea;

constexpr int kUsageExit = 2;
constexpr int kFirstLookMillis = 5'000;  // pcscd starts by socket activation in well under a second
// When the daemon has hung up: for the reset of the card. Shorter than the daemon's patience with a worker
// that it did not start and can't kill (worker_link/supervisor.cpp).
constexpr int kOrphanPatienceMillis = 20'000;
constexpr int kPatienceUnderSystemdMillis = 2'500;

Status check_socket() {
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(worker::kWorkerSocket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    return fail(Error::invalid_argument, "descriptor 3 is not the daemon's socket");
  }
  return {};
}

// A module that hangs would outlive a daemon that was killed: ends the process some time after the socket is
// closed, when the main loop has not.
void watch_for_orphaning(int patience_millis) {
  std::thread([patience_millis] {
    pollfd entry{worker::kWorkerSocket, POLLRDHUP, 0};  // POLLHUP needs no asking
    while (::poll(&entry, 1, -1) < 0 || (entry.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) == 0) {
    }
    (void)::poll(nullptr, 0, patience_millis);
    ::_exit(1);
  }).detach();
}

Result<int> run(const worker::Options& options, const Log& log) {
  TRY(worker::restrict_process());
  TRY(check_socket());
  TRY(worker::become_user(options.user));
  TRY(worker::take_environment(options.environment));
  TRY(worker::clean_environment(options.opensc_conf));
  watch_for_orphaning(options.config.empty() ? kOrphanPatienceMillis : kPatienceUnderSystemdMillis);
  TRY_ASSIGN(const auto watch, worker::ReaderWatch::start());
  // The first answer of pcscd before the modules: they connect to the pcscd that is known then.
  pollfd first{watch->wake_fd(), POLLIN, 0};
  (void)::poll(&first, 1, kFirstLookMillis);
  const worker::ReaderSnapshot snapshot = watch->take();

  SystemRandom random;
  SystemClock clock;
  worker::CardService cards(clock, random, log);
  for (const std::string& module : options.modules) {
    if (const Status added = cards.add_module(module); !added.ok()) {
      log.error("module not loaded", {{"module", module}, {"reason", added.failure().detail}});
      return added.failure();
    }
  }
  TRY(worker::filter_system_calls());
  cards.update(snapshot);
  cards.look_at_unwatched_slots();
  worker::PacketSocket socket{UniqueFd(worker::kWorkerSocket)};
  worker::Worker loop(cards, random, log);
  return loop.serve(socket, watch.get());
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = cardea::worker::parse_options(count, arguments);
  if (!options.ok()) {
    std::fprintf(stderr, "cardea-card-worker: %s\n%s", options.failure().detail.c_str(),
                 cardea::worker::usage());
    return kUsageExit;
  }
  if (options->help || options->version) {
    std::fputs(options->help ? cardea::worker::usage() : "cardea-card-worker " CARDEA_VERSION "\n", stdout);
    return 0;
  }
  const cardea::Log log("cardea-card-worker", options->log_level);
  const auto status = run(*options, log);
  if (status.ok()) return *status;
  log.error("card worker can't run",
            {{"error", error_name(status.error())}, {"reason", status.failure().detail}});
  return 1;
}

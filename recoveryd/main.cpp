// SPDX-License-Identifier: Apache-2.0
// cardea-recoveryd: reads its configuration, opens its state, starts the card worker, and serves the local
// socket until SIGTERM.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <thread>

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "core/base/linux/journal_sink.h"
#include "recoveryd/housekeeper.h"
#include "recoveryd/log_events.h"
#include "recoveryd/officer_list.h"
#include "recoveryd/operations.h"
#include "recoveryd/os/linux/local_users.h"
#include "recoveryd/os/linux/logind_sessions.h"
#include "recoveryd/os/linux/removal_command.h"
#include "recoveryd/removal_watch.h"
#include "recoveryd/server_loop.h"
#include "recoveryd/server_measurer.h"
#include "recoveryd/service/accounts_database.h"
#include "recoveryd/state/known_server_key.h"
#include "recoveryd/state/notice_store.h"
#include "recoveryd/state/record_marks.h"
#include "recoveryd/upstream/server_directory.h"
#include "recoveryd/worker_link/card_worker_process.h"

namespace cardea::recoveryd {
namespace {

constexpr std::string_view kDefaultConfig = "/etc/cardea/recoveryd.conf";

// The signals are blocked everywhere and taken by one thread, so that no handler ever runs.
sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&set, signal);
  return set;
}

// The last line of a process goes by stderr: of a datagram whose sender has ended the journal can't say of
// which unit it is, and `journalctl -u` would not have the reason.
int complain(Log& log, const Failure& failure) {
  log.set_sink(nullptr);
  const bool damaged = failure.error == Error::corrupted;
  log.error("can't start",
            {{"error", error_name(failure.error)},
             {"detail", failure.detail},
             {"advice", damaged ? "Nothing was changed. Restore the file from a backup." : ""}});
  (void)::sd_notifyf(0, "STATUS=%s", failure.detail.c_str());
  return 1;
}

// Tests and packages may name another user; a worker of root without one would keep root's rights.
constexpr std::string_view kWorkerUser = "cardea-card";

worker::WorkerOptions worker_options(const Settings& settings, const std::string& worker_socket,
                                     const Log& log) {
  worker::WorkerOptions options;
  options.log = &log;
  options.socket = worker_socket;
  if (!worker_socket.empty()) return options;
  options.program = settings.worker;
  options.modules = settings.card_modules;
  options.opensc_conf = settings.opensc_conf;
  if (::geteuid() == 0) {
    if (uid_of(std::string(kWorkerUser)).has_value()) {
      options.user = kWorkerUser;
    } else {
      log.warning("the card worker keeps root's rights: there is no such user", {{"user", kWorkerUser}});
    }
  }
  options.environment = settings.worker_environment;
  return options;
}

struct Options {
  std::string config{kDefaultConfig};
  std::string worker_socket;
};

std::unique_ptr<SessionControl> session_control(const Settings& settings) {
  if (settings.removal_command.empty()) return std::make_unique<LogindSessions>();
  return std::make_unique<RemovalCommand>(settings.removal_command);
}

int serve(const Settings& settings, const Options& options, Log& log) {
  SystemClock clock;
  SystemRandom random;
  // The lock before the socket: a daemon that is started a second time must not take the first one's socket
  // away.
  if (const auto officers = read_officer_list(settings.officers_file); !officers.ok())
    return complain(log, officers.failure());
  auto directory = StateDirectory::open(settings.state_dir);
  if (!directory.ok()) return complain(log, directory.failure());
  auto listener = listen_at(settings.socket);
  if (!listener.ok()) return complain(log, listener.failure());
  auto device = DeviceIdentity::load_or_create(*directory, random);
  if (!device.ok()) return complain(log, device.failure());
  AuditChain audit = AuditChain::open(*directory);
  if (!audit.trouble().empty()) {
    log.error(events::kAuditDamaged, {{"detail", audit.trouble()}});
    (void)audit.append(clock.now(), "audit-damaged", {{"detail", audit.trouble()}});
  }
  EnrolmentStore enrolments(*directory);
  ThrottleStore throttle(*directory);
  GateSwitch gate(*directory, [&] {
    log.warning(events::kGateFellBack, {});
    (void)audit.append(clock.now(), "gate-fell-back", {});
  });
  KeyringStore keyrings(*directory);
  NoticeStore notices(*directory);
  RecordMarkStore record_marks(*directory);
  LoginMemory memory;
  auto worker = worker::CardWorkerProcess::start(worker_options(settings, options.worker_socket, log));
  if (!worker.ok()) return complain(log, worker.failure());
  AccountsDatabase accounts(*directory, settings.accounts_db, {}, clock, random, log);
  KnownServerKey guest_key(*directory);
  Context context{settings, clock, random, log,      *device, enrolments,
                  throttle, gate,  audit,  **worker, memory,  [] {}};
  context.administrator = listener->administrator;
  context.accounts = &accounts;
  context.keyrings = &keyrings;
  context.notices = &notices;
  context.record_marks = &record_marks;
  context.guest_key = &guest_key;
  ServerDirectory servers(*directory, clock, random, log);
  context.servers = &servers;
  const auto refresh_accounts = [&] {
    if (const Status done = accounts.refresh(); !done.ok())
      log.error("accounts not published", {{"detail", done.failure().detail}});
  };
  Housekeeper housekeeper(context, refresh_accounts);
  context.contact_server_soon = [&housekeeper] { housekeeper.wake(); };
  ServerMeasurer measurer(context);
  const auto sessions = session_control(settings);
  RemovalWatch removal(context, *sessions);
  if (settings.removal != RemovalPolicy::ignore) context.removal = &removal;
  LoginService logins(context);
  Dispatcher dispatcher(context, logins);
  Operations operations(context);
  operations.add_to(dispatcher);
  const auto computer_language = text::language_of(text::wished_locale(std::getenv));
  ServerLoop loop(std::move(listener->socket), dispatcher, log, computer_language);

  std::thread signals([&] {
    const sigset_t set = handled_signals();
    for (int signal = 0; ::sigwait(&set, &signal) == 0;) {
      if (signal != SIGHUP) break;
      const auto again = load_settings(options.config);
      if (again.ok())
        log.set_level(again->log_level);
      else
        log.error("configuration not re-read", {{"detail", again.failure().detail}});
      housekeeper.wake();
    }
    (void)::sd_notify(0, "STOPPING=1");
    loop.stop();
  });
  housekeeper.start();
  measurer.start();
  if (context.removal != nullptr) removal.start();
  log.notice("ready", {{"socket", settings.socket}, {"computer_id", to_hex(device->computer_id)}});
  (void)::sd_notify(0, "READY=1");
  const Status done = loop.run();
  housekeeper.stop();
  measurer.stop();
  removal.stop();
  ::pthread_kill(signals.native_handle(), SIGTERM);
  signals.join();
  if (!done.ok()) return complain(log, done.failure());
  log.notice("stopped", {});
  return 0;
}

}  // namespace
}  // namespace cardea::recoveryd

int main(int argc, char** argv) {
  using namespace cardea;
  CLI::App app{"Cardea's recovery daemon: judges logins and keeps this computer's enrolments"};
  recoveryd::Options options;
  app.add_option("--config", options.config, "Configuration file")->capture_default_str();
  app.add_option("--worker-socket", options.worker_socket,
                 "Where systemd starts a card worker for each connection; without it the worker is a child");
  app.set_version_flag("--version", "cardea-recoveryd " CARDEA_VERSION);
  CLI11_PARSE(app, argc, argv);
  const auto journal = JournalSink::open(std::getenv("JOURNAL_STREAM"));
  Log log("cardea-recoveryd");
  log.set_sink(journal.get());
  const sigset_t set = recoveryd::handled_signals();
  (void)::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const auto settings = recoveryd::load_settings(options.config);
  if (!settings.ok()) return recoveryd::complain(log, settings.failure());
  log.set_level(settings->log_level);
  ::umask(0077);
  // Session keys and, for a moment, a typed access key are in this memory.
  const rlimit no_core{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  (void)::prctl(PR_SET_DUMPABLE, 0);
  try {
    return recoveryd::serve(*settings, options, log);
  } catch (const std::exception& problem) {
    log.set_sink(nullptr);
    log.error("ended by an exception", {{"what", problem.what()}});
    return 1;
  }
}

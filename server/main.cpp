// SPDX-License-Identifier: Apache-2.0
// cardea-server: command line, signals, and what systemd wants to hear.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>

#include "core/base/linux/hook.h"
#include "core/base/linux/journal_sink.h"
#include "core/base/secure_file.h"
#include "server/init_certificate.h"
#include "server/program.h"
#include "server/secret_files.h"
#include "server/store/migrate_store.h"

namespace {

using namespace cardea;
using namespace cardea::server;

constexpr char kUsage[] =
    "usage: cardea-server --config FILE [--check | --init-secrets] [--init-certificate HOST]\n"
    "       cardea-server --config FILE --migrate-store NEW | --show-region-key\n"
    "\n"
    "  --config FILE            server.conf\n"
    "  --check                  check configuration, secrets and database, then end\n"
    "  --init-secrets           make the secret files that are missing (mode 0400), then end\n"
    "  --init-certificate HOST  make a private authority and a certificate for HOST, then end\n"
    "  --migrate-store NEW      copy the store to that of NEW, another server.conf, compare each row, then "
    "end\n"
    "  --show-region-key        print this region's public relocation key, for [regions] of the others\n"
    "  --version, --help\n"
    "\n"
    "Signals: SIGTERM ends the server after the requests under way; SIGHUP re-reads the certificate and the\n"
    "log level.\n";

struct Options {
  std::string config;
  bool check = false;
  bool init_secrets = false;
  std::string init_certificate;
  std::string migrate_store;
  bool show_region_key = false;
};

std::optional<Options> parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const bool has_value = i + 1 < argc;
    if (option == "--check") {
      options.check = true;
    } else if (option == "--show-region-key") {
      options.show_region_key = true;
    } else if (option == "--init-secrets") {
      options.init_secrets = true;
    } else if (option == "--config" && has_value) {
      options.config = argv[++i];
    } else if (option == "--init-certificate" && has_value) {
      options.init_certificate = argv[++i];
    } else if (option == "--migrate-store" && has_value) {
      options.migrate_store = argv[++i];
    } else {
      return {};
    }
  }
  if (options.config.empty()) return {};
  return options;
}

int complain(const Failure& failure) {
  std::fprintf(stderr, "cardea-server: %s\n",
               failure.detail.empty() ? error_name(failure.error) : failure.detail.c_str());
  return 1;
}

int initialise(const Options& options, const ServerConfig& config) {
  SystemRandom random;
  if (options.init_secrets) {
    const auto made = init_secrets(config, random);
    if (!made.ok()) return complain(made.failure());
    for (const std::string& path : *made)
      std::printf("made %s\n", path.c_str());
  }
  if (!options.init_certificate.empty()) {
    const Status status = init_certificate(options.init_certificate, config.certificate, config.private_key);
    if (!status.ok()) return complain(status.failure());
    std::printf("made %s and %s\n", config.certificate.c_str(), config.private_key.c_str());
  }
  return 0;
}

int check(const ServerConfig& config) {
  const auto secrets = load_secrets(config);
  if (!secrets.ok()) return complain(secrets.failure());
  const auto region_keys = load_region_keys(config);
  if (!region_keys.ok()) return complain(region_keys.failure());
  const auto certificate = read_config_file(config.certificate);
  if (!certificate.ok()) return complain(certificate.failure());
  const auto key = read_secret_file(config.private_key);
  if (!key.ok()) return complain(key.failure());
  const auto tls = http::TlsContext::make(*certificate, *key);
  if (!tls.ok()) return complain(tls.failure());
  const auto portal = load_portal(config);
  if (!portal.ok()) return complain(portal.failure());
  if (!config.notify.program.empty()) {
    const Status program = check_hook(config.notify.program);
    if (!program.ok()) return complain(program.failure());
  }
  const Status database = check_store(config.store);
  if (!database.ok()) return complain(database.failure());
  std::printf("configuration, secrets and database are good\n");
  return 0;
}

int show_region_key(const ServerConfig& config) {
  const auto keys = load_region_keys(config);
  if (!keys.ok()) return complain(keys.failure());
  if (*keys == nullptr) return complain(fail(Error::config_invalid, "[secrets] has no relocation_key_file"));
  std::printf("%s\n", (*keys)->public_key().text().c_str());
  return 0;
}

int migrate(const Options& options, const ServerConfig& config) {
  const auto target = read_server_config(options.migrate_store);
  if (!target.ok()) return complain(target.failure());
  SystemRandom random;
  const auto copied = migrate_store(config.store, target->store, random);
  if (!copied.ok()) return complain(copied.failure());
  for (const auto& table : *copied)
    std::printf("%-12s %llu\n", table.name.c_str(), static_cast<unsigned long long>(table.rows));
  std::printf("all rows were copied and are the same\n");
  return 0;
}

// The three signals are waited for, never handled: no code runs inside a signal.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  (void)std::signal(SIGPIPE, SIG_IGN);
  return set;
}

void reload(const Options& options, Program& program, const Log& log) {
  (void)sd_notify(0, "RELOADING=1");
  const auto config = read_server_config(options.config);
  const Status status = config.ok() ? program.reload(*config) : Status(config.failure());
  if (status.ok()) {
    log.notice("re-read the certificate and the log level");
  } else {
    log.error("nothing was re-read", {{"detail", status.failure().detail}});
  }
  (void)sd_notify(0, "READY=1");
}

int run(const Options& options, const ServerConfig& config) {
  const sigset_t signals = block_signals();
  const auto journal = JournalSink::open(std::getenv("JOURNAL_STREAM"));
  Log log("cardea-server", config.log_level);
  log.set_sink(journal.get());
  auto program = Program::start(config, log);
  if (!program.ok()) return complain(program.failure());
  if (!config.port_file.empty()) {
    const std::string port = (*program)->address().substr((*program)->address().rfind(':') + 1) + "\n";
    const Status written = write_file_atomically(config.port_file, as_bytes(port), 0644);
    if (!written.ok()) return complain(written.failure());
  }
  log.notice("listening on " + (*program)->address());
  if (config.metrics_listen) log.notice("metrics on " + (*program)->metrics_address());
  (void)sd_notify(0, "READY=1");
  constexpr timespec kUpkeepInterval = {60, 0};
  for (;;) {
    (*program)->upkeep();
    (void)sd_notify(0, "WATCHDOG=1");
    const int signal = sigtimedwait(&signals, nullptr, &kUpkeepInterval);
    if (signal == SIGHUP) reload(options, **program, log);
    if (signal == SIGTERM || signal == SIGINT) break;
  }
  (void)sd_notify(0, "STOPPING=1");
  log.notice("stopping");
  (*program)->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help") return std::fputs(kUsage, stdout) < 0 ? 1 : 0;
  if (argc == 2 && std::string_view(argv[1]) == "--version")
    return std::puts("cardea-server " CARDEA_VERSION) < 0 ? 1 : 0;
  const auto options = parse_options(argc, argv);
  if (!options) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  // The memory of this process holds the OPRF seed and the session keys.
  const rlimit no_core = {0, 0};
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const auto config = read_server_config(options->config);
  if (!config.ok()) return complain(config.failure());
  if (options->init_secrets || !options->init_certificate.empty()) return initialise(*options, *config);
  if (options->check) return check(*config);
  if (options->show_region_key) return show_region_key(*config);
  if (!options->migrate_store.empty()) return migrate(*options, *config);
  return run(*options, *config);
}

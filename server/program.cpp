// SPDX-License-Identifier: Apache-2.0
#include "server/program.h"

#include <Poco/Net/NetSSL.h>

#include "core/base/linux/hook.h"
#include "core/base/secure_file.h"
#include "server/secret_files.h"

namespace cardea::server {
namespace {

// How long requests under way may take after SIGTERM; below systemd's default of 90 s.
constexpr std::int64_t kStopMillis = 10'000;
constexpr std::int64_t kMetricsStopMillis = 100;

struct TlsFiles {
  Bytes certificate;
  SecretBytes private_key;
};

Result<TlsFiles> read_tls_files(const ServerConfig& config) {
  TlsFiles files;
  TRY_ASSIGN(files.certificate, read_config_file(config.certificate));
  TRY_ASSIGN(files.private_key, read_secret_file(config.private_key));
  return files;
}

}  // namespace

Result<std::optional<http::PortalFiles>> load_portal(const ServerConfig& config) {
  if (config.portal.empty()) return std::optional<http::PortalFiles>{};
  auto portal = http::PortalFiles::load(config.portal);
  if (portal.ok()) return std::optional<http::PortalFiles>(std::move(portal).value());
  if (portal.error() == Error::not_found && !config.portal_named) return std::optional<http::PortalFiles>{};
  return fail(portal.error(), "portal: " + portal.failure().detail);
}

Result<std::unique_ptr<Program>> Program::start(const ServerConfig& config, Log& log) {
  Poco::Net::initializeSSL();
  TRY_ASSIGN(auto secrets, load_secrets(config));
  std::unique_ptr<Program> program(new Program(log, std::move(secrets)));
  TRY_ASSIGN(const TlsFiles files, read_tls_files(config));
  TRY_ASSIGN(program->tls_, http::TlsContext::make(files.certificate, files.private_key));
  TRY_ASSIGN(program->portal_, load_portal(config));
  TRY_ASSIGN(program->store_, open_store(config.store, program->random_));
  TRY_ASSIGN(program->region_keys_, load_region_keys(config));
  if (config.first_uid != 0) TRY(program->store_->reserve_unix_ids(config.first_uid, config.last_uid));
  TRY(program->serve(config));
  return program;
}

Status Program::serve(const ServerConfig& config) {
  http::install_error_counter(metrics_);
  TRY_ASSIGN(api_, http::Listener::bind(config.listen, tls_.get(), clock_, metrics_, config.limits,
                                        config.max_body));
  http::ServiceSettings settings;
  settings.authority =
      config.authority.empty() ? std::string(http::authority_of(api_->address())) : config.authority;
  settings.region = config.region;
  settings.registration_open = config.registration_open;
  settings.guesses_per_prefix = config.guesses_per_prefix;
  settings.guests.open_to = config.guests_open_to;
  settings.guests.statement_seconds = config.guest_statement_seconds;
  settings.regions = config.regions;
  settings.region_keys = region_keys_;
  for (const std::string& name : config.guest_groups) {
    TRY_ASSIGN(const std::uint32_t gid, store_->group_id(name));
    settings.guests.groups.push_back({name, gid});
  }
  settings.servers = config.servers;
  services_ =
      std::make_unique<http::Services>(*store_, secrets_, clock_, random_, metrics_, std::move(settings));
  if (portal_) portal_->connect_to(services_->servers.others("https://" + services_->settings.authority));
  router_ = std::make_unique<http::Router>(*services_, log_, portal_ ? &*portal_ : nullptr);
  TRY(router_->load_nonces());
  if (config.metrics_listen) {
    http::GuardLimits limits = config.limits;
    limits.threads = 4;
    limits.queue = 16;
    limits.proxies = {};
    TRY_ASSIGN(metrics_listener_,
               http::Listener::bind(*config.metrics_listen, nullptr, clock_, metrics_, limits, 0));
    metrics_sink_ = std::make_unique<http::MetricsSink>(
        metrics_, config.region, clock_.now(),
        [this, all = config.limits, tells = !config.notify.program.empty()] { return gauges(all, tells); });
    TRY(metrics_listener_->serve(*metrics_sink_));
  }
  if (portal_) log_.notice("the portal is served", {{"files", std::to_string(portal_->count())}});
  if (!config.regions.others.empty()) {
    TRY_ASSIGN(regions_, RegionLoop::start(*store_, secrets_, *region_keys_, services_->settings.regions,
                                           config.regions_ca_file, clock_, random_, log_));
  }
  if (!config.notify.program.empty()) {
    TRY(check_hook(config.notify.program));
    TRY_ASSIGN(notify_, NotifyLoop::start(config.notify, "https://" + services_->settings.authority, *store_,
                                          clock_, metrics_, log_));
  }
  return api_->serve(*router_);
}

http::MetricsSink::Gauges Program::gauges(const http::GuardLimits& limits, bool tells) const {
  http::MetricsSink::Gauges out;
  out.changes = store_->changes();
  out.commits = store_->commits();
  out.queued = api_->queued();
  out.threads = limits.threads;
  out.queue = limits.queue;
  out.certificate_ends = tls_->expires_at();
  const auto end = store_->audit_end();
  out.store_answers = end.ok();
  if (end.ok()) {
    out.audit_events = end->events;
    out.audit_time = end->time;
  }
  if (tells) {
    const auto outbox = store_->outbox_state();
    if (outbox.ok()) out.outbox = *outbox;
  }
  return out;
}

Status Program::reload(const ServerConfig& config) {
  log_.set_level(config.log_level);
  TRY_ASSIGN(const TlsFiles files, read_tls_files(config));
  return tls_->replace_identity(files.certificate, files.private_key);
}

void Program::upkeep() {
  const auto purged = store_->purge(clock_.now());
  if (!purged.ok()) {
    log_.warning("upkeep failed", {{"detail", purged.failure().detail}});
    return;
  }
  for (const UserId& user : purged->unreadable) {
    if (unreadable_.insert(user).second)
      log_.error("a user who did not come back can't be sent back: his forward is damaged",
                 {{"user", user.text()}});
  }
  for (const UserId& user : purged->erased)
    log_.notice("the data of a user who is in another region was removed", {{"user", user.text()}});
}

void Program::stop() {
  notify_.reset();
  if (regions_) regions_->request_stop();
  if (api_) api_->stop(kStopMillis);
  // Ends after one more request to another region, which may take longer than clients should wait.
  regions_.reset();
  if (metrics_listener_) metrics_listener_->stop(kMetricsStopMillis);
}

Program::~Program() {
  notify_.reset();
  regions_.reset();
  metrics_listener_.reset();
  api_.reset();
}

}  // namespace cardea::server

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/server_measurer.h"

#include "recoveryd/service/guest_service.h"
#include "recoveryd/upstream/server_link.h"

namespace cardea::recoveryd {
namespace {

// Whoever needs longer for /healthz counts as failed.
constexpr MonotonicMillis kMeasureMillis = 4'000;

// Takes /healthz for what it is, a measurement and no request of anybody.
class Measurement final : public upstream::ServerWatch {
 public:
  Measurement(ServerDirectory& directory, const ServerGroup& group) : directory_(directory), group_(group) {}
  void answered(const std::string& url, MonotonicMillis millis) override {
    directory_.measured(group_, url, millis);
  }
  void failed(const std::string& url) override { directory_.failed(group_, url); }

 private:
  ServerDirectory& directory_;
  const ServerGroup& group_;
};

}  // namespace

void ServerMeasurer::start() {
  thread_ = std::thread([this] { run(); });
}

void ServerMeasurer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ServerMeasurer::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void ServerMeasurer::run() {
  while (!is_stopping()) {
    try {
      measure_all();
    } catch (const std::exception& problem) {
      context_.log.error("measuring ended by an exception", {{"what", problem.what()}});
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(context_.settings.measure_seconds),
                      [this] { return stopping_; });
  }
}

void ServerMeasurer::measure_all() {
  const auto users = context_.enrolments.users();
  if (!users.ok() || context_.servers == nullptr) return;
  std::set<ServerGroup> groups;
  for (const std::string& user : *users) {
    const auto record = context_.enrolments.load(user);
    if (record.ok() && !record->servers.empty() && !record->checkpoint_key.empty())
      groups.insert(server_group(*record));
  }
  const ServerGroup guests = GuestService(context_).servers();
  if (context_.settings.guests && !guests.key.empty()) groups.insert(guests);
  context_.servers->keep_only(groups);
  for (const ServerGroup& group : groups) {
    for (const std::string& url : context_.servers->to_measure(group)) {
      if (is_stopping()) return;
      measure(group, url);
    }
  }
}

void ServerMeasurer::measure(const ServerGroup& group, const std::string& url) {
  Measurement watch(*context_.servers, group);
  upstream::PocoTransportSettings settings;
  settings.urls = {url};
  settings.ca_file = context_.settings.ca_file;
  settings.total_millis = settings.connect_millis = kMeasureMillis;
  settings.watch = &watch;
  const auto transport = upstream::PocoTransport::create(settings, context_.clock);
  if (!transport.ok()) return;
  upstream::HttpRequest request;
  request.method = "HEAD";
  request.path = "/healthz";
  (void)(*transport)->send(request);
}

}  // namespace cardea::recoveryd

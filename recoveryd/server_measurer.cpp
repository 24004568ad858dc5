// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/server_measurer.h"

#include "recoveryd/service/guest_service.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/server_probe.h"

namespace cardea::recoveryd {

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
  const auto millis = upstream::probe_server(url, {.ca_file = context_.settings.ca_file}, context_.clock);
  if (millis.ok()) {
    context_.servers->measured(group, url, *millis);
  } else if (millis.error() != Error::config_invalid) {
    context_.servers->failed(group, url);
  }
}

}  // namespace cardea::recoveryd

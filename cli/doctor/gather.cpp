// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/gather.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"

namespace cardea::cli::doctor {
namespace {

// The daemon of a large desk has a handful; a doctor that asks thousands helps nobody.
constexpr std::size_t kMostUsers = 32;
constexpr std::size_t kMostServers = 8;

bool is_about_the_daemon(Error error) {
  return error == Error::service_unreachable || error == Error::peer_closed ||
         error == Error::peer_not_trusted || error == Error::timeout;
}

std::vector<std::string> enrolled_users(const System& system, const std::string& state_dir) {
  constexpr std::string_view kEnding = ".enrolment";
  std::vector<std::string> users;
  const auto names = system.list(state_dir + "/users");
  if (!names.ok()) return users;
  for (const std::string& name : *names) {
    if (!name.ends_with(kEnding) || users.size() == kMostUsers) continue;
    const std::string user = name.substr(0, name.size() - kEnding.size());
    if (is_account_name(user)) users.push_back(user);
  }
  return users;
}

std::optional<api::Json> parsed(const Result<std::string>& answer) {
  if (!answer.ok()) return std::nullopt;
  auto json = api::Json::parse(*answer);
  return json.ok() ? std::optional<api::Json>(std::move(json).value()) : std::nullopt;
}

std::vector<std::string> servers_of(const UserFacts& user) {
  std::vector<std::string> urls;
  const api::Json* list = member(user.status, {"enrolment", "servers"});
  if (list == nullptr || list->array() == nullptr) return urls;
  for (const api::Json& url : *list->array())
    urls.push_back(text_of(&url));
  return urls;
}

class Gatherer {
 public:
  Gatherer(const System& system, const Wanted& wanted, const Sources& sources)
      : system_(system), wanted_(wanted), sources_(sources) {}

  Facts run() {
    read_configuration();
    for (const std::string& name : names()) {
      UserFacts user{name, {}, {}, {}, false, {}};
      ask_about(user);
      facts_.users.push_back(std::move(user));
      if (facts_.daemon_failure.has_value()) break;  // the next ones would hear the same
    }
    look_at_servers();
    return std::move(facts_);
  }

 private:
  void read_configuration() {
    facts_.config_path = wanted_.config_path;
    auto settings = recoveryd::load_settings(system_.at(wanted_.config_path));
    if (settings.ok())
      facts_.settings = std::move(settings).value();
    else
      facts_.config_failure = settings.failure();
    if (!wanted_.socket.empty()) facts_.settings.socket = wanted_.socket;
  }

  [[nodiscard]] std::vector<std::string> names() const {
    if (!wanted_.user.empty()) return {wanted_.user};
    if (system_.sees_everything()) {
      if (auto users = enrolled_users(system_, facts_.settings.state_dir); !users.empty()) return users;
    }
    return {wanted_.own_name};
  }

  void ask_about(UserFacts& user) {
    const auto status = sources_.ask("status", user.name);
    if (!status.ok()) {
      if (is_about_the_daemon(status.error())) {
        facts_.daemon_failure = status.failure();
        return;
      }
      user.refused = status.failure().detail;
    }
    facts_.daemon_answers = true;
    user.status = parsed(status);
    user.gate = parsed(sources_.ask("gate.status", user.name));
    if (servers_of(user).empty()) return;
    user.contact_tried = true;
    if (const auto contact = sources_.ask("access-key.check", user.name); !contact.ok())
      user.contact = contact.failure();
  }

  void look_at_servers() {
    // Without the configuration it is not known whose certificates are trusted.
    if (facts_.config_failure.has_value() && facts_.config_failure->error != Error::not_found) return;
    std::set<std::string> urls(facts_.settings.server_urls.begin(), facts_.settings.server_urls.end());
    for (const UserFacts& user : facts_.users) {
      for (const std::string& url : servers_of(user))
        urls.insert(url);
    }
    for (const std::string& url : urls) {
      if (facts_.servers.size() == kMostServers) return;
      facts_.servers.push_back(sources_.look_at_server(url, facts_.settings.ca_file));
    }
  }

  const System& system_;
  const Wanted& wanted_;
  const Sources& sources_;
  Facts facts_;
};

}  // namespace

Facts gather_facts(const System& system, const Wanted& wanted, const Sources& sources) {
  return Gatherer(system, wanted, sources).run();
}

}  // namespace cardea::cli::doctor

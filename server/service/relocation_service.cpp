// SPDX-License-Identifier: Apache-2.0
#include "server/service/relocation_service.h"

#include "server/service/relocation_rule.h"

namespace cardea::server {
namespace {

constexpr std::size_t kUsersAtOnce = 200;

// A failure that only says that somebody else was faster.
bool was_overtaken(Error error) { return error == Error::precondition_failed || error == Error::timeout; }

}  // namespace

std::string RelocationService::region_of_day(std::string_view nearest) const {
  if (policy_.others.empty()) return {};
  return policy_.others.contains(nearest) ? std::string(nearest) : policy_.here;
}

Status RelocationService::record_days(const Caller& caller, bool on) {
  if (!caller.session) return Error::permission_denied;
  return store_.record_days(caller.session->user, on);
}

Result<Home> RelocationService::answer(Home from, Home to, const std::string& word, const Caller& caller,
                                       UnixSeconds now) {
  HomeChange change{from.state, from.epoch, std::move(to), {}, 0};
  const std::string& region = word == "move" ? change.to.region : from.region;
  change.audit = {"relocation-answered",
                  api::Json::Object{{"answer", word}, {"to", region}, {"from", caller.prefix}}};
  return store_.change_home(change, now);
}

Result<Home> RelocationService::move(const Caller& caller, const std::string& to, UnixSeconds now) {
  if (!caller.session) return Error::permission_denied;
  TRY_ASSIGN(const bool off, policies_.is(Policy::relocation, "off"));
  if (off) return fail(Error::state_forbidden, "users are not moved between these regions");
  if (!policy_.others.contains(to)) return fail(Error::not_found, "no such region");
  TRY_ASSIGN(const Home home, store_.home(caller.session->user));
  if (home.state == HomeState::agreed && home.region == to) return home;
  if (home.state != HomeState::here && home.state != HomeState::asked)
    return fail(Error::state_forbidden, "the account is on its way already");
  Home agreed = home;
  agreed.state = HomeState::agreed;
  agreed.region = to;
  agreed.not_before = now;
  agreed.attempts = 0;
  return answer(home, std::move(agreed), "move", caller, now);
}

Result<Home> RelocationService::stay(const Caller& caller, UnixSeconds now) {
  if (!caller.session) return Error::permission_denied;
  TRY_ASSIGN(const Home home, store_.home(caller.session->user));
  if (home.state == HomeState::here) return home;
  if (home.state != HomeState::asked && home.state != HomeState::agreed)
    return fail(Error::state_forbidden, "the account is on its way already");
  Home here = home;
  here.state = HomeState::here;
  here.region.clear();
  here.quiet_until = now + kQuietDays * kSecondsPerDay;
  return answer(home, std::move(here), "stay", caller, now);
}

Result<bool> RelocationService::propose_to(const UserId& user, bool ask, UnixSeconds now) {
  TRY_ASSIGN(const Home home, store_.home(user));
  RuleInput input;
  input.home = policy_.here;
  input.today = now / kSecondsPerDay;
  input.quiet_until = (home.quiet_until + kSecondsPerDay - 1) / kSecondsPerDay;
  TRY_ASSIGN(input.days, store_.work_days(user, 0));
  const auto region = region_to_propose(input);
  if (!region || !policy_.others.contains(*region)) return false;
  HomeChange change{home.state, home.epoch, home, {}, 0};
  change.to.state = ask ? HomeState::asked : HomeState::agreed;
  change.to.region = *region;
  change.to.not_before = now;
  change.audit = {"relocation-asked", api::Json::Object{{"to", *region}}};
  const auto done = store_.change_home(change, now);
  if (!done.ok() && !was_overtaken(done.error())) return done.failure();
  return done.ok();
}

Result<std::size_t> RelocationService::propose(UnixSeconds now, const std::stop_token& stop) {
  TRY_ASSIGN(const std::string policy, policies_.text(Policy::relocation));
  if (policy == "off") return std::size_t{0};
  const std::int64_t since = now / kSecondsPerDay - kRuleWindowDays + 1;
  constexpr std::uint64_t kAway = kRuleMinActiveDays * kRulePercent / 100;
  std::size_t asked = 0;
  UserId after;
  for (;;) {
    TRY_ASSIGN(const auto users, store_.roaming_users(policy_.here, since, kAway, after, kUsersAtOnce));
    for (const UserId& user : users) {
      if (stop.stop_requested()) return asked;
      TRY_ASSIGN(const bool done, propose_to(user, policy == "ask", now));
      asked += done ? 1 : 0;
    }
    if (users.size() < kUsersAtOnce) return asked;
    after = users.back();
  }
}

}  // namespace cardea::server

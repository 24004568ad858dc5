// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/region_service.h"

#include <algorithm>

#include "recoveryd/service/home_follow.h"
#include "recoveryd/service/nearest_region.h"
#include "recoveryd/service/opened_card.h"

namespace cardea::recoveryd {
namespace {

using text::tr;
using text::Voice;
using upstream::HomeRegion;

JsonObject json_of(const HomeRegion& home) {
  JsonObject json;
  json.set("region", home.region).set("state", home.state).set("record_days", home.record_days);
  if (!home.to.empty()) json.set("to", home.to);
  if (home.asked_at != 0) json.set("asked_at", home.asked_at);
  JsonArray others;
  for (const upstream::OtherRegion& other : home.others) {
    JsonObject one;
    one.set("region", other.region).set("url", other.url);
    others.push_back(std::move(one).json());
  }
  json.set("others", std::move(others));
  return json;
}

std::string say(const Voice& voice, const HomeRegion& home) {
  if (home.others.empty()) return voice.speak("There is only one region.");
  std::string out = voice.speak("Home region: %1.", {home.region});
  if (home.asked_at != 0) {
    out += " " + voice.speak(
                     "For a month you have mostly worked in the region %1. Shall your account move "
                     "there? Answer by “cardea server move --yes” or “cardea server move --no”.",
                     {home.to});
  } else if (!home.to.empty()) {
    out += " " + voice.speak("Your account is about to move to the region %1.", {home.to});
  }
  return out;
}

std::string names_of(const HomeRegion& home) {
  std::string names;
  for (const upstream::OtherRegion& other : home.others)
    names.append(names.empty() ? "" : ", ").append(other.region);
  return names;
}

// Where to: what was named, or else what he is asked.
Result<std::string> destination(Conversation& client, const OperationRequest& request,
                                const HomeRegion& home) {
  std::string to = request.argument("region");
  if (to.empty()) to = home.asked_at != 0 ? home.to : std::string();
  if (to.empty())
    return client.voice().refuse(Error::invalid_argument, "Name the region to move to: %1.",
                                 {names_of(home)});
  const bool known = std::ranges::any_of(
      home.others, [&](const upstream::OtherRegion& other) { return other.region == to; });
  if (!known)
    return client.voice().refuse(Error::not_found, "There is no region %1 to move to. There are: %2.",
                                 {to, names_of(home)});
  return to;
}

// What he answers: the region to move to, or none to stay.
Result<std::string> decide(Conversation& client, const OperationRequest& request, const HomeRegion& home) {
  const bool yes = request.argument("yes") == "yes", no = request.argument("no") == "yes";
  if (yes && no) return fail(Error::invalid_argument, tr("Say --yes or --no, not both."));
  if (no) return std::string();
  TRY_ASSIGN(std::string to, destination(client, request, home));
  if (yes) return to;
  TRY(client.say(wire::SayLevel::information,
                 client.voice().speak("Your account moves to the region %1 with all it has. For a moment "
                                      "nothing can be changed; cards and access keys open as before.",
                                      {to})));
  TRY_ASSIGN(const bool agreed, client.confirm("move", tr("Move? [y/N] ")));
  if (!agreed) return fail(Error::cancelled, tr("Nothing was changed."));
  return to;
}

}  // namespace

std::string RegionService::look(ServerLink& server, const login::EnrolmentRecord& record) {
  const auto home = upstream::get_home_region(server.client(), server.device(), api::UserId(record.user_id));
  if (!home.ok()) return {};
  context_.memory.homes.learned(record.local_user, *home);
  if (!home->record_days || home->others.empty()) return {};
  return measure_nearest_region(context_, "https://" + server.client().authority(), *home);
}

RegionStatus RegionService::status(const std::string& user, const Voice& voice) const {
  const auto home = context_.memory.homes.find(user);
  if (!home || home->others.empty()) return {};
  return {say(voice, *home), json_of(*home)};
}

Result<OperationOutcome> RegionService::show(Conversation& client, const std::string& user) {
  HomeRegion home;
  TRY(at_home(context_, user, [&](ServerLink& server) -> Status {
    TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
    TRY_ASSIGN(home,
               upstream::get_home_region(server.client(), server.device(), api::UserId(record.user_id)));
    return {};
  }));
  context_.memory.homes.learned(user, home);
  std::string message = say(client.voice(), home);
  if (!home.others.empty()) {
    message += "\n" + client.voice().speak("Others: %1.", {names_of(home)}) + "\n" +
               client.voice().speak(home.record_days ? tr("The region you work in is recorded each day.")
                                                     : tr("The region you work in is not recorded."));
  }
  return OperationOutcome{std::move(message), json_of(home).text()};
}

Result<OperationOutcome> RegionService::days(Conversation& client, const OperationRequest& request,
                                             const std::string& user) {
  const bool on = request.argument("state") == "on";
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY(card->connect());
  TRY(upstream::record_days(card->server(), card->session(), on));
  context_.contact_server_soon();
  JsonObject json;
  json.set("record_days", on);
  return OperationOutcome{on ? tr("From now on the server notes, once a day, which region you work in. After "
                                  "a month elsewhere you are asked whether your account shall move there.")
                             : tr("The server has forgotten in which regions you worked, and notes no more."),
                          std::move(json).text()};
}

Result<OperationOutcome> RegionService::move(Conversation& client, const OperationRequest& request,
                                             const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY(card->connect());
  TRY_ASSIGN(HomeRegion home, upstream::get_home_region(card->server(), card->session(), std::nullopt));
  TRY_ASSIGN(const std::string to, decide(client, request, home));
  TRY_ASSIGN(home, upstream::answer_relocation(card->server(), card->session(), to));
  context_.memory.homes.learned(user, home);
  std::string message = to.empty()
                            ? client.voice().speak("Your account stays in the region %1.", {home.region})
                            : client.voice().speak("Your account is about to move to the region %1.", {to});
  return OperationOutcome{std::move(message), json_of(home).text()};
}

}  // namespace cardea::recoveryd

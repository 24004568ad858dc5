// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/server_status.h"

#include <cmath>

#include "recoveryd/upstream/server_link.h"

namespace cardea::recoveryd {
namespace {

using text::tr;
using text::Voice;
using upstream::ChoiceReason;

const char* name_of(ChoiceReason reason) {
  switch (reason) {
    case ChoiceReason::only_one:
      return "only-one";
    case ChoiceReason::unmeasured:
      return "unmeasured";
    case ChoiceReason::fastest:
      return "fastest";
    case ChoiceReason::others_down:
      return "others-down";
  }
  return "";
}

std::string_view explain(ChoiceReason reason) {
  switch (reason) {
    case ChoiceReason::only_one:
      return tr("it is the only one");
    case ChoiceReason::unmeasured:
      return tr("none has been measured yet");
    case ChoiceReason::fastest:
      return tr("none is clearly faster");
    case ChoiceReason::others_down:
      return tr("the others do not answer, or failed lately");
  }
  return "";
}

long long millis_of(double expected) { return std::llround(expected); }

std::string place_of(const ServerStanding& server) {
  return server.region.empty() ? server.measure.url : server.measure.url + " (" + server.region + ")";
}

std::string say_one(const Voice& voice, const ServerStanding& server) {
  const std::string place = place_of(server);
  if (!server.measure.answering) return voice.speak("%1, does not answer", {place});
  if (!server.expected_millis) return voice.speak("%1, not measured", {place});
  return voice.speak("%1, %2 ms", {place, std::to_string(millis_of(*server.expected_millis))});
}

std::string say_all(const Voice& voice, const GroupStanding& standing) {
  std::string in_use, others;
  for (const ServerStanding& server : standing.servers) {
    if (server.in_use) {
      in_use = say_one(voice, server);
    } else {
      others.append(others.empty() ? "" : "; ").append(say_one(voice, server));
    }
  }
  std::string out =
      in_use.empty() ? "" : voice.speak("Server: %1; %2.", {in_use, voice.word(explain(standing.reason))});
  if (!others.empty()) out.append(out.empty() ? "" : " ").append(voice.speak("Others: %1.", {others}));
  return out;
}

api::Json json_of(const ServerStanding& server, MonotonicMillis now) {
  JsonObject json;
  json.set("url", server.measure.url).set("region", server.region).set("in_use", server.in_use);
  json.set("listed", server.measure.listed).set("answering", server.measure.answering);
  if (server.expected_millis)
    json.set("millis", static_cast<std::int64_t>(millis_of(*server.expected_millis)));
  json.set("failures", server.measure.failures);
  const MonotonicMillis pause = server.measure.answering ? 0 : server.measure.paused_until - now;
  if (pause > 0) json.set("paused_seconds", (pause + 999) / 1000);
  return std::move(json).json();
}

}  // namespace

ServerStatus server_status(const Context& context, const login::EnrolmentRecord& record, const Voice& voice) {
  ServerStatus out;
  if (context.servers == nullptr || record.servers.empty()) return out;
  const GroupStanding standing = context.servers->standing(server_group(record));
  const MonotonicMillis now = context.clock.monotonic();
  JsonArray servers;
  for (const ServerStanding& server : standing.servers)
    servers.push_back(json_of(server, now));
  out.json.set("reason", name_of(standing.reason));
  out.json.set("list_version", static_cast<std::int64_t>(standing.list_version));
  out.json.set("servers", std::move(servers));
  out.message = say_all(voice, standing);
  return out;
}

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/gate_service.h"

#include "core/base/text.h"
#include "recoveryd/json.h"

namespace cardea::recoveryd {
namespace {

using text::tr;

// A rehearsal that is older does not show that the way in still works.
constexpr std::int64_t kRehearsalValidSeconds = 30LL * 24 * 3600;
constexpr std::int64_t kLongestProbationSeconds = 24 * 3600;

bool valid(UnixSeconds done, UnixSeconds now) { return done != 0 && now - done <= kRehearsalValidSeconds; }

std::string missing_rehearsals(text::Language language, const login::Rehearsals& done, UnixSeconds now) {
  std::string missing;
  const auto add = [&](bool present, std::string_view name) {
    if (!present) missing.append(missing.empty() ? "" : ", ").append(text::translate(language, name));
  };
  add(valid(done.card, now), tr("card login"));
  add(valid(done.access_key, now), tr("access-key login"));
  add(valid(done.break_glass, now), tr("the administrator's break-glass"));
  return missing;
}

}  // namespace

Result<OperationOutcome> GateService::on(Conversation& client, const OperationRequest& request,
                                         const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  const UnixSeconds now = context_.clock.now();
  if (!missing_rehearsals(text::kEnglish, record.rehearsals, now).empty()) {
    return client.voice().refuse_with(Error::rehearsal_missing, [&](text::Language language) {
      return text::spoken(language,
                          "Not yet rehearsed on this computer: %1. Run “cardea gate rehearse” first.",
                          {missing_rehearsals(language, record.rehearsals, now)});
    });
  }
  std::int64_t probation = 0;
  if (const std::string wanted = request.argument("confirm-within"); !wanted.empty()) {
    const auto seconds = parse_decimal(wanted);
    if (!seconds.has_value() || *seconds == 0 || *seconds > kLongestProbationSeconds) {
      return fail(Error::invalid_argument, "confirm-within is a number of seconds up to one day");
    }
    probation = static_cast<std::int64_t>(*seconds);
  }
  TRY(context_.gate.write(GateState{true, probation == 0 ? 0 : now + probation, now}));
  (void)context_.audit.append(now, "gate-on", {{"user", user}, {"confirm_within", probation}});
  JsonObject json;
  json.set("gate", "card_required");
  json.set("confirm_until", probation == 0 ? std::int64_t{0} : now + probation);
  std::string message = client.voice().speak("Secure mode is on.");
  if (probation > 0) {
    message += " " + client.voice().speak("It falls back in %1 unless you run “cardea gate on --confirm”.",
                                          {format_wait(probation)});
  }
  return OperationOutcome{message, std::move(json).text()};
}

Result<OperationOutcome> GateService::off() {
  if (context_.settings.force_card_required) {
    return fail(Error::state_forbidden,
                text::tr("The configuration says gate = card_required. Change it there."));
  }
  TRY(context_.gate.write(GateState{}));
  (void)context_.audit.append(context_.clock.now(), "gate-off", {});
  return OperationOutcome{text::tr("Secure mode is off."), R"({"gate":"off"})"};
}

Result<OperationOutcome> GateService::confirm() {
  TRY_ASSIGN(GateState state, context_.gate.read(context_.clock.now()));
  if (!state.card_required)
    return fail(Error::gate_off, text::tr("Secure mode is off; there is nothing to confirm."));
  state.confirm_until = 0;
  TRY(context_.gate.write(state));
  (void)context_.audit.append(context_.clock.now(), "gate-confirmed", {});
  return OperationOutcome{text::tr("Secure mode stays on."), R"({"gate":"card_required","confirm_until":0})"};
}

Result<OperationOutcome> GateService::status(Conversation& client, const std::string& user) {
  const UnixSeconds now = context_.clock.now();
  TRY_ASSIGN(const GateState state, context_.gate.read(now));
  JsonObject json;
  const bool on = state.card_required || context_.settings.force_card_required;
  json.set("gate", on ? "card_required" : "off");
  json.set("confirm_until", state.confirm_until);
  const text::Voice& voice = client.voice();
  std::string message = on ? voice.speak("Secure mode is on.") : voice.speak("Secure mode is off.");
  if (const auto record = context_.enrolments.load(user); record.ok()) {
    JsonObject done;
    done.set("card", record->rehearsals.card);
    done.set("access_key", record->rehearsals.access_key);
    done.set("break_glass", record->rehearsals.break_glass);
    json.set("rehearsals", std::move(done).json());
    if (const std::string missing = missing_rehearsals(voice.language(), record->rehearsals, now);
        !missing.empty())
      message += " " + voice.speak("Not rehearsed: %1.", {missing});
  }
  return OperationOutcome{message, std::move(json).text()};
}

Result<OperationOutcome> GateService::rehearse(Conversation& client, const OperationRequest& request,
                                               const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord before, context_.enrolments.load(user));
  const std::string step = request.argument("step");
  if (step == "break-glass") return rehearse_break_glass(client, request.argument("admin"), user);
  if (step != "card" && step != "access-key") return fail(Error::invalid_argument, "unknown rehearsal step");
  // The utility runs a real login through PAM while this conversation stays open; the daemon itself sees what
  // came of it.
  context_.memory.begin_rehearsal(user);
  const auto answer = client.ask_text("rehearsal", "", "", wire::kMayBeEmpty);
  const auto grant = context_.memory.end_rehearsal();
  if (!answer.ok()) return answer.failure();
  if (!grant.has_value() || grant->by_access_key != (step == "access-key")) {
    return fail(Error::rehearsal_missing, step == "card" ? text::tr("No login with the card was seen.")
                                                         : text::tr("No login with an access key was seen."));
  }
  TRY(context_.enrolments.update(user, [&](login::EnrolmentRecord& record) -> Status {
    (step == "card" ? record.rehearsals.card : record.rehearsals.access_key) = grant->at;
    return {};
  }));
  (void)context_.audit.append(grant->at, "rehearsed", {{"user", user}, {"step", step}});
  return OperationOutcome{
      step == "card" ? text::tr("Card login rehearsed.") : text::tr("Access-key login rehearsed."),
      R"({"step":")" + step + R"("})"};
}

Result<OperationOutcome> GateService::rehearse_break_glass(Conversation& client, const std::string& admin,
                                                           const std::string& user) {
  const auto record = context_.enrolments.load(admin);
  if (record.ok())
    return fail(Error::invalid_argument, text::tr("The break-glass account must not itself need a card."));
  if (record.error() != Error::not_enrolled) return record.failure();
  if (context_.in_break_glass_group(admin) == std::optional(false)) {
    return client.voice().refuse(
        Error::invalid_argument,
        "%1 is not in the group cardea-breakglass. Run “gpasswd --add %1 cardea-breakglass”.", {admin});
  }
  // The utility runs the login through PAM. Meanwhile the daemon counts as stopped for this account: what
  // lets it in then will also do so on the day on which the daemon is.
  context_.memory.begin_break_glass(admin);
  const auto outcome = client.ask_text("rehearsal", "", "", wire::kMayBeEmpty);
  const bool asked = context_.memory.end_break_glass();
  if (!outcome.ok()) return outcome.failure();
  if (*outcome != "passed")
    return fail(Error::rehearsal_missing, text::tr("The administrator's break-glass login did not work."));
  if (!asked) {
    return fail(
        Error::rehearsal_missing,
        text::tr("The login did not ask the card service, so it shows nothing about the services that do. "
                 "Choose one that does with --service."));
  }
  const UnixSeconds now = context_.clock.now();
  TRY(context_.enrolments.update(user, [&](login::EnrolmentRecord& changed) -> Status {
    changed.rehearsals.break_glass = now;
    return {};
  }));
  (void)context_.audit.append(now, "rehearsed", {{"user", user}, {"step", "break-glass"}, {"admin", admin}});
  return OperationOutcome{text::tr("Break-glass rehearsed."), R"({"step":"break-glass"})"};
}

}  // namespace cardea::recoveryd

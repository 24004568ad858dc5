// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/gate_check.h"

#include <algorithm>

#include "cli/doctor/account_files.h"
#include "cli/doctor/pam_models.h"
#include "core/base/text.h"

namespace cardea::cli::doctor {
namespace {

using text::tr;

// As recoveryd/service/gate_service.
constexpr std::int64_t kRehearsalValidSeconds = 30LL * 24 * 3600;

void check_rehearsals(const UserFacts& user, UnixSeconds now, bool on, Findings& findings) {
  if (user.gate->find("rehearsals") == nullptr) return;
  static constexpr std::pair<const char*, const char*> kSteps[] = {
      {"card", tr("card login")},
      {"access_key", tr("access-key login")},
      {"break_glass", tr("the administrator's break-glass")}};
  std::string missing;
  for (const auto& [name, words] : kSteps) {
    const std::int64_t done = number_of(member(user.gate, {"rehearsals", name}));
    if (done != 0 && now - done <= kRehearsalValidSeconds) continue;
    missing += (missing.empty() ? "" : ", ") + findings.speak(words);
  }
  if (missing.empty()) return;
  findings.add("not-rehearsed", Level::note,
               on ? findings.speak("Not rehearsed for %1 in the last 30 days: %2.", {user.name, missing})
                  : findings.speak("Not rehearsed for %1, so secure mode can't be switched on: %2.",
                                   {user.name, missing}),
               findings.speak("Run “cardea gate rehearse --user %1 --admin YOU”.", {user.name}));
}

void check_mode(const Case& patient, Findings& findings) {
  const UnixSeconds now = patient.system.clock.now();
  // A switch that the daemon does not trust because of its mode is not to be removed but given its mode back.
  bool told = findings.find("file-mode") != nullptr || findings.find("file-owner") != nullptr;
  for (const UserFacts& user : patient.facts.users) {
    if (!told && text_of(member(user.status, {"gate"})) == "damaged") {
      findings.problem(
          "gate-damaged", findings.speak("The switch of secure mode is damaged: enrolled users are refused."),
          findings.speak("As root remove “gate” from the state directory and switch secure mode on again."));
      told = true;
    }
    const std::int64_t until = number_of(member(user.gate, {"confirm_until"}));
    if (until > now && findings.find("probation") == nullptr) {
      findings.warn("probation",
                    findings.speak("Secure mode is on probation: it ends in %1.", {format_wait(until - now)}),
                    findings.speak("If all is well: “cardea gate on --confirm”."));
    }
    if (user.gate.has_value()) check_rehearsals(user, now, patient.facts.gate_is_on(), findings);
  }
  if (!told && patient.facts.daemon_answers && !patient.facts.gate_is_on())
    findings.note("gate-off", findings.speak("Secure mode is off: nobody is asked for a card."));
}

bool is_enrolled(const Facts& facts, const std::string& name) {
  return std::any_of(facts.users.begin(), facts.users.end(), [&](const UserFacts& user) {
    return user.name == name && member(user.status, {"enrolment"}) != nullptr;
  });
}

void check_break_glass(const Case& patient, Findings& findings) {
  const AccountFiles accounts = AccountFiles::read(patient.system);
  const std::string group(kBreakGlassGroup);
  const auto members = accounts.members_of(group);
  const char* const mend =
      tr("Run “gpasswd --add YOU %1” for an administrator who is not enrolled and has a password.");
  const Level level = patient.facts.gate_is_on() ? Level::problem : Level::note;
  if (!members.has_value()) {
    findings.add(
        "break-glass-group-missing", level, findings.speak("There is no group %1.", {group}),
        findings.speak("Make it: “groupadd --system %1”, and put an administrator into it.", {group}));
    return;
  }
  bool usable = false, unseen = false;
  for (const std::string& name : *members) {
    if (is_enrolled(patient.facts, name)) {
      findings.warn(
          "break-glass-enrolled",
          findings.speak(
              "%1 is enrolled and in the group %2: stopping the card service opens without his card.",
              {name, group}),
          findings.speak("Take him out: “gpasswd --delete %1 %2”.", {name, group}));
      continue;
    }
    const PasswordState state = accounts.password_of(name, patient.system.clock.now());
    usable = usable || state == PasswordState::usable;
    unseen = unseen || state == PasswordState::unseen;
  }
  if (usable) return;
  if (unseen) {
    findings.note(
        "break-glass-unseen",
        findings.speak("Whether the group %1 has a usable Unix password can only be seen by root.", {group}),
        findings.speak("Run “cardea doctor” as root."));
    return;
  }
  findings.add(
      "break-glass-nobody", level,
      findings.speak("Nobody in the group %1 can log in with a Unix password when the card service fails.",
                     {group}),
      findings.speak(mend, {group}));
}

}  // namespace

void check_gate(const Case& patient, Findings& findings) {
  check_mode(patient, findings);
  check_break_glass(patient, findings);
}

void check_tpm(const Case& patient, Findings& findings) {
  const auto names = patient.system.list("/sys/class/tpm");
  const bool there = names.ok() && !names->empty();
  findings.note(there ? "tpm" : "no-tpm", there
                                              ? findings.speak("This computer has a TPM.")
                                              : findings.speak("This computer has no TPM; none is needed."));
}

}  // namespace cardea::cli::doctor

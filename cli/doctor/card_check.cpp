// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/card_check.h"

#include "core/base/text.h"

namespace cardea::cli::doctor {
namespace {

constexpr const char* kModuleConfigs = "/usr/share/p11-kit/modules/";

// As core/card resolves it; empty when the name leads to no file.
std::string module_file(const System& system, const std::string& name) {
  if (name.starts_with('/')) return name;
  if (name.find('/') != std::string::npos) return {};
  const auto text = system.read(kModuleConfigs + name + ".module", 16 * 1024);
  if (!text.ok()) return {};
  for (const std::string& line : split(*text, '\n')) {
    const std::string_view trimmed = trim(line);
    if (!trimmed.starts_with("module:")) continue;
    const std::string file(trim(trimmed.substr(7)));
    return file.starts_with('/') ? file : CARDEA_P11_MODULE_PATH "/" + file;
  }
  return {};
}

void check_card_in_reader(const UserFacts& user, const api::Json& card, Findings& findings) {
  const std::string label = text_of(card.find("label"));
  const std::string pin = text_of(card.find("pin"));
  const std::string state = text_of(card.find("state"));
  if (const std::string trouble = text_of(card.find("problem")); !trouble.empty()) {
    findings.problem("card-unusable", findings.speak("A card in the reader can't be used: %1.", {trouble}),
                     findings.speak("Clean it, insert it again, or try another reader."));
    return;
  }
  if (state == "foreign" || state == "new") {
    findings.note("card-foreign", findings.speak("“%1” is not a card enrolled for %2.", {label, user.name}));
    return;
  }
  if (state == "suspended") {
    findings.problem("card-suspended", findings.speak("“%1” is suspended.", {label}),
                     findings.speak("Resume it: “cardea card resume”."));
  } else if (state == "revoked") {
    findings.problem("card-revoked", findings.speak("“%1” has been replaced or reported lost.", {label}),
                     findings.speak("Use the new card, or make one: “cardea card replace”."));
  } else if (state == "announced") {
    findings.warn("card-announced",
                  findings.speak("“%1” takes over when the server has confirmed it.", {label}),
                  findings.speak("Connect this computer and run “cardea access-key check”."));
  }
  const std::int64_t tries = number_of(card.find("tries_left"), -1);
  if (pin == "locked") {
    findings.problem(
        "pin-locked", findings.speak("“%1” is locked after too many wrong PINs.", {label}),
        findings.speak("Unlock it with its PUK: “cardea card unblock”. Until then an access key opens."));
  } else if (pin == "last-try") {
    findings.warn("pin-last-try", findings.speak("“%1” has only one PIN try left.", {label}),
                  findings.speak("Type the right PIN once, at a console or login screen."));
  } else if (pin == "low") {
    findings.note("pin-low", tries >= 0 ? findings.speak("Wrong PINs were typed for “%1”; %2 tries are left.",
                                                         {label, std::to_string(tries)})
                                        : findings.speak("Wrong PINs were typed for “%1”.", {label}));
  } else if (pin == "not-initialised") {
    findings.problem("pin-missing", findings.speak("“%1” has no PIN yet.", {label}),
                     findings.speak("Give it one: “cardea card change-pin”."));
  }
}

void check_user(const UserFacts& user, Findings& findings) {
  if (!user.status.has_value()) {
    if (!user.refused.empty())
      findings.problem(
          "status-refused",
          findings.speak("The card service says nothing about %1: %2", {user.name, user.refused}),
          findings.speak("Mend that first; the administrator's guide has a section on damaged files."));
    return;
  }
  const api::Json* enrolment = member(user.status, {"enrolment"});
  if (enrolment == nullptr) {
    findings.note("not-enrolled", findings.speak("%1 is not enrolled on this computer.", {user.name}));
    return;
  }
  bool active = false;
  if (const api::Json* cards = enrolment->find("cards"); cards != nullptr && cards->array() != nullptr) {
    for (const api::Json& card : *cards->array())
      active = active || text_of(card.find("state")) == "active";
  }
  if (!active)
    findings.problem("no-active-card", findings.speak("No card opens this computer for %1.", {user.name}),
                     findings.speak("Resume a suspended one, or make a new one: “cardea card replace”."));
  const api::Json* cards = member(user.status, {"cards"});
  const bool any = cards != nullptr && cards->array() != nullptr && !cards->array()->empty();
  if (!any) {
    findings.note("no-card",
                  findings.speak("No card is in the reader, so none was looked at for %1.", {user.name}));
  } else {
    for (const api::Json& card : *cards->array())
      check_card_in_reader(user, card, findings);
  }
  const std::int64_t wrong = number_of(enrolment->find("wrong_access_keys"));
  if (wrong > 5)
    findings.warn("access-keys-throttled",
                  findings.speak("%1 wrong access keys were typed for %2: the next try has to wait.",
                                 {std::to_string(wrong), user.name}),
                  findings.speak("Wait up to an hour, or log in with the card."));
  const bool has_keys = enrolment->find("access_key_generation") != nullptr;
  const bool has_server = !text_of(enrolment->find("account")).empty();
  if (has_server && !has_keys)
    findings.problem("no-access-key",
                     findings.speak("There is no access key for %1 on this computer.", {user.name}),
                     findings.speak("Make them: “cardea access-key rotate”."));
}

}  // namespace

void check_modules(const Case& patient, Findings& findings) {
  for (const std::string& name : patient.facts.settings.card_modules) {
    const std::string file = module_file(patient.system, name);
    if (file.empty() || !patient.system.exists(file)) {
      findings.problem(
          "module-missing", findings.speak("The card module “%1” of the configuration is not there.", {name}),
          findings.speak("Install it, or correct “modules” in %1.", {patient.facts.config_path}));
    } else if (const std::string place = writable_by_others(patient.system, file); !place.empty()) {
      findings.problem("module-unsafe",
                       findings.speak("Others than root may change the card module “%1”: %2.", {name, place}),
                       findings.speak("Give it to root: “chown root” and “chmod go-w”."));
    }
  }
}

void check_cards(const Case& patient, Findings& findings) {
  if (!patient.facts.daemon_answers) {
    findings.note("cards-unseen",
                  findings.speak("Cards can't be looked at while the card service does not answer."));
    return;
  }
  for (const UserFacts& user : patient.facts.users)
    check_user(user, findings);
}

}  // namespace cardea::cli::doctor

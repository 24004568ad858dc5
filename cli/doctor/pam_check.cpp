// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/pam_check.h"

#include <algorithm>
#include <map>
#include <set>

#include <security/_pam_types.h>

#include "cli/doctor/pam_models.h"
#include "cli/doctor/pam_modules.h"
#include "cli/doctor/pam_simulation.h"

namespace cardea::cli::doctor {
namespace {

using text::tr;

constexpr const char* kFolders[] = {"/etc/pam.d/", "/usr/lib/pam.d/"};  // in libpam's order

// What pam_cardea may be brought to answer by somebody who has neither card nor key, or who stops the daemon.
const std::vector<int> kNothingShown{PAM_AUTHINFO_UNAVAIL, PAM_AUTH_ERR, PAM_MAXTRIES, PAM_CONV_ERR,
                                     PAM_SERVICE_ERR};
const std::vector<int> kAccountThen{PAM_SUCCESS, PAM_AUTHINFO_UNAVAIL, PAM_SERVICE_ERR};
const std::vector<int> kUnavailable{PAM_AUTHINFO_UNAVAIL};

// Doors at which somebody sits down. A Unix password there goes around the gate.
constexpr std::string_view kDoors[] = {
    "login",    "su",           "su-l",         "sudo",     "sudo-i",
    "lightdm",  "sddm",         "gdm-password", "polkit-1", "i3lock",
    "swaylock", "xscreensaver", "kde",          "vlock",    "gnome-screensaver"};
constexpr std::string_view kAutomatic[] = {"lightdm-autologin", "gdm-autologin", "sddm-autologin"};

template <typename List>
bool is_in(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

struct Service {
  std::string name;
  PamStack auth, account;
  bool asks = false;  // pam_cardea stands in auth
};

// One finding for all services it is true of.
class Grouped {
 public:
  void add(const char* name, const std::string& about) { services_[name].push_back(about); }
  [[nodiscard]] std::string all(const char* name) const {
    std::string text;
    const auto found = services_.find(name);
    if (found == services_.end()) return text;
    for (const std::string& one : found->second)
      text += (text.empty() ? "" : ", ") + one;
    return text;
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> services_;
};

class PamCheck {
 public:
  PamCheck(const Case& patient, Findings& findings)
      : case_(patient), findings_(findings), modules_(patient.system) {}

  void run() {
    const auto names = case_.system.list("/etc/pam.d");
    if (!names.ok()) {
      findings_.note("pam-unseen",
                     findings_.speak("The PAM services can't be read: %1.", {names.failure().detail}));
      return;
    }
    for (const std::string& name : *names) {
      // Parts of others, and what editors and packages leave behind.
      if (name.starts_with("common-") || name.find_first_of(".~") != std::string::npos) continue;
      safe_file("/etc/pam.d/" + name);
      look_at(load(name));
    }
    tell_doors();
    tell_faults();
  }

 private:
  [[nodiscard]] std::optional<std::string> read(const std::string& name) const {
    if (name.find("..") != std::string::npos) return std::nullopt;
    if (name.starts_with('/')) {
      const auto text = case_.system.read(name, kMaxPamFile);
      return text.ok() ? std::optional(*text) : std::nullopt;
    }
    for (const char* folder : kFolders) {
      const auto text = case_.system.read(folder + name, kMaxPamFile + 1);
      if (text.ok()) return *text;
    }
    return std::nullopt;
  }

  [[nodiscard]] Service load(const std::string& name) const {
    const ReadPamFile reader = [this](const std::string& file) { return read(file); };
    Service service{name, load_pam_stack(name, PamType::auth, reader),
                    load_pam_stack(name, PamType::account, reader), false};
    service.asks = !service.auth.from_other &&
                   std::any_of(service.auth.handlers.begin(), service.auth.handlers.end(), is_pam_cardea);
    return service;
  }

  // Whether there is a way in.
  [[nodiscard]] bool enters(const Service& service, const PamSituation& situation) const {
    const auto passes = [&](const PamStack& stack, PamType type) {
      const auto answers = [&](const PamHandler& handler) -> std::vector<int> {
        if (!modules_.present(handler.module)) return {PAM_MODULE_UNKNOWN};
        return pam_answers(handler, type, situation);
      };
      return simulate_pam(stack.handlers, answers).contains(PAM_SUCCESS);
    };
    return passes(service.auth, PamType::auth) && passes(service.account, PamType::account);
  }

  [[nodiscard]] PamSituation situation(const Service& service, std::vector<int> auth,
                                       std::vector<int> account) const {
    return {service.name, {"somebody", 1000, {"somebody"}}, std::move(auth), std::move(account), true, true};
  }

  void look_at(const Service& service) {
    note_faults(service);
    note_modules(service);
    if (service.auth.from_other && service.name != "other") return;  // nobody logs in by it
    if (!service.asks) {
      without_cardea(service);
      return;
    }
    PamSituation alone = situation(service, kNothingShown, kAccountThen);
    alone.unix_password = false;
    alone.unknown_say_yes = false;
    if (enters(service, alone)) return groups_.add("pam-opens-to-all", service.name);
    alone.unix_password = true;
    if (enters(service, alone)) {
      groups_.add("pam-gate-gone-around", service.name);
    } else {
      alone.unknown_say_yes = true;
      if (enters(service, alone))
        groups_.add("pam-unknown-opens", service.name + " (" + unknown(service) + ")");
    }
    must_enter(service);
  }

  void must_enter(const Service& service) {
    if (!enters(service, situation(service, {PAM_SUCCESS}, {PAM_SUCCESS})))
      groups_.add("pam-owner-shut-out", service.name);
    if (!enters(service, situation(service, {PAM_USER_UNKNOWN}, {PAM_USER_UNKNOWN})))
      groups_.add("pam-others-shut-out", service.name);
    if (!enters(service, situation(service, {PAM_IGNORE}, {PAM_IGNORE})))
      groups_.add("pam-gate-off-shut-out", service.name);
    PamSituation administrator = situation(service, kUnavailable, kUnavailable);
    administrator.person.groups.emplace_back(kBreakGlassGroup);
    if (!enters(service, administrator)) groups_.add("pam-lockout", service.name);
  }

  void without_cardea(const Service& service) {
    if (!case_.facts.gate_is_on()) return;
    if (is_in(case_.facts.settings.services_without_card, service.name)) return;
    if (!enters(service, situation(service, {PAM_SUCCESS}, {PAM_SUCCESS}))) return;  // nobody gets in
    const bool door = is_in(kDoors, service.name);
    if (is_in(kAutomatic, service.name)) return groups_.add("pam-automatic", service.name);
    groups_.add(door ? "pam-not-asked" : "pam-elsewhere", service.name);
  }

  [[nodiscard]] std::string unknown(const Service& service) const {
    std::set<std::string> names;
    for (const PamStack* stack : {&service.auth, &service.account}) {
      for (const PamHandler& handler : stack->handlers) {
        if (handler.kind == PamHandler::Kind::module && !is_known_pam_module(handler.module))
          names.insert(handler.module);
      }
    }
    std::string text;
    for (const std::string& name : names)
      text += (text.empty() ? "" : ", ") + name;
    return text;
  }

  void note_faults(const Service& service) {
    for (const PamStack* stack : {&service.auth, &service.account}) {
      if (stack->from_other && service.name != "other") continue;
      for (const PamFault& fault : stack->faults)
        faults_.insert(fault.kind == PamFault::Kind::missing_file || fault.kind == PamFault::Kind::too_deep
                           ? fault.file + ":" + std::to_string(fault.line) + " (" + fault.name + ")"
                           : fault.file + ":" + std::to_string(fault.line));
    }
  }

  void note_modules(const Service& service) {
    for (const PamStack* stack : {&service.auth, &service.account}) {
      if (stack->from_other) continue;
      for (const PamHandler& handler : stack->handlers) {
        if (handler.kind != PamHandler::Kind::module) continue;
        const std::string place = handler.file + ":" + std::to_string(handler.line);
        if (!modules_.present(handler.module)) {
          if (!handler.silent) (is_pam_cardea(handler) ? missing_cardea_ : missing_).insert(handler.module);
          continue;
        }
        if (!is_pam_cardea(handler)) continue;
        if (const std::string bad = bad_cardea_option(handler.arguments); !bad.empty())
          options_.insert(place + " “" + bad + "”");
        if (const std::string open = modules_.writable(handler.module); !open.empty()) unsafe_.insert(open);
      }
    }
  }

  void safe_file(const std::string& path) {
    const auto info = case_.system.look(path);
    if (info.ok() && (info->uid != case_.system.root_uid || (info->mode & 022) != 0)) unsafe_.insert(path);
  }

  static std::string joined(const std::set<std::string>& list) {
    std::string text;
    for (const std::string& one : list)
      text += (text.empty() ? "" : ", ") + one;
    return text;
  }

  struct Told {
    const char* name;
    Level level;
    const char* what;
    const char* mend;
  };

  void tell_doors() {
    static constexpr const char* kProfile =
        tr("Use the lines that “pam-auth-update --enable cardea” writes, or those of the administrator's "
           "guide.");
    static constexpr Told kTold[] = {
        {"pam-opens-to-all", Level::problem, tr("Opens to everybody without any proof: %1."), kProfile},
        {"pam-gate-gone-around", Level::problem,
         tr("With the card gone or the card service stopped, the Unix password of an enrolled user opens: "
            "%1."),
         kProfile},
        {"pam-lockout", Level::problem,
         tr("When the card service is stopped nobody gets in, not even the break-glass group: %1."),
         kProfile},
        {"pam-owner-shut-out", Level::problem,
         tr("Refuses an enrolled user with the right card and PIN: %1."), kProfile},
        {"pam-others-shut-out", Level::warning, tr("Refuses users who are not enrolled: %1."), kProfile},
        {"pam-gate-off-shut-out", Level::warning, tr("Refuses enrolled users while secure mode is off: %1."),
         kProfile},
        {"pam-not-asked", Level::problem,
         tr("Secure mode is on, and these services never ask for a card: %1."), kProfile},
        {"pam-automatic", Level::warning,
         tr("Logs in somebody without asking anything, where it is switched on: %1."),
         tr("Switch automatic login off in the display manager.")},
        {"pam-unknown-opens", Level::warning,
         tr("With the card gone, a module that is not known here could open: %1."),
         tr("Look up whether that module asks for a proof of its own, or take it out.")},
        {"pam-elsewhere", Level::note,
         tr("Do not ask for a card, because no one sits down there or another proof is asked: %1."), ""},
    };
    for (const Told& told : kTold) {
      const std::string services = groups_.all(told.name);
      if (services.empty()) continue;
      findings_.add(told.name, told.level, findings_.speak(told.what, {services}),
                    told.mend[0] == '\0' ? std::string() : findings_.speak(told.mend));
    }
  }

  void tell_faults() {
    if (!faults_.empty())
      findings_.problem(
          "pam-unreadable",
          findings_.speak("Lines of PAM files that can't be understood, which refuse everybody: %1.",
                          {joined(faults_)}),
          findings_.speak("Correct them; pam.conf(5) says how they are written."));
    if (!options_.empty())
      findings_.problem(
          "pam-unknown-option",
          findings_.speak("An option behind pam_cardea.so is not understood, so the module always fails: %1.",
                          {joined(options_)}),
          findings_.speak("Correct it; pam_cardea(8) lists the options."));
    if (!missing_cardea_.empty())
      findings_.problem(
          "pam-module-missing",
          findings_.speak("PAM files name a module that is not there: %1.", {joined(missing_cardea_)}),
          findings_.speak(
              "Install libpam-cardea, or take the lines out: “pam-auth-update --disable cardea”."));
    if (!missing_.empty())
      findings_.warn("pam-other-module-missing",
                     findings_.speak("PAM files name a module that is not there: %1.", {joined(missing_)}),
                     findings_.speak("Install it, or take the lines out."));
    if (!unsafe_.empty())
      findings_.problem("pam-unsafe-file",
                        findings_.speak("Others than root may change: %1.", {joined(unsafe_)}),
                        findings_.speak("Give it to root: “chown root” and “chmod go-w”."));
  }

  const Case& case_;
  Findings& findings_;
  const PamModules modules_;
  Grouped groups_;
  std::set<std::string> faults_, options_, missing_cardea_, missing_, unsafe_;
};

}  // namespace

void check_pam(const Case& patient, Findings& findings) { PamCheck(patient, findings).run(); }

}  // namespace cardea::cli::doctor

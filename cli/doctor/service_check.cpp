// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/service_check.h"

#include "core/base/text.h"

namespace cardea::cli::doctor {
namespace {

constexpr const char* kPcscdSocket = "/run/pcscd/pcscd.comm";
constexpr const char* kPcscdPolicy = "/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy";
constexpr const char* kRuleFolders[] = {"/usr/share/polkit-1/rules.d", "/etc/polkit-1/rules.d"};

// Any user is told the same.
std::string reader_service(const Facts& facts) {
  for (const UserFacts& user : facts.users) {
    if (const std::string state = text_of(member(user.status, {"reader_service"})); !state.empty())
      return state;
  }
  return {};
}

bool has_rule(const System& system) {
  for (const std::string folder : kRuleFolders) {
    const auto names = system.list(folder);
    if (!names.ok()) continue;
    for (const std::string& name : *names) {
      const auto text = system.read(folder + "/" + name);
      if (text.ok() && text->find("cardea-card") != std::string::npos &&
          text->find("access_pcsc") != std::string::npos)
        return true;
    }
  }
  return false;
}

// polkit looks up in /proc who asks.
bool hides_processes(const System& system) {
  const auto mounts = system.read("/proc/self/mounts");
  if (!mounts.ok()) return false;
  for (const std::string& line : split(*mounts, '\n')) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() < 4 || words[1] != "/proc" || words[2] != "proc") continue;
    for (const std::string& option : split(words[3], ',')) {
      if (option.starts_with("hidepid=") && option != "hidepid=0" && option != "hidepid=off") return true;
    }
  }
  return false;
}

void check_access(const System& system, Findings& findings) {
  if (!system.exists(kPcscdPolicy)) return;  // this pcscd asks nobody
  if (!has_rule(system)) {
    findings.problem(
        "polkit-rule-missing",
        findings.speak("The reader service asks polkit, and no rule lets the card worker's user use it."),
        findings.speak("Install the rule: “apt install --reinstall cardea-recoveryd”."));
  }
  if (hides_processes(system)) {
    findings.warn(
        "hidepid",
        findings.speak("/proc is mounted with hidepid: polkit may not see who asks for the readers."),
        findings.speak("Mount /proc with the option gid= of a group that polkitd is in."));
  }
}

}  // namespace

void check_daemon(const Case& patient, Findings& findings) {
  const Facts& facts = patient.facts;
  if (facts.config_failure.has_value()) {
    const Failure& failure = *facts.config_failure;
    if (failure.error == Error::permission_denied) {
      findings.note("config-unseen",
                    findings.speak("The configuration can't be read by you: %1.", {facts.config_path}),
                    findings.speak("Run “cardea doctor” as root."));
    } else if (failure.error == Error::not_found) {
      findings.note(
          "config-absent",
          findings.speak("There is no configuration file, so the defaults count: %1.", {facts.config_path}));
    } else {
      findings.problem(
          "config-invalid",
          findings.speak("The configuration can't be used, so the card service does not start: %1.",
                         {failure.detail}),
          findings.speak("Correct that, then “systemctl restart cardea-recoveryd”."));
    }
  }
  if (facts.daemon_answers) return;
  findings.problem(
      "daemon-down",
      findings.speak("The card service does not answer: cards and access keys can't be checked."),
      findings.speak("Start it: “systemctl start cardea-recoveryd”. Its log says why it ended: "
                     "“journalctl -u cardea-recoveryd”."));
}

void check_readers(const Case& patient, Findings& findings) {
  check_access(patient.system, findings);
  const std::string state = reader_service(patient.facts);
  const bool socket = patient.system.exists(kPcscdSocket);
  if (state == "reader service down" || (state.empty() && !socket)) {
    findings.problem("pcscd-down",
                     socket && !state.empty()
                         ? findings.speak("The reader service does not answer the card worker.")
                         : findings.speak("The reader service is not running."),
                     findings.speak("Start it: “systemctl start pcscd.socket”, and “systemctl enable "
                                    "pcscd.socket” for the next boot."));
  } else if (state == "no reader") {
    findings.problem(
        "no-reader", findings.speak("There is no card reader."),
        findings.speak("Plug one in. If it is in, look for its driver in “journalctl -u pcscd”."));
  } else if (state == "starting") {
    findings.warn(
        "worker-starting", findings.speak("The card worker has not looked at the readers yet."),
        findings.speak("Run “cardea doctor” again. If it stays so, look into the log of cardea-recoveryd."));
  } else if (state.empty()) {
    findings.note("readers-unseen",
                  findings.speak("Readers can't be looked at while the card service does not answer."));
  }
}

}  // namespace cardea::cli::doctor

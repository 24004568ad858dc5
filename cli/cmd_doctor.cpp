// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_doctor.h"

#include <algorithm>
#include <array>

#include <pwd.h>
#include <unistd.h>

#include "cli/cmd_operation.h"
#include "cli/doctor/checks.h"
#include "cli/doctor/gather.h"
#include "upstream/server_look.h"

namespace cardea::cli {
namespace {

using doctor::Finding;
using doctor::Findings;
using doctor::Level;

// A daemon that hangs is a finding; nobody waits five minutes for it.
constexpr unsigned kLongestQuestionSeconds = 30;
constexpr MonotonicMillis kServerMillis = 10'000;

struct LevelName {
  const char* script;
  const char* person;
};
constexpr std::array<LevelName, 4> kLevels{{{"ok", text::tr("ok")},
                                            {"note", text::tr("note")},
                                            {"warning", text::tr("warning")},
                                            {"problem", text::tr("problem")}}};

const LevelName& name_of(Level level) { return kLevels[static_cast<std::size_t>(level)]; }

std::string own_name() {
  struct passwd entry {};
  struct passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return "root";
  return entry.pw_name;
}

Result<std::string> ask(const Invocation& invocation, Console& console, const std::string& operation,
                        const std::string& user) {
  Invocation shorter = invocation;
  shorter.global.timeout_s = std::min(shorter.global.timeout_s, kLongestQuestionSeconds);
  const Request request{operation, {{"user", user}}};
  TRY_ASSIGN(Answer answer, ask_daemon(shorter, request, console, console));
  return std::move(answer.json);
}

doctor::ServerFacts look_at(const std::string& url, const std::string& ca_file, const Clock& clock) {
  doctor::ServerFacts facts;
  facts.url = url;
  const auto seen = upstream::look_at_server(url, ca_file, clock, kServerMillis);
  if (!seen.ok()) {
    facts.failure = seen.failure();
    return facts;
  }
  facts.certificate_ends = seen->certificate_ends;
  facts.its_clock = seen->date;
  return facts;
}

std::string as_json(const Findings& findings) {
  std::string text = "{\"findings\":[";
  bool first = true;
  for (const Finding& one : findings.list()) {
    text += first ? "" : ",";
    first = false;
    text += "{\"check\":" + json_string(one.check) + ",\"name\":" + json_string(one.name) +
            ",\"level\":" + json_string(name_of(one.level).script) +
            ",\"what\":" + json_string(showable(one.what)) +
            ",\"how_to_mend\":" + json_string(showable(one.how_to_mend)) + "}";
  }
  return text + "],\"problems\":" + std::to_string(findings.count(Level::problem)) +
         ",\"warnings\":" + std::to_string(findings.count(Level::warning)) + "}";
}

std::string as_text(const Findings& findings) {
  std::string text;
  for (const Finding& one : findings.list()) {
    text += "[" + findings.speak(name_of(one.level).person) + "] " + one.what + "\n";
    if (!one.how_to_mend.empty()) text += "    " + one.how_to_mend + "\n";
  }
  const std::size_t problems = findings.count(Level::problem), warnings = findings.count(Level::warning);
  if (problems + warnings == 0) return text + findings.speak("Nothing needs mending.");
  return text + findings.speak("To mend: problems %1, warnings %2.",
                               {std::to_string(problems), std::to_string(warnings)});
}

}  // namespace

int run_doctor(const Invocation& invocation) {
  Output output(invocation.global.json, invocation.global.language());
  TtyConsole console(output);  // nothing is asked: no operation of the doctor's has a question
  const SystemClock clock;
  const doctor::System system{"", 0, ::geteuid(), clock};
  doctor::Wanted wanted;
  wanted.config_path = invocation.global.config.empty() ? CARDEA_CONFIG_PATH : invocation.global.config;
  wanted.socket = invocation.global.socket;
  wanted.user = invocation.option("--user");
  wanted.own_name = own_name();
  doctor::Sources sources;
  sources.ask = [&](const std::string& operation, const std::string& user) {
    return ask(invocation, console, operation, user);
  };
  sources.look_at_server = [&](const std::string& url, const std::string& ca_file) {
    return look_at(url, ca_file, clock);
  };
  const doctor::Facts facts = doctor::gather_facts(system, wanted, sources);
  Findings findings(output.language());
  doctor::run_checks({system, facts}, findings);
  const ExitCode written = output.done(as_text(findings), as_json(findings));
  if (written != ExitCode::done) return static_cast<int>(written);
  const bool mend = findings.count(Level::problem) + findings.count(Level::warning) > 0;
  return static_cast<int>(mend ? ExitCode::refused : ExitCode::done);
}

}  // namespace cardea::cli

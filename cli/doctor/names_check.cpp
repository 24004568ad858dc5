// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/names_check.h"

#include <algorithm>

#include "core/base/text.h"
#include "nss_helper/database_check.h"

namespace cardea::cli::doctor {
namespace {

constexpr const char* kSwitch = "/etc/nsswitch.conf";
constexpr const char* kLibrary = "libnss_cardea.so.2";

bool library_installed(const System& system) {
  for (const std::string top : {"/lib", "/usr/lib"}) {
    if (system.exists(top + "/" + kLibrary)) return true;
    const auto names = system.list(top);
    if (!names.ok()) continue;
    for (const std::string& name : *names) {
      if (name.find("-linux-") != std::string::npos && system.exists(top + "/" + name + "/" + kLibrary))
        return true;
    }
  }
  return false;
}

// The sources of one database, with the actions in brackets between them.
std::vector<std::string> sources_of(const std::string& text, std::string_view database) {
  for (const std::string& whole : split(text, '\n')) {
    const std::string_view line = std::string_view(whole).substr(0, whole.find('#'));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || trim(line.substr(0, colon)) != database) continue;
    std::vector<std::string> words;
    std::string rest(line.substr(colon + 1));
    std::replace(rest.begin(), rest.end(), '\t', ' ');
    for (const std::string& word : split(rest, ' ')) {
      if (!word.empty()) words.push_back(word);
    }
    return words;
  }
  return {};
}

void check_order(const std::string& text, const char* database, Findings& findings) {
  const std::vector<std::string> sources = sources_of(text, database);
  const auto ours = std::find(sources.begin(), sources.end(), "cardea");
  if (ours == sources.end()) {
    findings.problem(
        "nss-not-asked",
        findings.speak("libnss_cardea is installed, and “%1” in /etc/nsswitch.conf does not ask it.",
                       {database}),
        findings.speak("Add “cardea” behind “files” in that line."));
    return;
  }
  const auto local = std::find_if(sources.begin(), sources.end(), [](const std::string& word) {
    return word == "files" || word == "compat";
  });
  if (local == sources.end() || local > ours) {
    findings.problem(
        "nss-order",
        findings.speak("“%1” in /etc/nsswitch.conf asks cardea before this computer's own files.",
                       {database}),
        findings.speak("Put “files” first in that line."));
  }
  for (auto word = sources.begin(); word != ours; ++word) {
    if (word->starts_with('[') && word->find("NOTFOUND=return") != std::string::npos)
      findings.warn("nss-shadowed",
                    findings.speak("“%1” in /etc/nsswitch.conf ends before cardea is asked.", {database}),
                    findings.speak("Put “cardea” in front of “[NOTFOUND=return]”."));
  }
}

void check_database(const Case& patient, Findings& findings) {
  const std::string& path = patient.facts.settings.accounts_db;
  const auto state = nss::check_database_file(patient.system.at(path));
  if (state.ok() || state.error() == Error::not_found) return;  // none: no accounts from a server
  findings.problem(
      "nss-database", findings.speak("The accounts database is damaged or not to be trusted: %1.", {path}),
      findings.speak("Remove it and run “systemctl restart cardea-recoveryd”, which writes it anew."));
}

}  // namespace

void check_names(const Case& patient, Findings& findings) {
  const auto text = patient.system.read(kSwitch);
  const bool named = text.ok() && (!sources_of(*text, "passwd").empty()) && [&] {
    const auto sources = sources_of(*text, "passwd");
    return std::find(sources.begin(), sources.end(), "cardea") != sources.end();
  }();
  if (!library_installed(patient.system)) {
    if (named)
      findings.warn("nss-library-missing",
                    findings.speak("/etc/nsswitch.conf names cardea, and libnss_cardea is not installed."),
                    findings.speak("Install libnss-cardea, or take “cardea” out of the file."));
    return;
  }
  if (!text.ok()) {
    findings.note("nss-unseen", findings.speak("/etc/nsswitch.conf can't be read."));
    return;
  }
  check_order(*text, "passwd", findings);
  check_order(*text, "group", findings);
  check_database(patient, findings);
}

}  // namespace cardea::cli::doctor

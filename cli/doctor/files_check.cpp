// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/files_check.h"

#include <cstdio>

#include <sys/stat.h>

namespace cardea::cli::doctor {
namespace {

std::string octal(mode_t mode) {
  char text[8];
  (void)std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777));
  return text;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

class FilesCheck {
 public:
  FilesCheck(const Case& patient, Findings& findings)
      : system_(patient.system), facts_(patient.facts), findings_(findings) {}

  void run() {
    configuration();
    socket();
    state();
  }

 private:
  void too_open(const std::string& path, mode_t mode, const char* right) {
    findings_.problem("file-mode",
                      findings_.speak("%1 has mode %2: others may read or change it.", {path, octal(mode)}),
                      findings_.speak("Run “chmod %1 %2”.", {right, path}));
  }
  void wrong_owner(const std::string& path, uid_t uid, const char* owner) {
    findings_.problem("file-owner",
                      findings_.speak("%1 belongs to user number %2.", {path, std::to_string(uid)}),
                      findings_.speak("Run “chown %1 %2”.", {owner, path}));
  }

  void configuration() {
    const std::string folder = folder_of(facts_.config_path);
    std::vector<std::string> paths{facts_.config_path};
    if (const auto names = system_.list("/etc/cardea"); names.ok()) {
      for (const std::string& name : *names) {
        const std::string path = "/etc/cardea/" + name;
        if (name.ends_with(".conf") && path != facts_.config_path) paths.push_back(path);
      }
    }
    for (const std::string& path : paths) {
      const auto info = system_.look(path);
      if (!info.ok()) continue;
      if (info->uid != system_.root_uid) wrong_owner(path, info->uid, "root");
      if ((info->mode & 022) != 0) too_open(path, info->mode, "644");
    }
  }

  void socket() {
    const std::string& path = facts_.settings.socket;
    const auto info = system_.look(path);
    if (!info.ok()) return;  // the daemon's own check says so
    if ((info->mode & 0666) != 0666)
      findings_.problem(
          "socket-mode",
          findings_.speak("Not everybody may connect to %1: login programs of users find no card service.",
                          {path}),
          findings_.speak("Run “chmod %1 %2”.", {"666", path}));
    const std::string folder = folder_of(path);
    const auto above = system_.look(folder);
    if (above.ok() && (above->mode & 022) != 0) too_open(folder, above->mode, "755");
  }

  void state() {
    const std::string& folder = facts_.settings.state_dir;
    const auto info = system_.look(folder);
    if (!info.ok()) {
      if (info.error() == Error::not_found)
        findings_.note("state-absent", findings_.speak("There is no state directory yet: %1.", {folder}));
      return;
    }
    if ((info->mode & 077) != 0) too_open(folder, info->mode, "700");
    if (!system_.sees_everything()) {
      findings_.note("state-unseen",
                     findings_.speak("What is in %1 can only be looked at by root.", {folder}),
                     findings_.speak("Run “cardea doctor” as root."));
      return;
    }
    look_into(folder, info->uid);
    look_into(folder + "/users", info->uid);
  }

  void look_into(const std::string& folder, uid_t owner) {
    const auto names = system_.list(folder);
    if (!names.ok()) return;
    for (const std::string& name : *names) {
      const std::string path = folder + "/" + name;
      const auto info = system_.look(path);
      if (!info.ok()) continue;
      if (info->uid != owner && info->uid != system_.root_uid) wrong_owner(path, info->uid, "--reference=..");
      if ((info->mode & 077) != 0) too_open(path, info->mode, S_ISDIR(info->mode) ? "700" : "600");
    }
  }

  const System& system_;
  const Facts& facts_;
  Findings& findings_;
};

}  // namespace

void check_files(const Case& patient, Findings& findings) { FilesCheck(patient, findings).run(); }

}  // namespace cardea::cli::doctor

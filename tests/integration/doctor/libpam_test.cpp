// SPDX-License-Identifier: Apache-2.0
// The doctor's simulation of libpam against libpam: thousands of stacks drawn from fixed seeds, with
// includes, substacks, jumps, every control value, missing modules and broken lines. pam_debug.so answers
// what its line says. Both must come to the same result.
#include <cstdarg>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <security/pam_appl.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "cli/doctor/pam_models.h"
#include "cli/doctor/pam_simulation.h"
#include "tests/support/temp_dir.h"

// What libpam says of missing modules and broken lines is wanted here and belongs into no system's log.
extern "C" __attribute__((visibility("default"), format(printf, 3, 4))) void __syslog_chk(int, int,
                                                                                          const char*, ...) {}

namespace cardea::cli::doctor {
namespace {

constexpr unsigned kStacks = 1500;

constexpr const char* kAnswerWords[] = {"success",
                                        "open_err",
                                        "symbol_err",
                                        "service_err",
                                        "system_err",
                                        "buf_err",
                                        "perm_denied",
                                        "auth_err",
                                        "cred_insufficient",
                                        "authinfo_unavail",
                                        "user_unknown",
                                        "maxtries",
                                        "new_authtok_reqd",
                                        "acct_expired",
                                        "session_err",
                                        "cred_unavail",
                                        "cred_expired",
                                        "cred_err",
                                        "no_module_data",
                                        "conv_err",
                                        "authtok_err",
                                        "authtok_recover_err",
                                        "authtok_lock_busy",
                                        "authtok_disable_aging",
                                        "try_again",
                                        "ignore",
                                        "abort",
                                        "authtok_expired",
                                        "module_unknown",
                                        "bad_item"};
constexpr const char* kActionWords[] = {"ignore", "ok", "done", "bad", "die", "reset",
                                        "0",      "1",  "2",    "3",   "9"};
constexpr const char* kControls[] = {"required", "requisite", "sufficient",
                                     "optional", "REQUIRED",  "nonsense"};

// Says yes to what modules tell.
int converse(int count, const pam_message**, pam_response** responses, void*) {
  *responses = static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  return PAM_SUCCESS;
}

class Generator {
 public:
  Generator(unsigned seed, std::string directory) : random_(seed), directory_(std::move(directory)) {}

  std::map<std::string, std::string> files() {
    std::map<std::string, std::string> out;
    // A file includes only later ones, most of the time.
    for (const char* name : {"service", "one", "two", "three"})
      out[name] = file(name);
    out["other"] = chance(2) ? "auth required pam_deny.so\naccount required pam_deny.so\n" : file("other");
    return out;
  }

 private:
  unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }
  bool chance(unsigned one_in) { return pick(one_in) == 0; }
  template <typename List>
  std::string one_of(const List& list) {
    return list[pick(static_cast<unsigned>(std::size(list)))];
  }
  // Success and “ignore” often enough for something to happen.
  std::string answer() {
    if (chance(3)) return "success";
    if (chance(5)) return "ignore";
    return one_of(kAnswerWords);
  }

  std::string control() {
    if (chance(2)) return kControls[pick(chance(12) ? 6 : 5)];
    std::string text = "[";
    for (unsigned i = pick(4); i > 0; --i)
      text += answer() + (chance(8) ? " = " : "=") + one_of(kActionWords) + " ";
    if (!chance(4)) text += "default=" + one_of(kActionWords);
    if (chance(40)) text += " nonsense=1";
    return text + (chance(60) ? "" : "]");
  }

  std::string line(const std::string& in) {
    const std::string type = chance(2) ? "auth" : "account";
    const std::string dash = chance(8) ? "-" : "";
    if (chance(6)) {
      const std::string target = in == "service" ? one_of(kLater) : in == "one" ? one_of(kLast) : "three";
      if (in != "three" && in != "other") {
        // Without a folder libpam would look in /etc/pam.d, whatever it was given.
        // A missing “@include” in a file that is itself included leads libpam 1.5.2 to actions that were
        // never set: it refuses, with one number or another.
        const bool whole = chance(4);
        const std::string place =
            directory_ + "/" + (chance(20) && (!whole || in == "service") ? "nowhere" : target);
        if (whole) return "@include " + place;
        return type + (chance(2) ? " include " : " substack ") + place;
      }
    }
    if (chance(60)) return type + " include nowhere";
    if (chance(60)) return "frobnicate required pam_permit.so";
    if (chance(60)) return type + " required";
    if (chance(15)) return dash + type + " " + control() + " pam_not_there_at_all.so";
    if (chance(10)) return dash + type + " " + control() + (chance(2) ? " pam_permit.so" : " pam_deny.so");
    const std::string middle = chance(20) ? " \\\n  " : " ";
    return dash + type + " " + control() + middle + "pam_debug.so auth=" + answer() + " acct=" + answer() +
           (chance(10) ? " # rest" : "");
  }

  std::string file(const std::string& name) {
    std::string text;
    for (unsigned i = pick(7); i > 0; --i)
      text += line(name) + "\n";
    return text;
  }

  static constexpr const char* kLater[] = {"one", "two", "three"};
  static constexpr const char* kLast[] = {"two", "three"};
  std::mt19937 random_;
  const std::string directory_;
};

struct Results {
  int auth = 0, account = 0;  // PAM_ABORT for both where libpam does not even begin
  bool operator==(const Results&) const = default;
};

Results by_libpam(const std::string& directory) {
#ifdef __SANITIZE_ADDRESS__
  // libpam 1.5.2 leaks what it has read of a stack that it then refuses.
  const __lsan::ScopedDisabler libpam_leaks;
#endif
  const pam_conv conversation{converse, nullptr};
  Results results;
  for (int* result : {&results.auth, &results.account}) {
    pam_handle_t* handle = nullptr;
    *result = pam_start_confdir("service", "somebody", &conversation, directory.c_str(), &handle);
    if (*result != PAM_SUCCESS) return {PAM_ABORT, PAM_ABORT};
    *result =
        result == &results.auth ? pam_authenticate(handle, PAM_SILENT) : pam_acct_mgmt(handle, PAM_SILENT);
    (void)pam_end(handle, *result);
  }
  return results;
}

std::set<int> simulated(const std::map<std::string, std::string>& files, PamType type) {
  const ReadPamFile read = [&](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path.substr(path.rfind('/') + 1));  // npos + 1 is 0
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  const PamStack stack = load_pam_stack("service", type, read);
  if (stack.aborted) return {PAM_ABORT};
  return simulate_pam(stack.handlers, [&](const PamHandler& handler) -> std::vector<int> {
    if (handler.module == "pam_not_there_at_all.so") return {PAM_MODULE_UNKNOWN};
    return pam_answers(handler, type, {});
  });
}

TEST(Simulation, ComesToWhatLibpamComesTo) {
  const test::TempDir directory;
  unsigned successes = 0, different = 0;
  for (unsigned seed = 0; seed < kStacks; ++seed) {
    const auto files = Generator(seed, directory.path()).files();
    std::string whole;
    for (const auto& [name, text] : files) {
      std::ofstream(directory.file(name)) << text;
      whole += "--- " + name + "\n" + text;
    }
    const Results real = by_libpam(directory.path());
    const std::set<int> auth = simulated(files, PamType::auth), account = simulated(files, PamType::account);
    if (real.auth == PAM_SUCCESS) ++successes;
    if (auth == std::set<int>{real.auth} && account == std::set<int>{real.account}) continue;
    ADD_FAILURE() << "seed " << seed << ": libpam auth " << real.auth << ", account " << real.account
                  << "; simulated auth " << *auth.begin() << ", account " << *account.begin() << "\n"
                  << whole;
    if (++different == 5) break;
  }
  if (different == 0) {
    EXPECT_GT(successes, kStacks / 20) << "the stacks say no too often to show anything";
  }
}

}  // namespace
}  // namespace cardea::cli::doctor

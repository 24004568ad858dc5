// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/nss/peers.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/linux/unique_fd.h"

namespace cardea::nss::bench {
namespace {

bool write_text(const char* path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  out.close();
  return out.good();
}

bool own_mounts() {
  if (::geteuid() == 0) return ::unshare(CLONE_NEWNS) == 0;
  const std::string uid_map = "0 " + std::to_string(::geteuid()) + " 1";
  const std::string gid_map = "0 " + std::to_string(::getegid()) + " 1";
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_text("/proc/self/setgroups", "deny") &&
         write_text("/proc/self/uid_map", uid_map) && write_text("/proc/self/gid_map", gid_map);
}

std::string passwd_of(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    text += "user" + number + ":x:" + std::to_string(20000 + i) + ":100:User Number " + number +
            ":/home/user" + number + ":/bin/bash\n";
  }
  return text;
}

// A /var/lib of ours, with SSSD's pipe and memory in it where one runs (with_sssd).
bool own_state_directory() {
  const UniqueFd sssd(::open("/var/lib/sss", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (::mount("none", "/var/lib", "tmpfs", MS_NOSUID | MS_NODEV, nullptr) != 0) return false;
  if (!sssd) return true;
  const std::string found = "/proc/self/fd/" + std::to_string(sssd.get());
  return ::mkdir("/var/lib/sss", 0755) == 0 &&
         ::mount(found.c_str(), "/var/lib/sss", nullptr, MS_BIND, nullptr) == 0;
}

ByName find(void* library, const char* name) { return reinterpret_cast<ByName>(::dlsym(library, name)); }

}  // namespace

bool enter_peer_world(int count) {
  const std::string passwd = passwd_of(count);
  const bool done = own_mounts() && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                    own_state_directory() && ::mkdir("/var/lib/extrausers", 0755) == 0 &&
                    write_text("/var/lib/extrausers/passwd", passwd) &&
                    ::mount("/var/lib/extrausers/passwd", "/etc/passwd", nullptr, MS_BIND, nullptr) == 0;
  if (!done) std::perror("no mount namespace for the peers");
  return done;
}

ByName files_by_name() { return find(RTLD_DEFAULT, "_nss_files_getpwnam_r"); }

ByName module_by_name(const std::string& module) {
  void* library = ::dlopen(("libnss_" + module + ".so.2").c_str(), RTLD_NOW | RTLD_LOCAL);
  return library == nullptr ? nullptr : find(library, ("_nss_" + module + "_getpwnam_r").c_str());
}

}  // namespace cardea::nss::bench

// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/nss_helper/name_service_world.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include <sys/mount.h>

#include "build_paths.h"
#include "nss_helper/database_image.h"
#include "nss_helper/database_writer.h"

namespace cardea::nss::test {
namespace {

constexpr const char* kOwnFiles[] = {"nsswitch.conf", "passwd", "group"};

void mount_or_throw(const std::string& source, const std::string& target, const char* type,
                    unsigned long flags) {
  if (::mount(source.c_str(), target.c_str(), type, flags, nullptr) != 0)
    throw std::system_error(errno, std::generic_category(), "mount " + target);
}

}  // namespace

NameServiceWorld::NameServiceWorld() {
  if (std::getenv("CARDEA_PRIVATE_WORLD") == nullptr)
    throw std::runtime_error("not in tests/support/private-world");
  std::ofstream(dir_.file("nsswitch.conf"))
      << "passwd: files cardea\ngroup: files cardea\nshadow: files cardea\n";
  std::ofstream(dir_.file("passwd")) << "root:x:0:0:root:/root:/bin/bash\n";
  std::ofstream(dir_.file("group")) << "root:x:0:\nsudo:x:27:\n";
  for (const char* name : kOwnFiles)
    mount_or_throw(dir_.file(name), std::string("/etc/") + name, nullptr, MS_BIND);
  mount_or_throw("none", "/var/cache", "tmpfs", MS_NOSUID | MS_NODEV);
}

NameServiceWorld::~NameServiceWorld() {
  (void)::umount2("/var/cache", MNT_DETACH);
  for (const char* name : kOwnFiles)
    (void)::umount2((std::string("/etc/") + name).c_str(), MNT_DETACH);
}

void NameServiceWorld::publish(const AccountList& list) {
  auto admission = admit(list, LocalAccounts());
  if (!admission.ok() || !admission->refusals.empty()) throw std::runtime_error("the list was not admitted");
  const auto image = make_image(admission->list, {0x5eed + generation_, generation_, 0});
  ++generation_;
  if (!image.ok()) throw std::runtime_error(image.failure().detail);
  if (const Status done = replace_database(kDatabase, *image); !done.ok())
    throw std::runtime_error(done.failure().detail);
}

void NameServiceWorld::add_local(const std::string& passwd_line, const std::string& group_line) {
  std::ofstream("/etc/passwd", std::ios::app) << passwd_line << '\n';  // the bound files
  std::ofstream("/etc/group", std::ios::app) << group_line << '\n';
}

test_support::CommandResult NameServiceWorld::run(const std::vector<std::string>& command,
                                                  test_support::Environment extra) {
  extra["LD_LIBRARY_PATH"] = CARDEA_BINARY_DIR "/nss_helper";
  return test_support::run_command(command, extra);
}

std::string NameServiceWorld::module() { return CARDEA_BINARY_DIR "/nss_helper/libnss_cardea.so.2"; }

}  // namespace cardea::nss::test

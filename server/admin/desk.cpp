// SPDX-License-Identifier: Apache-2.0
#include "server/admin/desk.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

namespace cardea::server::admin {
namespace {

struct Person {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

Person person_of(uid_t uid) {
  std::vector<char> buffer(16 * 1024);
  passwd entry = {};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return {"uid " + std::to_string(uid), uid, 0};
  return {found->pw_name, uid, found->pw_gid};
}

// Who logged in, which the kernel remembers through su and sudo; the user of this process where nobody did.
uid_t person_at_the_desk() {
  constexpr std::uint64_t kNobody = 0xffffffff;
  std::FILE* file = std::fopen("/proc/self/loginuid", "re");
  if (file == nullptr) return ::getuid();
  char text[16] = {};
  const std::size_t size = std::fread(text, 1, sizeof text - 1, file);
  (void)std::fclose(file);
  const auto uid = parse_decimal(trim({text, size}));
  return uid && *uid < kNobody ? static_cast<uid_t>(*uid) : ::getuid();
}

// Of the secrets, or of the directory where they will be.
Result<uid_t> owner_of_secrets(const ServerConfig& config) {
  struct stat info = {};
  const std::string& path = config.oprf_seed_file;
  if (::lstat(path.c_str(), &info) == 0 || ::lstat(path.substr(0, path.rfind('/') + 1).c_str(), &info) == 0)
    return info.st_uid;
  return fail(Error::not_found, path + ": " + std::strerror(errno));
}

Status become_owner(const ServerConfig& config) {
  if (::geteuid() != 0) return {};
  TRY_ASSIGN(const uid_t uid, owner_of_secrets(config));
  if (uid == 0) return {};
  const Person owner = person_of(uid);
  if (::initgroups(owner.name.c_str(), owner.gid) != 0 || ::setgid(owner.gid) != 0 || ::setuid(uid) != 0)
    return fail(Error::permission_denied, "this program can't go on as " + owner.name);
  return {};
}

}  // namespace

Result<Desk> Desk::open(Invocation line) {
  TRY_ASSIGN(ServerConfig config, read_server_config(line.config));
  const Person person = person_of(person_at_the_desk());
  TRY(become_owner(config));
  return Desk(std::move(line), std::move(config), person.name);
}

Status must_exist(const StoreConfig& config) {
  if (!config.postgres_url.empty()) return check_store(config);
  struct stat info = {};
  if (::lstat(config.sqlite_path.c_str(), &info) == 0) return {};
  return fail(Error::not_found,
              config.sqlite_path + ": there is no store; the server makes it when it starts");
}

Result<sql::SqlStore*> Desk::store() {
  if (!store_) {
    TRY(must_exist(config_.store));
    TRY_ASSIGN(store_, open_store(config_.store, random_));
  }
  return store_.get();
}

Status Desk::note(std::string kind, api::Json::Object details) {
  TRY_ASSIGN(sql::SqlStore * store, this->store());
  TRY(store->note_admin({actor_, std::move(kind), std::move(details)}, now()));
  return {};
}

}  // namespace cardea::server::admin

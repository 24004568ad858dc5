// SPDX-License-Identifier: Apache-2.0
// How a database file comes to be, and when one is refused. A lost database must never look like a new one.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/store/sql/schema.h"
#include "server/store/sqlite/database.h"

namespace cardea::server::sqlite {
namespace {

// AUTOINCREMENT gives the number behind this one.
constexpr char kBeforeFirstUnixId[] = "INSERT INTO sqlite_sequence(name, seq) VALUES('unix_ids', 2009999999)";

// Checking every page costs about a second per 100 MiB; larger files are checked by `--check` only.
constexpr off_t kQuickCheckLimit = 64 * 1024 * 1024;

Failure refuse(const std::string& path, const std::string& why) {
  return fail(Error::corrupted, path + ": " + why + ". Nothing was changed; restore it from a backup.");
}

bool exists(const std::string& path) {
  struct stat info = {};
  return ::lstat(path.c_str(), &info) == 0;
}

Status add_versions_after(Connection& database, std::int64_t version) {
  for (std::int64_t next = std::max<std::int64_t>(version, 2) + 1; next <= sql::schema_version(); ++next)
    TRY(database.execute(sql::text_of_version(next)));
  const std::string stamp = "PRAGMA user_version=" + std::to_string(sql::schema_version());
  return database.execute(stamp.c_str());
}

// Built under another name and then renamed: a crash in between leaves no half-made database.
Status create_database(const std::string& path) {
  if (exists(path + "-wal")) return refuse(path, "is missing, but its write-ahead log is there");
  const std::string draft = path + ".new";
  (void)::unlink(draft.c_str());
  (void)::unlink((draft + "-journal").c_str());
  const int file = ::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) {
    const Error error = errno == ENOSPC || errno == EROFS ? Error::disk_full : Error::io_failed;
    return fail(error, draft + ": can't be created: " + std::strerror(errno));
  }
  (void)::close(file);
  {
    TRY_ASSIGN(const auto database, Connection::open(draft, Connection::Access::read_write));
    TRY(database->execute("BEGIN IMMEDIATE"));
    TRY(database->execute(sql::kSchema));
    TRY(database->execute(sql::kUnixIds));
    TRY(database->execute(kBeforeFirstUnixId));
    TRY(add_versions_after(*database, 2));
    const std::string stamp = "PRAGMA application_id=" + std::to_string(kApplicationId) + "; COMMIT";
    TRY(database->execute(stamp.c_str()));
    TRY(database->execute("PRAGMA journal_mode=WAL"));
  }
  if (::rename(draft.c_str(), path.c_str()) != 0)
    return fail(Error::io_failed, path + ": " + std::strerror(errno));
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int handle = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return fail(Error::io_failed, directory + ": " + std::strerror(errno));
  const bool flushed = ::fsync(handle) == 0;
  (void)::close(handle);
  if (!flushed) return fail(Error::io_failed, directory + ": " + std::strerror(errno));
  return {};
}

Result<std::int64_t> check_version(const std::string& path, Connection& database) {
  TRY_ASSIGN(const std::int64_t version, database.number("PRAGMA user_version"));
  if (version >= 1 && version <= sql::schema_version()) return version;
  return fail(Error::unknown_format, path + ": has schema version " + std::to_string(version) +
                                         "; this program knows version " +
                                         std::to_string(sql::schema_version()));
}

// In one transaction: a crash leaves the old version or the new one.
Status bring_up_to_date(const std::string& path) {
  TRY_ASSIGN(const auto database, Connection::open(path, Connection::Access::read_write));
  TRY_ASSIGN(const std::int64_t version, check_version(path, *database));
  if (version == sql::schema_version()) return {};
  TRY(database->execute("BEGIN IMMEDIATE"));
  if (version < 2) {
    TRY(database->execute(sql::kUnixIds));
    TRY(database->execute(kBeforeFirstUnixId));
    TRY(database->execute(sql::kUnixIdsOfUsers));
  }
  TRY(add_versions_after(*database, version));
  return database->execute("COMMIT");
}

Status check_database(const std::string& path, const struct stat& info) {
  if (!S_ISREG(info.st_mode)) return fail(Error::unsafe_file, path + ": is not a regular file");
  if (info.st_uid != ::geteuid() || (info.st_mode & 077) != 0) {
    return fail(Error::unsafe_file, path + ": must belong to the server's user and have mode 0600");
  }
  if (info.st_size == 0) return refuse(path, "is empty");
  auto database = Connection::open(path, Connection::Access::read_write);
  if (!database.ok()) return refuse(path, database.failure().detail);
  const auto id = (*database)->number("PRAGMA application_id");
  if (!id.ok()) return refuse(path, id.failure().detail);
  if (*id != kApplicationId) return refuse(path, "is not a Cardea database");
  TRY(check_version(path, **database));
  if (info.st_size <= kQuickCheckLimit) {
    const auto verdict = (*database)->text("PRAGMA quick_check(1)");
    if (!verdict.ok()) return refuse(path, verdict.failure().detail);
    if (*verdict != "ok") return refuse(path, "is damaged: " + *verdict);
  }
  TRY_ASSIGN(const std::string mode, (*database)->text("PRAGMA journal_mode=WAL"));
  if (mode != "wal") return fail(Error::not_supported, path + ": its file system does not support WAL");
  return {};
}

}  // namespace

Status prepare_database(const std::string& path) {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return fail(Error::io_failed, path + ": " + std::strerror(errno));
    TRY(create_database(path));
    if (::lstat(path.c_str(), &info) != 0) return fail(Error::io_failed, path + ": " + std::strerror(errno));
  }
  TRY(check_database(path, info));
  return bring_up_to_date(path);
}

Status check_integrity(const std::string& path) {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) return fail(Error::not_found, path + ": " + std::strerror(errno));
  TRY(check_database(path, info));
  TRY_ASSIGN(const auto database, Connection::open(path, Connection::Access::read_only));
  TRY_ASSIGN(const std::string verdict, database->text("PRAGMA integrity_check(1)"));
  if (verdict != "ok") return refuse(path, "is damaged: " + verdict);
  return {};
}

}  // namespace cardea::server::sqlite

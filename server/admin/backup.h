// SPDX-License-Identifier: Apache-2.0
// A backup of a store, whatever its engine (docs/spec/backup.md): a directory with one SQLite file and a
// signed manifest. Holds none of the server's secrets. Called by cmd_backup.
#pragma once

#include "server/admin/audit_checkpoint.h"
#include "server/store/open_store.h"
#include "server/store/sql/copy_store.h"

namespace cardea::server::admin {

// The signed manifest.
struct Manifest {
  UnixSeconds made = 0;
  std::int64_t schema = 0;
  std::uint64_t size = 0;  // of the SQLite file
  Digest sha256{};
  std::vector<sql::CopiedTable> tables;
  sql::AuditHeads heads;
  std::string bad;  // what was wrong with the chains of the store, or empty
};

// A directory of this program's own, gone with this object.
class WorkDirectory {
 public:
  static Result<WorkDirectory> make();
  WorkDirectory(WorkDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  ~WorkDirectory();
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  explicit WorkDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Copies the store as it is at one moment, while servers go on. `directory` appears whole, or not at all:
// already_exists when it is there.
Result<Manifest> make_backup(const StoreConfig& store, const ServerSecrets& secrets,
                             const std::string& directory, UnixSeconds now, Random& random);
// Reads the manifest only.
Result<Manifest> read_manifest(const ServerSecrets& secrets, const std::string& directory);
// Copies the file of a backup to `path`, checks that it is the one that the manifest tells of, brings it up
// to date and follows its chains. corrupted when anything is not as it was.
Result<Manifest> unpack_backup(const ServerSecrets& secrets, const std::string& directory,
                               const std::string& path);

}  // namespace cardea::server::admin

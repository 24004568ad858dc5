// SPDX-License-Identifier: Apache-2.0
#include "server/admin/backup.h"

#include <filesystem>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/base/linux/unique_fd.h"
#include "core/base/secure_file.h"
#include "server/admin/durable.h"
#include "server/store/sql/schema.h"
#include "server/store/sqlite/database.h"

namespace cardea::server::admin {
namespace {

using api::Json;
using SqliteConnection = sqlite::Connection;

constexpr crypto::Label kBackupLabel = "cardea/v1/backup";
constexpr char kStoreFile[] = "/store.sqlite";
constexpr char kManifestFile[] = "/manifest.json";
constexpr std::size_t kMaxManifest = 64 * 1024;

struct FileFacts {
  std::uint64_t size = 0;
  Digest sha256{};
};

Result<FileFacts> facts_of(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat info = {};
  if (!file || ::fstat(file.get(), &info) != 0) return io_failure(path);
  if (!S_ISREG(info.st_mode) || info.st_size <= 0) return fail(Error::corrupted, path + ": is no backup");
  const auto size = static_cast<std::size_t>(info.st_size);
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (memory == MAP_FAILED) return io_failure(path);
  FileFacts facts{size, crypto::sha256({ByteView(static_cast<const std::uint8_t*>(memory), size)})};
  (void)::munmap(memory, size);
  return facts;
}

// What an earlier try has left when it was ended in the middle.
void remove_draft(const std::string& draft) {
  std::error_code ignored;
  std::filesystem::remove_all(draft, ignored);
}

Json manifest_json(const Manifest& manifest) {
  Json::Object rows;
  for (const auto& table : manifest.tables)
    rows.emplace_back(table.name, table.rows);
  Json::Object content{{"format", "cardea-backup"}, {"version", 1},
                       {"made", manifest.made},     {"schema", manifest.schema},
                       {"size", manifest.size},     {"sha256", to_hex(manifest.sha256)},
                       {"rows", std::move(rows)},   {"bad", manifest.bad}};
  add_heads(manifest.heads, content);
  return content;
}

Result<Manifest> manifest_of(const Json& content) {
  Manifest manifest;
  const auto number = [&](const char* name) {
    const Json* value = content.find(name);
    return value == nullptr || value->integer() == nullptr ? std::int64_t{-1} : *value->integer();
  };
  const Json* format = content.find("format");
  if (format == nullptr || format->string() == nullptr || *format->string() != "cardea-backup")
    return fail(Error::corrupted, "is no manifest of a backup");
  if (number("version") != 1) return fail(Error::unknown_format, "is of a newer version");
  manifest.made = number("made");
  manifest.schema = number("schema");
  manifest.size = static_cast<std::uint64_t>(number("size"));
  const Json* digest = content.find("sha256");
  const auto bytes =
      from_hex(digest == nullptr || digest->string() == nullptr ? "" : std::string_view(*digest->string()));
  if (!bytes.ok() || bytes->size() != manifest.sha256.size()) return fail(Error::corrupted, "has no hash");
  std::copy(bytes->begin(), bytes->end(), manifest.sha256.begin());
  const Json* rows = content.find("rows");
  if (rows != nullptr && rows->object() != nullptr) {
    for (const auto& [name, count] : *rows->object())
      manifest.tables.push_back({name, static_cast<std::uint64_t>(count.integer() ? *count.integer() : 0)});
  }
  const Json* bad = content.find("bad");
  if (bad != nullptr && bad->string() != nullptr) manifest.bad = *bad->string();
  TRY_ASSIGN(manifest.heads, read_heads(content));
  return manifest;
}

// One file without a write-ahead log beside it.
Result<Manifest> copy_into(const StoreConfig& store, const std::string& path, Random& random) {
  TRY_ASSIGN(const OpenDatabase source, open_database(store, random));
  StoreConfig target;
  target.sqlite_path = path;
  TRY_ASSIGN(const OpenDatabase copy, open_database(target, random));
  Manifest manifest;
  manifest.schema = sql::schema_version();
  TRY_ASSIGN(manifest.tables, sql::copy_store(*source.connection, *copy.connection, sql::Source::snapshot));
  TRY_ASSIGN(const sql::AuditReport report, sql::verify_audit(*copy.connection));
  manifest.heads = report.heads;
  manifest.bad = report.bad;
  TRY_ASSIGN(const std::string mode, copy.connection->text("PRAGMA journal_mode=DELETE"));
  if (mode != "delete") return fail(Error::io_failed, path + ": keeps its write-ahead log");
  return manifest;
}

}  // namespace

Result<WorkDirectory> WorkDirectory::make() {
  std::error_code error;
  const auto base = std::filesystem::temp_directory_path(error);
  std::string name = ((error ? "/tmp" : base) / "cardea-admin-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return io_failure(name);
  return WorkDirectory(std::move(name));
}

WorkDirectory::~WorkDirectory() {
  if (!path_.empty()) remove_draft(path_);
}

Result<Manifest> make_backup(const StoreConfig& store, const ServerSecrets& secrets,
                             const std::string& directory, UnixSeconds now, Random& random) {
  struct stat info = {};
  if (::lstat(directory.c_str(), &info) == 0)
    return fail(Error::already_exists, directory + ": is there already");
  const std::string draft = directory + ".cardea-part";
  remove_draft(draft);
  if (::mkdir(draft.c_str(), 0700) != 0) return io_failure(draft);
  TRY_ASSIGN(Manifest manifest, copy_into(store, draft + kStoreFile, random));
  manifest.made = now;
  TRY(sync_file(draft + kStoreFile));
  TRY_ASSIGN(const FileFacts facts, facts_of(draft + kStoreFile));
  manifest.size = facts.size;
  manifest.sha256 = facts.sha256;
  const std::string text = sign_file(secrets, kBackupLabel, manifest_json(manifest));
  TRY(create_file_atomically(draft + kManifestFile, as_bytes(text), 0600));
  TRY(sync_directory(draft));
  if (::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, directory.c_str(), RENAME_NOREPLACE) != 0)
    return io_failure(directory);
  TRY(sync_directory(parent_of(directory)));
  return manifest;
}

Result<Manifest> read_manifest(const ServerSecrets& secrets, const std::string& directory) {
  const std::string path = directory + kManifestFile;
  TRY_ASSIGN(const Bytes bytes, read_state_file(path, kMaxManifest));
  const auto content = open_signed_file(secrets, kBackupLabel, as_text(bytes));
  if (!content.ok()) return fail(content.error(), path + " " + content.failure().detail);
  auto manifest = manifest_of(*content);
  if (!manifest.ok()) return fail(manifest.error(), path + " " + manifest.failure().detail);
  return manifest;
}

Result<Manifest> unpack_backup(const ServerSecrets& secrets, const std::string& directory,
                               const std::string& path) {
  TRY_ASSIGN(Manifest manifest, read_manifest(secrets, directory));
  std::error_code error;
  if (!std::filesystem::copy_file(directory + kStoreFile, path, error) || ::chmod(path.c_str(), 0600) != 0)
    return fail(Error::io_failed, directory + kStoreFile + ": can't be copied: " + error.message());
  // The copy is looked at, which nobody else can change meanwhile.
  TRY_ASSIGN(const FileFacts facts, facts_of(path));
  if (facts.size != manifest.size || facts.sha256 != manifest.sha256)
    return fail(Error::corrupted, directory + kStoreFile + ": is not the file that was backed up");
  SystemRandom random;
  StoreConfig copy;
  copy.sqlite_path = path;
  TRY_ASSIGN(const OpenDatabase database, open_database(copy, random));
  const sql::AuditHeads known[] = {manifest.heads};
  TRY_ASSIGN(const sql::AuditReport report, sql::verify_audit(*database.connection, known));
  if (!report.bad.empty()) return fail(Error::corrupted, directory + ": " + report.bad);
  return manifest;
}

}  // namespace cardea::server::admin

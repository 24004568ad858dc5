// SPDX-License-Identifier: Apache-2.0
// Looks accounts and groups up in the bytes of an accounts database (docs/spec/accounts-database.md). Trusts
// nothing in them: every place is checked against the size, and every bucket and record against its check
// value, each time it is used. A damaged database answers "damaged" and never a wrong account. Allocates
// nothing, has no state; called by the module's entry points, by the writer to check its work, and by the
// fuzzer.
#pragma once

#include <string_view>

#include "nss_helper/database_format.h"

namespace cardea::nss {

enum class Lookup : std::uint8_t { found, absent, damaged };

// One record that has passed every check. All pointers are into the database.
struct Record {
  RecordKind kind = RecordKind::account;
  std::uint32_t id = 0;     // uid and gid of an account, gid of a group; always is_our_id()
  std::uint32_t place = 0;  // in units of kRecordUnit from the beginning of the file
  std::uint32_t size = 0;
  std::string_view name;
  // Account: name, comment, home and shell, each with a zero byte behind it. Group: the names of the members
  // likewise.
  std::string_view texts;
  std::uint16_t comment_size = 0;
  std::uint16_t home_size = 0;
  const std::uint8_t* groups = nullptr;  // u32 gids, in the file's byte order
  std::uint32_t count = 0;               // of `groups`, or of the members
};

class DatabaseView {
 public:
  // False when the header is not that of a database of exactly this size. The bytes must outlive the view.
  bool open(const std::uint8_t* data, std::uint64_t size) noexcept;

  // True when the writer has put another file in this one's place, or is about to.
  [[nodiscard]] bool is_replaced() const noexcept {
    return __atomic_load_n(reinterpret_cast<const std::uint32_t*>(data_ + kReplacedOffset),
                           __ATOMIC_ACQUIRE) != 0;
  }

  Lookup by_name(const NameKey& name, Record& out) const noexcept;
  Lookup by_id(std::uint32_t id, Record& out) const noexcept;

  // The record behind the one that `cursor` names, in the order of ids; 0 is before the first. A cursor may
  // come from another database: it then goes on with the next higher id. `cursor` moves only when something
  // was found.
  Lookup next(std::uint64_t& cursor, Record& out) const noexcept;

  [[nodiscard]] std::uint64_t generation() const noexcept { return load64(data_ + 32); }
  [[nodiscard]] std::uint32_t accounts() const noexcept { return load32(data_ + 48); }
  [[nodiscard]] std::uint32_t groups() const noexcept { return load32(data_ + 52); }
  [[nodiscard]] std::uint32_t name_buckets() const noexcept { return name_mask_ + 1; }
  [[nodiscard]] std::uint32_t id_buckets() const noexcept { return id_mask_ + 1; }
  // Reads bucket `number` of the whole index (names, then ids) for the check of a whole file: false when
  // damaged.
  [[nodiscard]] bool bucket_passes(std::uint32_t number) const noexcept;

 private:
  template <typename Match>
  Lookup find(std::uint64_t index, std::uint32_t mask, std::uint64_t hash, std::uint32_t tag, Record& out,
              const Match& match) const noexcept;
  bool record_at(std::uint64_t offset, Record& out) const noexcept;
  bool read_account(const std::uint8_t* record, std::size_t name_size, Record& out) const noexcept;
  bool read_group(const std::uint8_t* record, std::size_t name_size, Record& out) const noexcept;

  const std::uint8_t* data_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint64_t seed_ = 0;
  std::uint64_t records_ = 0;  // offset of the first record
  std::uint32_t name_mask_ = 0;
  std::uint32_t id_mask_ = 0;
};

}  // namespace cardea::nss

// SPDX-License-Identifier: Apache-2.0
// What the store keeps and is given for users who move between regions (docs/spec/relocation.md): where a
// user's home is, on which days he worked where, and his rows as they travel. Plain values; used by
// server/service/relocation_*.
#pragma once

#include "server/store/types.h"

namespace cardea::server {

enum class HomeState : std::uint8_t { here, asked, agreed, frozen, gone, arriving };
const char* name_of(HomeState state) noexcept;
std::optional<HomeState> home_state(std::string_view name) noexcept;

// A user's row of the directory. Without one he is `here`, at epoch 1.
struct Home {
  UserId user;
  HomeState state = HomeState::here;
  std::string region;  // where to (asked, agreed, frozen, gone), where from (arriving), or empty
  std::uint32_t epoch = 1;
  UnixSeconds since = 0;
  UnixSeconds lease_until = 0;  // frozen
  UnixSeconds not_before = 0;   // agreed: the next try
  UnixSeconds quiet_until = 0;  // no proposal before
  std::uint32_t attempts = 0;
  bool records_days = false;  // the user switched it on
  Digest bundle{};            // arriving, gone: what was imported
  Bytes forward;              // gone: the statement, which is signed when it is shown; arriving: that of
                              // when he left, if he was at home here before
  bool delivered = false;     // gone: the destination is active
  bool purged = false;        // gone: the data is no longer here
};

// Whether he who asks for the user is shown the forward: he is gone, or on a way back that may never end
// here.
bool is_away(const Home& home) noexcept;

// From one state to another, or precondition_failed when the row is not (any more) in state `from` at this
// epoch. The note goes into the audit chain: before a state that takes no changes, behind one that does.
struct HomeChange {
  HomeState from = HomeState::here;
  std::uint32_t from_epoch = 1;
  Home to;  // since, records_days and purged are the store's to say
  std::optional<AuditNote> audit;
  UnixSeconds not_after = 0;  // the lease this change rests on; 0: none
};

struct WorkDay {
  std::int64_t day = 0;  // since 1970-01-01, UTC
  std::string region;
  bool operator==(const WorkDay&) const = default;
};

// Rows of a user as they are in the tables, by name.
enum class CellKind : std::uint8_t { bytes = 1, text = 2, number = 3 };
struct Cell {
  bool null = false;
  std::int64_t number = 0;
  Bytes bytes;  // also of a text
  bool operator==(const Cell&) const = default;
};
struct UserColumn {
  CellKind kind = CellKind::bytes;
  std::string name;
  bool operator==(const UserColumn&) const = default;
};
struct UserTable {
  std::string name;
  std::vector<UserColumn> columns;
  std::vector<std::vector<Cell>> rows;
  bool operator==(const UserTable&) const = default;
};
using UserRows = std::vector<UserTable>;

// What the parts of a bundle are kept under: some bytes that name the source, so that its bundles can be
// counted, and for the rest some that name the move. Made by relocation_inbox.
using BundleId = Digest;
inline constexpr std::size_t kBundleSource = 8;

struct PutBundlePart {
  BundleId id{};
  std::uint32_t number = 0;
  Bytes part;
  // Of one source at a time: how many bundles have parts here, and how many parts they have together.
  std::size_t max_bundles = 0;
  std::size_t max_parts = 0;
};

// The OPRF keys that a user brought along, sealed under this server's secrets.
struct MovedKeys {
  Bytes key_a;
  Bytes key_b;
};

struct ImportUser {
  UserId user;
  std::string from;
  std::uint32_t epoch = 1;  // of the directory when he left
  Digest bundle{};
  UserRows rows;
  MovedKeys keys;
  bool records_days = false;
};

// What the upkeep did with users who are not at home here.
struct PurgedUsers {
  std::vector<UserId> erased;  // they moved to another region long ago, or never came
  // They came back from another region and never arrived, and where they went then can't be read: nothing was
  // changed of them.
  std::vector<UserId> unreadable;
};

// arriving to here; the epoch is the forward's.
struct ActivateUser {
  UserId user;
  std::uint32_t epoch = 0;
  Digest bundle{};
  UnixSeconds quiet_until = 0;
  AuditNote audit;
};

// A failure that names the user who is not here any more, so that the edge can say where he is.
Failure moved_away(const UserId& user);
std::optional<UserId> user_moved_away(const Failure& failure);

}  // namespace cardea::server

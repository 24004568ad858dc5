// SPDX-License-Identifier: Apache-2.0
// The functions that the C library looks for in libnss_cardea.so.2 (glibc manual, "NSS Modules Interface").
// Each refuses what can't be ours, looks it up, and fills the caller's buffer. TRYAGAIN with ERANGE means
// "larger buffer", NOTFOUND is said only by a database that could be read, everything else is UNAVAIL.
#include <cerrno>

#include <nss.h>
#include <stdlib.h>

#include "nss_helper/answer.h"
#include "nss_helper/bail_out.h"
#include "nss_helper/database_cache.h"
#include "nss_helper/database_path.h"

#define CARDEA_NSS_ENTRY extern "C" [[gnu::visibility("default")]] enum nss_status

namespace cardea::nss {
namespace {

constinit DatabaseCache cache;
constinit std::atomic<std::uint64_t> account_cursor{0};
constinit std::atomic<std::uint64_t> group_cursor{0};

enum nss_status status_of(Lookup lookup, int* errnop) noexcept {
  *errnop = lookup == Lookup::absent ? ENOENT : EIO;
  return lookup == Lookup::absent ? NSS_STATUS_NOTFOUND : NSS_STATUS_UNAVAIL;
}

enum nss_status refused(int* errnop) noexcept { return status_of(Lookup::absent, errnop); }

enum nss_status unavailable(int error, int* errnop) noexcept {
  // ERANGE and EAGAIN belong to TRYAGAIN.
  *errnop = error == 0 || error == ERANGE || error == EAGAIN ? EIO : error;
  return NSS_STATUS_UNAVAIL;
}

bool fill(const Record& record, struct passwd& out, char* buffer, std::size_t size) noexcept {
  return fill_passwd(record, out, buffer, size);
}
bool fill(const Record& record, struct group& out, char* buffer, std::size_t size) noexcept {
  return fill_group(record, out, buffer, size);
}

bool answers(const Record& record, const struct passwd&) noexcept {
  return record.kind == RecordKind::account;
}
bool answers(const Record&, const struct group&) noexcept { return true; }  // an account has a private group

template <typename Entry>
enum nss_status filled(const Record& record, Entry* result, char* buffer, std::size_t size,
                       int* errnop) noexcept {
  if (fill(record, *result, buffer, size)) return NSS_STATUS_SUCCESS;
  *errnop = ERANGE;
  return NSS_STATUS_TRYAGAIN;
}

template <typename Entry>
enum nss_status get_by_name(const char* name, Entry* result, char* buffer, std::size_t size,
                            int* errnop) noexcept {
  if (must_bail_out()) return unavailable(ENOENT, errnop);
  NameKey key;
  if (!key.set(name)) return refused(errnop);
  const DatabaseUse use(cache, database_path());
  if (use.view() == nullptr) return unavailable(use.error(), errnop);
  Record record;
  const Lookup lookup = use.view()->by_name(key, record);
  if (lookup != Lookup::found) return status_of(lookup, errnop);
  if (!answers(record, *result)) return refused(errnop);
  return filled(record, result, buffer, size, errnop);
}

template <typename Entry>
enum nss_status get_by_id(std::uint32_t id, Entry* result, char* buffer, std::size_t size,
                          int* errnop) noexcept {
  if (must_bail_out()) return unavailable(ENOENT, errnop);
  if (!is_our_id(id)) return refused(errnop);
  const DatabaseUse use(cache, database_path());
  if (use.view() == nullptr) return unavailable(use.error(), errnop);
  Record record;
  const Lookup lookup = use.view()->by_id(id, record);
  if (lookup != Lookup::found) return status_of(lookup, errnop);
  if (!answers(record, *result)) return refused(errnop);
  return filled(record, result, buffer, size, errnop);
}

enum nss_status rewind(std::atomic<std::uint64_t>& cursor) noexcept {
  cursor.store(0, std::memory_order_relaxed);
  return must_bail_out() ? NSS_STATUS_UNAVAIL : NSS_STATUS_SUCCESS;
}

// The cursor is one number and no mapping is held between two calls: a program that never ends its
// enumeration keeps nothing, and threads that share one get each entry once.
template <typename Entry>
enum nss_status get_next(std::atomic<std::uint64_t>& cursor, Entry* result, char* buffer, std::size_t size,
                         int* errnop) noexcept {
  if (must_bail_out()) return unavailable(ENOENT, errnop);
  const DatabaseUse use(cache, database_path());
  if (use.view() == nullptr) return unavailable(use.error(), errnop);
  for (;;) {
    std::uint64_t before = cursor.load(std::memory_order_relaxed);
    std::uint64_t after = before;
    Record record;
    Lookup lookup = use.view()->next(after, record);
    while (lookup == Lookup::found && !answers(record, *result))
      lookup = use.view()->next(after, record);
    if (lookup != Lookup::found) return status_of(lookup, errnop);
    const enum nss_status status = filled(record, result, buffer, size, errnop);
    if (status != NSS_STATUS_SUCCESS || cursor.compare_exchange_strong(before, after)) return status;
  }
}

// What initgroups_dyn is given: gids collected so far, in memory that grows up to a limit.
struct GroupList {
  long int* used;
  long int* room;
  gid_t** gids;
  long int limit;  // 0 or less: none

  enum nss_status add(gid_t gid) const noexcept {
    if (*used == *room) {
      if (limit > 0 && *room >= limit)
        return NSS_STATUS_SUCCESS;  // full is not an error: the rest is left out
      long int room_wanted = *room > 0 ? *room * 2 : 16;
      if (limit > 0 && room_wanted > limit) room_wanted = limit;
      auto* larger =
          static_cast<gid_t*>(::realloc(*gids, static_cast<std::size_t>(room_wanted) * sizeof(gid_t)));
      if (larger == nullptr) return NSS_STATUS_TRYAGAIN;
      *gids = larger;
      *room = room_wanted;
    }
    (*gids)[(*used)++] = gid;
    return NSS_STATUS_SUCCESS;
  }
};

enum nss_status get_groups(const char* name, gid_t primary, const GroupList& list, int* errnop) noexcept {
  if (must_bail_out()) return unavailable(ENOENT, errnop);
  // A local user of the same name has a primary group outside our range: he gets no groups of ours.
  // -1 is what getent says for "no primary group".
  NameKey key;
  if (!key.set(name) || !(is_our_id(primary) || primary == static_cast<gid_t>(-1))) return refused(errnop);
  const DatabaseUse use(cache, database_path());
  if (use.view() == nullptr) return unavailable(use.error(), errnop);
  Record record;
  const Lookup lookup = use.view()->by_name(key, record);
  if (lookup != Lookup::found) return status_of(lookup, errnop);
  if (record.kind != RecordKind::account) return refused(errnop);
  for (std::uint32_t i = 0; i < record.count; ++i) {
    const gid_t gid = load32(record.groups + 4 * i);
    if (!is_our_id(gid) || gid == primary) continue;
    if (list.add(gid) == NSS_STATUS_SUCCESS) continue;
    *errnop = ENOMEM;
    return NSS_STATUS_TRYAGAIN;
  }
  return NSS_STATUS_SUCCESS;
}

}  // namespace
}  // namespace cardea::nss

using namespace cardea;

CARDEA_NSS_ENTRY _nss_cardea_getpwnam_r(const char* name, struct passwd* result, char* buffer, size_t size,
                                        int* errnop) {
  return nss::get_by_name(name, result, buffer, size, errnop);
}

CARDEA_NSS_ENTRY _nss_cardea_getpwuid_r(uid_t uid, struct passwd* result, char* buffer, size_t size,
                                        int* errnop) {
  return nss::get_by_id(uid, result, buffer, size, errnop);
}

CARDEA_NSS_ENTRY _nss_cardea_getgrnam_r(const char* name, struct group* result, char* buffer, size_t size,
                                        int* errnop) {
  return nss::get_by_name(name, result, buffer, size, errnop);
}

CARDEA_NSS_ENTRY _nss_cardea_getgrgid_r(gid_t gid, struct group* result, char* buffer, size_t size,
                                        int* errnop) {
  return nss::get_by_id(gid, result, buffer, size, errnop);
}

CARDEA_NSS_ENTRY _nss_cardea_initgroups_dyn(const char* name, gid_t primary, long int* used, long int* room,
                                            gid_t** gids, long int limit, int* errnop) {
  return nss::get_groups(name, primary, {used, room, gids, limit}, errnop);
}

CARDEA_NSS_ENTRY _nss_cardea_setpwent(int) { return nss::rewind(nss::account_cursor); }
CARDEA_NSS_ENTRY _nss_cardea_endpwent() { return nss::rewind(nss::account_cursor); }
CARDEA_NSS_ENTRY _nss_cardea_getpwent_r(struct passwd* result, char* buffer, size_t size, int* errnop) {
  return nss::get_next(nss::account_cursor, result, buffer, size, errnop);
}

CARDEA_NSS_ENTRY _nss_cardea_setgrent(int) { return nss::rewind(nss::group_cursor); }
CARDEA_NSS_ENTRY _nss_cardea_endgrent() { return nss::rewind(nss::group_cursor); }
CARDEA_NSS_ENTRY _nss_cardea_getgrent_r(struct group* result, char* buffer, size_t size, int* errnop) {
  return nss::get_next(nss::group_cursor, result, buffer, size, errnop);
}

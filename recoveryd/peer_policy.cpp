// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/peer_policy.h"

#include <array>
#include <utility>

namespace cardea::recoveryd {
namespace {

constexpr std::array<std::pair<std::string_view, Authority>, 38> kOperations{{
    {"status", Authority::own_account},
    {"register", Authority::own_account},
    {"gate.on", Authority::root_only},
    {"gate.off", Authority::root_only},
    {"gate.confirm", Authority::root_only},
    {"gate.rehearse", Authority::root_only},
    {"gate.status", Authority::own_account},
    {"card.show", Authority::own_account},
    {"card.enrol", Authority::root_only},
    {"card.replace", Authority::own_account},
    {"card.suspend", Authority::own_account},
    {"card.resume", Authority::own_account},
    {"card.change-pin", Authority::own_account},
    {"card.unblock", Authority::own_account},
    {"access-key.rotate", Authority::own_account},
    {"access-key.check", Authority::own_account},
    {"sheet.check", Authority::own_account},
    {"records.list", Authority::own_account},
    {"records.get", Authority::own_account},
    {"records.put", Authority::own_account},
    {"records.remove", Authority::own_account},
    {"records.sync", Authority::own_account},
    {"portal.allow", Authority::own_account},
    {"server.show", Authority::own_account},
    {"server.days", Authority::own_account},
    {"server.move", Authority::own_account},
    {"ssh.keys", Authority::key_reader},
    {"guest.list", Authority::root_only},
    {"guest.remove", Authority::root_only},
    {"officer.show", Authority::own_account},
    {"officer.add-key", Authority::own_account},
    {"officer.find", Authority::own_account},
    {"officer.ask", Authority::own_account},
    {"officer.list", Authority::own_account},
    {"officer.approve", Authority::own_account},
    {"officer.decline", Authority::own_account},
    {"officer.carry-out", Authority::own_account},
    {"officer.issue", Authority::own_account},
}};

}  // namespace

bool acts_for_everybody(uid_t peer, uid_t administrator) noexcept {
  return peer == 0 || peer == administrator;
}

std::optional<Authority> authority_of(std::string_view verb) noexcept {
  for (const auto& [name, authority] : kOperations) {
    if (name == verb) return authority;
  }
  return std::nullopt;
}

Status may_begin(uid_t peer, uid_t administrator, std::optional<uid_t> target_uid) {
  if (acts_for_everybody(peer, administrator)) return {};
  if (target_uid.has_value() && *target_uid == peer) return {};
  return fail(Error::permission_denied, "a user may act only for himself");
}

Status may_operate(uid_t peer, uid_t administrator, std::optional<uid_t> target_uid, std::string_view verb,
                   std::optional<uid_t> key_reader) {
  const auto authority = authority_of(verb);
  if (!authority.has_value()) return fail(Error::not_supported, "unknown operation");
  if (acts_for_everybody(peer, administrator)) return {};
  if (*authority == Authority::key_reader && key_reader.has_value() && *key_reader == peer) return {};
  if (*authority == Authority::root_only) return fail(Error::permission_denied, "only root may do this");
  return may_begin(peer, administrator, target_uid);
}

}  // namespace cardea::recoveryd

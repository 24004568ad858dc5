// SPDX-License-Identifier: Apache-2.0
#include "server/service/holder_rules.h"

namespace cardea::server {
namespace {

Failure refuse(std::string_view why) { return fail(Error::invalid_argument, "holder: " + std::string(why)); }

template <typename Id>
bool names_one_of(std::string_view ref, const std::set<Id>& known) {
  const auto id = Id::from_text(ref);
  return id.ok() && known.contains(*id);
}

}  // namespace

Status check_holder(const Holder& holder, const HolderTargets& targets, std::uint32_t epoch) {
  if (holder.epoch != epoch) return refuse("its epoch is not the user's");
  if (holder.envelope.empty() || holder.envelope.size() > kMaxHolderEnvelope)
    return refuse("envelope of wrong size");
  if (holder.kind == "card") {
    if (!names_one_of(holder.ref, targets.cards)) return refuse("no such card");
  } else if (holder.kind == "recovery" || holder.kind == "computer") {
    if (!names_one_of(holder.ref, targets.computers)) return refuse("no such computer");
  } else if (holder.kind == "sheet") {
    if (holder.ref != "sheet") return refuse("the sheet's reference is “sheet”");
  } else if (holder.kind == "officer") {
    if (!CardId::from_text(holder.ref).ok()) return refuse("an officer is named by the id of his card");
  } else {
    return refuse("unknown kind");
  }
  return {};
}

Status check_holders(const std::vector<Holder>& holders, const HolderTargets& targets, std::uint32_t epoch) {
  if (holders.size() > kMaxHolders) return fail(Error::limit_exceeded, "too many holders");
  std::set<std::pair<std::string, std::string>> seen;
  for (const Holder& holder : holders) {
    TRY(check_holder(holder, targets, epoch));
    if (!seen.emplace(holder.kind, holder.ref).second) return refuse("two for the same thing");
  }
  return {};
}

Result<HolderTargets> holder_targets(Store& store, const UserId& user) {
  HolderTargets targets;
  TRY_ASSIGN(const auto cards, store.cards(user));
  for (const Card& card : cards) {
    if (card.state != CardState::revoked) targets.cards.insert(card.id);
  }
  TRY_ASSIGN(const auto computers, store.computers(user));
  for (const Computer& computer : computers)
    targets.computers.insert(computer.id);
  return targets;
}

Status put_holder(Store& store, const Caller& caller, PutHolder command) {
  const Holder& holder = command.holder;
  if (caller.computer && (holder.kind != "computer" || holder.ref != caller.computer->text())) {
    return fail(Error::permission_denied, "a computer may only write its own holder");
  }
  TRY_ASSIGN(const HolderTargets targets, holder_targets(store, command.user));
  TRY(check_holder(holder, targets, holder.epoch));
  command.max_holders = kMaxHolders;
  return store.put_holder(command);
}

}  // namespace cardea::server

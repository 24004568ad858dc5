// SPDX-License-Identifier: Apache-2.0
#include "server/service/guest_accounts.h"

#include <algorithm>

namespace cardea::server {
namespace {

// A name is an account or a group, never both: on the computer neither would be published.
bool may_be_guest(const User& user, const GuestPolicy& policy) {
  const std::string login = api::login_name_of(user.account);
  if (login.empty() || !api::is_unix_id(user.uid)) return false;
  return std::none_of(policy.groups.begin(), policy.groups.end(),
                      [&](const api::UnixGroup& group) { return group.name == login; });
}

}  // namespace

Result<Outcome<GuestAdmitted>> GuestAccounts::admit(const Caller& caller, const CardId& card, UnixSeconds now,
                                                    std::optional<Once> once, const Render& render) {
  if (!caller.computer || !policy_.open_to.contains(*caller.computer))
    return fail(Error::permission_denied, "this computer is not open to guests");
  // Before anything is written: what can't be a guest leaves no trace that it was one.
  TRY_ASSIGN(const Card known, store_.get_card(card));
  TRY_ASSIGN(const User user, store_.get_user(known.user));
  if (!may_be_guest(user, policy_))
    return fail(Error::state_forbidden, "this account's name can't be a login name");
  api::AccountStatement statement;
  statement.server = authority_;
  statement.computer = *caller.computer;
  statement.groups = policy_.groups;
  statement.issued_at = now;
  statement.expires_at = now + policy_.statement_seconds;
  const Change<GuestAdmitted> change{now, std::move(once), [&](const GuestAdmitted& admitted) {
                                       statement.user = admitted.user.id;
                                       statement.account = admitted.user.account;
                                       statement.login = api::login_name_of(admitted.user.account);
                                       statement.uid = admitted.user.uid;
                                       statement.display_name = admitted.user.account;
                                       statement.epoch = admitted.user.epoch;
                                       statement.card = admitted.card.id;
                                       statement.auth_spki = admitted.card.auth_spki;
                                       statement.wrap_spki = admitted.card.wrap_spki;
                                       SignedStatement out{api::encode(statement), {}};
                                       out.signature = secrets_.checkpoint_key().sign(out.statement);
                                       return render(out);
                                     }};
  return store_.admit_guest(change, {card, *caller.computer, caller.prefix});
}

}  // namespace cardea::server

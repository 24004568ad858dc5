// SPDX-License-Identifier: Apache-2.0
// `guest.list` and `guest.remove`: who was a guest at this computer, and how his account and record go again
// (docs/spec/guests.md, "Forgetting a guest"). Only for who may act for everybody (peer_policy).
#pragma once

#include "recoveryd/dispatcher.h"
#include "recoveryd/state/accounts_store.h"

namespace cardea::recoveryd {

class GuestAdministration {
 public:
  explicit GuestAdministration(Context& context) : context_(context) {}

  // In the order of their names, a page of them: those behind the argument “after”. The member “next” is the
  // “after” of the page that follows; none: there is none.
  Result<OperationOutcome> list(Conversation& client, const OperationRequest& request);
  // Error::not_found: nobody here is a guest of this name. Error::state_forbidden: he is enrolled here, or
  // logged in. Nothing was changed then.
  Result<OperationOutcome> remove(Conversation& client, const std::string& user);

 private:
  struct Guest {
    std::string user;
    std::optional<login::EnrolmentRecord> record;
    std::optional<WantedAccount> account;
  };
  // What is known of the guest of this name. Error::not_found, or state_forbidden for an owner.
  Result<Guest> find(const std::string& user, const std::vector<WantedAccount>& accounts) const;
  [[nodiscard]] Result<std::vector<WantedAccount>> accounts() const;
  Result<bool> is_logged_in(const Guest& guest) const;
  std::string describe(const Guest& guest, bool logged_in, const text::Voice& voice) const;

  Context& context_;
};

}  // namespace cardea::recoveryd

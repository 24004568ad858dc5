// SPDX-License-Identifier: Apache-2.0
// Registration of a user with his first card and computer, in two requests. Between them the server keeps
// nothing: what it must remember is sealed into the registration id. Called by http/handlers_login.
#pragma once

#include "server/service/caller.h"
#include "server/service/guess_budget.h"
#include "server/service/server_secrets.h"

namespace cardea::server {

struct RegistrationStart {
  std::string account;
  Bytes opaque_a_request;
  Bytes opaque_b_request;
};

struct RegistrationStarted {
  std::int64_t retry_after = 0;  // not 0: nothing was started
  std::string registration_id;
  UserId user;
  Bytes opaque_a_response;
  Bytes opaque_b_response;
  UnixSeconds expires_at = 0;
};

struct RegistrationFinish {
  std::string registration_id;
  User user;  // id, account, epoch and signer are filled in by the service
  Card card;  // id, user and state are filled in by the service
  Computer computer;
  std::vector<Holder> holders;
};

class Registration {
 public:
  Registration(Store& store, GuessBudget& budget, const ServerSecrets& secrets, Random& random,
               const Policies& policies)
      : store_(store), budget_(budget), secrets_(secrets), random_(random), policies_(policies) {}

  // Answers the same whether the account exists or not. state_forbidden when registration is closed.
  Result<RegistrationStarted> start(const Caller& caller, const RegistrationStart& request, UnixSeconds now);
  // The caller's device signature was made with computer.device_spki. signature_invalid for a bad card proof.
  Result<Outcome<Registered>> finish(const Caller& caller, RegistrationFinish request,
                                     const Change<Registered>& change);

 private:
  Store& store_;
  GuessBudget& budget_;
  const ServerSecrets& secrets_;
  Random& random_;
  const Policies& policies_;
};

// What a registration id says.
struct PendingRegistration {
  UserId user;
  std::string account;
  std::uint32_t oprf_seed = 0;
};
// identity_not_accepted for one that was not made here; session_expired.
Result<PendingRegistration> open_registration_id(const ServerSecrets& secrets, std::string_view id,
                                                 UnixSeconds now);
// state_forbidden where registration is closed.
Status registration_must_be_open(const Policies& policies);
// The rest of a registration, of which user.id, user.recovery_public, card, computer and holders are there:
// checks card, computer and holders, and fills in what follows from them. Failures as Registration::finish.
Status complete_registration(RegisterUser& command, const Caller& caller, UnixSeconds now);

// OPAQUE credential identifiers: unique per user and record, never changed (docs/spec/opaque.md).
Bytes credential_a(const UserId& user);
Bytes credential_b(const UserId& user);

// key_invalid or signature_invalid unless the keys are good and the card signed them together with the user's
// recovery key. Fills card.id.
Status check_new_card(Card& card, const UserId& user, ByteView recovery_public);
// key_invalid unless it is an Ed25519 key. Fills computer.id.
Status check_new_computer(Computer& computer);

}  // namespace cardea::server

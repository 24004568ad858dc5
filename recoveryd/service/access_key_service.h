// SPDX-License-Identifier: Apache-2.0
// New generations of access keys, in two phases, and the daily comparison with the server
// (docs/spec/access-key.md, "Generations"; docs/spec/enrolment-store.md, "Order of writes"). Called by
// registration and replacement, by `cardea access-key rotate|check`, and by the housekeeper after every use.
#pragma once

#include "recoveryd/dispatcher.h"
#include "recoveryd/service/audit_watch.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/account_calls.h"
#include "upstream/computer_calls.h"

namespace cardea::recoveryd {

// A recovery key that none of the cards enrolled here has signed could be anybody's, and what is sealed to it
// as well. Error::server_untrusted.
Status check_signer(const login::EnrolmentRecord& record, const upstream::RecoverySigner& named);
// This computer's own holder of the root key; null when there is none.
const records::Holder* computer_holder(const upstream::Holders& holders, const api::ComputerId& computer);

// The server has made this generation the current one. What the record knows of its use counts; where the
// record has lost sight of it meanwhile (two contacts at once), it is taken all the same: no other generation
// opens any more.
void take_over_generation(login::EnrolmentRecord& record, const access_key::AccessKeyVerifier& committed);
// The server does not know this PREPARE: the old generation stays. Another pending one is not touched.
void give_up_generation(login::EnrolmentRecord& record, std::uint32_t generation);

// What a check-in changes. A server that is doubted is believed where it closes (a card suspended or
// revoked), not where it opens.
void take_check_in(login::EnrolmentRecord& record, const upstream::CheckedIn& answer, const AuditWatch& watch,
                   UnixSeconds now);

// The server says that this computer was taken out of the account. It goes on letting its owner in: a server
// can take a computer off a list, not close it.
void take_retirement(login::EnrolmentRecord& record, UnixSeconds now);

class AccessKeyService {
 public:
  explicit AccessKeyService(Context& context) : context_(context) {}
  Result<OperationOutcome> rotate(const std::string& user);
  Result<OperationOutcome> check(const std::string& user);

  // PREPARE at the server, the record with both generations, COMMIT at the server, the record with the new
  // one. A crash in between leaves keys of the old, of both, or of the new generation opening; never of
  // neither. `vault` has its identity; when its root key is open, the computer's own holder is made as well.
  Status make_generation(worker::Vault& vault, bool root_key_open, ServerLink& server,
                         const std::string& user);
  // Finishes an interrupted COMMIT, tells the server what was used, and learns the states of the cards. True:
  // a new generation is wanted.
  Result<bool> check_in(ServerLink& server, const std::string& user);
  // check_in, and a new generation when one is wanted, unless the person is given time to replace the card
  // first. What the housekeeper does.
  Status keep_up(const std::string& user);

 private:
  void tell_of_doubt(const std::string& user, const Failure& doubt);
  Status note_retirement(const login::EnrolmentRecord& record);
  Status commit(ServerLink& server, const login::EnrolmentRecord& record);
  Status make_generation_alone(ServerLink& server, const std::string& user);
  // Opens the root key with the access key that was used last, so that the next generation has a holder too.
  Status open_by_kept_key(worker::Vault& vault, ServerLink& server, const login::EnrolmentRecord& record);
  Context& context_;
};

}  // namespace cardea::recoveryd

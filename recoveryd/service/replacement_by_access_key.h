// SPDX-License-Identifier: Apache-2.0
// `cardea card replace --with access-key` (figures 15 and 17): the access key enters the server, and the key
// and this computer open the root key. The key is counted, checked and used as in a login; it is used only
// when everything that can be refused before has been (docs/decisions/0014-access-key-replaces-the-card.md).
#pragma once

#include "recoveryd/service/replacement_steps.h"
#include "upstream/account_calls.h"

namespace cardea::recoveryd {

class ReplacementByAccessKey {
 public:
  ReplacementByAccessKey(Context& context, Conversation& client) : context_(context), client_(client) {}
  Result<OperationOutcome> replace(const OperationRequest& request, ReplacementWish wish);

 private:
  // What the person has: a key that he typed now, or k_0 of the one he has just come in with.
  struct Proof {
    KeptAccessKeys::Root root;
    std::optional<access_key::AccessKey> typed;
  };
  // What the server says before anything is asked, and the computer believes.
  struct Known {
    ReplacedOwner owner;
    records::Holder holder;  // this computer's own
    std::vector<records::EpochSeal> seals;
  };

  Result<Known> ask_server(ServerLink& server, const login::EnrolmentRecord& record);
  Result<Proof> ask_person(const std::string& user);
  Result<access_key::AccessKey> ask_key();
  Status open_root_key(worker::Vault& vault, const Known& known, const Proof& proof,
                       const login::EnrolmentRecord& record);
  Status announce(ReplacementSteps& steps, const ReplacementWish& wish, const Proof& proof);
  Result<upstream::SessionInfo> enter_server(ServerLink& server, const login::EnrolmentRecord& record,
                                             const Proof& proof, const crypto::Ed25519KeyPair& key);

  Context& context_;
  Conversation& client_;
};

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "server/service/access_key_issuer.h"

#include "core/crypto/signature.h"

namespace cardea::server {

Result<Outcome<Generation>> AccessKeyIssuer::begin(
    const Caller& caller, const UserId& user, UnixSeconds now, std::optional<Once> once,
    const std::function<StoredAnswer(const GenerationBegun&)>& render) {
  if (!caller.computer) return Error::permission_denied;
  TRY(user_for(store_, caller, user));
  TRY_ASSIGN(const User owner, store_.get_user(user));
  GenerationBegun begun;
  begun.recovery_public = owner.recovery_public;
  TRY_ASSIGN(begun.signer, store_.get_card(owner.signer));
  begun.server_random = random_.array<32>();
  Change<Generation> change;
  change.now = now;
  change.once = std::move(once);
  change.render = [&](const Generation& generation) {
    begun.number = generation.number;
    return render(begun);
  };
  return store_.begin_generation(change, user, *caller.computer);
}

Result<Outcome<Generation>> AccessKeyIssuer::prepare(const Caller& caller, PrepareGeneration command,
                                                     const Change<Generation>& change) {
  if (!caller.computer) return Error::permission_denied;
  TRY(user_for(store_, caller, command.user));
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(command.login_public));
  if (key.kind() != crypto::KeyKind::ed25519)
    return fail(Error::key_invalid, "a login key is an Ed25519 key");
  command.computer = *caller.computer;
  return store_.prepare_generation(change, command);
}

Result<Outcome<Generation>> AccessKeyIssuer::commit(const Caller& caller, CommitGeneration command,
                                                    const Change<Generation>& change) {
  if (!caller.computer) return Error::permission_denied;
  TRY(user_for(store_, caller, command.user));
  command.computer = *caller.computer;
  command.audit = {"access-key-generation",
                   api::Json::Object{{"computer", command.computer.text()}, {"generation", command.number}}};
  return store_.commit_generation(change, command);
}

Result<Outcome<Issued>> AccessKeyIssuer::issue(const Caller& caller, const ComputerId& computer,
                                               const Change<Issued>& change) {
  if (!caller.session) return Error::permission_denied;
  IssueAccessKey command;
  command.user = caller.session->user;
  command.computer = computer;
  command.max_index = kChainLength;
  command.max_ahead = kMaxAhead;
  command.audit = {"access-key-issued",
                   api::Json::Object{{"computer", computer.text()}, {"from", caller.prefix}}};
  return store_.issue_access_key(change, command);
}

}  // namespace cardea::server

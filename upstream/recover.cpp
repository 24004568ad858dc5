// SPDX-License-Identifier: Apache-2.0
#include "upstream/recover.h"

#include "core/access_key/typed_form.h"
#include "upstream/access_key_calls.h"

namespace cardea::upstream {
namespace {

Result<Recovered> ask_for_answer(ServerClient& client, const PasswordSession& session, ByteView password,
                                 const RecoveryDialog& dialog) {
  Failure last = fail(Error::identity_not_accepted);
  for (int asked = 0; asked < kMaxAnswers; ++asked) {
    TRY_ASSIGN(const SecretBytes answer, dialog.answer(session.question.expose_text(), asked > 0));
    auto recovered = login_with_answer(client, session, password, answer.expose());
    if (recovered.ok()) return recovered;
    last = recovered.failure();
    const bool ask_again =
        last.error == Error::identity_not_accepted || last.error == Error::invalid_argument;
    if (!ask_again) return last;
  }
  return last;
}

Result<ComputerInfo> ask_for_computer(ServerClient& client, const PasswordSession& session,
                                      const RecoveryDialog& dialog) {
  TRY_ASSIGN(auto computers, list_computers(client, session.key, std::nullopt));
  std::erase_if(computers, [](const ComputerInfo& computer) { return computer.generation == 0; });
  if (computers.empty()) return fail(Error::holder_missing, "no computer of this account has access keys");
  TRY_ASSIGN(const std::size_t chosen, dialog.choose_computer(computers));
  if (chosen >= computers.size()) return fail(Error::invalid_argument, "no such computer");
  return std::move(computers[chosen]);
}

// The number comes from the server, the key from the seal only the owner opens: the check value tells whether
// the two belong together before a person walks to a locked computer with it.
Result<access_key::AccessKey> key_of(const IssuedKey& issued, const access_key::ChainContext& whose,
                                     const crypto::P256KeyPair& recovery_key) {
  TRY_ASSIGN(const access_key::ChainSeed seed, records::open_chain_seed(issued.seal, whose, recovery_key));
  TRY_ASSIGN(const access_key::AccessKey root, access_key::chain_key(seed, whose, 0));
  if (!equal_constant_time(access_key::check_value(root, whose), issued.check_k0)) {
    return fail(Error::server_misbehaved, "the sealed chain is not the one of its check value");
  }
  return access_key::chain_key(seed, whose, issued.index);
}

Result<RecoveredAccessKey> recover_in_session(ServerClient& client, const PasswordSession& session,
                                              ByteView password, const RecoveryDialog& dialog) {
  TRY_ASSIGN(const Recovered recovered, ask_for_answer(client, session, password, dialog));
  TRY_ASSIGN(const ComputerInfo computer, ask_for_computer(client, session, dialog));
  TRY_ASSIGN(IssuedKey issued, issue_access_key(client, session.key, computer.id));
  const access_key::ChainContext whose{computer.id.bytes(), session.info.user.bytes(), issued.generation};
  TRY_ASSIGN(const access_key::AccessKey key, key_of(issued, whose, recovered.recovery_key));
  return RecoveredAccessKey{access_key::format_access_key(key), std::move(issued.computer), issued.index};
}

}  // namespace

Result<RecoveredAccessKey> recover_access_key(ServerClient& client, const std::string& account,
                                              ByteView password, const RecoveryDialog& dialog) {
  TRY_ASSIGN(const PasswordSession session, login_with_password(client, account, password));
  auto recovered = recover_in_session(client, session, password, dialog);
  (void)end_session(client, session.key);  // it ends by itself, too
  return recovered;
}

}  // namespace cardea::upstream

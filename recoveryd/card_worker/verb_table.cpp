// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/verb_table.h"

#include "recoveryd/card_worker/card_steps.h"
#include "recoveryd/card_worker/chain_steps.h"
#include "recoveryd/card_worker/keyring_steps.h"
#include "recoveryd/card_worker/opaque_steps.h"
#include "recoveryd/card_worker/record_steps.h"
#include "recoveryd/card_worker/root_steps.h"
#include "recoveryd/card_worker/vault_steps.h"

namespace cardea::worker {
namespace {

constexpr bool kFd = true;

constexpr VerbRow kTable[] = {
    {Verb::look, VaultRule::any, !kFd, look},
    {Verb::login_sign, VaultRule::any, kFd, login_sign},
    {Verb::keyring_open, VaultRule::any, !kFd, keyring_open},
    {Verb::keyring_seal, VaultRule::any, !kFd, keyring_seal},
    {Verb::keyring_reveal, VaultRule::any, kFd, keyring_reveal},
    {Verb::vault_open, VaultRule::closed, !kFd, vault_open},
    {Verb::vault_close, VaultRule::open, !kFd, vault_close},
    {Verb::set_identity, VaultRule::open, !kFd, set_identity},
    {Verb::collect, VaultRule::open, kFd, collect},
    {Verb::reveal, VaultRule::open, kFd, reveal},
    {Verb::opaque_register_start, VaultRule::open, !kFd, opaque_register_start},
    {Verb::opaque_register_finish, VaultRule::open, !kFd, opaque_register_finish},
    {Verb::opaque_login_start, VaultRule::open, !kFd, opaque_login_start},
    {Verb::opaque_login_finish, VaultRule::open, !kFd, opaque_login_finish},
    {Verb::open_question, VaultRule::open, !kFd, open_question},
    {Verb::card_login, VaultRule::open, !kFd, card_login},
    {Verb::card_make_keys, VaultRule::open, !kFd, card_make_keys},
    {Verb::card_sign, VaultRule::open, !kFd, card_sign},
    {Verb::storage_list, VaultRule::open, !kFd, storage_list},
    {Verb::storage_read, VaultRule::open, !kFd, storage_read},
    {Verb::storage_write, VaultRule::open, !kFd, storage_write},
    {Verb::storage_remove, VaultRule::open, !kFd, storage_remove},
    {Verb::change_pin, VaultRule::open, !kFd, change_pin},
    {Verb::unblock_pin, VaultRule::open, !kFd, unblock_pin},
    {Verb::root_create, VaultRule::open, !kFd, root_create},
    {Verb::root_open, VaultRule::open, !kFd, root_open},
    {Verb::holder_seal, VaultRule::open, !kFd, holder_seal},
    {Verb::epoch_advance, VaultRule::open, !kFd, epoch_advance},
    {Verb::open_epoch_seals, VaultRule::open, !kFd, open_epoch_seals},
    {Verb::recovery_key_create, VaultRule::open, !kFd, recovery_key_create},
    {Verb::recovery_key_open, VaultRule::open, !kFd, recovery_key_open},
    {Verb::sheet_check, VaultRule::open, !kFd, sheet_check},
    {Verb::sheet_group, VaultRule::open, !kFd, sheet_group},
    {Verb::chain_create, VaultRule::open, !kFd, chain_create},
    {Verb::keyring_recipient, VaultRule::open, !kFd, keyring_recipient},
    {Verb::chain_seal, VaultRule::open, !kFd, chain_seal},
    {Verb::chain_open, VaultRule::open, !kFd, chain_open},
    {Verb::record_seal, VaultRule::open, !kFd, record_seal},
    {Verb::record_open, VaultRule::open, !kFd, record_open},
    {Verb::record_rewrap, VaultRule::open, !kFd, record_rewrap},
    {Verb::record_is_named, VaultRule::open, !kFd, record_is_named},
    {Verb::record_note, VaultRule::open, !kFd, record_note},
    {Verb::pairing_seal, VaultRule::open, !kFd, pairing_seal},
};

}  // namespace

const VerbRow* permitted(Verb verb, bool vault_open, bool has_fd) noexcept {
  for (const VerbRow& row : kTable) {
    if (row.verb != verb) continue;
    const bool state_fits = row.vault == VaultRule::any || (row.vault == VaultRule::open) == vault_open;
    return state_fits && row.takes_fd == has_fd ? &row : nullptr;
  }
  return nullptr;
}

}  // namespace cardea::worker

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/chain_steps.h"

#include <algorithm>

#include "core/access_key/typed_form.h"
#include "core/card/key_use.h"
#include "core/records/recovery_key.h"
#include "recoveryd/card_worker/card_steps.h"

namespace cardea::worker {
namespace {

Result<access_key::ChainSeed> open_with_vault_card(StepContext& context, ByteView seal,
                                                   const access_key::ChainContext& whose) {
  TRY_ASSIGN(BoundCard * card, open_card(context));
  if (!card->info.card_id) return Error::card_removed;
  const card::CardId& officer = *card->info.card_id;
  card::TokenSession& session = *card->session;
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(card->info.wrap_spki));
  if (key.kind() == crypto::KeyKind::rsa) {
    return records::open_chain_seed_as_officer(
        seal, whose, officer, [&](ByteView text) { return card::wrap_rsa_decrypt(session, text); });
  }
  TRY_ASSIGN(const auto point, crypto::p256_point_from_spki(card->info.wrap_spki));
  return records::open_chain_seed_as_officer(
      seal, whose, officer, [&](ByteView peer) { return card::wrap_dh(session, peer); }, point);
}

}  // namespace

Result<Bytes> chain_create(StepContext& context, ByteReader& in) {
  const std::uint32_t generation = in.u32();
  const ByteView server_random = in.lp();
  const ByteView recovery_public = in.lp();
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  if (generation == 0) return fail(Error::invalid_argument, "generation 0");
  TRY_ASSIGN(const SecretKey32 from_server, SecretKey32::from(server_random));
  const access_key::ChainContext whose{identity.computer, identity.user, generation};
  access_key::ChainSeed seed = access_key::make_chain_seed(context.random.secret<32>(), from_server);
  TRY_ASSIGN(access_key::AccessKey root, access_key::chain_key(seed, whose, 0));
  TRY_ASSIGN(const Bytes seal, records::seal_chain_seed(seed, whose, recovery_public, context.random));
  const auto check = access_key::check_value(root, whose);
  const Bytes login_spki = access_key::login_key_pair(root).spki();
  vault.chain = VaultChain{whose, std::move(seed), std::move(root)};
  return ByteBuilder().lp(seal).raw(check).lp(login_spki).take();
}

Result<Bytes> chain_seal(StepContext& context, ByteReader& in) {
  card::CardId officer{};
  const ByteView id = in.bytes(officer.size());
  const ByteView wrap_spki = in.lp();
  if (!in.complete()) return Error::frame_malformed;
  std::copy(id.begin(), id.end(), officer.begin());
  if (!context.vault->chain) return missing("no chain was made");
  const VaultChain& chain = *context.vault->chain;
  TRY_ASSIGN(const Bytes seal, records::seal_chain_seed_for_officer(chain.seed, chain.whose, officer,
                                                                    wrap_spki, context.random));
  return ByteBuilder().lp(seal).take();
}

// The number comes from the server, the key from the seal that only this card opens: the check value tells
// whether the two belong together before a person is told the key.
Result<Bytes> chain_open(StepContext& context, ByteReader& in) {
  const std::uint32_t generation = in.u32();
  const std::uint32_t index = in.u32();
  const ByteView check_k0 = in.lp();
  const ByteView seal = in.lp();
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  if (generation == 0 || index == 0) return fail(Error::invalid_argument, "generation or number 0");
  const access_key::ChainContext whose{identity.computer, identity.user, generation};
  TRY_ASSIGN(const access_key::ChainSeed seed, open_with_vault_card(context, seal, whose));
  TRY_ASSIGN(const access_key::AccessKey root, access_key::chain_key(seed, whose, 0));
  if (!equal_constant_time(access_key::check_value(root, whose), check_k0))
    return fail(Error::server_misbehaved, "the sealed chain is not the one of its check value");
  TRY_ASSIGN(const access_key::AccessKey key, access_key::chain_key(seed, whose, index));
  vault.opened_key = access_key::format_access_key(key);
  return Bytes{};
}

}  // namespace cardea::worker

// SPDX-License-Identifier: Apache-2.0
// Who opens what a chain of access keys was sealed to: this computer, and a help-desk officer's card.
#include "core/access_key/access_key_chain.h"
#include "core/access_key/typed_form.h"
#include "core/records/recovery_key.h"
#include "tests/unit/recoveryd/card_worker/worker_on_softhsm.h"

namespace cardea::worker {
namespace {

// Figure 17: an access key and this computer open the root key, and nothing less does.
TEST_F(WorkerOnSoftHsm, TheComputersHolderOpensWithTheRootOfItsGeneration) {
  SystemRandom random;
  const auto recovery = crypto::P256KeyPair::generate(random);
  const Bytes share(32, 0x44);
  const std::string ref = to_hex(computer);
  const RecordId record{9};
  HolderParameters parameters;
  parameters.device_share = share;
  Bytes holder, sealed, seal;
  {
    const auto v = vault();
    ASSERT_TRUE(v->set_identity(user, computer, kCallTimeout).ok());
    ASSERT_TRUE(v->root_create(kCallTimeout).ok());
    seal = v->chain_create(7, Bytes(32, 0x33), recovery.point(), kCallTimeout)->seal;
    holder = v->holder_seal(HolderKind::computer, ref, parameters, kCallTimeout).value();
    ASSERT_TRUE(v->collect(Purpose::record, secret_channel("{\"kind\":\"note\"}"), kCallTimeout).ok());
    sealed = v->record_seal(record, 1, kCallTimeout).value();
  }
  // What the owner's access keys are hashed down to.
  const access_key::ChainContext whose{computer, user, 7};
  const auto seed = records::open_chain_seed(seal, whose, recovery);
  ASSERT_TRUE(seed.ok());
  const auto k0 = access_key::chain_key(*seed, whose, 0).value();
  const auto k1 = access_key::chain_key(*seed, whose, 1).value();

  const auto v = vault();
  ASSERT_TRUE(v->set_identity(user, computer, kCallTimeout).ok());
  const auto opens = [&](ByteView root, ByteView device_share, std::uint32_t generation) {
    HolderParameters with;
    with.device_share = device_share;
    with.chain_root = root;
    with.generation = generation;
    return error_of(v->root_open(HolderKind::computer, ref, 1, holder, with, kCallTimeout));
  };
  EXPECT_EQ(opens(k1.expose(), share, 7), Error::decrypt_failed);
  EXPECT_EQ(opens(k0.expose(), Bytes(32, 0x45), 7), Error::decrypt_failed);
  EXPECT_EQ(opens(k0.expose(), share, 8), Error::decrypt_failed);
  EXPECT_EQ(error_of(v->record_open(record, 1, 1, sealed, kCallTimeout)), Error::message_not_permitted);
  EXPECT_EQ(opens(k0.expose(), share, 7), Error{});
  EXPECT_TRUE(v->record_open(record, 1, 1, sealed, kCallTimeout).ok());
  EXPECT_EQ(v->epoch_advance(kCallTimeout)->epoch, 2U);
}

// One computer seals a chain to an officer's card; his worker, elsewhere, gets one key of it and no more.
class WorkerOfAnOfficer : public WorkerOnSoftHsm, public testing::WithParamInterface<card::KeyKind> {};

TEST_P(WorkerOfAnOfficer, ItsCardOpensWhatWasSealedToIt) {
  SystemRandom random;
  const auto recovery = crypto::P256KeyPair::generate(random);
  const CardKeys keys = make_keys(GetParam());
  const auto officer = crypto::card_id(keys.auth_spki);
  Bytes seal, owners_seal, check;
  {
    const auto v = vault();
    ASSERT_TRUE(v->set_identity(user, computer, kCallTimeout).ok());
    EXPECT_EQ(error_of(v->chain_seal(officer, keys.wrap_spki, kCallTimeout)), Error::message_not_permitted);
    const auto chain = v->chain_create(7, Bytes(32, 0x33), recovery.point(), kCallTimeout).value();
    owners_seal = chain.seal;
    check = chain.check_k0;
    EXPECT_EQ(error_of(v->chain_seal(officer, recovery.point(), kCallTimeout)), Error::key_invalid);
    seal = v->chain_seal(officer, keys.wrap_spki, kCallTimeout).value();
  }
  const auto seed = records::open_chain_seed(owners_seal, {computer, user, 7}, recovery);
  const auto k5 = access_key::chain_key(*seed, {computer, user, 7}, 5).value();

  const auto v = opened_vault();
  const auto opens = [&](std::uint32_t generation, std::uint32_t index, ByteView root, ByteView sealed) {
    return error_of(v->chain_open({generation, index, root, sealed}, kCallTimeout));
  };
  auto [ours, theirs] = channel_pair();
  EXPECT_EQ(error_of(v->reveal(Purpose::access_key, std::move(theirs), kCallTimeout)),
            Error::message_not_permitted);
  EXPECT_EQ(opens(8, 5, check, seal), Error::decrypt_failed);
  EXPECT_EQ(opens(7, 5, check, owners_seal),
            GetParam() == card::KeyKind::p256 ? Error::decrypt_failed : Error::unknown_format);
  EXPECT_EQ(opens(7, 5, Bytes(32, 1), seal), Error::server_misbehaved);
  EXPECT_EQ(opens(7, 1001, check, seal), Error::access_key_exhausted);
  EXPECT_EQ(opens(7, 5, check, seal), Error{});
  auto [mine, his] = channel_pair();
  ASSERT_TRUE(v->reveal(Purpose::access_key, std::move(his), kCallTimeout).ok());
  EXPECT_EQ(read_revealed(mine).value(), access_key::format_access_key(k5).expose_text());
}

INSTANTIATE_TEST_SUITE_P(Keys, WorkerOfAnOfficer, testing::Values(card::KeyKind::p256, card::KeyKind::rsa));

}  // namespace
}  // namespace cardea::worker

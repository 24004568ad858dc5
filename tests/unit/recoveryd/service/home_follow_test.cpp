// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/home_follow.h"

#include "core/api/checkpoint_key.h"
#include "core/api/forward.h"
#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

class HomeFollow : public ServiceTest {
 protected:
  HomeFollow() {
    const auto card = worker_.insert("card", "1234");
    enrol("anna", card);
    EXPECT_TRUE(enrolments_
                    .update("anna",
                            [&](login::EnrolmentRecord& record) -> Status {
                              record.checkpoint_key = old_key_.spki();
                              record.audit_length = 7;
                              forward_.user = api::UserId(record.user_id);
                              return {};
                            })
                    .ok());
    forward_.epoch = 2;
    forward_.region = "south";
    forward_.url = "https://south.example:8443";
    forward_.checkpoint_spki = new_key_.spki();
    forward_.time = clock_.now();
  }
  api::Json::Object answer(const crypto::Ed25519KeyPair& key) {
    const Bytes statement = api::encode(forward_);
    return {{"statement", api::Json::bytes(statement)},
            {"signature", api::Json::bytes(key.sign(statement))},
            {"key", api::Json::bytes(key.spki())}};
  }
  void expect_unmoved(const api::Json& shown, Error error) {
    const Status done = follow_home(context_, "anna", shown);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error(), error);
    const auto record = enrolments_.load("anna");
    EXPECT_EQ(record->servers, std::vector<std::string>{"https://home.example"});
    EXPECT_EQ(record->checkpoint_key, old_key_.spki());
  }
  crypto::Ed25519KeyPair old_key_ = crypto::Ed25519KeyPair::generate(random_);
  crypto::Ed25519KeyPair new_key_ = crypto::Ed25519KeyPair::generate(random_);
  api::Forward forward_;
};

TEST_F(HomeFollow, ThePinnedKeyIntroducesTheNextServer) {
  ASSERT_TRUE(follow_home(context_, "anna", answer(old_key_)).ok());
  const EnrolmentStore reopened(*directory_);
  const auto record = reopened.load("anna");
  EXPECT_EQ(record->servers, std::vector<std::string>{"https://south.example:8443"});
  EXPECT_EQ(record->checkpoint_key, new_key_.spki());
  EXPECT_EQ(record->audit_length, 7u);  // the chain goes on
  // The old server has said its last word.
  EXPECT_EQ(follow_home(context_, "anna", answer(old_key_)).error(), Error::signature_invalid);
}

TEST_F(HomeFollow, NobodyElseMoves) {
  expect_unmoved(answer(new_key_), Error::signature_invalid);
  const auto good = answer(old_key_);
  forward_.region = "west";
  auto changed = answer(old_key_);
  changed.front().second = good.front().second;
  expect_unmoved(changed, Error::signature_invalid);
  // The pinned key beside a signature of another one.
  changed = answer(new_key_);
  changed.back().second = api::Json::bytes(old_key_.spki());
  expect_unmoved(changed, Error::signature_invalid);
  changed.pop_back();
  expect_unmoved(changed, Error::server_misbehaved);
  forward_.url = "https://south.example/elsewhere";
  expect_unmoved(answer(old_key_), Error::server_misbehaved);
  forward_.url = "https://south.example";
  forward_.user = api::UserId::random(random_);
  expect_unmoved(answer(old_key_), Error::server_misbehaved);
}

TEST_F(HomeFollow, TheKeyThatTookThePinnedOnesPlaceIsBelieved) {
  const auto third = crypto::Ed25519KeyPair::generate(random_);
  auto shown = answer(third);
  const auto handed_over = [&](const crypto::Ed25519KeyPair& by) {
    const Bytes signature = to_bytes(by.sign(api::checkpoint_key_proof(2, third.spki())));
    return api::Json::Array{api::Json::Object{
        {"number", 2}, {"key", api::Json::bytes(third.spki())}, {"signature", api::Json::bytes(signature)}}};
  };
  shown.emplace_back("handovers", handed_over(third));
  expect_unmoved(shown, Error::signature_invalid);
  shown.back().second = handed_over(old_key_);
  EXPECT_TRUE(follow_home(context_, "anna", shown).ok());
  EXPECT_EQ(enrolments_.load("anna")->checkpoint_key, new_key_.spki());
}

TEST_F(HomeFollow, WithoutAPinnedKeyNothingIsBelieved) {
  ASSERT_TRUE(enrolments_
                  .update("anna",
                          [](login::EnrolmentRecord& record) -> Status {
                            record.checkpoint_key.clear();
                            return {};
                          })
                  .ok());
  EXPECT_EQ(follow_home(context_, "anna", answer(old_key_)).error(), Error::state_forbidden);
}

}  // namespace
}  // namespace cardea::recoveryd

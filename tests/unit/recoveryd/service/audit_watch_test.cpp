// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/audit_watch.h"

#include <gtest/gtest.h>

#include "core/api/audit_event.h"
#include "core/api/proofs.h"
#include "core/base/random.h"

namespace cardea::recoveryd {
namespace {

// A server with one user's chain.
class AuditWatchTest : public ::testing::Test {
 protected:
  AuditWatchTest() { record_.user_id.fill(0x22); }

  static void append(std::vector<upstream::AuditEvent>& chain, const std::string& kind) {
    upstream::AuditEvent event{chain.size() + 1, 1000, kind, api::Json(api::Json::Object{{"from", "x"}}), {}};
    const api::AuditHash before = chain.empty() ? api::AuditHash{} : chain.back().hash;
    event.hash = api::next_audit_head(
        before, api::audit_event_text(user(), event.sequence, event.time, event.kind, event.details));
    chain.push_back(std::move(event));
  }
  static api::UserId user() {
    login::UserId id;
    id.fill(0x22);
    return api::UserId(id);
  }
  upstream::AuditState state(const std::vector<upstream::AuditEvent>& chain,
                             const crypto::Ed25519KeyPair& key) const {
    upstream::AuditState out;
    out.length = chain.size();
    if (!chain.empty()) out.head = chain.back().hash;
    const auto signature = key.sign(api::checkpoint_proof(out.length, out.head, 5000));
    out.checkpoint = upstream::Checkpoint{5000, Bytes(signature.begin(), signature.end()), key.spki()};
    return out;
  }
  // Three events a page.
  EventsAfter events_of(const std::vector<upstream::AuditEvent>& chain) {
    return [&chain](std::uint64_t after) -> Result<upstream::AuditPage> {
      upstream::AuditPage page;
      for (std::size_t i = after; i < chain.size() && page.events.size() < 3; ++i)
        page.events.push_back(chain[i]);
      return page;
    };
  }
  AuditWatch watch(const std::vector<upstream::AuditEvent>& chain) {
    return watch_audit(record_, state(chain, key_), events_of(chain), visit());
  }
  AuditVisitor visit() {
    return [this](const upstream::AuditEvent& event) { visited_.push_back(event.sequence); };
  }
  void accept(const AuditWatch& watch) {
    record_.audit_length = watch.length;
    record_.audit_head = watch.head;
    record_.checkpoint_key = watch.checkpoint_key;
  }

  SystemRandom random_;
  crypto::Ed25519KeyPair key_ = crypto::Ed25519KeyPair::generate(random_);
  login::EnrolmentRecord record_;
  std::vector<upstream::AuditEvent> chain_;
  std::vector<std::uint64_t> visited_;
};

TEST_F(AuditWatchTest, AChainThatGrowsIsFollowedAndTheFirstKeyIsKept) {
  for (int i = 0; i < 8; ++i) {
    append(chain_, "session-opened");
    const AuditWatch seen = watch(chain_);
    ASSERT_TRUE(seen.verdict.ok()) << seen.verdict.failure().detail;
    EXPECT_EQ(seen.length, chain_.size());
    if (i % 3 == 0) accept(seen);
  }
  EXPECT_EQ(record_.checkpoint_key, key_.spki());
}

TEST_F(AuditWatchTest, AServerThatForgotOrRewroteEventsIsDoubtedAndWhatWasKnownStays) {
  for (int i = 0; i < 5; ++i)
    append(chain_, "session-opened");
  accept(watch(chain_));
  auto shorter = chain_;
  shorter.pop_back();
  std::vector<upstream::AuditEvent> forked(chain_.begin(), chain_.begin() + 3);
  append(forked, "card-state");
  append(forked, "card-state");
  auto longer_fork = forked;
  append(longer_fork, "card-state");
  for (const auto* chain : {&shorter, &forked, &longer_fork}) {
    const AuditWatch seen = watch(*chain);
    EXPECT_EQ(seen.verdict.error(), Error::server_untrusted) << chain->size();
    EXPECT_EQ(seen.length, 5U);
    EXPECT_EQ(seen.head, record_.audit_head);
  }
}

TEST_F(AuditWatchTest, AnotherCheckpointKeyOrNoneIsDoubted) {
  append(chain_, "registered");
  accept(watch(chain_));
  const auto other = crypto::Ed25519KeyPair::generate(random_);
  EXPECT_FALSE(watch_audit(record_, state(chain_, other), events_of(chain_), visit()).verdict.ok());
  auto unsigned_state = state(chain_, key_);
  unsigned_state.checkpoint.reset();
  EXPECT_FALSE(watch_audit(record_, unsigned_state, events_of(chain_), visit()).verdict.ok());
  auto moved = state(chain_, key_);
  moved.length += 1;
  EXPECT_FALSE(watch_audit(record_, moved, events_of(chain_), visit()).verdict.ok());
}

TEST_F(AuditWatchTest, AKeyThatTheKnownOneHasSignedIsTakenAndTheOldOneIsNotBelievedAgain) {
  append(chain_, "registered");
  accept(watch(chain_));
  const auto next = crypto::Ed25519KeyPair::generate(random_);
  const auto thief = crypto::Ed25519KeyPair::generate(random_);
  const auto handover = [](const crypto::Ed25519KeyPair& key, const crypto::Ed25519KeyPair& by) {
    const auto signature = by.sign(api::checkpoint_key_proof(2, key.spki()));
    return api::KeyHandover{2, key.spki(), to_bytes(signature)};
  };
  auto forged = state(chain_, thief);
  forged.checkpoint->handovers = {handover(thief, thief)};
  EXPECT_FALSE(watch_audit(record_, forged, events_of(chain_), visit()).verdict.ok());
  auto rotated = state(chain_, next);
  EXPECT_FALSE(watch_audit(record_, rotated, events_of(chain_), visit()).verdict.ok());
  rotated.checkpoint->handovers = {handover(next, key_)};
  // The key is handed over, but the checkpoint is another's.
  auto borrowed = rotated;
  borrowed.checkpoint->signature = state(chain_, thief).checkpoint->signature;
  EXPECT_FALSE(watch_audit(record_, borrowed, events_of(chain_), visit()).verdict.ok());
  const AuditWatch seen = watch_audit(record_, rotated, events_of(chain_), visit());
  ASSERT_TRUE(seen.verdict.ok()) << seen.verdict.failure().detail;
  EXPECT_EQ(seen.checkpoint_key, next.spki());
  accept(seen);
  auto back = state(chain_, key_);
  back.checkpoint->handovers = {handover(next, key_)};
  EXPECT_FALSE(watch_audit(record_, back, events_of(chain_), visit()).verdict.ok());
  EXPECT_FALSE(watch(chain_).verdict.ok());
}

TEST_F(AuditWatchTest, EventsThatCannotBeFetchedNowAreNoReasonForDoubt) {
  append(chain_, "registered");
  const AuditWatch seen = watch_audit(
      record_, state(chain_, key_),
      [](std::uint64_t) -> Result<upstream::AuditPage> { return Error::server_unreachable; }, visit());
  EXPECT_TRUE(seen.verdict.ok());
  EXPECT_EQ(seen.length, 0U);
}

TEST_F(AuditWatchTest, EveryEventOnTheWayIsShownOnceAndInOrder) {
  for (int i = 0; i < 250; ++i)
    append(chain_, "session-opened");
  // So many pages and no more at one check-in.
  accept(watch(chain_));
  EXPECT_EQ(visited_.size(), 3u * kMaxAuditPages);
  while (record_.audit_length < chain_.size())
    accept(watch(chain_));
  ASSERT_EQ(visited_.size(), 250u);
  for (std::uint64_t i = 0; i < 250; ++i)
    EXPECT_EQ(visited_[i], i + 1);
}

TEST_F(AuditWatchTest, AServerThatShowsNoEventsIsDoubted) {
  append(chain_, "registered");
  const AuditWatch seen = watch_audit(
      record_, state(chain_, key_),
      [](std::uint64_t) -> Result<upstream::AuditPage> { return upstream::AuditPage{}; }, visit());
  EXPECT_FALSE(seen.verdict.ok());
}

}  // namespace
}  // namespace cardea::recoveryd

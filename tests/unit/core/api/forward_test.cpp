// SPDX-License-Identifier: Apache-2.0
#include "core/api/forward.h"

#include <functional>

#include <gtest/gtest.h>

#include "core/api/server_list.h"
#include "core/crypto/signature.h"

namespace cardea::api {
namespace {

class ForwardTest : public ::testing::Test {
 protected:
  Forward made() { return {user_, 2, "south", "https://south.example:8443", key_.spki(), 1'800'000'000}; }
  bool is_refused(const std::function<void(Forward&)>& change) {
    Forward forward = made();
    change(forward);
    return decode_forward(encode(forward)).error() == Error::corrupted;
  }
  SystemRandom random_;
  UserId user_ = UserId::random(random_);
  crypto::Ed25519KeyPair key_ = crypto::Ed25519KeyPair::generate(random_);
};

TEST_F(ForwardTest, HasOneForm) {
  Bytes bytes = encode(made());
  const auto back = decode_forward(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(encode(*back), bytes);
  EXPECT_EQ(back->url, "https://south.example:8443");
  EXPECT_EQ(back->epoch, 2u);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_forward(ByteView(bytes).first(size)).ok()) << size;
  bytes.push_back(0);
  EXPECT_FALSE(decode_forward(bytes).ok());
}

TEST_F(ForwardTest, BreaksNoRule) {
  EXPECT_TRUE(is_refused([](Forward& f) { f.epoch = 1; }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.region = "South"; }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.region = ""; }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.url = "http://south.example"; }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.url = "https://"; }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.url = "https://south.example/elsewhere"; }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.url = "https://south.example@other.example"; }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.url = "https://a\nb"; }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.url.resize(kMaxServerUrl + 1, 'a'); }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.checkpoint_spki.pop_back(); }));
  EXPECT_TRUE(is_refused([](Forward& f) { f.time = -1; }));
}

TEST_F(ForwardTest, IsBelievedOfTheKnownKeyOnly) {
  const Bytes bytes = encode(made());
  const auto signature = key_.sign(bytes);
  EXPECT_TRUE(open_forward(bytes, signature, key_.spki(), user_, 1).ok());
  EXPECT_EQ(open_forward(bytes, signature, key_.spki(), user_, 2).error(), Error::server_misbehaved);
  EXPECT_EQ(open_forward(bytes, signature, key_.spki(), UserId::random(random_), 1).error(),
            Error::server_misbehaved);
  const auto other = crypto::Ed25519KeyPair::generate(random_);
  EXPECT_EQ(open_forward(bytes, signature, other.spki(), user_, 1).error(), Error::signature_invalid);
  EXPECT_EQ(open_forward(bytes, signature, {}, user_, 1).error(), Error::signature_invalid);
}

}  // namespace
}  // namespace cardea::api

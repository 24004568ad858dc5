// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/agent_link/agent_messages.h"

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "core/crypto/p256.h"
#include "core/crypto/ssh_key.h"

namespace cardea::recoveryd::agent {
namespace {

class AgentMessages : public ::testing::Test {
 protected:
  // As ssh-agent encodes r and s: shortest form, a zero in front of a high bit.
  static Bytes mpint(ByteView number) {
    while (number.size() > 1 && number[0] == 0)
      number = number.subspan(1);
    ByteBuilder out;
    if ((number[0] & 0x80) != 0) out.u8(0);
    return out.raw(number).take();
  }
  static Bytes signature(std::string_view type, ByteView blob) {
    return ByteBuilder().lp32(as_bytes(type)).lp32(blob).take();
  }
  static Bytes numbers(ByteView r, ByteView s) { return ByteBuilder().lp32(r).lp32(s).take(); }
  static Bytes answer(ByteView signature) { return ByteBuilder().u8(14).lp32(signature).take(); }
  Result<Bytes> read(ByteView bytes) const { return signature_in_answer(key_, bytes); }
  Result<Bytes> read_numbers(ByteView r, ByteView s) const {
    return read(answer(signature("ecdsa-sha2-nistp256", numbers(r, s))));
  }

  SystemRandom random_;
  crypto::P256KeyPair pair_ = crypto::P256KeyPair::generate(random_);
  crypto::PublicKey key_ = crypto::PublicKey::from_spki(pair_.spki()).value();
};

TEST_F(AgentMessages, ASignatureComesBackInTheFormThatIsVerified) {
  for (int i = 0; i < 64; ++i) {  // so that short numbers and high bits occur
    const Bytes message(static_cast<std::size_t>(i), 0x61);
    const auto raw = pair_.sign(message);
    const auto got = read_numbers(mpint(ByteView(raw).first(32)), mpint(ByteView(raw).last(32)));
    ASSERT_TRUE(got.ok());
    EXPECT_TRUE(key_.verify(message, *got).ok());
  }
}

TEST_F(AgentMessages, TheRequestNamesTheKeyTheBytesAndNoFlag) {
  const Bytes message{1, 2, 3};
  const Bytes blob = crypto::ssh_public_key(key_).blob;
  EXPECT_EQ(sign_request(key_, message), ByteBuilder()
                                             .u32(static_cast<std::uint32_t>(1 + 4 + blob.size() + 4 + 3 + 4))
                                             .u8(13)
                                             .lp32(blob)
                                             .lp32(message)
                                             .u32(0)
                                             .take());
}

TEST_F(AgentMessages, ARefusalIsNoSignatureAndNoFault) {
  EXPECT_EQ(read(Bytes{5}).error(), Error::not_found);
  EXPECT_EQ(read(Bytes{5, 1, 2}).error(), Error::not_found);
  EXPECT_EQ(read(Bytes{28}).error(), Error::not_found);
}

TEST_F(AgentMessages, EverythingElseIsMalformed) {
  const Bytes good = to_bytes(ByteView(pair_.sign(Bytes{})));
  const Bytes r = mpint(ByteView(good).first(32)), s = mpint(ByteView(good).last(32));
  const Bytes whole = answer(signature("ecdsa-sha2-nistp256", numbers(r, s)));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(read(ByteView(whole).first(size)).error(), Error::frame_malformed) << size;
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(read(longer).ok());
  for (const std::string_view type :
       {"ecdsa-sha2-nistp384", "ssh-rsa", "rsa-sha2-256", "", "ecdsa-sha2-nistp25"})
    EXPECT_FALSE(read(answer(signature(type, numbers(r, s)))).ok()) << type;
  EXPECT_FALSE(read_numbers({}, s).ok()) << "nothing";
  EXPECT_FALSE(read_numbers(Bytes{0}, s).ok()) << "zero with a byte";
  EXPECT_FALSE(read_numbers(Bytes{0x80}, s).ok()) << "negative";
  EXPECT_FALSE(read_numbers(Bytes{0, 1}, s).ok()) << "not the shortest form";
  EXPECT_FALSE(read_numbers(Bytes(33, 1), s).ok()) << "too long";
  EXPECT_FALSE(read_numbers(r, Bytes(1000, 1)).ok());
  const Bytes three = ByteBuilder().lp32(r).lp32(s).lp32(s).take();
  EXPECT_FALSE(read(answer(signature("ecdsa-sha2-nistp256", three))).ok());
  for (int type = 0; type < 256; ++type) {
    if (type == 5 || type == 14 || type == 28) continue;
    Bytes other = whole;
    other[0] = static_cast<std::uint8_t>(type);
    EXPECT_FALSE(read(other).ok()) << type;
  }
}

TEST_F(AgentMessages, AnAnswersLengthIsBounded) {
  EXPECT_EQ(*answer_length(Bytes{0, 0, 0, 1}), 1U);
  EXPECT_EQ(*answer_length(Bytes{0, 0, 0x10, 0}), kMaxAnswerBytes);
  EXPECT_EQ(answer_length(Bytes{0, 0, 0x10, 1}).error(), Error::frame_too_large);
  EXPECT_EQ(answer_length(Bytes{0xff, 0xff, 0xff, 0xff}).error(), Error::frame_too_large);
  EXPECT_EQ(answer_length(Bytes{0, 0, 0, 0}).error(), Error::frame_malformed);
  EXPECT_EQ(answer_length(Bytes{0, 0, 1}).error(), Error::frame_malformed);
}

}  // namespace
}  // namespace cardea::recoveryd::agent

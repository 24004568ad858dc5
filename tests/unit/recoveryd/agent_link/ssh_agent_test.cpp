// SPDX-License-Identifier: Apache-2.0
// Agents as no one would wish to meet them, at the other end of a socket.
#include "recoveryd/agent_link/ssh_agent.h"

#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/byte_builder.h"
#include "core/crypto/p256.h"
#include "recoveryd/agent_link/agent_messages.h"

namespace cardea::recoveryd::agent {
namespace {

using namespace std::chrono_literals;

std::pair<UniqueFd, UniqueFd> connection(int type = SOCK_STREAM) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }
bool never() { return false; }

class SshAgentTest : public ::testing::Test {
 protected:
  SshAgentTest() {
    auto [mine, theirs] = connection();
    agent_end_ = std::move(theirs);
    agent_.emplace(SshAgent::take(std::move(mine), ::geteuid()));
    EXPECT_TRUE(agent_->ok());
  }
  void agent_says(ByteView bytes) {
    EXPECT_EQ(::write(agent_end_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  Error sign(std::chrono::milliseconds time = 5s, const std::function<bool()>& given_up = never) {
    const auto signature = (*agent_)->sign(key_, message_, in(time), given_up);
    return signature.ok() ? Error{} : signature.error();
  }

  SystemRandom random_;
  crypto::P256KeyPair pair_ = crypto::P256KeyPair::generate(random_);
  crypto::PublicKey key_ = crypto::PublicKey::from_spki(pair_.spki()).value();
  const Bytes message_ = Bytes(100, 0x61);
  UniqueFd agent_end_;
  std::optional<Result<SshAgent>> agent_;
};

TEST_F(SshAgentTest, AskedForOneKeyAfterTheOther) {
  agent_says(Bytes{0, 0, 0, 1, 5});
  EXPECT_EQ(sign(), Error::not_found);
  agent_says(Bytes{0, 0, 0, 1, 5});
  EXPECT_EQ(sign(), Error::not_found);
  Bytes asked(2 * sign_request(key_, message_).size() + 1);
  const ssize_t got = ::recv(agent_end_.get(), asked.data(), asked.size(), MSG_DONTWAIT);
  EXPECT_EQ(got, static_cast<ssize_t>(asked.size() - 1));
}

TEST_F(SshAgentTest, AnAnswerInPiecesIsOneAnswer) {
  std::thread slow([this] {
    for (const std::uint8_t byte : {0, 0, 0, 1, 5})
      agent_says(Bytes{byte});
  });
  EXPECT_EQ(sign(), Error::not_found);
  slow.join();
}

TEST_F(SshAgentTest, SilenceEndsAtTheDeadline) {
  EXPECT_EQ(sign(50ms), Error::timeout);
  agent_says(Bytes{0, 0, 0, 9, 5});  // and the rest never comes
  EXPECT_EQ(sign(50ms), Error::timeout);
}

TEST_F(SshAgentTest, AnAgentThatReadsNothingEndsAtTheDeadline) {
  const Bytes full(4'096);
  auto [mine, theirs] = connection();
  while (::send(mine.get(), full.data(), full.size(), MSG_DONTWAIT) > 0)
    continue;
  auto agent = SshAgent::take(std::move(mine), ::geteuid());
  ASSERT_TRUE(agent.ok());
  EXPECT_EQ(agent->sign(key_, message_, in(50ms), never).error(), Error::timeout);
}

TEST_F(SshAgentTest, WhoHangsUpEndsIt) {
  EXPECT_EQ(sign(60s, [] { return true; }), Error::cancelled);
}

TEST_F(SshAgentTest, GarbageAndAClosedConnectionAreErrors) {
  agent_says(Bytes{0xff, 0xff, 0xff, 0xff, 14});
  EXPECT_EQ(sign(), Error::frame_too_large);
  agent_end_.reset();
  EXPECT_NE(sign(), Error{});
}

TEST(SshAgentSocket, OnlyAConnectedStreamSocketOfThePersonIsTaken) {
  const uid_t me = ::geteuid();
  EXPECT_EQ(SshAgent::take(connection().first, me + 1).error(), Error::peer_not_trusted)
      << "of somebody else";
  EXPECT_EQ(SshAgent::take(connection(SOCK_SEQPACKET).first, me).error(), Error::peer_not_trusted);
  EXPECT_EQ(SshAgent::take(connection(SOCK_DGRAM).first, me).error(), Error::peer_not_trusted);
  int pipe_ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const UniqueFd writer(pipe_ends[1]);
  EXPECT_EQ(SshAgent::take(UniqueFd(pipe_ends[0]), me).error(), Error::peer_not_trusted);
  for (const int domain : {AF_UNIX, AF_INET})
    EXPECT_EQ(SshAgent::take(UniqueFd(::socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0)), me).error(),
              Error::peer_not_trusted);
}

}  // namespace
}  // namespace cardea::recoveryd::agent

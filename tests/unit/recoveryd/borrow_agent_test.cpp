// SPDX-License-Identifier: Apache-2.0
// What the daemon takes for an answer when it asks a client for the person's ssh agent.
#include <cstring>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "recoveryd/conversation.h"

namespace cardea::recoveryd {
namespace {

constexpr std::uint16_t kAskId = 1;  // of the first question in a conversation

class BorrowAgent : public ::testing::Test {
 protected:
  BorrowAgent() : socket_(pair_of(SOCK_SEQPACKET)), agent_(pair_of(SOCK_STREAM)) {}

  static std::pair<UniqueFd, UniqueFd> pair_of(int type) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), 0);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
  }
  // The client's packet with so many copies of the agent's descriptor.
  void client_sends(const Bytes& packet, std::size_t descriptors) {
    iovec part{const_cast<std::uint8_t*>(packet.data()), packet.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (descriptors > 0) {
      message.msg_control = control;
      message.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
      cmsghdr* const rights = CMSG_FIRSTHDR(&message);
      rights->cmsg_level = SOL_SOCKET;
      rights->cmsg_type = SCM_RIGHTS;
      rights->cmsg_len = CMSG_LEN(descriptors * sizeof(int));
      const int descriptor = agent_.first.get();
      for (std::size_t i = 0; i < descriptors; ++i)
        std::memcpy(CMSG_DATA(rights) + i * sizeof(int), &descriptor, sizeof descriptor);
    }
    ASSERT_EQ(::sendmsg(socket_.second.get(), &message, 0), static_cast<ssize_t>(packet.size()));
  }
  static Bytes lend(std::uint16_t ask_id, bool lent) {
    Bytes space(64);
    const wire::Packet packet = wire::encode(wire::Lend{ask_id, lent}, space);
    return {packet.begin(), packet.end()};
  }
  Result<UniqueFd> borrow() {
    Conversation client(std::move(socket_.first), Peer{});
    return client.borrow_agent();
  }
  Error refused() {
    const auto borrowed = borrow();
    return borrowed.ok() ? Error{} : borrowed.error();
  }
  // Nobody but the test has the agent's end any more.
  bool agent_is_closed() {
    agent_.first.reset();
    char byte = 0;
    return ::recv(agent_.second.get(), &byte, 1, MSG_DONTWAIT) == 0;
  }

  std::pair<UniqueFd, UniqueFd> socket_, agent_;
};

TEST_F(BorrowAgent, TheOneDescriptorOfALend) {
  client_sends(lend(kAskId, true), 1);
  auto borrowed = borrow();
  ASSERT_TRUE(borrowed.ok());
  ASSERT_TRUE(static_cast<bool>(*borrowed));
  EXPECT_FALSE(agent_is_closed());
  borrowed->reset();
  EXPECT_TRUE(agent_is_closed());
}

TEST_F(BorrowAgent, AClientThatDoesNotLend) {
  client_sends(lend(kAskId, false), 0);
  const auto borrowed = borrow();
  ASSERT_TRUE(borrowed.ok());
  EXPECT_FALSE(static_cast<bool>(*borrowed));
}

TEST_F(BorrowAgent, MoreThanOneDescriptorIsRefusedAndAllAreClosed) {
  for (const std::size_t count : {2, 3, 8}) {
    socket_ = pair_of(SOCK_SEQPACKET);
    agent_ = pair_of(SOCK_STREAM);
    client_sends(lend(kAskId, true), count);
    EXPECT_EQ(refused(), Error::frame_malformed) << count;
    EXPECT_TRUE(agent_is_closed()) << count;
  }
}

TEST_F(BorrowAgent, WordAndDescriptorMustAgree) {
  client_sends(lend(kAskId, true), 0);
  EXPECT_EQ(refused(), Error::frame_malformed);
  socket_ = pair_of(SOCK_SEQPACKET);
  client_sends(lend(kAskId, false), 1);
  EXPECT_EQ(refused(), Error::frame_malformed);
  EXPECT_TRUE(agent_is_closed());
}

TEST_F(BorrowAgent, AnotherMessageOrTheAnswerToAnotherQuestion) {
  client_sends(lend(kAskId + 1, true), 1);
  EXPECT_EQ(refused(), Error::message_not_permitted);
  Bytes space(64);
  const wire::Packet answer = wire::encode(wire::Answer{kAskId, wire::AnswerKind::empty, {}}, space);
  socket_ = pair_of(SOCK_SEQPACKET);
  client_sends({answer.begin(), answer.end()}, 1);
  EXPECT_EQ(refused(), Error::message_not_permitted);
  EXPECT_TRUE(agent_is_closed());
  socket_ = pair_of(SOCK_SEQPACKET);
  client_sends(Bytes(10'000, 1), 0);
  EXPECT_EQ(refused(), Error::frame_too_large);
  socket_ = pair_of(SOCK_SEQPACKET);
  socket_.second.reset();
  EXPECT_EQ(refused(), Error::cancelled);
}

// The rule for every other packet: no descriptor.
TEST_F(BorrowAgent, ABeginMessageBringsNoDescriptor) {
  Bytes space(512);
  const wire::Packet begin = wire::encode(wire::Begin{}, space);
  client_sends({begin.begin(), begin.end()}, 1);
  Conversation client(std::move(socket_.first), Peer{});
  EXPECT_EQ(client.receive_request().error(), Error::frame_malformed);
  EXPECT_TRUE(agent_is_closed());
}

}  // namespace
}  // namespace cardea::recoveryd

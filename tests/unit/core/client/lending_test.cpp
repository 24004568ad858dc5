// SPDX-License-Identifier: Apache-2.0
// When the client opens and lends the person's ssh agent.
#include <deque>
#include <vector>

#include <gtest/gtest.h>

#include "core/client/daemon_client.h"

namespace cardea::client {
namespace {

using Buffer = std::vector<std::uint8_t>;
constexpr Channel kAgent = 77;

template <typename Message>
Buffer encoded(const Message& message) {
  Buffer space(wire::kMaxPacketBytes);
  const wire::Packet packet = wire::encode(message, space);
  return {packet.begin(), packet.end()};
}

class Transport final : public client::Transport {
 public:
  Error connect(std::uint32_t&) noexcept override { return kNoError; }
  Error send(wire::Packet packet) noexcept override {
    sent.emplace_back(packet.begin(), packet.end());
    return kNoError;
  }
  Error lend(wire::Packet packet, Channel channel) noexcept override {
    lent.push_back(channel);
    return send(packet);
  }
  Error receive(wire::PacketBuffer buffer, std::uint32_t&, wire::Packet& packet,
                Channel& channel) noexcept override {
    channel = kNoChannel;
    if (incoming.empty()) return Error::peer_closed;
    std::copy(incoming.front().begin(), incoming.front().end(), buffer.begin());
    packet = buffer.first(incoming.front().size());
    incoming.pop_front();
    return kNoError;
  }
  bool hung_up() noexcept override { return false; }
  Error write(Channel, wire::Packet) noexcept override { return Error::internal; }
  Error read(Channel, wire::PacketBuffer, std::uint32_t&, wire::Packet&) noexcept override {
    return Error::internal;
  }
  void close(Channel channel) noexcept override { closed.push_back(channel); }

  std::deque<Buffer> incoming;
  std::vector<Buffer> sent;
  std::vector<Channel> lent, closed;
};

class Terminal final : public client::Terminal {
 public:
  Reply ask(const wire::Ask&, Turn, SecretBuffer&) noexcept override { return Reply::failed; }
  void say(const wire::Say&) noexcept override {}
  Reply reveal(const wire::Reveal&, std::span<const std::uint8_t>) noexcept override { return Reply::failed; }
  Channel lend_agent() noexcept override {
    ++opened;
    return agent;
  }
  Channel agent = kAgent;
  int opened = 0;
};

class LendingTest : public ::testing::Test {
 protected:
  void daemon_borrows() { transport.incoming.push_back(encoded(wire::Borrow{9})); }
  void daemon_grants() {
    wire::Verdict granted;
    granted.decision = wire::Decision::granted;
    transport.incoming.push_back(encoded(granted));
  }
  Error login(std::uint32_t flags) {
    wire::Begin begin;
    begin.user = "ana";
    begin.flags = flags;
    begin.timeout_ms = 10'000;
    return DaemonClient(transport, terminal, workspace).login(begin, verdict);
  }
  // What answer number `index` after the begin message says.
  bool lent(std::size_t index) {
    wire::Lend lend;
    EXPECT_TRUE(wire::decode(transport.sent.at(index + 1), lend));
    EXPECT_EQ(lend.ask_id, 9);
    return lend.lent;
  }

  Transport transport;
  Terminal terminal;
  Workspace workspace{Workspace::For::answers};
  wire::Verdict verdict;
};

TEST_F(LendingTest, AnAgentThatWasOfferedIsLentOnceAndClosed) {
  daemon_borrows();
  daemon_borrows();
  daemon_grants();
  EXPECT_EQ(login(wire::kHasAgent), kNoError);
  EXPECT_EQ(transport.lent, std::vector<Channel>{kAgent});
  EXPECT_EQ(transport.closed, std::vector<Channel>{kAgent});
  EXPECT_TRUE(lent(0));
  EXPECT_FALSE(lent(1));
  EXPECT_EQ(terminal.opened, 1);
}

TEST_F(LendingTest, OneThatCannotBeOpenedIsNotLent) {
  terminal.agent = kNoChannel;
  daemon_borrows();
  daemon_grants();
  EXPECT_EQ(login(wire::kHasAgent), kNoError);
  EXPECT_FALSE(lent(0));
  EXPECT_TRUE(transport.lent.empty());
}

TEST_F(LendingTest, WithoutAnOfferNothingIsOpened) {
  daemon_borrows();
  daemon_grants();
  EXPECT_EQ(login(0), kNoError);
  EXPECT_FALSE(lent(0));
  EXPECT_EQ(terminal.opened, 0);
}

TEST_F(LendingTest, AnOperationLendsNothing) {
  daemon_borrows();
  wire::BeginOperation begin;
  begin.verb = "status";
  wire::OperationResult result;
  EXPECT_EQ(DaemonClient(transport, terminal, workspace).operation(begin, result),
            Error::message_not_permitted);
  EXPECT_EQ(terminal.opened, 0);
}

}  // namespace
}  // namespace cardea::client

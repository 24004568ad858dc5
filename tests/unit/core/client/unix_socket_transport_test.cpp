// SPDX-License-Identifier: Apache-2.0
// What can be seen without a whole conversation; the rest is tested through the PAM module
// (tests/integration).
#include "core/client/linux/unix_socket_transport.h"

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace cardea::client {
namespace {

// A socket that listens, for one test.
class Listener {
 public:
  explicit Listener(int type = SOCK_SEQPACKET) : socket_(socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(socket_, 4), 0);
  }
  ~Listener() { ::close(socket_); }
  [[nodiscard]] std::string path() const { return directory_.file("s"); }
  [[nodiscard]] int accept() const { return ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC); }

 private:
  test::TempDir directory_;
  int socket_;
};

Error connect_to(const std::string& path) {
  UnixSocketTransport transport(path.c_str());
  std::uint32_t budget = 5'000;
  return transport.connect(budget);
}

TEST(UnixSocketTransport, NobodyThere) {
  const test::TempDir directory;
  EXPECT_EQ(connect_to(directory.file("no")), Error::service_unreachable);
  EXPECT_EQ(connect_to(directory.file("no/no")), Error::service_unreachable);
}

TEST(UnixSocketTransport, OtherKindsOfSocketAreNobody) {
  const Listener stream(SOCK_STREAM);
  EXPECT_EQ(connect_to(stream.path()), Error::service_unreachable);
}

TEST(UnixSocketTransport, PathsMustBeAbsoluteAndFit) {
  EXPECT_EQ(connect_to(""), Error::invalid_argument);
  EXPECT_EQ(connect_to("relative.sock"), Error::invalid_argument);
  EXPECT_EQ(connect_to("/" + std::string(107, 'x')), Error::invalid_argument);
  EXPECT_EQ(connect_to("/" + std::string(106, 'x')), Error::service_unreachable);
}

TEST(UnixSocketTransport, WaitingIsTakenOffTheBudget) {
  const Listener listener;
  const std::string path = listener.path();
  UnixSocketTransport transport(path.c_str());
  std::uint32_t budget = 150;
  ASSERT_EQ(transport.connect(budget), kNoError);
  const int peer = listener.accept();
  std::vector<std::uint8_t> space(wire::kMaxPacketBytes);
  wire::Packet packet;
  Channel channel = kNoChannel;
  EXPECT_EQ(transport.receive(space, budget, packet, channel), Error::timeout);
  EXPECT_EQ(budget, 0u);
  ::close(peer);
}

TEST(UnixSocketTransport, PacketsKeepTheirBordersAndTheEndIsSeen) {
  const Listener listener;
  const std::string path = listener.path();
  UnixSocketTransport transport(path.c_str());
  std::uint32_t budget = 5'000;
  ASSERT_EQ(transport.connect(budget), kNoError);
  const int peer = listener.accept();
  ASSERT_EQ(::send(peer, "abc", 3, 0), 3);
  ASSERT_EQ(::send(peer, "de", 2, 0), 2);
  std::vector<std::uint8_t> space(wire::kMaxPacketBytes);
  wire::Packet packet;
  Channel channel = kNoChannel;
  ASSERT_EQ(transport.receive(space, budget, packet, channel), kNoError);
  EXPECT_EQ(packet.size(), 3u);
  ASSERT_EQ(transport.receive(space, budget, packet, channel), kNoError);
  EXPECT_EQ(packet.size(), 2u);
  EXPECT_FALSE(transport.hung_up());
  ::close(peer);
  EXPECT_TRUE(transport.hung_up());
  EXPECT_EQ(transport.receive(space, budget, packet, channel), Error::peer_closed);
  EXPECT_EQ(transport.send(wire::Packet(space).first(4)), Error::peer_closed);  // and no SIGPIPE
}

TEST(UnixSocketTransport, ConnectingAgainDropsTheOldConnection) {
  const Listener listener;
  const std::string path = listener.path();
  UnixSocketTransport transport(path.c_str());
  std::uint32_t budget = 5'000;
  ASSERT_EQ(transport.connect(budget), kNoError);
  const int first = listener.accept();
  ASSERT_EQ(transport.connect(budget), kNoError);
  const int second = listener.accept();
  char byte = 0;
  EXPECT_EQ(recv(first, &byte, 1, 0), 0);
  EXPECT_EQ(recv(second, &byte, 1, MSG_DONTWAIT), -1);
  ::close(first);
  ::close(second);
}

}  // namespace
}  // namespace cardea::client

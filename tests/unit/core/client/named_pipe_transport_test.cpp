// SPDX-License-Identifier: Apache-2.0
// Under Wine, which keeps no access-control lists for pipes: that only the right ones may connect is not
// shown here.
#include "core/client/windows/named_pipe_transport.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <windows.h>

namespace cardea::client {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::wstring fresh_path() {
  static std::atomic<int> number{0};
  return L"\\\\.\\pipe\\cardea-test-" + std::to_wstring(GetCurrentProcessId()) + L"-" +
         std::to_wstring(number++);
}

// The daemon's end, of one instance, for one test.
class Daemon {
 public:
  explicit Daemon(DWORD mode = PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, std::wstring path = fresh_path())
      : path_(std::move(path)),
        pipe_(CreateNamedPipeW(path_.c_str(), PIPE_ACCESS_DUPLEX, mode | PIPE_REJECT_REMOTE_CLIENTS, 2,
                               1 << 17, 1 << 17, 0, nullptr)) {
    EXPECT_NE(pipe_, INVALID_HANDLE_VALUE);
  }
  ~Daemon() { hang_up(); }
  [[nodiscard]] const wchar_t* path() const { return path_.c_str(); }
  void accept() const {
    EXPECT_TRUE(ConnectNamedPipe(pipe_, nullptr) != 0 || GetLastError() == ERROR_PIPE_CONNECTED);
  }
  void send(Bytes bytes) const {
    DWORD size = 0;
    EXPECT_TRUE(WriteFile(pipe_, bytes.data(), static_cast<DWORD>(bytes.size()), &size, nullptr));
  }
  void send_packet(const Bytes& packet, HANDLE handle = nullptr) const {
    const auto value = reinterpret_cast<std::uint64_t>(handle);
    Bytes message;
    for (int i = 0; i < 8; ++i)
      message.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    message.insert(message.end(), packet.begin(), packet.end());
    send(message);
  }
  [[nodiscard]] Bytes read() const {
    Bytes bytes(1 << 17);
    DWORD size = 0;
    EXPECT_TRUE(ReadFile(pipe_, bytes.data(), static_cast<DWORD>(bytes.size()), &size, nullptr));
    bytes.resize(size);
    return bytes;
  }
  void hang_up() {
    if (pipe_ != INVALID_HANDLE_VALUE) CloseHandle(pipe_);
    pipe_ = INVALID_HANDLE_VALUE;
  }

 private:
  std::wstring path_;
  HANDLE pipe_;
};

// A client that is connected.
struct Client {
  explicit Client(const Daemon& daemon) : transport(daemon.path(), PipeOwner::own_instance) {
    EXPECT_EQ(transport.connect(budget), kNoError);
    daemon.accept();
  }
  Error receive() { return transport.receive(space, budget, packet, channel); }
  [[nodiscard]] Bytes received() const { return {packet.begin(), packet.end()}; }

  std::uint32_t budget = 5'000;
  NamedPipeTransport transport;
  Bytes space = Bytes(wire::kMaxPacketBytes);
  wire::Packet packet;
  Channel channel = kNoChannel;
};

Error connect_to(const wchar_t* path) {
  NamedPipeTransport transport(path, PipeOwner::own_instance);
  std::uint32_t budget = 200;
  return transport.connect(budget);
}

TEST(NamedPipeTransport, NobodyThere) {
  EXPECT_EQ(connect_to(fresh_path().c_str()), Error::service_unreachable);
}

TEST(NamedPipeTransport, OnlyPipesOfThisComputer) {
  EXPECT_EQ(connect_to(nullptr), Error::invalid_argument);
  EXPECT_EQ(connect_to(L""), Error::invalid_argument);
  EXPECT_EQ(connect_to(L"\\\\.\\pipe\\"), Error::invalid_argument);
  EXPECT_EQ(connect_to(L"\\\\elsewhere\\pipe\\cardea"), Error::invalid_argument);
  EXPECT_EQ(connect_to(L"C:\\cardea"), Error::invalid_argument);
  EXPECT_EQ(connect_to((L"\\\\.\\pipe\\" + std::wstring(247, L'x')).c_str()), Error::invalid_argument);
}

TEST(NamedPipeTransport, APipeWithoutMessagesIsNotTheDaemons) {
  const Daemon daemon(PIPE_TYPE_BYTE);
  EXPECT_EQ(connect_to(daemon.path()), Error::peer_not_trusted);
}

// Wine knows no owner of a pipe, so that this daemon is nobody's.
TEST(NamedPipeTransport, WithoutAKnownOwnerItIsNotTheComputersDaemon) {
  const Daemon daemon;
  NamedPipeTransport transport(daemon.path());
  std::uint32_t budget = 200;
  EXPECT_EQ(transport.connect(budget), Error::peer_not_trusted);
}

TEST(NamedPipeTransport, ABusyPipeIsWaitedForWithinTheBudget) {
  const Daemon daemon;
  const Client first(daemon);
  std::uint32_t budget = 150;
  NamedPipeTransport second(daemon.path(), PipeOwner::own_instance);
  EXPECT_EQ(second.connect(budget), Error::timeout);
  EXPECT_EQ(budget, 0u);

  std::thread later([&daemon] {
    Sleep(100);
    const Daemon again(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, daemon.path());
    again.accept();
  });
  budget = 5'000;
  EXPECT_EQ(second.connect(budget), kNoError);
  later.join();
}

TEST(NamedPipeTransport, PacketsKeepTheirBordersAndTheEndIsSeen) {
  Daemon daemon;
  Client client(daemon);
  daemon.send_packet({1, 2, 3});
  daemon.send_packet(Bytes(wire::kMaxPacketBytes, 7));
  ASSERT_EQ(client.receive(), kNoError);
  EXPECT_EQ(client.received(), (Bytes{1, 2, 3}));
  EXPECT_EQ(client.channel, kNoChannel);
  ASSERT_EQ(client.receive(), kNoError);
  EXPECT_EQ(client.received(), Bytes(wire::kMaxPacketBytes, 7));
  EXPECT_FALSE(client.transport.hung_up());

  const Bytes answer{9, 8, 7};
  ASSERT_EQ(client.transport.send(answer), kNoError);
  EXPECT_EQ(daemon.read(), answer);

  daemon.send_packet({4});
  daemon.hang_up();
  EXPECT_TRUE(client.transport.hung_up());
  EXPECT_EQ(client.transport.send(answer), Error::peer_closed);
  ASSERT_EQ(client.receive(), kNoError) << "the last word can be read after the end";
  EXPECT_EQ(client.received(), (Bytes{4}));
  EXPECT_EQ(client.receive(), Error::peer_closed);
}

TEST(NamedPipeTransport, AMessageThatIsNoneIsRefused) {
  const Daemon daemon;
  Client client(daemon);
  daemon.send(Bytes(8, 0));
  EXPECT_EQ(client.receive(), Error::frame_malformed);
  daemon.send({1, 2, 3});
  EXPECT_EQ(client.receive(), Error::frame_malformed);
}

TEST(NamedPipeTransport, TooLongAMessageIsRefusedAndItsChannelClosed) {
  const Daemon daemon;
  Client client(daemon);
  const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  daemon.send_packet(Bytes(wire::kMaxPacketBytes + 1, 7), event);
  EXPECT_EQ(client.receive(), Error::frame_too_large);
  EXPECT_EQ(client.channel, kNoChannel);
  EXPECT_FALSE(SetEvent(event)) << "the handle was the client's, who has closed it";
}

TEST(NamedPipeTransport, WaitingIsTakenOffTheBudget) {
  const Daemon daemon;
  Client client(daemon);
  client.budget = 100;
  EXPECT_EQ(client.receive(), Error::timeout);
  EXPECT_EQ(client.budget, 0u);
  // What was given up takes nothing from what comes after it.
  daemon.send_packet({5});
  client.budget = 5'000;
  ASSERT_EQ(client.receive(), kNoError);
  EXPECT_EQ(client.received(), (Bytes{5}));
}

TEST(NamedPipeTransport, AnotherThreadEndsTheWait) {
  const Daemon daemon;
  Client client(daemon);
  client.budget = 60'000;
  std::thread other([&client] {
    Sleep(50);
    client.transport.cancel();
  });
  const ULONGLONG started = GetTickCount64();
  EXPECT_EQ(client.receive(), Error::cancelled);
  EXPECT_LT(GetTickCount64() - started, 10'000u);
  other.join();
  EXPECT_EQ(client.receive(), Error::cancelled) << "also what is begun afterwards";
}

TEST(NamedPipeTransport, ThePrivateChannelComesWithThePacket) {
  const Daemon daemon;
  Client client(daemon);
  const Daemon worker;
  const HANDLE handed_over = CreateFileW(worker.path(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                         OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr);
  ASSERT_NE(handed_over, INVALID_HANDLE_VALUE);
  DWORD mode = PIPE_READMODE_MESSAGE;
  ASSERT_TRUE(SetNamedPipeHandleState(handed_over, &mode, nullptr, nullptr));
  worker.accept();
  daemon.send_packet({1}, handed_over);
  ASSERT_EQ(client.receive(), kNoError);
  ASSERT_NE(client.channel, kNoChannel);

  const Bytes secret{1, 0, 4, 'p', 'i', 'n', '!'};
  ASSERT_EQ(client.transport.write(client.channel, secret), kNoError);
  EXPECT_EQ(worker.read(), secret);
  worker.send({1, 0, 0, 0, 0, 1, 'x'});
  Bytes space(64);
  wire::Packet packet;
  ASSERT_EQ(client.transport.read(client.channel, space, client.budget, packet), kNoError);
  EXPECT_EQ(Bytes(packet.begin(), packet.end()), (Bytes{1, 0, 0, 0, 0, 1, 'x'}));
  worker.send(Bytes(65, 1));
  EXPECT_EQ(client.transport.read(client.channel, space, client.budget, packet), Error::frame_too_large);
  client.transport.close(client.channel);
  EXPECT_EQ(client.transport.write(client.channel, secret), Error::io_failed);
}

}  // namespace
}  // namespace cardea::client

// SPDX-License-Identifier: Apache-2.0
// Packets that a daemon would never send: each ends the worker, at once and with its own exit status.
#include <fstream>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/access_key/grouped_code.h"
#include "core/records/sheet_code.h"
#include "recoveryd/card_worker/verb_table.h"
#include "recoveryd/worker_link/packet_socket.h"
#include "recoveryd/worker_link/spawn.h"
#include "recoveryd/worker_link/worker_messages.h"
#include "tests/support/softhsm_token.h"
#include "tests/support/worker_fixture.h"

namespace cardea::worker {
namespace {

using namespace cardea::test;

// The program alone, with our end of its socket.
class BareWorker : public ::testing::Test {
 protected:
  SoftHsmToken token;
  std::optional<PacketSocket> socket;
  pid_t pid = -1;

  BareWorker() {
    auto pair = PacketSocket::make_pair().value();
    pid = spawn_worker(worker_options(SoftHsmToken::kModule), pair.second.fd()).value();
    socket.emplace(std::move(pair.first));
    EXPECT_TRUE(is_event(receive().expose()));  // ready
  }
  ~BareWorker() override {
    if (pid > 0) {
      (void)::kill(pid, SIGKILL);
      (void)::waitpid(pid, nullptr, 0);
    }
  }
  SecretBytes receive() {
    auto packet = socket->receive(deadline());
    EXPECT_TRUE(packet.ok());
    return packet.ok() ? std::move(packet->bytes) : SecretBytes();
  }
  static Deadline deadline() { return std::chrono::steady_clock::now() + kCallTimeout; }
  void send(const Bytes& packet, int fd = -1) { ASSERT_TRUE(socket->send(packet, fd, deadline()).ok()); }
  int exit_status() {
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    pid = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  static Bytes request(Verb verb, const Bytes& payload = {}) { return encode_request(verb, 1, payload); }
};

TEST_F(BareWorker, AnswersWhatIsPermitted) {
  send(request(Verb::look));
  const SecretBytes packet = receive();
  const auto reply = decode_reply(packet.expose());
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->id, 1U);
  EXPECT_FALSE(reply->failure);
}

TEST_F(BareWorker, EndsWithTheSocket) {
  socket.reset();
  EXPECT_EQ(exit_status(), 0);
}

class RefusedPacket : public BareWorker, public ::testing::WithParamInterface<Bytes> {};
INSTANTIATE_TEST_SUITE_P(All, RefusedPacket,
                         ::testing::Values(Bytes{1}, Bytes{1, 1, 0, 0, 0},  // no head
                                           Bytes{2, 1, 0, 0, 0, 1},         // version
                                           Bytes{1, 0, 0, 0, 0, 1},
                                           Bytes{1, 0x7f, 0, 0, 0, 1},  // no such verb
                                           Bytes{1, 0x81, 0, 0, 0, 1}, Bytes{1, 0xff, 0, 0, 0, 0},
                                           Bytes{1, 1, 0, 0, 0, 1, 0},  // something behind the last field
                                           Bytes{1, 2, 0, 0, 0, 1},     // login without a descriptor
                                           Bytes{1, 0x40, 0, 0, 0, 1},  // vault verb without a vault
                                           Bytes{1, 0x11, 0, 0, 0, 1},  // nothing to close
                                           Bytes(kMaxPacket, 0xff)));

TEST_P(RefusedPacket, EndsTheWorker) {
  send(GetParam());
  EXPECT_EQ(exit_status(), kProtocolExit);
}

TEST_F(BareWorker, APacketThatIsTooLongEndsIt) {
  const Bytes packet(kMaxPacket + 1, 1);
  const int size = 1 << 20;
  ASSERT_EQ(::setsockopt(socket->fd(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size), 0);
  ASSERT_EQ(::send(socket->fd(), packet.data(), packet.size(), MSG_NOSIGNAL), ssize_t(packet.size()));
  EXPECT_EQ(exit_status(), kProtocolExit);
}

TEST_F(BareWorker, ADescriptorWhereNoneBelongsEndsIt) {
  send(request(Verb::look), socket->fd());
  EXPECT_EQ(exit_status(), kProtocolExit);
}

TEST_F(BareWorker, TwoDescriptorsEndIt) {
  Bytes packet = request(Verb::look);
  iovec part{packet.data(), packet.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const c = CMSG_FIRSTHDR(&message);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(2 * sizeof(int));
  const int two[] = {socket->fd(), socket->fd()};
  std::memcpy(CMSG_DATA(c), two, sizeof two);
  ASSERT_GT(::sendmsg(socket->fd(), &message, MSG_NOSIGNAL), 0);
  EXPECT_EQ(exit_status(), kProtocolExit);
}

TEST_F(BareWorker, ASecondVaultEndsIt) {
  send(request(Verb::vault_open));
  (void)receive();
  send(request(Verb::vault_open));
  EXPECT_EQ(exit_status(), kProtocolExit);
}

std::string status_line(pid_t pid, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(name + ":")) return line.substr(name.size() + 2);
  }
  return {};
}

TEST_F(BareWorker, IsSandboxed) {
  EXPECT_EQ(status_line(pid, "NoNewPrivs"), "1");
  EXPECT_EQ(status_line(pid, "Seccomp"), "2");
  std::ifstream limits("/proc/" + std::to_string(pid) + "/limits");
  const std::string text((std::istreambuf_iterator<char>(limits)), {});
  EXPECT_NE(text.find("Max core file size        0                    0"), std::string::npos);
  EXPECT_NE(text.find("Max open files            64 "), std::string::npos);
}

// The group that was mistyped is in the failure's words, which go to the person's screen by way of the
// daemon.
TEST(Replies, NameTheMistypedGroupOfASheet) {
  SystemRandom random;
  const SecretBytes typed = records::format_sheet_code(records::make_sheet_code(random));
  std::string wrong(typed.expose_text());
  wrong.back() = wrong.back() == '2' ? '3' : '2';
  const auto refused = records::parse_sheet_code(as_bytes(wrong));
  ASSERT_FALSE(refused.ok());
  Reply reply;
  reply.verb = Verb::collect;
  reply.failure = refused.failure();
  const auto read = decode_reply(encode_reply(reply));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(access_key::mistyped_group(*read->failure), 8);
}

TEST(VerbTable, KnowsEveryVerbInItsStateOnly) {
  EXPECT_NE(permitted(Verb::look, false, false), nullptr);
  EXPECT_NE(permitted(Verb::look, true, false), nullptr);
  EXPECT_EQ(permitted(Verb::look, true, true), nullptr);
  EXPECT_NE(permitted(Verb::login_sign, false, true), nullptr);
  EXPECT_EQ(permitted(Verb::login_sign, false, false), nullptr);
  EXPECT_EQ(permitted(Verb::cards_changed, true, false), nullptr);
  int open_only = 0;
  for (int number = 0; number < 256; ++number) {
    const auto verb = static_cast<Verb>(number);
    for (const bool fd : {false, true}) {
      if (permitted(verb, true, fd) != nullptr && permitted(verb, false, fd) == nullptr) ++open_only;
      if (permitted(verb, true, fd) != nullptr) {
        EXPECT_EQ(permitted(verb, true, !fd), nullptr) << number;
      }
    }
  }
  EXPECT_EQ(open_only, 37);  // docs/spec/worker-protocol.md, all but those of any state and vault_open
}

}  // namespace
}  // namespace cardea::worker

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_daemon.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace cardea::test {
namespace {

constexpr int kPatienceMs = 20'000;  // a test that waits longer than this has failed

void require(bool condition, const std::string& what) {
  if (!condition) throw ScriptError{what};
}

bool wait_readable(int descriptor) {
  pollfd wait{descriptor, POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&wait, 1, kPatienceMs);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

// One packet from a socket; empty at its end.
std::vector<std::uint8_t> read_packet(int socket) {
  require(wait_readable(socket), "nothing came from the client");
  std::vector<std::uint8_t> packet(wire::kMaxPacketBytes + 1);
  const ssize_t size = recv(socket, packet.data(), packet.size(), 0);
  packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return packet;
}

struct SocketPair {
  int ours = -1;
  int theirs = -1;
  SocketPair() {
    int ends[2];
    require(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair failed");
    ours = ends[0];
    theirs = ends[1];
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  ~SocketPair() {
    ::close(ours);
    close_theirs();
  }
  void close_theirs() {
    if (theirs >= 0) ::close(theirs);
    theirs = -1;
  }
};

template <typename Message>
std::vector<std::uint8_t> encoded(const Message& message) {
  std::vector<std::uint8_t> space(wire::kMaxPacketBytes);
  const wire::Packet packet = wire::encode(message, space);
  require(!packet.empty(), "the script's own message can't be encoded");
  return {packet.begin(), packet.end()};
}

}  // namespace

Conversation::~Conversation() { close(); }

void Conversation::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

std::vector<std::uint8_t> Conversation::receive() {
  packets_.push_back(read_packet(socket_));
  received_.append(packets_.back().begin(), packets_.back().end());
  return packets_.back();
}

wire::Begin Conversation::begin() {
  (void)receive();
  wire::Begin begin;
  require(wire::decode(packets_.back(), begin), "the first packet is no begin message of a login");
  return begin;
}

wire::BeginOperation Conversation::begin_operation() {
  (void)receive();
  wire::BeginOperation begin;
  require(wire::decode(packets_.back(), begin), "the first packet is no begin_operation");
  return begin;
}

Answered Conversation::ask(const wire::Ask& ask) {
  const auto packet = encoded(ask);
  if (ask.route == wire::Route::daemon) {
    send_raw(packet);
    return receive_answer(ask.ask_id, -1);
  }
  SocketPair channel;
  send_raw(packet, {channel.theirs});
  channel.close_theirs();
  return receive_answer(ask.ask_id, channel.ours);
}

Answered Conversation::receive_answer(std::uint16_t ask_id, int private_end) {
  const auto packet = receive();
  require(!packet.empty(), "the client hung up instead of answering");
  wire::Answer answer;
  require(wire::decode(packet, answer), "no answer message");
  require(answer.ask_id == ask_id, "an answer to another question");
  Answered answered{answer.kind, std::string(answer.text), {}};
  if (private_end < 0) return answered;
  const auto secret_packet = read_packet(private_end);  // empty when the client closed its end unused
  std::span<const std::uint8_t> secret;
  if (wire::decode_secret(secret_packet, secret)) answered.secret.assign(secret.begin(), secret.end());
  require(secret_packet.empty() || !answered.secret.empty(), "a malformed packet in the private channel");
  return answered;
}

void Conversation::say(wire::SayLevel level, const std::string& line) {
  send_raw(encoded(wire::Say{level, line}));
}

void Conversation::verdict(wire::Decision decision, Error error, const std::string& user,
                           const std::string& message, const Environment& environment) {
  wire::Verdict verdict;
  verdict.decision = decision;
  verdict.error = static_cast<std::uint16_t>(error);
  verdict.user = user;
  verdict.message = message;
  for (const auto& [name, value] : environment)
    verdict.environment[verdict.environment_count++] = {name, value};
  send_raw(encoded(verdict));
}

void Conversation::result(Error error, const std::string& message, const std::string& json) {
  send_raw(encoded(wire::OperationResult{static_cast<std::uint16_t>(error), message, json}));
}

wire::AnswerKind Conversation::reveal(const std::string& purpose, const std::string& caption,
                                      const std::string& content, std::uint8_t status) {
  constexpr std::uint16_t kRevealId = 77;
  SocketPair channel;
  std::vector<std::uint8_t> space(wire::kMaxPacketBytes);
  const wire::Packet packet = wire::encode_revealed(
      status, {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, space);
  require(::send(channel.ours, packet.data(), packet.size(), MSG_NOSIGNAL) >= 0, "content not written");
  send_raw(encoded(wire::Reveal{kRevealId, purpose, caption}), {channel.theirs});
  channel.close_theirs();
  return receive_answer(kRevealId, -1).kind;
}

void Conversation::send_raw(wire::Packet packet, const std::vector<int>& descriptors) {
  alignas(cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))] = {};
  iovec part{const_cast<std::uint8_t*>(packet.data()), packet.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    const std::size_t size = descriptors.size() * sizeof(int);
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(header), descriptors.data(), size);
  }
  require(sendmsg(socket_, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(packet.size()), "packet not sent");
}

void Conversation::wait_for_end() { require(receive().empty(), "the client sent something more"); }

FakeDaemon::FakeDaemon(std::vector<Script> scripts, bool repeat)
    : scripts_(std::move(scripts)), repeat_(repeat) {
  listen_and_serve();
}

void FakeDaemon::listen_and_serve() {
  listener_ = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path().c_str(), sizeof address.sun_path - 1);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 16) != 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stop_) != 0) {
    throw std::runtime_error("the fake daemon can't listen");
  }
  thread_ = std::thread([this] { serve(); });
}

FakeDaemon::~FakeDaemon() {
  (void)finish();
  ::close(stop_[0]);
  ::close(listener_);
}

const std::string& FakeDaemon::finish() {
  if (!thread_.joinable()) return received_;
  ::close(stop_[1]);
  thread_.join();
  if (!repeat_) {
    EXPECT_EQ(connections_, scripts_.size()) << "scripts were left over";
  }
  return received_;
}

void FakeDaemon::serve() {
  while (true) {
    pollfd wait[2] = {{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    if (poll(wait, 2, -1) < 0) continue;
    if (wait[1].revents == 0) return;
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) run_script(connections_++, socket);
  }
}

void FakeDaemon::run_script(std::size_t number, int socket) {
  {
    Conversation conversation(socket);
    try {
      if (!repeat_ && number >= scripts_.size()) throw ScriptError{"no script is for it"};
      scripts_[repeat_ ? 0 : number](conversation);
    } catch (const ScriptError& error) {
      ADD_FAILURE() << "fake daemon, connection " << number << ": " << error.what;
    }
    received_ += conversation.received();
  }
  const std::lock_guard lock(mutex_);
  ++scripts_ended_;
  script_ended_.notify_all();
}

void FakeDaemon::wait_for_scripts(std::size_t count) {
  std::unique_lock lock(mutex_);
  const auto patience = std::chrono::milliseconds(kPatienceMs);
  EXPECT_TRUE(script_ended_.wait_for(lock, patience, [&] { return scripts_ended_ >= count; }));
}

}  // namespace cardea::test

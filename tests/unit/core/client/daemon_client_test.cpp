// SPDX-License-Identifier: Apache-2.0
// The conversation without a socket: a transport and a terminal that follow a script. A line of a script that
// was not reached fails the test.
#include "core/client/daemon_client.h"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cardea::client {
namespace {

using wire::AnswerKind;

constexpr Channel kPrivate = 42;
using Buffer = std::vector<std::uint8_t>;

template <typename Message>
Buffer encoded(const Message& message) {
  Buffer space(wire::kMaxPacketBytes);
  const wire::Packet packet = wire::encode(message, space);
  return {packet.begin(), packet.end()};
}

class ScriptedTransport final : public Transport {
 public:
  struct Incoming {
    Buffer packet;
    Channel channel = kNoChannel;
    Error error = kNoError;
    std::uint32_t waited_ms = 0;
  };
  ~ScriptedTransport() {
    EXPECT_TRUE(incoming.empty());
    EXPECT_EQ(open_channels, 0);
  }
  Error connect(std::uint32_t& budget_ms) noexcept override {
    ++connections;
    budgets.push_back(budget_ms);
    hang_up = false;
    return connect_error;
  }
  Error send(wire::Packet packet) noexcept override {
    sent.emplace_back(packet.begin(), packet.end());
    return send_error;
  }
  Error receive(wire::PacketBuffer buffer, std::uint32_t& budget_ms, wire::Packet& packet,
                Channel& channel) noexcept override {
    if (incoming.empty()) return Error::peer_closed;
    const Incoming next = incoming.front();
    incoming.pop_front();
    if (next.waited_ms > budget_ms) return Error::timeout;
    budget_ms -= next.waited_ms;
    channel = next.channel;
    open_channels += channel == kNoChannel ? 0 : 1;
    std::copy(next.packet.begin(), next.packet.end(), buffer.begin());
    packet = buffer.first(next.packet.size());
    return next.error;
  }
  bool hung_up() noexcept override { return hang_up; }
  Error write(Channel channel, wire::Packet packet) noexcept override {
    EXPECT_EQ(channel, kPrivate);
    std::span<const std::uint8_t> secret;
    EXPECT_TRUE(wire::decode_secret(packet, secret));
    secrets.emplace_back(secret.begin(), secret.end());
    return write_error;
  }
  Error read(Channel channel, wire::PacketBuffer buffer, std::uint32_t&,
             wire::Packet& packet) noexcept override {
    EXPECT_EQ(channel, kPrivate);
    if (revealed.empty()) return Error::peer_closed;
    std::copy(revealed.begin(), revealed.end(), buffer.begin());
    packet = buffer.first(revealed.size());
    return kNoError;
  }
  void close(Channel channel) noexcept override {
    EXPECT_EQ(channel, kPrivate);
    --open_channels;
  }

  std::deque<Incoming> incoming;
  std::vector<Buffer> sent;
  std::vector<std::string> secrets;
  std::vector<std::uint32_t> budgets;
  Buffer revealed;
  Error connect_error = kNoError, send_error = kNoError, write_error = kNoError;
  bool hang_up = false;
  int connections = 0;
  int open_channels = 0;
};

class ScriptedTerminal final : public Terminal {
 public:
  struct Line {
    Reply reply = Reply::answered;
    std::string text;
    std::function<void()> meanwhile = {};
  };
  ~ScriptedTerminal() { EXPECT_TRUE(lines.empty()); }
  Reply ask(const wire::Ask& ask, Turn turn, SecretBuffer& answer) noexcept override {
    asked.push_back((turn == Turn::repeat ? "again: " : "") + std::string(ask.prompt));
    if (lines.empty()) return Reply::failed;
    const Line line = lines.front();
    lines.pop_front();
    if (line.meanwhile) line.meanwhile();
    answer.assign(line.text);
    return line.reply;
  }
  void say(const wire::Say& say) noexcept override { said.emplace_back(say.line); }
  Reply reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept override {
    shown.push_back(std::string(reveal.caption) + "=" + std::string(content.begin(), content.end()));
    return Reply::answered;
  }
  std::deque<Line> lines;
  std::vector<std::string> asked, said, shown;
};

wire::Ask ask_of(wire::Route route, std::uint8_t flags = 0) {
  wire::Ask ask;
  ask.ask_id = 5;
  ask.flags = flags;
  ask.route = route;
  ask.max_length = 64;
  ask.purpose = "pin";
  ask.prompt = "PIN: ";
  return ask;
}

class DaemonClientTest : public testing::Test {
 protected:
  void daemon_sends(const Buffer& packet, Channel channel = kNoChannel) {
    transport.incoming.push_back({packet, channel, kNoError, 0});
  }
  void daemon_asks(const wire::Ask& ask) {
    daemon_sends(encoded(ask), ask.route == wire::Route::daemon ? kNoChannel : kPrivate);
  }
  void daemon_grants() {
    wire::Verdict verdict;
    verdict.decision = wire::Decision::granted;
    daemon_sends(encoded(verdict));
  }
  Error login() {
    wire::Begin begin;
    begin.user = "ana";
    begin.timeout_ms = 10'000;
    begin.wait_for_card_ms = 2'000;
    return DaemonClient(transport, terminal, workspace).login(begin, verdict);
  }
  // The answer message number `index` after the begin message.
  wire::Answer answer(std::size_t index = 0) {
    wire::Answer out;
    EXPECT_LT(index + 1, transport.sent.size());
    EXPECT_TRUE(wire::decode(transport.sent.at(index + 1), out));
    EXPECT_EQ(out.ask_id, 5);
    return out;
  }
  // One ask with one typed answer; what the daemon got.
  AnswerKind kind_for(const std::string& typed, wire::Route route) {
    transport.sent.clear();
    transport.secrets.clear();
    daemon_asks(ask_of(route));
    terminal.lines.push_back({Reply::answered, typed});
    daemon_grants();
    EXPECT_EQ(login(), kNoError);
    return answer().kind;
  }

  ScriptedTransport transport;
  ScriptedTerminal terminal;
  Workspace workspace{Workspace::For::answers_and_reveals};
  wire::Verdict verdict;
};

TEST_F(DaemonClientTest, BudgetIsTheDaemonsTimeAndALittleMore) {
  daemon_grants();
  EXPECT_EQ(login(), kNoError);
  EXPECT_EQ(verdict.decision, wire::Decision::granted);
  EXPECT_EQ(transport.budgets, std::vector<std::uint32_t>{12'500});
}

TEST_F(DaemonClientTest, RoutesDecideWhoSeesTheAnswer) {
  EXPECT_EQ(kind_for("1234", wire::Route::daemon), AnswerKind::text);
  EXPECT_EQ(answer().text, "1234");
  EXPECT_TRUE(transport.secrets.empty());

  EXPECT_EQ(kind_for("1234", wire::Route::private_channel), AnswerKind::in_private_channel);
  EXPECT_EQ(transport.secrets, std::vector<std::string>{"1234"});
  EXPECT_EQ(kind_for(std::string(64, 'k'), wire::Route::private_channel), AnswerKind::in_private_channel);

  for (const std::size_t size : {1u, 4u, 15u, 16u}) {
    EXPECT_EQ(kind_for(std::string(size, '1'), wire::Route::by_form), AnswerKind::in_private_channel) << size;
    EXPECT_EQ(answer().text, "");
  }
  for (const std::size_t size : {17u, 24u, 30u, 64u}) {
    EXPECT_EQ(kind_for(std::string(size, '1'), wire::Route::by_form), AnswerKind::text) << size;
    EXPECT_TRUE(transport.secrets.empty());
  }
}

TEST_F(DaemonClientTest, EmptyAnswersAreNeverSecrets) {
  for (const wire::Route route : {wire::Route::daemon, wire::Route::private_channel, wire::Route::by_form}) {
    EXPECT_EQ(kind_for("", route), AnswerKind::empty);
    EXPECT_TRUE(transport.secrets.empty());
  }
}

TEST_F(DaemonClientTest, AnswersThatBreakTheRulesAreRefused) {
  using std::string_literals::operator""s;
  for (const std::string& bad : {std::string(65, '1'), std::string(1024, '1'), std::string(1025, '1'),
                                 "12\0003"s, "\xff"s, "1\xC0\x80"s}) {
    for (const wire::Route route :
         {wire::Route::daemon, wire::Route::private_channel, wire::Route::by_form}) {
      EXPECT_EQ(kind_for(bad, route), AnswerKind::refused);
      EXPECT_TRUE(transport.secrets.empty());
    }
  }
}

TEST_F(DaemonClientTest, RefusingGoesOnFailingEnds) {
  daemon_asks(ask_of(wire::Route::daemon));
  terminal.lines.push_back({Reply::refused, ""});
  daemon_grants();
  EXPECT_EQ(login(), kNoError);
  EXPECT_EQ(answer().kind, AnswerKind::refused);

  transport.sent.clear();
  daemon_asks(ask_of(wire::Route::daemon));
  terminal.lines.push_back({Reply::failed, "not to be sent"});
  EXPECT_EQ(login(), Error::cancelled);
  EXPECT_EQ(answer().kind, AnswerKind::refused);
}

TEST_F(DaemonClientTest, AskedTwiceIsCompared) {
  daemon_asks(ask_of(wire::Route::private_channel, wire::kAskTwice));
  terminal.lines = {{Reply::answered, "1111"},
                    {Reply::answered, "2222"},
                    {Reply::answered, "3333"},
                    {Reply::answered, "3333"}};
  daemon_grants();
  EXPECT_EQ(login(), kNoError);
  EXPECT_EQ(transport.secrets, std::vector<std::string>{"3333"});
  EXPECT_EQ(terminal.asked, (std::vector<std::string>{"PIN: ", "again: PIN: ", "PIN: ", "again: PIN: "}));
  EXPECT_EQ(terminal.said, std::vector<std::string>{"The two are not the same."});
}

TEST_F(DaemonClientTest, AskedTwiceGivesUpAfterThreeDifferences) {
  daemon_asks(ask_of(wire::Route::private_channel, wire::kAskTwice));
  for (int i = 0; i < 6; ++i)
    terminal.lines.push_back({Reply::answered, std::to_string(1000 + i)});
  daemon_grants();
  EXPECT_EQ(login(), kNoError);
  EXPECT_EQ(answer().kind, AnswerKind::refused);
  EXPECT_TRUE(transport.secrets.empty());
}

TEST_F(DaemonClientTest, ChannelsBelongToTheRightMessages) {
  wire::Verdict granted;
  granted.decision = wire::Decision::granted;
  const Buffer with_channel[] = {encoded(granted), encoded(wire::Say{wire::SayLevel::error, "x"}),
                                 encoded(ask_of(wire::Route::daemon))};
  for (const Buffer& packet : with_channel) {
    daemon_sends(packet, kPrivate);
    EXPECT_NE(login(), kNoError);
  }
  const Buffer without_channel[] = {encoded(ask_of(wire::Route::by_form)),
                                    encoded(ask_of(wire::Route::private_channel)),
                                    encoded(wire::Reveal{5, "record", "Record"})};
  for (const Buffer& packet : without_channel) {
    daemon_sends(packet);
    EXPECT_NE(login(), kNoError);
  }
  EXPECT_TRUE(terminal.asked.empty());
}

TEST_F(DaemonClientTest, ResultEndsOperationsAndVerdictEndsLogins) {
  daemon_sends(encoded(wire::OperationResult{0, "done", "{}"}));
  EXPECT_EQ(login(), Error::message_not_permitted);

  wire::BeginOperation begin;
  begin.verb = "card.show";
  begin.timeout_ms = 1'000;
  wire::OperationResult result;
  daemon_grants();
  EXPECT_EQ(DaemonClient(transport, terminal, workspace).operation(begin, result),
            Error::message_not_permitted);
  daemon_sends(encoded(wire::OperationResult{0, "done", "{}"}));
  EXPECT_EQ(DaemonClient(transport, terminal, workspace).operation(begin, result), kNoError);
  EXPECT_EQ(result.message, "done");
}

TEST_F(DaemonClientTest, MessagesOfClientsAreNotPermitted) {
  wire::Begin begin;
  for (const Buffer& packet :
       {encoded(begin), encoded(wire::Answer{1, AnswerKind::empty, {}}), encoded(wire::BeginOperation{})}) {
    daemon_sends(packet);
    EXPECT_EQ(login(), Error::message_not_permitted);
  }
}

TEST_F(DaemonClientTest, RevealIsShownAndAcknowledged) {
  Buffer space(100);
  const std::string code = "7Q4KX";
  const wire::Packet packet =
      wire::encode_revealed(0, {reinterpret_cast<const std::uint8_t*>(code.data()), code.size()}, space);
  transport.revealed.assign(packet.begin(), packet.end());
  daemon_sends(encoded(wire::Reveal{5, "sheet-code", "Sheet code"}), kPrivate);
  daemon_grants();
  EXPECT_EQ(login(), kNoError);
  EXPECT_EQ(terminal.shown, std::vector<std::string>{"Sheet code=7Q4KX"});
  EXPECT_EQ(answer().kind, AnswerKind::empty);
  for (const std::uint8_t byte : workspace.revealed().first(packet.size()))
    EXPECT_EQ(byte, 0);
}

TEST_F(DaemonClientTest, RevealWithoutContentIsRefused) {
  Buffer space(100);
  const wire::Packet packet = wire::encode_revealed(1, {}, space);
  transport.revealed.assign(packet.begin(), packet.end());
  daemon_sends(encoded(wire::Reveal{5, "sheet-code", "Sheet code"}), kPrivate);
  daemon_grants();
  EXPECT_EQ(login(), kNoError);
  EXPECT_TRUE(terminal.shown.empty());
  EXPECT_EQ(answer().kind, AnswerKind::refused);

  transport.revealed.clear();  // the worker died
  daemon_sends(encoded(wire::Reveal{5, "sheet-code", "Sheet code"}), kPrivate);
  EXPECT_EQ(login(), Error::worker_down);
}

TEST_F(DaemonClientTest, RevealIsRefusedUnreadWhereThereIsNoRoomForSecrets) {
  Workspace small(Workspace::For::no_secrets);
  daemon_sends(encoded(wire::Reveal{5, "sheet-code", "Sheet code"}), kPrivate);
  daemon_grants();
  wire::Begin begin;
  EXPECT_EQ(DaemonClient(transport, terminal, small).login(begin, verdict), kNoError);
  EXPECT_EQ(answer().kind, AnswerKind::refused);
}

TEST_F(DaemonClientTest, WithoutRoomForSecretsEveryAnswerIsRefused) {
  Workspace none(Workspace::For::no_secrets);
  for (const wire::Route route : {wire::Route::daemon, wire::Route::by_form}) {
    daemon_asks(ask_of(route));
    terminal.lines.push_back({Reply::answered, "1234"});
  }
  daemon_grants();
  EXPECT_EQ(DaemonClient(transport, terminal, none).login(wire::Begin{}, verdict), kNoError);
  EXPECT_EQ(answer(0).kind, AnswerKind::refused);
  EXPECT_EQ(answer(1).kind, AnswerKind::refused);
  EXPECT_TRUE(transport.secrets.empty());
}

TEST_F(DaemonClientTest, WaitsAddUp) {
  for (int i = 0; i < 5; ++i) {
    transport.incoming.push_back(
        {encoded(wire::Say{wire::SayLevel::information, "…"}), kNoChannel, kNoError, 3'000});
  }
  EXPECT_EQ(login(), Error::timeout);  // five times three seconds is more than twelve and a half
}

TEST_F(DaemonClientTest, TooManyMessagesEnd) {
  for (int i = 0; i < kMaxMessages; ++i)
    daemon_sends(encoded(wire::Say{wire::SayLevel::information, "…"}));
  EXPECT_EQ(login(), Error::limit_exceeded);
}

TEST_F(DaemonClientTest, ErrorsOfTheTransportAreHandedOn) {
  transport.connect_error = Error::peer_not_trusted;
  EXPECT_EQ(login(), Error::peer_not_trusted);
  EXPECT_TRUE(transport.sent.empty());
  transport.connect_error = kNoError;
  transport.send_error = Error::peer_closed;
  EXPECT_EQ(login(), Error::peer_closed);
  transport.send_error = kNoError;
  EXPECT_EQ(login(), Error::peer_closed);
}

TEST_F(DaemonClientTest, SecretThatCanNotBeWrittenIsTheWorkersFault) {
  transport.write_error = Error::peer_closed;
  daemon_asks(ask_of(wire::Route::private_channel));
  terminal.lines.push_back({Reply::answered, "1234"});
  EXPECT_EQ(login(), Error::worker_down);
  EXPECT_EQ(transport.sent.size(), 1u);  // “it is in the channel” was not said
}

TEST_F(DaemonClientTest, AnswerToAPromptThatTheDaemonGaveUpIsKeptForTheSameQuestion) {
  daemon_asks(ask_of(wire::Route::private_channel));
  terminal.lines.push_back({Reply::answered, "1234", [this] { transport.hang_up = true; }});
  daemon_sends(encoded(wire::Say{wire::SayLevel::information, "Hello again."}));
  daemon_asks(ask_of(wire::Route::private_channel));
  daemon_grants();
  EXPECT_EQ(login(), kNoError);
  EXPECT_EQ(transport.connections, 2);
  EXPECT_EQ(transport.secrets, std::vector<std::string>{"1234"});
  EXPECT_EQ(terminal.asked.size(), 1u);
  EXPECT_TRUE(terminal.said.empty());
}

TEST_F(DaemonClientTest, AnswerToAPromptThatTheDaemonGaveUpIsNotGivenToAnotherQuestion) {
  for (int part = 0; part < 3; ++part) {
    transport.secrets.clear();
    daemon_asks(ask_of(wire::Route::private_channel));
    terminal.lines.push_back({Reply::answered, "1234", [this] { transport.hang_up = true; }});
    wire::Ask other = ask_of(wire::Route::private_channel);
    if (part == 0) other.purpose = "puk";
    if (part == 1) other.prompt = "PIN of another card: ";
    if (part == 2) other.notice = "Only 1 try left; a further wrong PIN locks the card.";
    daemon_asks(other);
    terminal.lines.push_back({Reply::answered, "5678"});
    daemon_grants();
    EXPECT_EQ(login(), kNoError);
    EXPECT_EQ(transport.secrets, std::vector<std::string>{"5678"}) << part;
  }
}

TEST_F(DaemonClientTest, RenewalsAreLimited) {
  for (int i = 0; i <= kMaxRenewals; ++i) {
    wire::Ask ask = ask_of(wire::Route::private_channel);
    const std::string prompt = "PIN " + std::to_string(i) + ": ";
    ask.prompt = prompt;
    daemon_asks(ask);
    terminal.lines.push_back({Reply::answered, "1234", [this] { transport.hang_up = true; }});
  }
  EXPECT_EQ(login(), Error::peer_closed);
  EXPECT_EQ(transport.connections, 1 + kMaxRenewals);
}

TEST_F(DaemonClientTest, OperationsAreNeverBegunAgain) {
  daemon_asks(ask_of(wire::Route::private_channel));
  terminal.lines.push_back({Reply::answered, "1234", [this] { transport.hang_up = true; }});
  wire::BeginOperation begin;
  begin.verb = "register";
  wire::OperationResult result;
  EXPECT_EQ(DaemonClient(transport, terminal, workspace).operation(begin, result), Error::peer_closed);
  EXPECT_EQ(transport.connections, 1);
}

// The daemon's own deadline passed while the person typed: its “timed out” is better than “not running”.
TEST_F(DaemonClientTest, LastWordOfADaemonThatHungUpIsRead) {
  daemon_asks(ask_of(wire::Route::daemon));
  terminal.lines.push_back({Reply::answered, "yes", [this] { transport.send_error = Error::peer_closed; }});
  daemon_sends(encoded(wire::OperationResult{112, "That took too long.", "{}"}));
  wire::BeginOperation begin;
  begin.verb = "register";
  wire::OperationResult result;
  EXPECT_EQ(DaemonClient(transport, terminal, workspace).operation(begin, result), kNoError);
  EXPECT_EQ(result.error, 112);
}

TEST_F(DaemonClientTest, AnswersAreWipedFromTheWorkspace) {
  EXPECT_EQ(kind_for("AAAABBBBCCCCDDDDEEEEFFFF", wire::Route::by_form), AnswerKind::text);
  EXPECT_EQ(kind_for("4711", wire::Route::by_form), AnswerKind::in_private_channel);
  for (const char byte : workspace.answer())
    EXPECT_EQ(byte, 0);
  for (const char byte : workspace.repeated_answer())
    EXPECT_EQ(byte, 0);
  for (const std::uint8_t byte : workspace.outgoing())
    EXPECT_EQ(byte, 0);
}

}  // namespace
}  // namespace cardea::client

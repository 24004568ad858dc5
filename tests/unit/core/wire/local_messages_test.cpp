// SPDX-License-Identifier: Apache-2.0
#include "core/wire/local_messages.h"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cardea::wire {
namespace {

using Buffer = std::vector<std::uint8_t>;

template <typename Message>
Buffer encoded(const Message& message) {
  Buffer space(kMaxPacketBytes + 10);
  const Packet packet = encode(message, space);
  return {packet.begin(), packet.end()};
}

Begin some_begin() {
  Begin begin;
  begin.type = MessageType::begin_account;
  begin.service = "sudo";
  begin.user = "ana";
  begin.tty = "pts/3";
  begin.remote_host = "example.org";
  begin.remote_user = "müller";
  begin.flags = kSilent | kHasFirstPass;
  begin.timeout_ms = 60'000;
  begin.wait_for_card_ms = 5'000;
  return begin;
}

BeginOperation some_operation() {
  BeginOperation operation;
  operation.verb = "card.replace";
  operation.flags = kNotInteractive;
  operation.timeout_ms = 300'000;
  operation.arguments[0] = {"user", "ana"};
  operation.arguments[1] = {"with", ""};
  operation.argument_count = 2;
  return operation;
}

Ask some_ask() {
  Ask ask;
  ask.ask_id = 0x1234;
  ask.flags = kEcho | kMayBeEmpty;
  ask.route = Route::by_form;
  ask.max_length = 64;
  ask.purpose = "pin-or-access-key";
  ask.notice = "Wrong PIN. 2 tries left.";
  ask.prompt = "PIN for card “Ana”: ";
  return ask;
}

Verdict some_verdict() {
  Verdict verdict;
  verdict.decision = Decision::granted;
  verdict.error = 0;
  verdict.user = "ana";
  verdict.message = "Access key accepted.";
  verdict.environment[0] = {"PKCS11_LOGIN_TOKEN_NAME", "Ana"};
  verdict.environment_count = 1;
  return verdict;
}

OperationResult some_result() { return {705, "Too many wrong access keys.", R"({"wait": 30})"}; }

// Every kind of message once, with the question whether a decoder of its own type takes the packet.
struct Sample {
  const char* name;
  Buffer packet;
  std::function<bool(Packet)> decodes;
};

template <typename Message>
Sample sample(const char* name, const Message& message) {
  return {name, encoded(message), [](Packet packet) {
            Message out;
            return decode(packet, out);
          }};
}

std::vector<Sample> samples() {
  return {sample("begin", some_begin()),
          sample("operation", some_operation()),
          sample("answer", Answer{7, AnswerKind::text, "0123456789"}),
          sample("answer_empty", Answer{7, AnswerKind::empty, {}}),
          sample("ask", some_ask()),
          sample("say", Say{SayLevel::error, "This card is locked."}),
          sample("verdict", some_verdict()),
          sample("result", some_result()),
          sample("reveal", Reveal{9, "sheet-code", "Your recovery sheet"})};
}

TEST(LocalMessages, BeginRoundTrip) {
  const Buffer packet = encoded(some_begin());
  Begin out;
  ASSERT_TRUE(decode(packet, out));
  EXPECT_EQ(out.type, MessageType::begin_account);
  EXPECT_EQ(out.service, "sudo");
  EXPECT_EQ(out.user, "ana");
  EXPECT_EQ(out.tty, "pts/3");
  EXPECT_EQ(out.remote_host, "example.org");
  EXPECT_EQ(out.remote_user, "müller");
  EXPECT_EQ(out.flags, kSilent | kHasFirstPass);
  EXPECT_EQ(out.timeout_ms, 60'000u);
  EXPECT_EQ(out.wait_for_card_ms, 5'000u);
}

TEST(LocalMessages, EveryBeginTypeRoundTrips) {
  for (int type = 1; type <= 5; ++type) {
    Begin begin = some_begin();
    begin.type = static_cast<MessageType>(type);
    Begin out;
    ASSERT_TRUE(decode(encoded(begin), out)) << type;
    EXPECT_EQ(out.type, begin.type);
  }
}

TEST(LocalMessages, OperationRoundTrip) {
  const Buffer packet = encoded(some_operation());
  BeginOperation out;
  ASSERT_TRUE(decode(packet, out));
  EXPECT_EQ(out.verb, "card.replace");
  EXPECT_EQ(out.flags, static_cast<std::uint32_t>(kNotInteractive));
  EXPECT_EQ(out.timeout_ms, 300'000u);
  ASSERT_EQ(out.argument_count, 2);
  EXPECT_EQ(out.arguments[0].name, "user");
  EXPECT_EQ(out.arguments[0].value, "ana");
  EXPECT_EQ(out.arguments[1].name, "with");
  EXPECT_EQ(out.arguments[1].value, "");
}

TEST(LocalMessages, AnswerAndAskRoundTrip) {
  Answer answer;
  const Buffer packet = encoded(Answer{0xfffe, AnswerKind::text, "7Q4KX"});
  ASSERT_TRUE(decode(packet, answer));
  EXPECT_EQ(answer.ask_id, 0xfffe);
  EXPECT_EQ(answer.kind, AnswerKind::text);
  EXPECT_EQ(answer.text, "7Q4KX");

  Ask ask;
  const Buffer ask_packet = encoded(some_ask());
  ASSERT_TRUE(decode(ask_packet, ask));
  EXPECT_EQ(ask.ask_id, 0x1234);
  EXPECT_EQ(ask.flags, kEcho | kMayBeEmpty);
  EXPECT_EQ(ask.route, Route::by_form);
  EXPECT_EQ(ask.max_length, 64);
  EXPECT_EQ(ask.purpose, "pin-or-access-key");
  EXPECT_EQ(ask.notice, "Wrong PIN. 2 tries left.");
  EXPECT_EQ(ask.prompt, "PIN for card “Ana”: ");
}

TEST(LocalMessages, SayVerdictResultAndRevealRoundTrip) {
  const Buffer said = encoded(Say{SayLevel::error, "This card is locked."});
  Say say;
  ASSERT_TRUE(decode(said, say));
  EXPECT_EQ(say.level, SayLevel::error);
  EXPECT_EQ(say.line, "This card is locked.");

  const Buffer judged = encoded(some_verdict());
  Verdict verdict;
  ASSERT_TRUE(decode(judged, verdict));
  EXPECT_EQ(verdict.decision, Decision::granted);
  EXPECT_EQ(verdict.user, "ana");
  EXPECT_EQ(verdict.message, "Access key accepted.");
  ASSERT_EQ(verdict.environment_count, 1);
  EXPECT_EQ(verdict.environment[0].name, "PKCS11_LOGIN_TOKEN_NAME");

  const Buffer finished = encoded(some_result());
  OperationResult result;
  ASSERT_TRUE(decode(finished, result));
  EXPECT_EQ(result.error, 705);
  EXPECT_EQ(result.json, R"({"wait": 30})");

  const Buffer revealed = encoded(Reveal{9, "sheet-code", "Your recovery sheet"});
  Reveal reveal;
  ASSERT_TRUE(decode(revealed, reveal));
  EXPECT_EQ(reveal.ask_id, 9);
  EXPECT_EQ(reveal.purpose, "sheet-code");
  EXPECT_EQ(reveal.caption, "Your recovery sheet");
}

// The bytes themselves, so that both sides can't be wrong in the same way.
TEST(LocalMessages, LayoutIsThatOfTheSpecification) {
  EXPECT_EQ(encoded(Answer{0x0102, AnswerKind::text, "ab"}), (Buffer{1, 0x10, 1, 2, 0, 0, 2, 'a', 'b'}));
  EXPECT_EQ(encoded(Say{SayLevel::error, "x"}), (Buffer{1, 0x82, 0, 0, 1, 0, 1, 'x'}));
  EXPECT_EQ(encoded(OperationResult{0x2C1, "m", "{}"}),
            (Buffer{1, 0x84, 0, 0, 2, 0xC1, 0, 1, 'm', 0, 0, 0, 2, '{', '}'}));
}

TEST(LocalMessages, EveryTruncationIsRefused) {
  for (const Sample& s : samples()) {
    ASSERT_FALSE(s.packet.empty()) << s.name;
    ASSERT_TRUE(s.decodes(s.packet)) << s.name;
    for (std::size_t size = 0; size < s.packet.size(); ++size) {
      const Buffer part(s.packet.begin(), s.packet.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(s.decodes(part)) << s.name << " cut to " << size;
    }
  }
}

TEST(LocalMessages, TrailingByteIsRefused) {
  for (Sample& s : samples()) {
    s.packet.push_back(0);
    EXPECT_FALSE(s.decodes(s.packet)) << s.name;
  }
}

// Any change is refused or gives a message whose own encoding is exactly the changed packet: nothing is
// ignored.
template <typename Message>
void every_byte_changed(const Message& message) {
  const Buffer original = encoded(message);
  for (std::size_t i = 0; i < original.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      Buffer changed = original;
      changed[i] = static_cast<std::uint8_t>(value);
      Message out;
      if (decode(changed, out)) {
        ASSERT_EQ(encoded(out), changed) << i << " " << value;
      }
    }
  }
}

TEST(LocalMessages, EveryByteChangedNeverMisread) {
  every_byte_changed(some_begin());
  every_byte_changed(some_operation());
  every_byte_changed(Answer{7, AnswerKind::text, "0123456789"});
  every_byte_changed(some_ask());
  every_byte_changed(Say{SayLevel::information, "Insert your card."});
  every_byte_changed(some_verdict());
  every_byte_changed(some_result());
  every_byte_changed(Reveal{9, "sheet-code", "Your recovery sheet"});
}

TEST(LocalMessages, NoDecoderTakesAnotherType) {
  const auto all = samples();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      const bool same = all[i].packet[1] == all[j].packet[1];
      EXPECT_EQ(all[i].decodes(all[j].packet), same) << all[i].name << " reads " << all[j].name;
    }
  }
}

TEST(LocalMessages, PacketTypeLooksAtVersionAndType) {
  MessageType type{};
  int known = 0;
  for (int number = 0; number < 256; ++number) {
    known += packet_type(Buffer{1, static_cast<std::uint8_t>(number), 0, 0}, type) ? 1 : 0;
  }
  EXPECT_EQ(known, 14);
  EXPECT_TRUE(packet_type(Buffer{1, 0x81, 0, 0}, type));
  EXPECT_EQ(type, MessageType::ask);
  EXPECT_FALSE(packet_type(Buffer{0, 0x81, 0, 0}, type));
  EXPECT_FALSE(packet_type(Buffer{2, 0x81, 0, 0}, type));
  EXPECT_FALSE(packet_type(Buffer{1, 0x81, 0}, type));
  EXPECT_FALSE(packet_type({}, type));
  Buffer large(kMaxPacketBytes + 1, 0);
  large[0] = 1;
  large[1] = 0x82;
  EXPECT_FALSE(packet_type(large, type));
}

TEST(LocalMessages, AskIdOnlyWhereItBelongs) {
  for (Sample& s : samples()) {
    const bool carries = s.packet[1] == 0x81 || s.packet[1] == 0x10 || s.packet[1] == 0x85;
    s.packet[3] = 0x55;
    EXPECT_EQ(s.decodes(s.packet), carries) << s.name;
  }
}

TEST(LocalMessages, TextMustBeUtf8WithoutNul) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view bad :
       {"a\0b"sv, "\xff"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\xC3"sv}) {
    Begin begin = some_begin();
    begin.user = bad;
    EXPECT_TRUE(encoded(begin).empty());
    EXPECT_TRUE(encoded(Say{SayLevel::error, bad}).empty());
    EXPECT_TRUE(encoded(Answer{1, AnswerKind::text, bad}).empty());
    EXPECT_TRUE(encoded(OperationResult{0, "", bad}).empty());
    // and the same bytes from the other side
    Buffer packet = encoded(Say{SayLevel::error, std::string(bad.size(), 'x')});
    std::copy(bad.begin(), bad.end(), packet.end() - static_cast<std::ptrdiff_t>(bad.size()));
    Say out;
    EXPECT_FALSE(decode(packet, out));
  }
}

TEST(LocalMessages, LengthLimits) {
  const std::string field(kMaxFieldBytes, 'f');
  const std::string answer(kMaxAnswerBytes, 'a');
  const std::string json(60'000, '1');
  EXPECT_FALSE(encoded(Say{SayLevel::error, field}).empty());
  EXPECT_TRUE(encoded(Say{SayLevel::error, field + "f"}).empty());
  EXPECT_FALSE(encoded(Answer{1, AnswerKind::text, answer}).empty());
  EXPECT_TRUE(encoded(Answer{1, AnswerKind::text, answer + "a"}).empty());
  EXPECT_FALSE(encoded(OperationResult{0, field, json}).empty());
  EXPECT_TRUE(encoded(OperationResult{0, "", json + "1"}).empty());

  // A decoder must refuse what an encoder would not write: one byte more in the length and in the body.
  const auto longer = [](Buffer packet, std::size_t length_at) {
    packet[length_at + 1] = static_cast<std::uint8_t>(packet[length_at + 1] + 1);
    packet.push_back('x');
    return packet;
  };
  Say say;
  EXPECT_FALSE(decode(longer(encoded(Say{SayLevel::error, field}), 5), say));
  Answer out;
  EXPECT_FALSE(decode(longer(encoded(Answer{1, AnswerKind::text, answer}), 5), out));
  OperationResult result;
  EXPECT_FALSE(decode(longer(encoded(OperationResult{0, "", json}), 10), result));
}

TEST(LocalMessages, PairLimits) {
  BeginOperation operation = some_operation();
  for (auto& argument : operation.arguments)
    argument = {"n", "v"};
  operation.argument_count = kMaxPairs;
  const Buffer full = encoded(operation);
  BeginOperation out;
  ASSERT_TRUE(decode(full, out));
  EXPECT_EQ(out.argument_count, kMaxPairs);
  EXPECT_EQ(out.arguments[kMaxPairs - 1].value, "v");

  operation.argument_count = kMaxPairs + 1;
  EXPECT_TRUE(encoded(operation).empty());
  Buffer more = full;
  more[4 + 2 + 12 + 4 + 4] = kMaxPairs + 1;
  more.insert(more.end(), {0, 1, 'n', 0, 1, 'v'});
  EXPECT_FALSE(decode(more, out));
  EXPECT_LE(out.argument_count, kMaxPairs);

  operation = some_operation();
  operation.arguments[0].name = "";
  EXPECT_TRUE(encoded(operation).empty());
}

TEST(LocalMessages, PacketLimit) {
  const std::string field(kMaxFieldBytes, 'f');
  Verdict verdict = some_verdict();
  for (auto& pair : verdict.environment)
    pair = {field, field};
  verdict.environment_count = 7;
  EXPECT_FALSE(encoded(verdict).empty());
  verdict.environment_count =
      8;  // 65,6xx bytes, although the buffer of this test is larger than a packet may be
  EXPECT_TRUE(encoded(verdict).empty());
}

TEST(LocalMessages, UnknownFlagsAndChoicesAreRefused) {
  Begin begin = some_begin();
  begin.flags = 64;
  EXPECT_TRUE(encoded(begin).empty());
  for (const std::uint32_t of_logins : {kHasAgent, kPreliminary}) {
    BeginOperation operation = some_operation();
    operation.flags = of_logins;
    EXPECT_TRUE(encoded(operation).empty());
  }
  begin = some_begin();
  begin.type = MessageType::answer;
  EXPECT_TRUE(encoded(begin).empty());
  Ask ask = some_ask();
  ask.flags = 8;
  EXPECT_TRUE(encoded(ask).empty());
  ask = some_ask();
  ask.max_length = kMaxAnswerBytes + 1;
  for (const Route route : {Route::daemon, Route::by_form}) {
    ask.route = route;
    EXPECT_TRUE(encoded(ask).empty());
  }
  ask.route = Route::private_channel;
  ask.max_length = kMaxSecretBytes;
  EXPECT_FALSE(encoded(ask).empty());
  ask.max_length = kMaxSecretBytes + 1;
  EXPECT_TRUE(encoded(ask).empty());
  ask = some_ask();
  ask.route = static_cast<Route>(3);
  EXPECT_TRUE(encoded(ask).empty());
  Verdict verdict = some_verdict();
  verdict.decision = static_cast<Decision>(4);
  EXPECT_TRUE(encoded(verdict).empty());
  EXPECT_TRUE(encoded(Say{static_cast<SayLevel>(2), "x"}).empty());
}

// A client that puts a secret beside “it is in the private channel” must not get it past the codec.
TEST(LocalMessages, OnlyATextAnswerCarriesText) {
  for (const AnswerKind kind : {AnswerKind::in_private_channel, AnswerKind::refused, AnswerKind::empty}) {
    EXPECT_TRUE(encoded(Answer{1, kind, "1234"}).empty());
    EXPECT_FALSE(encoded(Answer{1, kind, {}}).empty());
    Buffer packet = encoded(Answer{1, AnswerKind::text, "1234"});
    packet[4] = static_cast<std::uint8_t>(kind);
    Answer out;
    EXPECT_FALSE(decode(packet, out));
  }
  EXPECT_TRUE(encoded(Answer{1, AnswerKind::text, {}}).empty());
}

TEST(LocalMessages, EncodingIntoASmallBufferFails) {
  const Begin begin = some_begin();
  const std::size_t size = encoded(begin).size();
  for (std::size_t space = 0; space < size; ++space) {
    Buffer buffer(space);
    EXPECT_TRUE(encode(begin, buffer).empty()) << space;
  }
  Buffer buffer(size);
  EXPECT_EQ(encode(begin, buffer).size(), size);
}

TEST(PrivateChannel, SecretRoundTripAndLimits) {
  Buffer space(kMaxPrivatePacketBytes);
  const Buffer pin = {'1', '2', '3', '4'};
  const Packet packet = encode_secret(pin, space);
  const Buffer bytes(packet.begin(), packet.end());
  EXPECT_EQ(bytes, (Buffer{1, 0, 4, '1', '2', '3', '4'}));
  std::span<const std::uint8_t> secret;
  ASSERT_TRUE(decode_secret(bytes, secret));
  EXPECT_EQ(Buffer(secret.begin(), secret.end()), pin);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_secret(Packet(bytes).first(size), secret));
  EXPECT_FALSE(decode_secret(Buffer{2, 0, 4, '1', '2', '3', '4'}, secret));
  EXPECT_FALSE(decode_secret(Buffer{1, 0, 3, '1', '2', '3', '4'}, secret));
  EXPECT_FALSE(decode_secret(Buffer{1, 0, 0}, secret));
  EXPECT_TRUE(encode_secret({}, space).empty());
  EXPECT_FALSE(encode_secret(Buffer(kMaxSecretBytes, 'x'), space).empty());
  Buffer large(2 * kMaxSecretBytes);
  EXPECT_TRUE(encode_secret(Buffer(kMaxSecretBytes + 1, 'x'), large).empty());
  Buffer small(kMaxAnswerBytes + 3);
  EXPECT_TRUE(encode_secret(Buffer(kMaxAnswerBytes + 1, 'x'), small).empty());
}

TEST(PrivateChannel, RevealedRoundTripAndLimits) {
  Buffer space(kMaxPacketBytes + 10);
  const Buffer code = {'c', 'o', 'd', 'e'};
  const Packet packet = encode_revealed(3, code, space);
  const Buffer bytes(packet.begin(), packet.end());
  EXPECT_EQ(bytes, (Buffer{1, 3, 0, 0, 0, 4, 'c', 'o', 'd', 'e'}));
  std::span<const std::uint8_t> content;
  std::uint8_t status = 0;
  ASSERT_TRUE(decode_revealed(bytes, status, content));
  EXPECT_EQ(status, 3);
  EXPECT_EQ(Buffer(content.begin(), content.end()), code);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_revealed(Packet(bytes).first(size), status, content));
  }
  EXPECT_FALSE(decode_revealed(Buffer{1, 0, 0, 0, 0, 0, 'x'}, status, content));
  EXPECT_FALSE(encode_revealed(0, Buffer(kMaxPacketBytes - 6, 'x'), space).empty());
  EXPECT_TRUE(encode_revealed(0, Buffer(kMaxPacketBytes - 5, 'x'), space).empty());
}

TEST(LocalMessages, BorrowAndLend) {
  Borrow borrow;
  ASSERT_TRUE(decode(encoded(Borrow{7}), borrow));
  EXPECT_EQ(borrow.ask_id, 7);
  for (const bool lent : {false, true}) {
    Lend lend;
    ASSERT_TRUE(decode(encoded(Lend{8, lent}), lend));
    EXPECT_EQ(lend.ask_id, 8);
    EXPECT_EQ(lend.lent, lent);
  }
  Lend lend;
  for (const Buffer& bad : {Buffer{1, 0x11, 0, 8, 2}, Buffer{1, 0x11, 0, 8}, Buffer{1, 0x11, 0, 8, 1, 0},
                            Buffer{1, 0x86, 0, 8, 1}})
    EXPECT_FALSE(decode(bad, lend));
  EXPECT_FALSE(decode(Buffer{1, 0x86, 0, 8, 0}, borrow));
}

}  // namespace
}  // namespace cardea::wire

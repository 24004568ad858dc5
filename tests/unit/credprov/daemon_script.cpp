// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/credprov/daemon_script.h"

#include <gtest/gtest.h>

#include "core/base/secret.h"

namespace cardea::credprov {
namespace {

constexpr std::uint16_t kAskId = 5;

template <typename Message>
Buffer encoded(const Message& message) {
  Buffer space(wire::kMaxPacketBytes);
  const wire::Packet packet = wire::encode(message, space);
  EXPECT_FALSE(packet.empty());
  return {packet.begin(), packet.end()};
}

Buffer encoded_ask(std::string_view purpose, std::string_view prompt, wire::Route route,
                   std::string_view notice, std::uint8_t flags) {
  wire::Ask ask;
  ask.ask_id = kAskId;
  ask.flags = flags;
  ask.route = route;
  ask.purpose = purpose;
  ask.prompt = prompt;
  ask.notice = notice;
  return encoded(ask);
}

}  // namespace

wire::Begin DaemonEnd::begin() {
  wire::Begin begin;
  EXPECT_TRUE(link_.receive(first_) && wire::decode(first_, begin));
  return begin;
}

wire::BeginOperation DaemonEnd::operation() {
  wire::BeginOperation begin;
  EXPECT_TRUE(link_.receive(first_) && wire::decode(first_, begin));
  return begin;
}

std::string DaemonEnd::ask(std::string_view purpose, std::string_view prompt, wire::Route route,
                           std::string_view notice, std::uint8_t flags) {
  link_.send(encoded_ask(purpose, prompt, route, notice, flags), route != wire::Route::daemon, {});
  Buffer packet;
  wire::Answer answer;
  if (!link_.receive(packet)) return "<gone>";
  EXPECT_TRUE(wire::decode(packet, answer));
  EXPECT_EQ(answer.ask_id, kAskId);
  if (answer.kind == wire::AnswerKind::refused) return "<refused>";
  if (answer.kind == wire::AnswerKind::empty) return "<empty>";
  if (answer.kind == wire::AnswerKind::text) return std::string(answer.text);
  Buffer private_packet;
  std::span<const std::uint8_t> secret;
  if (!link_.secret(private_packet) || !wire::decode_secret(private_packet, secret)) return "<no secret>";
  return {secret.begin(), secret.end()};
}

bool DaemonEnd::ask_secret(std::string_view purpose, const std::function<bool(std::string_view)>& check) {
  link_.send(encoded_ask(purpose, "Secret: ", wire::Route::private_channel, {}, 0), true, {});
  Buffer packet;
  wire::Answer answer;
  if (!link_.receive(packet) || !wire::decode(packet, answer)) return false;
  Buffer private_packet;
  std::span<const std::uint8_t> secret;
  const bool right =
      link_.secret(private_packet) && wire::decode_secret(private_packet, secret) && check(as_text(secret));
  wipe(private_packet);
  return right;
}

void DaemonEnd::say(std::string_view line) {
  link_.send(encoded(wire::Say{wire::SayLevel::information, line}), false, {});
}

wire::AnswerKind DaemonEnd::reveal(std::string_view purpose, std::string_view content) {
  Buffer revealed(content.size() + 6);
  EXPECT_FALSE(wire::encode_revealed(0, as_bytes(content), revealed).empty());
  link_.send(encoded(wire::Reveal{kAskId, purpose, "caption"}), true, revealed);
  wipe(revealed);
  Buffer reply;
  wire::Answer answer;
  if (!link_.receive(reply)) return wire::AnswerKind::refused;
  EXPECT_TRUE(wire::decode(reply, answer));
  return answer.kind;
}

void DaemonEnd::verdict(wire::Decision decision, std::string_view user, std::string_view message,
                        Error error) {
  wire::Verdict verdict;
  verdict.decision = decision;
  verdict.user = user;
  verdict.message = message;
  verdict.error = static_cast<std::uint16_t>(error);
  link_.send(encoded(verdict), false, {});
}

void DaemonEnd::result(std::string_view message, std::string_view json, Error error) {
  link_.send(encoded(wire::OperationResult{static_cast<std::uint16_t>(error), message, json}), false, {});
}

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/audit_line.h"

#include <algorithm>
#include <cstdio>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/crypto/hash.h"

namespace cardea::recoveryd {
namespace {

constexpr std::string_view kNumberField = "{\"n\":";
constexpr std::string_view kTimeField = ",\"time\":";
constexpr std::string_view kContinuedField = ",\"kind\":\"continued\",\"previous\":\"";
constexpr std::string_view kHashField = ",\"hash\":\"";
constexpr std::size_t kHexHead = 64;

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      char escaped[7];
      (void)std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(byte));
      out.append(escaped);
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

// Not in the middle of a character.
std::string_view cut(std::string_view text) {
  if (text.size() <= kMaxAuditValue) return text;
  std::size_t size = kMaxAuditValue;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
    --size;
  return text.substr(0, size);
}

std::array<std::uint8_t, 32> next_head(const std::array<std::uint8_t, 32>& head, std::string_view event) {
  const std::uint8_t domain = 0x01;
  return crypto::sha256({ByteView(&domain, 1), head, as_bytes(event)});
}

std::string begin_event(const AuditPosition& at, UnixSeconds now) {
  return std::string(kNumberField) + std::to_string(at.length + 1) + std::string(kTimeField) +
         std::to_string(now);
}

// `event` without its closing brace.
std::string finish_event(AuditPosition& at, const std::string& event) {
  at.head = next_head(at.head, event + "}");
  ++at.length;
  return event + std::string(kHashField) + to_hex(at.head) + "\"}\n";
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_decimal(text.substr(0, end));
  text.remove_prefix(end);
  return number;
}

std::optional<std::array<std::uint8_t, 32>> read_head(std::string_view hex) {
  const auto bytes = from_hex(hex.substr(0, kHexHead));
  std::array<std::uint8_t, 32> head{};
  if (!bytes.ok() || bytes->size() != head.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), head.begin());
  return head;
}

// Where the hash stands; npos when the line has not got one at its end.
std::size_t find_hash(std::string_view line) {
  const auto at = line.rfind(kHashField);
  const bool good = at != std::string_view::npos && line.size() == at + kHashField.size() + kHexHead + 2;
  return good ? at : std::string_view::npos;
}

}  // namespace

std::string next_audit_line(AuditPosition& at, UnixSeconds now, std::string_view kind,
                            std::initializer_list<LogField> fields) {
  std::string event = begin_event(at, now) + ",\"kind\":" + json_string(kind);
  for (const LogField& field : fields)
    event.append(",").append(json_string(field.name)).append(":").append(json_string(cut(field.value)));
  return finish_event(at, event);
}

std::string continuing_audit_line(AuditPosition& at, UnixSeconds now) {
  return finish_event(at, begin_event(at, now) + std::string(kContinuedField) + to_hex(at.head) + "\"");
}

bool follow_audit_line(std::string_view line, AuditPosition& at) {
  const auto hash = find_hash(line);
  if (hash == std::string_view::npos) return false;
  const auto head = next_head(at.head, std::string(line.substr(0, hash)) + "}");
  if (line.substr(hash + kHashField.size(), kHexHead) != to_hex(head)) return false;
  at = {at.length + 1, head};
  return true;
}

AuditPosition start_of_audit(std::string_view line) {
  if (!take(line, kNumberField)) return {};
  const auto number = take_number(line);
  if (!number || *number == 0 || !take(line, kTimeField)) return {};
  (void)take(line, "-");
  if (!take_number(line) || !take(line, kContinuedField)) return {};
  const auto previous = read_head(line);
  return previous ? AuditPosition{*number - 1, *previous} : AuditPosition{};
}

std::optional<AuditPosition> end_of_audit(std::string_view line) {
  const auto hash = find_hash(line);
  if (hash == std::string_view::npos) return std::nullopt;
  const auto head = read_head(line.substr(hash + kHashField.size()));
  if (!head || !take(line, kNumberField)) return std::nullopt;
  const auto number = take_number(line);
  if (!number) return std::nullopt;
  return AuditPosition{*number, *head};
}

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <sstream>
#include <vector>

#include "core/base/text.h"
#include "tests/virtual_card/card_state.h"
#include "tests/virtual_card/control.h"

namespace cardea::virtual_card {
namespace {

using Words = std::vector<std::string>;

constexpr std::uint32_t kLongestDelay = 60'000;  // ms
constexpr std::uint32_t kHighestCount = 1'000'000;

Failure usage(const char* text) { return fail(Error::invalid_argument, std::string("usage: ") + text); }

std::optional<std::uint32_t> decimal(const std::string& word, std::uint32_t maximum) {
  const auto value = parse_decimal(word);
  if (!value || *value > maximum) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::optional<std::uint32_t> hexadecimal(const std::string& word, std::size_t digits) {
  std::uint32_t value = 0;
  const char* end = word.data() + word.size();
  if (word.size() != digits || std::from_chars(word.data(), end, value, 16).ptr != end) return std::nullopt;
  return value;
}

Result<ControlCommand> parse_force(const Words& words) {
  if (words.size() != 4) return usage("force INS SW COUNT");
  const auto instruction = hexadecimal(words[1], 2);
  const auto status = hexadecimal(words[2], 4);
  const auto count = decimal(words[3], kHighestCount);
  if (!instruction || !status || !count) return usage("force INS SW COUNT");
  return ControlCommand(
      control::Force{static_cast<std::uint8_t>(*instruction), static_cast<std::uint16_t>(*status), *count});
}

Result<ControlCommand> parse_yank(const Words& words) {
  const auto apdu = words.size() >= 2 ? decimal(words[1], kHighestCount) : std::nullopt;
  const bool done = words.size() == 3 && words[2] == "done";
  if (!apdu || words.size() > 3 || (words.size() == 3 && !done)) return usage("yank-at N [done]");
  return ControlCommand(control::YankAt{*apdu, done});
}

Result<ControlCommand> parse_insert(std::string_view text) {
  const std::string_view file = trim(text.substr(std::string_view("insert").size()));
  if (file.empty()) return ControlCommand(control::Insert{});
  return ControlCommand(control::Insert{std::filesystem::path(file)});
}

}  // namespace

Result<ControlCommand> parse_control_command(std::string_view text) {
  if (!is_printable_text(text)) return fail(Error::invalid_argument, "not a line of text");
  std::istringstream stream{std::string(text)};
  Words words;
  for (std::string word; stream >> word;)
    words.push_back(word);
  if (words.empty()) return fail(Error::invalid_argument, "empty command");
  const std::string& verb = words[0];
  if (verb == "insert") return parse_insert(trim(text));
  if (verb == "force") return parse_force(words);
  if (verb == "yank-at") return parse_yank(words);
  if (verb == "delay") {
    const auto milliseconds = words.size() == 2 ? decimal(words[1], kLongestDelay) : std::nullopt;
    if (!milliseconds) return usage("delay MILLISECONDS");
    return ControlCommand(control::Delay{*milliseconds});
  }
  if (verb == "memory") {
    const auto bytes = words.size() == 2 ? decimal(words[1], kMaximumMemory) : std::nullopt;
    if (!bytes) return usage("memory BYTES");
    return ControlCommand(control::Memory{*bytes});
  }
  if (words.size() == 1) {
    if (verb == "eject") return ControlCommand(control::Eject{});
    if (verb == "stat") return ControlCommand(control::Stat{});
    if (verb == "trace") return ControlCommand(control::Trace{});
    if (verb == "reset-counters") return ControlCommand(control::ResetCounters{});
    if (verb == "quit") return ControlCommand(control::Quit{});
  }
  return fail(Error::invalid_argument, "unknown command " + escape_for_log(verb));
}

}  // namespace cardea::virtual_card

// SPDX-License-Identifier: Apache-2.0
// The INI-style configuration of our programs (recoveryd.conf, server.conf). A program declares its keys in
// one table; what is not in the table, occurs twice or has the wrong type is refused with file, line and
// reason, so that a typo can never switch a protection off. Portable: how a file is read safely is
// core/base/secure_file.h.
//
//   # comment          only at the beginning of a line, '#' or ';'
//   [section]
//   name = value       the value is the rest of the line without outer blanks; no quotes, no escapes
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cardea {

// A configuration file longer than this is a mistake (64 KiB; ours are below 4 KiB).
inline constexpr std::size_t kMaxConfigSize = 64 * 1024;

enum class ConfigType : std::uint8_t {
  text,     // any printable text, not empty
  path,     // absolute path (absolute_path.h)
  integer,  // decimal, within [minimum, maximum]
  boolean,  // yes, no, true, false, on, off
  list,     // words separated by blanks or commas, at least one
  choice,   // one of the words in `choices`
};

struct ConfigKey {
  std::string_view section;
  std::string_view name;
  ConfigType type = ConfigType::text;
  bool required = false;
  std::int64_t minimum = 0;  // integer only
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  std::string_view choices = {};  // choice only: "off|card_required"
};

class Config {
 public:
  // `file_name` is only used in messages. Failure: config_invalid with "FILE:LINE: reason".
  static Result<Config> parse(std::string_view text, std::string_view file_name,
                              std::span<const ConfigKey> keys);

  [[nodiscard]] bool has(std::string_view section, std::string_view name) const;
  // The value, or `fallback` when the key is absent. The key must be in the table with that type.
  [[nodiscard]] std::string text(std::string_view section, std::string_view name,
                                 std::string_view fallback = {}) const;
  [[nodiscard]] std::int64_t integer(std::string_view section, std::string_view name,
                                     std::int64_t fallback) const;
  [[nodiscard]] bool boolean(std::string_view section, std::string_view name, bool fallback) const;
  [[nodiscard]] std::vector<std::string> list(std::string_view section, std::string_view name) const;
  // "FILE:LINE: reason" for a value that only the program can judge (an address, a URL). LINE is 0 when the
  // key is absent.
  [[nodiscard]] Failure complain(std::string_view section, std::string_view name,
                                 std::string_view reason) const;

 private:
  struct Value {
    std::string text;
    std::size_t line = 0;
  };
  using Name = std::pair<std::string, std::string>;
  [[nodiscard]] const Value* find(std::string_view section, std::string_view name) const;

  std::string file_name_;
  std::map<Name, Value> values_;
};

}  // namespace cardea

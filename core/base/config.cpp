// SPDX-License-Identifier: Apache-2.0
#include "core/base/config.h"

#include <algorithm>
#include <optional>

#include "core/base/absolute_path.h"
#include "core/base/text.h"

namespace cardea {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  const auto magnitude = parse_decimal(negative ? text.substr(1) : text);
  if (!magnitude || *magnitude > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return {};
  const auto value = static_cast<std::int64_t>(*magnitude);
  return negative ? -value : value;
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "yes" || text == "true" || text == "on") return true;
  if (text == "no" || text == "false" || text == "off") return false;
  return {};
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != ',') {
      word.push_back(c);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

// Empty when the value fits the key, else the reason.
std::string check_value(const ConfigKey& key, std::string_view value) {
  if (value.empty()) return "has no value";
  switch (key.type) {
    case ConfigType::text:
      return {};
    case ConfigType::path:
      return is_absolute_path(value) ? "" : "must be an absolute path";
    case ConfigType::boolean:
      return parse_boolean(value) ? "" : "must be yes or no";
    case ConfigType::list:
      return parse_list(value).empty() ? "must name at least one word" : "";
    case ConfigType::integer: {
      const auto number = parse_integer(value);
      if (number && *number >= key.minimum && *number <= key.maximum) return {};
      return "must be a number from " + std::to_string(key.minimum) + " to " + std::to_string(key.maximum);
    }
    case ConfigType::choice: {
      const auto words = split(key.choices, '|');
      const bool known = std::find(words.begin(), words.end(), value) != words.end();
      return known ? "" : "must be one of " + std::string(key.choices);
    }
  }
  return "has no known type";
}

Failure at_line(std::string_view file, std::size_t line, std::string_view reason) {
  return fail(Error::config_invalid,
              std::string(file) + ":" + std::to_string(line) + ": " + std::string(reason));
}

}  // namespace

Result<Config> Config::parse(std::string_view text, std::string_view file_name,
                             std::span<const ConfigKey> keys) {
  if (text.size() > kMaxConfigSize) return at_line(file_name, 0, "longer than 64 KiB");
  Config config;
  config.file_name_ = file_name;
  std::string section;
  std::size_t number = 0;
  for (const std::string& raw : split(text, '\n')) {
    ++number;
    std::string_view line = raw;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    line = trim(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    std::string tabs_as_blanks(line);
    std::replace(tabs_as_blanks.begin(), tabs_as_blanks.end(), '\t', ' ');
    if (!is_printable_text(tabs_as_blanks)) return at_line(file_name, number, "not printable UTF-8 text");
    if (line.front() == '[') {
      if (line.back() != ']') return at_line(file_name, number, "section without “]”");
      section = trim(line.substr(1, line.size() - 2));
      const bool known =
          std::any_of(keys.begin(), keys.end(), [&](const ConfigKey& k) { return k.section == section; });
      if (!known) return at_line(file_name, number, "unknown section [" + section + "]");
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return at_line(file_name, number, "expected “name = value”");
    if (section.empty()) return at_line(file_name, number, "a value before the first [section]");
    const std::string name(trim(line.substr(0, equals)));
    const std::string value(trim(line.substr(equals + 1)));
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const ConfigKey& k) { return k.section == section && k.name == name; });
    if (key == keys.end())
      return at_line(file_name, number, "unknown key “" + name + "” in [" + section + "]");
    if (const auto reason = check_value(*key, value); !reason.empty()) {
      return at_line(file_name, number, "“" + name + "” " + reason);
    }
    if (!config.values_.emplace(Name{section, name}, Value{value, number}).second) {
      return at_line(file_name, number, "“" + name + "” is there twice");
    }
  }
  for (const ConfigKey& key : keys) {
    if (key.required && !config.has(key.section, key.name)) {
      return at_line(file_name, number,
                     "“" + std::string(key.name) + "” is missing in [" + std::string(key.section) + "]");
    }
  }
  return config;
}

const Config::Value* Config::find(std::string_view section, std::string_view name) const {
  const auto found = values_.find(Name{section, name});
  return found == values_.end() ? nullptr : &found->second;
}

bool Config::has(std::string_view section, std::string_view name) const {
  return find(section, name) != nullptr;
}

std::string Config::text(std::string_view section, std::string_view name, std::string_view fallback) const {
  const Value* value = find(section, name);
  return value ? value->text : std::string(fallback);
}

std::int64_t Config::integer(std::string_view section, std::string_view name, std::int64_t fallback) const {
  const Value* value = find(section, name);
  return value ? parse_integer(value->text).value_or(fallback) : fallback;
}

bool Config::boolean(std::string_view section, std::string_view name, bool fallback) const {
  const Value* value = find(section, name);
  return value ? parse_boolean(value->text).value_or(fallback) : fallback;
}

std::vector<std::string> Config::list(std::string_view section, std::string_view name) const {
  const Value* value = find(section, name);
  return value ? parse_list(value->text) : std::vector<std::string>{};
}

Failure Config::complain(std::string_view section, std::string_view name, std::string_view reason) const {
  const Value* value = find(section, name);
  return at_line(file_name_, value ? value->line : 0, "“" + std::string(name) + "” " + std::string(reason));
}

}  // namespace cardea

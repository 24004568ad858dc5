// SPDX-License-Identifier: Apache-2.0
#include "server/admin/command_line.h"

#include <algorithm>
#include <set>

#include "core/base/utf8.h"

namespace cardea::server::admin {
namespace {

constexpr OptionSpec kGlobal[] = {
    {"--config", "FILE", "server.conf (default: " CARDEA_SERVER_CONFIG ")", false},
    {"--answers", "FILE|-", "answers for a script, lines of name=value; - for standard input", false},
    {"--json", "", "one JSON object instead of text", false},
    {"--help", "", "print this help", false},
};

constexpr std::size_t kMaxWord = 4096;

bool is_word(const OptionSpec& option) { return option.name[0] != '-'; }

const OptionSpec* find_option(std::span<const OptionSpec> options, std::string_view name) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const OptionSpec& option) { return option.name == name; });
  return found == options.end() ? nullptr : &*found;
}

Failure usage(std::string what) { return fail(Error::invalid_argument, std::move(what)); }

bool is_noun(std::string_view word) {
  return std::any_of(all_verbs().begin(), all_verbs().end(),
                     [&](const VerbSpec& verb) { return verb.noun[0] != '\0' && verb.noun == word; });
}

const VerbSpec* find_verb(std::string_view noun, std::string_view word) {
  for (const VerbSpec& verb : all_verbs()) {
    if (verb.noun == noun && verb.verb == word) return &verb;
  }
  return nullptr;
}

class Parser {
 public:
  explicit Parser(std::span<const std::string> words) : words_(words) {}

  Result<Invocation> parse() {
    while (next_ < words_.size()) {
      const std::string& word = words_[next_++];
      if (word.size() > kMaxWord || !is_printable_text(word)) return usage("a word can't be read");
      TRY(word.starts_with("--") && word.size() > 2 ? take_option(word) : take_word(word));
    }
    if (line_.help) return std::move(line_);
    if (line_.verb == nullptr)
      return usage(noun_.empty() ? "a verb is missing" : "“" + noun_ + "” is half a verb");
    for (const OptionSpec& option : line_.verb->options) {
      if (option.required && !line_.has(option.name)) return usage(std::string(option.name) + " is missing");
    }
    return std::move(line_);
  }

 private:
  Status take_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionSpec* option = find_option(kGlobal, name);
    if (option == nullptr && line_.verb != nullptr) option = find_option(line_.verb->options, name);
    if (option == nullptr) return usage("“" + name + "” is no option here");
    if (option->value[0] == '\0') {
      if (equals != std::string::npos) return usage(name + " takes no value");
      return keep(*option, "yes");
    }
    if (equals != std::string::npos) return keep(*option, word.substr(equals + 1));
    if (next_ == words_.size()) return usage(name + " needs a value");
    return keep(*option, words_[next_++]);
  }
  Status take_word(const std::string& word) {
    if (line_.verb == nullptr) {
      line_.verb = find_verb(noun_, word);
      if (line_.verb != nullptr) return {};
      if (!noun_.empty() || !is_noun(word)) return usage("“" + word + "” is no verb");
      noun_ = word;
      return {};
    }
    for (const OptionSpec& option : line_.verb->options) {
      if (is_word(option) && !line_.has(option.name)) return keep(option, word);
    }
    return usage("“" + word + "” is too much");
  }
  Status keep(const OptionSpec& option, std::string value) {
    const std::string_view name = option.name;
    if (!is_printable_text(value)) return usage(std::string(name) + " has characters that can't be used");
    if (line_.has(name)) return usage(std::string(name) + " is there twice");
    line_.values.emplace_back(name, value);
    if (name == "--config")
      line_.config = std::move(value);
    else if (name == "--answers")
      line_.answers = std::move(value);
    else if (name == "--json")
      line_.json = true;
    else if (name == "--help")
      line_.help = true;
    return {};
  }

  std::span<const std::string> words_;
  std::size_t next_ = 0;
  std::string noun_;
  Invocation line_;
};

std::string aligned(const std::string& left, std::string_view right) {
  constexpr std::size_t kColumn = 28;
  std::string out = "  " + left;
  out +=
      left.size() + 2 < kColumn ? std::string(kColumn - out.size(), ' ') : "\n" + std::string(kColumn, ' ');
  return out.append(right) + "\n";
}

std::string option_help(std::span<const OptionSpec> options) {
  std::string out;
  for (const OptionSpec& option : options) {
    const std::string value = option.value[0] == '\0' ? "" : std::string(" ") + option.value;
    out += aligned(option.name + value, option.help);
  }
  return out;
}

std::string synopsis(const VerbSpec& verb) {
  std::string out = path_of(verb);
  for (const OptionSpec& option : verb.options) {
    std::string word = option.name;
    if (option.value[0] != '\0') word += std::string(" ") + option.value;
    out += option.required ? " " + word : " [" + word + "]";
  }
  return out;
}

}  // namespace

bool Invocation::has(std::string_view name) const {
  return std::any_of(values.begin(), values.end(), [&](const auto& value) { return value.first == name; });
}

std::string Invocation::value(std::string_view name, std::string_view fallback) const {
  for (const auto& [key, text] : values) {
    if (key == name) return text;
  }
  return std::string(fallback);
}

Result<Invocation> parse_command_line(std::span<const std::string> words) { return Parser(words).parse(); }

std::string help_text(const VerbSpec* verb) {
  if (verb != nullptr) {
    std::string out = "usage: cardea admin " + synopsis(*verb) + "\n\n  " + verb->help + "\n\n";
    return out + option_help(verb->options) + option_help(kGlobal);
  }
  std::string out =
      "usage: cardea admin VERB [options]\n\nLooks after the store and the keys of a Cardea "
      "server, on that server, as root or as the server's user.\n\n";
  for (const VerbSpec& each : all_verbs())
    out += aligned(path_of(each), each.help);
  return out + "\n" + option_help(kGlobal);
}

std::string completion_words(std::span<const std::string> words) {
  std::string noun;
  const VerbSpec* verb = nullptr;
  for (const std::string& word : words) {
    if (word.starts_with("-") || verb != nullptr) continue;
    verb = find_verb(noun, word);
    if (verb == nullptr) noun = word;
  }
  std::set<std::string> out;
  for (const VerbSpec& each : all_verbs()) {
    if (verb == nullptr && noun.empty()) out.insert(each.noun[0] == '\0' ? each.verb : each.noun);
    if (verb == nullptr && !noun.empty() && each.noun == noun) out.insert(each.verb);
  }
  const auto add = [&](std::span<const OptionSpec> options) {
    for (const OptionSpec& option : options) {
      if (!is_word(option)) out.insert(option.name);
    }
  };
  if (verb != nullptr) add(verb->options);
  add(kGlobal);
  std::string text;
  for (const std::string& word : out)
    text += word + "\n";
  return text;
}

}  // namespace cardea::server::admin

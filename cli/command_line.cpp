// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>

#include "cli/exit_codes.h"
#include "cli/output.h"
#include "core/base/text.h"
#include "core/wire/local_messages.h"

namespace cardea::cli {
namespace {

bool is_word(const OptionSpec& option) { return option.name[0] != '-'; }

// CLI11's own name of an option: the lower-case word for a positional.
std::string cli_name(const OptionSpec& option) {
  std::string name = option.name;
  if (is_word(option)) {
    for (char& c : name)
      c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return name;
}

// “90”, “90s”, “10m”, “2h” as seconds; empty when it is nothing of that.
std::optional<std::uint64_t> parse_duration(std::string text) {
  std::uint64_t unit = 1;
  if (!text.empty() && (text.back() == 's' || text.back() == 'm' || text.back() == 'h')) {
    unit = text.back() == 'h' ? 3600 : text.back() == 'm' ? 60 : 1;
    text.pop_back();
  }
  const auto number = parse_decimal(text);
  if (!number.has_value() || *number == 0 || *number > 1'000'000) return std::nullopt;
  return *number * unit;
}

std::string check_duration(const std::string& text) {
  return parse_duration(text).has_value() ? "" : "is no time such as 90, 10m or 2h";
}

// What reaches the daemon is text of its wire: valid UTF-8 without control characters.
std::string check_text(const std::string& text) {
  if (text.size() > wire::kMaxFieldBytes) return "is too long";
  return is_printable_text(text) ? "" : "has characters that can't be used";
}

void add_option(CLI::App& app, const OptionSpec& spec) {
  if (spec.kind == OptionKind::flag) {
    const std::string help = spec.help;
    app.add_flag(cli_name(spec), help);
    return;
  }
  CLI::Option* option = app.add_option(cli_name(spec), spec.help);
  option->type_name(spec.value)->required(spec.required)->check(CLI::Validator(check_text, ""));
  if (spec.kind == OptionKind::list) {
    option->expected(1, CLI::detail::expected_max_vector_size)
        ->allow_extra_args(false);  // one value each time
  } else {
    option->expected(1);
  }
  if (spec.kind == OptionKind::duration) option->check(CLI::Validator(check_duration, ""));
  if (spec.choices[0] != '\0') option->check(CLI::IsMember(split(spec.choices, '|')));
}

void add_global_options(CLI::App& app) {
  app.add_option("--socket", "socket of the card service")->type_name("PATH");
  app.add_option("--config", "recoveryd.conf to take the socket from (default: " CARDEA_CONFIG_PATH ")")
      ->type_name("FILE");
  app.add_option("--answers", "answers for a script, lines of name=value; - for standard input")
      ->type_name("FILE|-");
  app.add_option("--timeout", "how long the card service may take (default: 300)")
      ->type_name("SEC")
      ->check(CLI::Range(1u, 300u));
  const std::string json_help = "one JSON object instead of text";
  app.add_flag("--json", json_help);
  app.set_version_flag("--version", "cardea " CARDEA_VERSION);
}

std::string text_of(const CLI::App& app, const char* name) {
  const CLI::Option* option = app.get_option(name);
  return option->count() > 0 ? option->results().front() : std::string();
}

std::string value_for_daemon(const OptionSpec& spec, const std::string& typed) {
  switch (spec.kind) {
    case OptionKind::path:
      return std::filesystem::absolute(typed).string();
    case OptionKind::duration:
      return std::to_string(parse_duration(typed).value_or(0));
    case OptionKind::flag:
      return "yes";
    default:
      return typed;
  }
}

Invocation invocation_of(const CLI::App& app, const VerbSpec& spec, const CLI::App& verb) {
  Invocation out;
  out.verb = &spec;
  out.global.socket = text_of(app, "--socket");
  out.global.config = text_of(app, "--config");
  out.global.answers = text_of(app, "--answers");
  out.global.json = app.get_option("--json")->count() > 0;
  if (const std::string timeout = text_of(app, "--timeout"); !timeout.empty()) {
    out.global.timeout_s = static_cast<unsigned>(parse_decimal(timeout).value_or(300));
  }
  for (const OptionSpec& option : spec.options) {
    const CLI::Option* given = verb.get_option(cli_name(option));
    for (const std::string& typed : given->results()) {
      const std::string value = value_for_daemon(option, typed);
      if (option.argument != nullptr) out.arguments.emplace_back(option.argument, value);
      out.own.emplace_back(option.name, value);
    }
  }
  return out;
}

CLI::App* verb_app(const CLI::App& app, const VerbSpec& spec) {
  const CLI::App* parent = spec.noun[0] == '\0' ? &app : app.get_subcommand(std::string(spec.noun));
  return parent->get_subcommand(std::string(spec.verb));
}

}  // namespace

std::unique_ptr<CLI::App> make_command_tree() {
  auto app = std::make_unique<CLI::App>("A smart card as the key to this computer.", "cardea");
  app->require_subcommand(1);
  add_global_options(*app);
  std::map<std::string, CLI::App*> nouns;
  for (const VerbSpec& spec : all_verbs()) {
    CLI::App* parent = app.get();
    if (spec.noun[0] != '\0') {
      CLI::App*& noun = nouns[spec.noun];
      if (noun == nullptr) noun = app->add_subcommand(spec.noun, noun_help(spec.noun));
      parent = noun;
      parent->require_subcommand(1)->fallthrough();
    }
    CLI::App* verb = parent->add_subcommand(spec.verb, spec.help)->fallthrough();
    for (const OptionSpec& option : spec.options)
      add_option(*verb, option);
  }
  return app;
}

ParsedLine parse_command_line(int argc, char** argv) {
  const auto app = make_command_tree();
  try {
    app->parse(argc, argv);
  } catch (const CLI::Success& help) {  // --help, --version
    return {std::nullopt, app->exit(help)};
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "cardea: %s. See “cardea --help”.\n", showable(error.what()).c_str());
    return {std::nullopt, static_cast<int>(ExitCode::usage)};
  }
  for (const VerbSpec& spec : all_verbs()) {
    const CLI::App* verb = verb_app(*app, spec);
    if (verb->parsed()) return {invocation_of(*app, spec, *verb), 0};
  }
  return {std::nullopt, static_cast<int>(ExitCode::usage)};
}

}  // namespace cardea::cli

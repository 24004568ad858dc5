// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include "cli/exit_codes.h"
#include "cli/output.h"
#include "core/base/text.h"
#include "core/text/catalogue.h"
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

// “90”, “90s”, “10m”, “10min”, “2h” as seconds; empty when it is nothing of that.
std::optional<std::uint64_t> parse_duration(std::string_view text) {
  constexpr std::pair<std::string_view, std::uint64_t> kUnits[] = {
      {"min", 60}, {"m", 60}, {"s", 1}, {"h", 3600}};
  std::uint64_t factor = 1;
  for (const auto& [unit, seconds] : kUnits) {
    if (!text.ends_with(unit)) continue;
    text.remove_suffix(unit.size());
    factor = seconds;
    break;
  }
  const auto number = parse_decimal(text);
  if (!number.has_value() || *number == 0 || *number > 1'000'000) return std::nullopt;
  return *number * factor;
}

std::string check_duration(const std::string& text) {
  return parse_duration(text).has_value() ? "" : "is no time such as 90, 10m or 2h";
}

// What reaches the daemon is text of its wire: valid UTF-8 without control characters.
std::string check_text(const std::string& text) {
  if (text.size() > wire::kMaxFieldBytes) return "is too long";
  return is_printable_text(text) ? "" : "has characters that can't be used";
}

void add_option(CLI::App& app, const OptionSpec& spec, text::Language language) {
  const std::string help = text::spoken(language, spec.help);
  if (spec.kind == OptionKind::flag) {
    app.add_flag(cli_name(spec), help);
    return;
  }
  CLI::Option* option = app.add_option(cli_name(spec), help);
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

void add_global_options(CLI::App& app, text::Language language) {
  const auto say = [&](const char* english) { return text::spoken(language, english); };
  // CLI11 takes a help text that is a const variable, and anything else for a place to put the value.
  const auto add = [&](const char* name, const std::string& help, const char* value) {
    return app.add_option(name, help)->type_name(value);
  };
  add("--socket", say(text::tr("socket of the card service")), "PATH");
  add("--config",
      text::spoken(language, "recoveryd.conf to take the socket from (default: %1)", {CARDEA_CONFIG_PATH}),
      "FILE");
  add("--answers", say(text::tr("answers for a script, lines of name=value; - for standard input")),
      "FILE|-");
  add("--timeout", say(text::tr("how long the card service may take (default: 300)")), "SEC")
      ->check(CLI::Range(1u, 300u));
  const std::string json_help = say(text::tr("one JSON object instead of text"));
  app.add_flag("--json", json_help);
  app.set_version_flag("--version", "cardea " CARDEA_VERSION, say(text::tr("print the version")));
  app.set_help_flag("-h,--help", say(text::tr("print this help")));
}

// The words that CLI11 itself puts into a help text.
void set_headings(CLI::App& app, text::Language language) {
  static constexpr const char* kHeadings[] = {text::tr("Usage"),       text::tr("REQUIRED"),
                                              text::tr("Positionals"), text::tr("OPTIONS"),
                                              text::tr("SUBCOMMAND"),  text::tr("SUBCOMMANDS")};
  for (const char* heading : kHeadings)
    app.get_formatter()->label(heading, text::spoken(language, heading));
  app.option_defaults()->group(text::spoken(language, "Options"));
}

CLI::App* add_subcommand(CLI::App& parent, const char* name, const char* help, text::Language language) {
  CLI::App* app = parent.add_subcommand(name, text::spoken(language, help));
  app->group(text::spoken(language, "Subcommands"));
  // CLI11 makes it before it takes over what options have in common.
  app->get_help_ptr()->group(text::spoken(language, "Options"));
  return app;
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

Invocation invocation_of(const CLI::App& app, const VerbSpec& spec, const CLI::App& verb,
                         std::string_view locale) {
  Invocation out;
  out.verb = &spec;
  out.global.socket = text_of(app, "--socket");
  out.global.config = text_of(app, "--config");
  out.global.answers = text_of(app, "--answers");
  out.global.json = app.get_option("--json")->count() > 0;
  // What a script reads is never translated.
  out.global.locale = out.global.json ? "C" : std::string(locale);
  if (const std::string timeout = text_of(app, "--timeout"); !timeout.empty()) {
    out.global.timeout_s = static_cast<unsigned>(parse_decimal(timeout).value_or(300));
  }
  if (spec.passes_on) out.passed_on = verb.remaining();
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

std::unique_ptr<CLI::App> make_command_tree(text::Language language) {
  auto app = std::make_unique<CLI::App>(text::spoken(language, "A smart card as the key to this computer."),
                                        "cardea");
  set_headings(*app, language);
  app->require_subcommand(1);
  add_global_options(*app, language);
  std::map<std::string, CLI::App*> nouns;
  for (const VerbSpec& spec : all_verbs()) {
    CLI::App* parent = app.get();
    if (spec.noun[0] != '\0') {
      CLI::App*& noun = nouns[spec.noun];
      if (noun == nullptr) noun = add_subcommand(*app, spec.noun, noun_help(spec.noun), language);
      parent = noun;
      parent->require_subcommand(1)->fallthrough();
    }
    CLI::App* verb = add_subcommand(*parent, spec.verb, spec.help, language);
    if (spec.passes_on) {
      verb->prefix_command()->set_help_flag();
    } else {
      verb->fallthrough();
    }
    for (const OptionSpec& option : spec.options)
      add_option(*verb, option, language);
  }
  return app;
}

ParsedLine parse_command_line(int argc, char** argv, std::string_view locale) {
  const text::Language language = text::language_of(locale);
  const auto app = make_command_tree(language);
  try {
    app->parse(argc, argv);
  } catch (const CLI::Success& help) {  // --help, --version
    return {std::nullopt, app->exit(help)};
  } catch (const CLI::ParseError& error) {
    // What CLI11 says is English.
    const std::string said = text::spoken(language, "%1. See “cardea --help”.", {showable(error.what())});
    std::fprintf(stderr, "cardea: %s\n", said.c_str());
    return {std::nullopt, static_cast<int>(ExitCode::usage)};
  }
  for (const VerbSpec& spec : all_verbs()) {
    const CLI::App* verb = verb_app(*app, spec);
    if (verb->parsed()) return {invocation_of(*app, spec, *verb, locale), 0};
  }
  return {std::nullopt, static_cast<int>(ExitCode::usage)};
}

}  // namespace cardea::cli

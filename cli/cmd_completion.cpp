// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_completion.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command_line.h"
#include "cli/exit_codes.h"

namespace cardea::cli {
namespace {

// One place on the command line: the words typed so far, and what may come next.
struct Place {
  std::string path;  // "", "card", "card show"
  std::vector<const CLI::App*> next;
  std::vector<std::string> options;  // long names with dashes
};

// The one verb whose words another program knows; it is asked when they are completed.
constexpr std::string_view kElsewhere = "admin";

void add_options(const CLI::App& app, std::vector<std::string>& out) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames())
      out.push_back("--" + name);
  }
}

void collect(const CLI::App& root, const CLI::App& app, const std::string& path, std::vector<Place>& out) {
  Place place;
  place.path = path;
  place.next = app.get_subcommands([](const CLI::App*) { return true; });
  add_options(app, place.options);
  if (&app != &root) {
    std::vector<std::string> global;
    add_options(root, global);
    for (std::string& name : global) {
      if (name != "--help" && name != "--version") place.options.push_back(std::move(name));
    }
  }
  const std::vector<const CLI::App*> children = place.next;
  out.push_back(std::move(place));
  for (const CLI::App* child : children) {
    collect(root, *child, path.empty() ? child->get_name() : path + " " + child->get_name(), out);
  }
}

std::string words_of(const Place& place) {
  std::string words;
  for (const CLI::App* child : place.next)
    words += child->get_name() + " ";
  for (const std::string& option : place.options)
    words += option + " ";
  if (!words.empty()) words.pop_back();
  return words;
}

// bash and zsh (through bashcompinit) share one function: the words before the cursor, without options and
// their values, name the place.
std::string shell_function(const std::vector<Place>& places) {
  std::string cases;
  for (const Place& place : places) {
    cases += "    '" + place.path + "') words=" +
             (place.path == kElsewhere ? "\"$(cardea admin --completion-words \"${rest[@]}\" 2>/dev/null)\""
                                       : "'" + words_of(place) + "'") +
             " ;;\n";
  }
  return "_cardea() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\" path= word "
         "words= rest=()\n"
         "  case $previous in --socket|--config|--answers|--ca-file|--pam-dir) COMPREPLY=($(compgen -f -- "
         "\"$current\")); return ;; esac\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    if [ \"$path\" = admin ]; then rest+=(\"$word\"); continue; fi\n"
         "    case \"${path:+$path }$word\" in\n      " +
         [&] {
           std::string all;
           for (const Place& place : places) {
             if (!place.path.empty()) all += (all.empty() ? "'" : "|'") + place.path + "'";
           }
           return all;
         }() +
         ") path=\"${path:+$path }$word\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$path\" in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "}\n"
         "complete -F _cardea cardea\n";
}

std::string fish_word(std::string_view text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("\\'") : std::string(1, c);
  return out + "'";
}

std::string fish_script(const std::vector<Place>& places) {
  std::string out =
      "function __cardea_at\n"
      "  set -l path\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    string match -q -- '-*' $word; or set path $path $word\n"
      "  end\n"
      "  test \"$path\" = \"$argv\"\n"
      "end\n"
      "function __cardea_admin_words\n"
      "  set -l words (commandline -opc)\n"
      "  set -l at (contains -i -- admin $words); or return\n"
      "  cardea admin --completion-words $words[(math $at + 1)..-1] 2>/dev/null\n"
      "end\n"
      "complete -c cardea -f\n"
      "complete -c cardea -n '__fish_seen_subcommand_from admin' -a '(__cardea_admin_words)'\n";
  for (const Place& place : places) {
    const std::string condition = "complete -c cardea -n " + fish_word("__cardea_at " + place.path);
    for (const CLI::App* child : place.next) {
      out += condition + " -a " + fish_word(child->get_name()) + " -d " +
             fish_word(child->get_description()) + "\n";
    }
    for (const std::string& option : place.options)
      out += condition + " -l " + fish_word(option.substr(2)) + "\n";
  }
  return out;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  const auto tree = make_command_tree();
  std::vector<Place> places;
  collect(*tree, *tree, "", places);
  const std::string license = "# SPDX-License-Identifier: Apache-2.0\n";
  if (shell == "bash") return license + shell_function(places);
  if (shell == "zsh")
    return "#compdef cardea\n" + license + "autoload -U +X bashcompinit && bashcompinit\n" +
           shell_function(places);
  if (shell == "fish") return license + fish_script(places);
  return {};
}

int run_completion(const Invocation& invocation) {
  const std::string script = completion_script(invocation.option("SHELL"));
  const bool written = std::fputs(script.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  return static_cast<int>(written ? ExitCode::done : ExitCode::refused);
}

}  // namespace cardea::cli

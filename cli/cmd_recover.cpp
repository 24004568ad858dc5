// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_recover.h"

#include "cli/cmd_operation.h"
#include "cli/server_dialog.h"
#include "core/base/text.h"
#include "upstream/recover.h"

namespace cardea::cli {
namespace {

bool is_meant(const upstream::ComputerInfo& computer, std::string_view wanted) {
  return computer.name == wanted || computer.serial == wanted || computer.id.text().starts_with(wanted);
}

std::string describe(text::Language language, const upstream::ComputerInfo& computer) {
  const std::string id = computer.id.text().substr(0, 8);
  return computer.serial.empty()
             ? text::spoken(language, "%1, id %2", {computer.name, id})
             : text::spoken(language, "%1, serial %2, id %3", {computer.name, computer.serial, id});
}

Result<std::size_t> choose(Asker& asker, const Invocation& invocation,
                           const std::vector<upstream::ComputerInfo>& computers) {
  const std::string wanted = invocation.option("--computer");
  const text::Language language = invocation.global.language();
  std::string list = asker.speak("Your computers:");
  std::size_t found = computers.size();
  for (std::size_t i = 0; i < computers.size(); ++i) {
    list += "\n  " + std::to_string(i + 1) + "  " + describe(language, computers[i]);
    if (wanted.empty() || !is_meant(computers[i], wanted)) continue;
    if (found != computers.size())
      return fail(Error::invalid_argument,
                  asker.speak("More than one computer is called so. Name it by its id."));
    found = i;
  }
  if (found != computers.size()) return found;
  if (!wanted.empty())
    return fail(
        Error::not_found,
        asker.speak("No computer of this account is called so. Leave --computer out to see the list."));
  if (computers.size() == 1) return std::size_t{0};
  TRY_ASSIGN(const SecretBytes typed,
             asker.ask("computer", list, asker.speak("Which one is locked? "), wire::kEcho));
  const auto number = parse_decimal(trim(typed.expose_text()));
  if (!number.has_value() || *number == 0 || *number > computers.size())
    return fail(Error::invalid_argument, asker.speak("That is not a number of the list."));
  return static_cast<std::size_t>(*number - 1);
}

Result<Answer> recover(const Invocation& invocation, Console& console) {
  const text::Language language = invocation.global.language();
  ServerDialog dialogue(invocation, console);
  TRY_ASSIGN(upstream::ServerClient * client, dialogue.connect());
  Asker& asker = dialogue.asker();
  const std::string account = invocation.option("--account");
  TRY_ASSIGN(const SecretBytes password,
             asker.ask("password", {}, asker.speak("Password of %1: ", {account})));
  upstream::RecoveryDialog dialog;
  dialog.answer = [&](std::string_view question, bool again) {
    return asker.ask("answer", again ? asker.speak("That is not the answer.") : std::string(),
                     std::string(question) + " ");
  };
  dialog.choose_computer = [&](const std::vector<upstream::ComputerInfo>& computers) {
    return choose(asker, invocation, computers);
  };
  auto key = upstream::recover_access_key(*client, account, password.expose(), dialog);
  while (!key.ok() && client->forward()) {
    TRY_ASSIGN(client, dialogue.follow());
    key = upstream::recover_access_key(*client, account, password.expose(), dialog);
  }
  if (!key.ok()) return with_text(language, key.failure());
  wire::Reveal reveal;
  reveal.purpose = "access-key";
  const std::string caption =
      asker.speak("Access key for %1, good for one login:", {describe(language, key->computer)});
  reveal.caption = caption;
  if (console.reveal(reveal, key->typed.expose()) != client::Reply::answered)
    return fail(Error::io_failed, error_text(Error::io_failed, {}, language));
  const std::string json = "{\"computer\":" + json_string(key->computer.name) +
                           ",\"computer_id\":" + json_string(key->computer.id.text()) +
                           ",\"index\":" + std::to_string(key->index) + "}";
  return Answer{
      asker.speak(
          "Type it where the computer asks for card or access key. Then get a new card: run “cardea card "
          "replace” there."),
      json};
}

}  // namespace

int run_recover(const Invocation& invocation) { return with_console(invocation, recover); }

}  // namespace cardea::cli

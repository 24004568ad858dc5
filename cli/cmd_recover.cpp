// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_recover.h"

#include <algorithm>

#include "cli/cmd_operation.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/client/workspace.h"
#include "upstream/poco_transport.h"
#include "upstream/recover.h"
#include "upstream/server_choice.h"
#include "upstream/server_list.h"

namespace cardea::cli {
namespace {

// Asks at the console as the daemon would; the answer lies in locked memory.
class Asker {
 public:
  Asker(Console& console, client::Workspace& workspace) : console_(console), workspace_(workspace) {}

  Result<SecretBytes> ask(std::string_view purpose, const std::string& notice, const std::string& prompt,
                          std::uint8_t flags = 0) {
    wire::Ask question;
    question.flags = flags;
    question.purpose = purpose;
    question.notice = notice;
    question.prompt = prompt;
    client::SecretBuffer answer(workspace_.answer());
    const client::Reply reply = console_.ask(question, client::Turn::first, answer);
    if (reply != client::Reply::answered || answer.empty() || answer.too_long()) {
      return fail(Error::cancelled, console_.problem().empty()
                                        ? error_text(Error::cancelled, {}, console_.output().language())
                                        : console_.problem());
    }
    return SecretBytes(answer.expose());
  }
  [[nodiscard]] std::string speak(const char* english, text::Arguments arguments = {}) const {
    return console_.speak(english, arguments);
  }

 private:
  Console& console_;
  client::Workspace& workspace_;
};

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

Failure with_text(text::Language language, const Failure& failure) {
  // Our own texts are whole sentences already; those of the library need the words of the table, and are no
  // use to a reader of another language.
  const bool sentence = failure.detail.ends_with('.') && failure.error != Error::server_unreachable;
  if (sentence) return failure;
  const std::string_view said = language == text::kEnglish ? std::string_view(failure.detail) : "";
  return fail(failure.error, error_text(failure.error, said, language));
}

// The servers that were named, and behind them those of the list that one of them shows: it is believed as
// far as that one is (docs/spec/server-list.md, "Whose word"). A server that can't be reached is told before
// anything is typed.
Result<std::unique_ptr<upstream::PocoTransport>> connect(const Invocation& invocation, const Clock& clock,
                                                         Random& random) {
  upstream::PocoTransportSettings settings;
  for (const std::string& url : split(invocation.option("--server"), ','))
    settings.urls.emplace_back(trim(url));
  settings.ca_file = invocation.option("--ca-file");
  TRY_ASSIGN(auto named, upstream::PocoTransport::create(settings, clock));
  upstream::ServerClient client(*named, clock, random);
  const auto shown = upstream::get_server_list(client);
  if (!shown.ok() && (shown.error() == Error::server_unreachable || shown.error() == Error::server_untrusted))
    return shown.failure();
  if (!shown.ok() || !*shown) return named;
  const auto list = upstream::check_server_list(**shown, (*shown)->key);
  if (!list.ok()) return named;
  std::vector<upstream::ServerChoice::Candidate> others;
  for (const api::ListedServer& server : list->servers)
    others.push_back({server.url});
  upstream::ServerChoice choice;
  choice.set_servers(others);
  for (std::string& url : choice.order(clock.monotonic(), random)) {
    const bool is_new = std::ranges::find(settings.urls, url) == settings.urls.end();
    if (is_new && settings.urls.size() < upstream::kMaxServers) settings.urls.push_back(std::move(url));
  }
  return upstream::PocoTransport::create(settings, clock);
}

Result<Answer> recover(const Invocation& invocation, Console& console) {
  const text::Language language = invocation.global.language();
  const SystemClock clock;
  SystemRandom random;
  auto transport = connect(invocation, clock, random);
  if (!transport.ok()) return with_text(language, transport.failure());
  upstream::ServerClient client(**transport, clock, random);
  client::Workspace workspace(client::Workspace::For::answers);
  if (!workspace.ok()) return fail(Error::out_of_memory, error_text(Error::out_of_memory, {}, language));
  Asker asker(console, workspace);
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
  const auto key = upstream::recover_access_key(client, account, password.expose(), dialog);
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

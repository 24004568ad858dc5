// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_sheet.h"

#include "cli/cmd_operation.h"
#include "cli/server_dialog.h"
#include "core/access_key/grouped_code.h"
#include "upstream/sheet_calls.h"

namespace cardea::cli {
namespace {

Result<records::SheetCode> ask_code(const Invocation& invocation, Asker& asker) {
  TRY_ASSIGN(const SecretBytes typed,
             asker.ask("sheet-code", {}, asker.speak("Code of your recovery sheet: ")));
  auto code = records::parse_sheet_code(typed.expose());
  if (code.ok()) return code;
  if (code.error() != Error::access_key_mistyped)
    return with_text(invocation.global.language(), code.failure());
  const std::string group = std::to_string(access_key::mistyped_group(code.failure()));
  return fail(code.error(), asker.speak("Group %1 of the sheet's code is mistyped.", {group}));
}

// The one place of the three steps: a code, a server, what is done with both.
Result<Answer> with_code(const Invocation& invocation, Console& console,
                         Result<Answer> (*act)(upstream::ServerClient&, const std::string&,
                                               const records::SheetCode&, const Asker&)) {
  const text::Language language = invocation.global.language();
  ServerDialog dialogue(invocation, console);
  TRY_ASSIGN(upstream::ServerClient * client, dialogue.connect());
  Asker& asker = dialogue.asker();
  TRY_ASSIGN(const records::SheetCode code, ask_code(invocation, asker));
  auto done = act(*client, invocation.option("--account"), code, asker);
  while (!done.ok() && client->forward()) {
    TRY_ASSIGN(client, dialogue.follow());
    done = act(*client, invocation.option("--account"), code, asker);
  }
  if (done.ok()) return done;
  if (done.error() == Error::identity_not_accepted)
    return fail(done.error(), asker.speak("This is not the code of this account's recovery sheet."));
  return with_text(language, done.failure());
}

Result<Answer> suspend(upstream::ServerClient& client, const std::string& account,
                       const records::SheetCode& code, const Asker& asker) {
  TRY_ASSIGN(const auto done, upstream::suspend_by_sheet(client, account, code));
  const std::string json = "{\"changed\":" + std::to_string(done.changed) +
                           ",\"suspended\":" + std::to_string(done.suspended) + "}";
  if (done.suspended == 0)
    return Answer{asker.speak("This account has no card that could be suspended."), json};
  return Answer{
      asker.speak("All your cards are suspended. Found one? Run “cardea card resume” on your computer."),
      json};
}

Result<Answer> reopen(upstream::ServerClient& client, const std::string& account,
                      const records::SheetCode& code, const Asker& asker) {
  TRY_ASSIGN(const bool reopened, upstream::reopen_by_sheet(client, account, code));
  return Answer{reopened ? asker.speak("The account is open again; the wrong tries are forgotten.")
                         : asker.speak("There were no wrong tries to forget: the account is open."),
                reopened ? "{\"reopened\":true}" : "{\"reopened\":false}"};
}

}  // namespace

int run_sheet_suspend(const Invocation& invocation) {
  return with_console(invocation, [](const Invocation& given, Console& console) {
    return with_code(given, console, suspend);
  });
}

int run_sheet_reopen(const Invocation& invocation) {
  return with_console(invocation, [](const Invocation& given, Console& console) {
    return with_code(given, console, reopen);
  });
}

}  // namespace cardea::cli

// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_records_put.h"

#include <array>

#include "cli/cmd_operation.h"

namespace cardea::cli {
namespace {

using client::Reply;
using client::Turn;

// Stands before the console: when the daemon asks for the record, asks for its secret instead and answers
// with the JSON text of docs/spec/records.md. A script may give the whole text as `record`, or the secret as
// `secret`.
class RecordComposer final : public client::Terminal {
 public:
  RecordComposer(const Invocation& invocation, Console& console) noexcept
      : invocation_(invocation), console_(console) {}

  Reply ask(const wire::Ask& ask, Turn turn, client::SecretBuffer& answer) noexcept override {
    if (ask.purpose != "record" || turn == Turn::repeat || console_.knows("record"))
      return console_.ask(ask, turn, answer);
    if (!ask.notice.empty()) console_.output().warn(ask.notice);
    wire::Ask secret;
    secret.flags = wire::kMayBeEmpty;
    secret.purpose = "secret";
    const std::string prompt = console_.speak("Secret of the record (empty for none): ");
    secret.prompt = prompt;
    const Reply reply = console_.ask(secret, Turn::first, answer);
    if (reply != Reply::answered) return reply;
    std::string record = answer.too_long() ? std::string() : compose(answer.expose());
    const bool fits = !record.empty() && record.size() <= ask.max_length;
    if (fits) answer.assign(record);
    wipe(record);
    if (fits) return Reply::answered;
    answer.clear();
    console_.give_up(console_.speak(
        "The record is too long: with its other fields it may have %1 bytes. Nothing was stored.",
        {std::to_string(ask.max_length)}));
    return Reply::failed;
  }
  void say(const wire::Say& say) noexcept override { console_.say(say); }
  Reply reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept override {
    return console_.reveal(reveal, content);
  }

 private:
  struct Field {
    const char* option;
    const char* name;
  };
  static constexpr std::array<Field, 4> kFields{
      {{"--url", "url"}, {"--login", "user"}, {"--notes", "notes"}, {"--set", "set"}}};

  [[nodiscard]] std::string compose(std::string_view secret) const {
    std::string record;
    // No copy of the secret may stay behind in a smaller piece; escaped it is up to six times as long.
    record.reserve(6 * secret.size() + 16 * wire::kMaxFieldBytes);
    record += "{\"kind\":" + json_string(invocation_.option("--kind", "web"));
    record += ",\"title\":" + json_string(invocation_.option("NAME"));
    for (const Field& field : kFields) {
      const std::string value = invocation_.option(field.option);
      if (!value.empty()) record += ",\"" + std::string(field.name) + "\":" + json_string(value);
    }
    if (!secret.empty()) {
      std::string escaped = json_string(secret);
      record += ",\"secret\":";
      record += escaped;
      wipe(escaped);
    }
    record += '}';
    return record;
  }

  const Invocation& invocation_;
  Console& console_;
};

Result<Answer> put(const Invocation& invocation, Console& console) {
  RecordComposer composer(invocation, console);
  return ask_daemon(invocation, {invocation.verb->operation, invocation.arguments}, composer, console);
}

}  // namespace

int run_records_put(const Invocation& invocation) { return with_console(invocation, put); }

}  // namespace cardea::cli

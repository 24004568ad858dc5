// SPDX-License-Identifier: Apache-2.0
#include "cli/server_dialog.h"

namespace cardea::cli {

Result<upstream::ServerClient*> ServerDialog::connect() {
  const text::Language language = invocation_.global.language();
  if (!workspace_.ok()) return fail(Error::out_of_memory, error_text(Error::out_of_memory, {}, language));
  upstream::PocoTransportSettings settings;
  settings.urls = {invocation_.option("--server")};
  settings.ca_file = invocation_.option("--ca-file");
  auto transport = upstream::PocoTransport::create(settings, clock_);
  if (!transport.ok()) return with_text(language, transport.failure());
  transport_ = std::move(*transport);
  client_ = std::make_unique<upstream::ServerClient>(*transport_, clock_, random_);
  return client_.get();
}

Result<SecretBytes> Asker::ask(std::string_view purpose, const std::string& notice, const std::string& prompt,
                               std::uint8_t flags) {
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

Failure with_text(text::Language language, const Failure& failure) {
  // Our own texts are whole sentences already; those of the library need the words of the table, and are no
  // use to a reader of another language.
  const bool sentence = failure.detail.ends_with('.') && failure.error != Error::server_unreachable;
  if (sentence) return failure;
  const std::string_view said = language == text::kEnglish ? std::string_view(failure.detail) : "";
  return fail(failure.error, error_text(failure.error, said, language));
}

}  // namespace cardea::cli

// SPDX-License-Identifier: Apache-2.0
#include "cli/server_dialog.h"

#include <algorithm>

#include "core/base/text.h"
#include "upstream/forward.h"
#include "upstream/measured_servers.h"
#include "upstream/server_list.h"
#include "upstream/server_url.h"

namespace cardea::cli {

// The servers that were named, and those of the list that one of them shows: it is believed as far as that
// one is (docs/spec/server-list.md, "Whose word"). A server that can't be reached is told before anything is
// typed.
Result<std::unique_ptr<upstream::HttpsTransport>> ServerDialog::open_transport(
    upstream::HttpsSettings settings) {
  settings.ca_file = invocation_.option("--ca-file");
  TRY_ASSIGN(auto named, upstream::HttpsTransport::create(settings, clock_));
  upstream::ServerClient client(*named, clock_, random_);
  const auto shown = upstream::get_server_list(client);
  if (!shown.ok() && (shown.error() == Error::server_unreachable || shown.error() == Error::server_untrusted))
    return shown.failure();
  if (!shown.ok() || !*shown) return named;
  if (server_key_.empty()) server_key_ = (*shown)->key;
  const auto list = upstream::check_server_list(**shown, server_key_);
  if (!list.ok()) return named;
  settings.urls = order(std::move(settings.urls), *list);
  return upstream::HttpsTransport::create(settings, clock_);
}

// The listed ones by the time they need here, and then those that only were named. When none of the list
// answers in time, the named ones stay first.
std::vector<std::string> ServerDialog::order(std::vector<std::string> named, const api::ServerList& list) {
  for (std::string& url : named) {
    const auto parsed = upstream::ServerUrl::parse(url);  // in the one form of the list
    if (parsed.ok()) url = "https://" + parsed->authority;
  }
  std::vector<std::string> listed;
  for (const api::ListedServer& server : list.servers)
    listed.push_back(server.url);
  std::vector<std::string> first =
      upstream::measured_servers(listed, invocation_.option("--ca-file"), clock_, random_);
  const bool measured = !first.empty();
  if (measured && first.front() != named.front())
    console_.say({wire::SayLevel::information, asker_.speak("%1 answers fastest of %2 servers, and is asked.",
                                                            {first.front(), std::to_string(listed.size())})});
  std::vector<std::string>& rest = measured ? named : listed;
  if (!measured) first = std::move(named);
  for (std::string& url : rest) {
    const bool is_new = std::ranges::find(first, url) == first.end();
    if (is_new && first.size() < upstream::kMaxServers) first.push_back(std::move(url));
  }
  return first;
}

Result<upstream::ServerClient*> ServerDialog::connect_to(upstream::HttpsSettings settings) {
  const text::Language language = invocation_.global.language();
  if (!workspace_.ok()) return fail(Error::out_of_memory, error_text(Error::out_of_memory, {}, language));
  auto transport = open_transport(std::move(settings));
  if (!transport.ok()) return with_text(language, transport.failure());
  client_.reset();
  transport_ = std::move(*transport);
  client_ = std::make_unique<upstream::ServerClient>(*transport_, clock_, random_);
  return client_.get();
}

Result<upstream::ServerClient*> ServerDialog::connect() {
  upstream::HttpsSettings settings;
  for (const std::string& url : split(invocation_.option("--server"), ','))
    settings.urls.emplace_back(trim(url));
  return connect_to(std::move(settings));
}

// The new server is given nothing but what any server is given: it must show a certificate for its name, and
// password and answer are proved to it by OPAQUE.
Result<upstream::ServerClient*> ServerDialog::follow() {
  const text::Language language = invocation_.global.language();
  const auto forward = ++followed_ > upstream::kMaxForwards || !client_->forward()
                           ? fail(Error::server_misbehaved, "too many servers one after the other")
                           : upstream::open_forward(*client_->forward(), server_key_, std::nullopt);
  if (!forward.ok()) return with_text(language, forward.failure());
  const std::string line =
      asker_.speak("Your account is in the region %1 now; %2 is asked.", {forward->region, forward->url});
  console_.say({wire::SayLevel::information, line});
  server_key_ = forward->checkpoint_spki;
  upstream::HttpsSettings settings;
  settings.urls = {forward->url};
  return connect_to(std::move(settings));
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
  if (failure.detail.ends_with('.')) return failure;
  const std::string_view said = language == text::kEnglish ? std::string_view(failure.detail) : "";
  return fail(failure.error, error_text(failure.error, said, language));
}

}  // namespace cardea::cli

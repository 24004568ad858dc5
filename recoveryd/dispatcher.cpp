// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/dispatcher.h"

#include "core/base/text.h"
#include "recoveryd/log_events.h"
#include "recoveryd/os/linux/local_users.h"
#include "recoveryd/peer_policy.h"
#include "recoveryd/service/accounts_database.h"
#include "recoveryd/service/guest_service.h"
#include "recoveryd/service/pin_service.h"

namespace cardea::recoveryd {
namespace {

void refuse_login(Conversation& client, const Failure& failure) {
  wire::Verdict verdict;
  verdict.error = static_cast<std::uint16_t>(failure.error);
  const std::string message = client.voice().explain(failure);
  verdict.message = message;
  (void)client.finish(verdict);
}

void refuse_operation(Conversation& client, const Failure& failure) {
  wire::OperationResult result;
  result.error = static_cast<std::uint16_t>(failure.error);
  // A detail may hold what a stranger sent; the terminal gets printable text only.
  const std::string message = client.voice().explain(failure);
  result.message = is_printable_text(message) ? std::string_view(message) : std::string_view();
  result.json = "{}";
  (void)client.finish(result);
}

// A local user comes first, as in nsswitch.conf. The rest are not asked of the C library: in the daemon,
// libnss_cardea answers nothing.
std::optional<uid_t> find_uid(const Context& context, const std::string& user) {
  if (const auto uid = uid_of(user); uid || context.accounts == nullptr) return uid;
  return context.accounts->uid_of(user);
}

std::optional<std::string> find_name(const Context& context, uid_t uid) {
  if (auto name = name_of(uid); name || context.accounts == nullptr) return name;
  return context.accounts->name_of(uid);
}

// Looked up only where it matters, and anew each time: the user may have been made after the daemon started.
std::optional<uid_t> find_key_reader(const Context& context, std::string_view verb) {
  if (authority_of(verb) != Authority::key_reader) return std::nullopt;
  return uid_of(context.settings.ssh_keys_user);
}

}  // namespace

void Dispatcher::serve(Conversation& client) {
  const auto request = client.receive_request();
  if (!request.ok()) {
    context_.log.info(
        "connection ended before a request",
        {{"uid", static_cast<std::int64_t>(client.peer().uid)}, {"reason", error_name(request.error())}});
    return;
  }
  if (const auto* login = std::get_if<LoginRequest>(&*request)) return serve_login(client, *login);
  serve_operation(client, std::get<OperationRequest>(*request));
}

void Dispatcher::serve_login(Conversation& client, const LoginRequest& request) {
  const auto target = request.user.empty() ? std::nullopt : find_uid(context_, request.user);
  if (Status allowed = may_begin(client.peer().uid, context_.administrator, target); !allowed.ok()) {
    context_.log.warning("request refused",
                         {{"uid", static_cast<std::int64_t>(client.peer().uid)}, {"user", request.user}});
    return refuse_login(client, allowed.failure());
  }
  switch (request.type) {
    case wire::MessageType::begin_login:
      return logins_.login(client, request);
    case wire::MessageType::begin_account:
      return logins_.account(client, request);
    case wire::MessageType::begin_session:
    case wire::MessageType::end_session:
      return logins_.session(client, request);
    case wire::MessageType::begin_pin_change:
      return PinService(context_).change_by_pam(client, request);
    default:
      return refuse_login(client, fail(Error::message_not_permitted));
  }
}

void Dispatcher::serve_operation(Conversation& client, const OperationRequest& request) {
  std::string user = request.argument("user");
  if (user.empty()) user = find_name(context_, client.peer().uid).value_or("");
  if (Status allowed = may_operate(client.peer().uid, context_.administrator, find_uid(context_, user),
                                   request.verb, find_key_reader(context_, request.verb));
      !allowed.ok()) {
    context_.log.warning(
        events::kOperationRefused,
        {{"verb", request.verb}, {"uid", static_cast<std::int64_t>(client.peer().uid)}, {"user", user}});
    return refuse_operation(client, allowed.failure());
  }
  const auto operation = operations_.find(request.verb);
  if (operation == operations_.end())
    return refuse_operation(client, fail(Error::not_supported, "this verb is not built in"));
  if (Status allowed = GuestService(context_).may_operate(user, request.verb); !allowed.ok())
    return refuse_operation(client, allowed.failure());
  auto outcome = operation->second(client, request, user);
  if (!outcome.ok()) {
    context_.log.notice("operation failed", {{"verb", request.verb},
                                             {"user", user},
                                             {"error", error_name(outcome.error())},
                                             {"detail", outcome.failure().detail}});
    return refuse_operation(client, outcome.failure());
  }
  context_.log.notice(events::kOperationDone, {{"verb", request.verb}, {"user", user}});
  wire::OperationResult result;
  result.message = outcome->message;
  result.json = outcome->json;
  (void)client.finish(result);
}

}  // namespace cardea::recoveryd

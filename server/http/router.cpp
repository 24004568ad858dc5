// SPDX-License-Identifier: Apache-2.0
#include "server/http/router.h"

#include <algorithm>

#include "core/base/text.h"
#include "server/http/api_json.h"
#include "server/http/problem.h"
#include "server/http/retirement.h"

namespace cardea::server::http {
namespace {

unsigned bit_of(SessionLevel level) {
  switch (level) {
    case SessionLevel::password:
      return kPassword;
    case SessionLevel::answer:
      return kAnswer;
    case SessionLevel::card:
      return kCard;
    case SessionLevel::access_key:
      return kAccessKey;
  }
  return 0;
}

// What kind of caller has signed; one bit, two for a computer.
unsigned bit_of(const Caller& caller) {
  if (caller.officer) {
    if (caller.officer->officer.role == kAdministratorRole)
      return caller.officer->by_card ? kAdministratorCard : kAdministrator;
    return caller.officer->by_card ? kOfficerCard : kOfficer;
  }
  if (caller.session) return bit_of(caller.session->level);
  if (!caller.region.empty()) return kRegion;
  return unsigned{kDevice | kBodyDevice};
}

using Parameters = std::map<std::string, std::string, std::less<>>;

Result<Parameters> read_query(std::string_view query, std::string_view known) {
  Parameters out;
  if (query.empty()) return out;
  const auto names = split(known, '|');
  for (const std::string& pair : split(query.substr(1), '&')) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos) return fail(Error::invalid_argument, "query");
    std::string name = pair.substr(0, equals);
    if (name.empty() || std::find(names.begin(), names.end(), name) == names.end()) {
      return fail(Error::invalid_argument, "unknown query parameter");
    }
    if (!out.emplace(std::move(name), pair.substr(equals + 1)).second) {
      return fail(Error::invalid_argument, "a query parameter occurs twice");
    }
  }
  return out;
}

Result<api::Json> read_body(const Request& request, const Route& route) {
  if (!route.has_body) {
    if (!request.body.empty()) return fail(Error::invalid_argument, "this request has no body");
    return api::Json();
  }
  const std::string* type = request.head.field("content-type");
  if (type == nullptr || (*type != "application/json" && !type->starts_with("application/json;"))) {
    return fail(Error::invalid_argument, "Content-Type is not application/json");
  }
  return api::Json::parse(request.body);
}

// The Idempotency-Key belongs to whoever signed, so that nobody sees another's answer.
Result<std::optional<Once>> read_once(const Request& request, const Caller& caller) {
  const std::string* key = request.head.field("idempotency-key");
  if (key == nullptr || request.head.method != "POST") return std::optional<Once>{};
  const auto printable = [](char c) { return c > 0x20 && c < 0x7f; };
  if (key->empty() || key->size() > 64 || !std::all_of(key->begin(), key->end(), printable)) {
    return fail(Error::invalid_argument, "Idempotency-Key");
  }
  Once once;
  if (caller.session) {
    once.scope = "session:" + caller.session->id.text();
  } else if (caller.computer) {
    once.scope = "device:" + caller.computer->text();
  } else if (caller.officer) {
    once.scope = "officer:" + caller.officer->id.text();
  } else {
    return std::optional<Once>{};
  }
  once.key = *key;
  once.request = crypto::sha256({as_bytes(request.head.method), as_bytes("\n"), as_bytes(request.head.path),
                                 as_bytes("\n"), as_bytes(request.body)});
  return std::optional<Once>(std::move(once));
}

// The key a computer introduces itself with; empty when the body has none.
Bytes device_key_in(const api::Json& body) {
  const api::Json* computer = body.find("computer");
  const api::Json* spki = computer != nullptr ? computer->find("device_spki") : nullptr;
  if (spki == nullptr || spki->string() == nullptr) return {};
  auto bytes = from_base64url(*spki->string());
  return bytes.ok() ? std::move(bytes).value() : Bytes{};
}

}  // namespace

Router::Router(Services& services, const Log& log, const PortalFiles* portal)
    : services_(services),
      log_(log),
      portal_(portal),
      authenticator_(services),
      cross_origin_(services.servers.others("https://" + services.settings.authority)) {
  for (const Route& route : routes())
    segments_.push_back(split(std::string_view(route.pattern).substr(1), '/'));
}

Result<Router::Match> Router::find(const RequestHead& head) const {
  const auto wanted = split(std::string_view(head.path).substr(1), '/');
  const std::string_view method =
      head.method == "HEAD" ? std::string_view("GET") : std::string_view(head.method);
  bool known_path = false;
  for (std::size_t index = 0; index < segments_.size(); ++index) {
    const auto& pattern = segments_[index];
    if (pattern.size() != wanted.size()) continue;
    Match match{index, {}};
    const bool fits =
        std::equal(pattern.begin(), pattern.end(), wanted.begin(), [&](const auto& part, const auto& text) {
          if (part.front() != '{') return part == text;
          match.path[part.substr(1, part.size() - 2)] = text;
          return true;
        });
    if (!fits) continue;
    known_path = true;
    if (method == routes()[index].method) return match;
  }
  return known_path ? fail(Error::message_not_permitted) : fail(Error::not_found);
}

Result<Caller> Router::check_caller(const Request& request, const Route& route, const api::Json& body,
                                    UnixSeconds now) {
  if ((route.allow & kAnyone) != 0) {
    Caller caller;
    caller.prefix = request.prefix;
    caller.served_in = services_.relocation.region_of_day();
    return caller;
  }
  std::optional<Bytes> body_key;
  if ((route.allow & kBodyDevice) != 0) body_key = device_key_in(body);
  auto caller = authenticator_.identify(request, body_key, now);
  if (!caller.ok()) {
    services_.metrics.signatures_refused.fetch_add(1, std::memory_order_relaxed);
    return caller;
  }
  if ((route.allow & bit_of(*caller)) == 0)
    return fail(Error::permission_denied, "this session may not do that");
  return caller;
}

// Changes are refused by the store; this is for what is only read, too.
Status Router::check_home(const Caller& caller, const api::Json& body, const std::string* named) {
  if (!services_.settings.region_keys || (!caller.session && !caller.computer)) return {};
  std::optional<UserId> user;
  if (caller.session) {
    user = caller.session->user;
  } else {
    const api::Json* member = body.find("user_id");
    if (named == nullptr && member != nullptr) named = member->string();
    const auto id = named == nullptr ? Result<UserId>(Error::not_found) : UserId::from_text(*named);
    // Only of whose computer it is; what is not an id is the handler's to refuse.
    if (id.ok() && services_.store.get_computer(*id, *caller.computer).ok()) user = *id;
  }
  if (!user) return {};
  TRY_ASSIGN(const Home home, services_.store.home(*user));
  if (is_away(home)) return moved_away(*user);
  if (home.state == HomeState::arriving) return fail(Error::timeout, "the account is about to move here");
  return {};
}

Result<Response> Router::answer(const Request& request, const Match& match) {
  const Route& route = routes()[match.index];
  if (request.head.method == "HEAD" && (route.allow & kAnyone) == 0)
    return fail(Error::message_not_permitted);
  const UnixSeconds now = services_.clock.now();
  api::Json body;
  // A body is read only after its sender is known, except where it names the sender.
  const bool body_first = (route.allow & (kAnyone | kBodyDevice)) != 0;
  if (body_first) {
    TRY_ASSIGN(body, read_body(request, route));
  }
  TRY_ASSIGN(Caller caller, check_caller(request, route, body, now));
  if (!body_first) {
    TRY_ASSIGN(body, read_body(request, route));
  }
  TRY_ASSIGN(auto query, read_query(request.head.query, route.query));
  const auto named = query.find("user_id");
  TRY(check_home(caller, body, named == query.end() ? nullptr : &named->second));
  TRY_ASSIGN(auto once, read_once(request, caller));
  if (once) {
    // Also before the handler's own checks: what the first request changed may make the second fail them.
    TRY_ASSIGN(auto repeated, services_.store.find_answer(*once));
    if (repeated) return http::answer(std::move(*repeated));
  }
  Context context{request,         services_,         match.path, std::move(query),
                  std::move(body), std::move(caller), now,        std::move(once)};
  auto response = route.handler(context);
  // Where he is, is for him and his computers to know, and to follow.
  const bool helps = context.caller.officer || !context.caller.region.empty();
  if (helps && !response.ok() && user_moved_away(response.failure()))
    return fail(Error::state_forbidden, "this account has moved to another region");
  return response;
}

Response Router::route(const Request& request, const std::string& id, std::size_t& index) {
  if (portal_ != nullptr) {
    if (auto page = portal_->answer(request)) {
      index = Metrics::kPortal;
      return std::move(*page);
    }
  }
  if (auto permission = cross_origin_.preflight(request)) return std::move(*permission);
  auto match = find(request.head);
  if (match.ok()) index = match->index;
  auto result = match.ok() ? answer(request, *match) : match.failure();
  if (result.ok()) return std::move(result).value();
  if (status_for(result.error()) >= 500) {
    log_.error("request failed", {{"method", request.head.method},
                                  {"route", match.ok() ? routes()[index].pattern : "?"},
                                  {"error", error_name(result.error())},
                                  {"request", id},
                                  {"detail", result.failure().detail}});
  }
  const auto moved = user_moved_away(result.failure());
  // A computer that asks for somebody else's guest is not told where he is.
  if (moved && (routes()[index].allow & kBodyDevice) == 0) {
    const auto home = services_.store.home(*moved);
    if (home.ok()) return forwarded(services_.secrets, *home);
  }
  return problem(moved ? fail(Error::not_found) : result.failure());
}

Response Router::handle(const Request& request) {
  const MonotonicMillis began = services_.clock.monotonic();
  const std::string id = to_hex(services_.random.array<8>());
  std::size_t index = Metrics::kMaxRoutes - 1;
  Response response;
  try {
    response = route(request, id, index);
  } catch (const std::exception& failure) {
    services_.metrics.exceptions.fetch_add(1, std::memory_order_relaxed);
    log_.error("request failed",
               {{"method", request.head.method}, {"request", id}, {"exception", failure.what()}});
    response = problem(fail(Error::internal));
  }
  if (index < routes().size()) announce_retirement(routes()[index], response);
  response.headers.emplace_back("X-Request-Id", id);
  if (response.file.empty()) cross_origin_.permit(request, response);
  finish(request, id, index, response, began);
  return response;
}

// One line for each request, at debug: at info a stranger could fill the journal until it drops what matters.
// The route's pattern stands for the path, which names people's things.
void Router::finish(const Request& request, const std::string& id, std::size_t index,
                    const Response& response, MonotonicMillis began) {
  const std::int64_t took = services_.clock.monotonic() - began;
  services_.metrics.count_request(index, response.status);
  const bool portal = index == Metrics::kPortal;
  if (!portal) services_.metrics.observe_duration(took);
  log_.debug("request", {{"method", request.head.method},
                         {"route", portal                    ? "portal"
                                   : index < routes().size() ? routes()[index].pattern
                                                             : "?"},
                         {"status", std::int64_t{response.status}},
                         {"millis", took},
                         {"bytes_in", static_cast<std::int64_t>(request.body.size())},
                         {"bytes_out", static_cast<std::int64_t>(response.content().size())},
                         {"request", id}});
}

bool Router::explains(std::string_view problem) const {
  return portal_ != nullptr && portal_->has("/problems/" + std::string(problem));
}

}  // namespace cardea::server::http

// SPDX-License-Identifier: Apache-2.0
// Every route of the API, with a good signature: what is wrong is what the request says. An input is text:
//
//   POST /v1/cards/{card_id}/state     a route of the table, or any other method and path
//   card                               who signs; `allowed` is somebody who may
//   ?user_id=${user}                   the query
//   If-Match: "1"                      fields, one a line
//
//   {"state": "suspended"}             the body
//
// `${user}` and the like, and the names in the path, become what exists. Wrong is: a fault of the server's
// own, an answer that is not JSON or no problem, a yes to somebody whom the table does not name, and any
// change to another user. The corpus must reach every route of the table: one that it only asks as somebody
// who may not, or at an address that is none, fails the plain test.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>

#include "core/base/text.h"
#include "core/crypto/p256.h"
#include "server/http/routes.h"
#include "tests/fuzz/corpus_runner.h"
#include "tests/support/server/in_process.h"

namespace {

using namespace cardea;
using namespace cardea::test;
using server::http::Route;

constexpr std::int64_t kTenMinutes = 600;  // nonces, challenges and pairings are forgotten after that

std::shared_ptr<const server::RegionKeys> new_region_keys() {
  SystemRandom random;
  return std::make_shared<server::RegionKeys>(server::RegionKeys::make(random.secret<32>()).value());
}

class World {
 public:
  World() {
    other_.register_now();
    renew();
  }
  // A new user with everything that can be had, after a request that may have changed the one before.
  void renew() {
    server_.clock.advance(kTenMinutes);
    user_ = std::make_unique<TestUser>(client_, "user" + std::to_string(++count_), "password", "answer");
    user_->register_now();
    const TestGeneration spent = user_->make_generation(user_->computer);
    user_->open_access_key_session(user_->computer, spent);
    user_->make_generation(user_->computer);
    user_->login_password(user_->password);
    signers_ = {{"device", user_->computer.identity()},
                {"stranger", stranger_.identity()},
                {"password", user_->session},
                {"access-key", user_->access_key_identity}};
    user_->log_in();
    signers_["answer"] = user_->session;
    user_->open_card_session(user_->card);
    signers_["card"] = user_->card_identity;
    signers_["region"] = {"region:south", api::SignatureAlgorithm::ed25519, key_of(*south_), nullptr};
    add_officers();
    const std::string record(32, 'a');
    client_.call("PUT", "/v1/records/" + record,
                 api::Json(api::Json::Object{{"epoch", 1}, {"envelope", random_text(300)}}),
                 &signers_["card"], {{"If-None-Match", "*"}});
    const std::string computer = user_->computer.id().text();
    const std::string card = user_->card.id().text();
    words_ = {{"${user}", user_->id.text()},
              {"${card}", card},
              {"${computer}", computer},
              {"${record}", record},
              {"${account}", user_->account},
              {"${spki}", to_base64url(stranger_.device->spki())},
              {"${session}", user_->access_key_identity.keyid.substr(8)},
              {"${other_user}", other_.id.text()},
              {"${other_card}", other_.card.id().text()},
              {"${other_computer}", other_.computer.id().text()},
              // In paths.
              {"{card_id}", card},
              {"{computer_id}", computer},
              {"{pairing_id}", add_pairing()},
              {"{request_id}", ask_as_officer()},
              {"{move}", std::string(64, '0')},
              {"{number}", "0"},
              {"{record_id}", record},
              {"{policy}", "registration"},
              {"{kind}", "computer"},
              {"{ref}", computer}};
  }
  [[nodiscard]] const Identity* signer(const std::string& name) const {
    const auto found = signers_.find(name);
    return found == signers_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::string filled(std::string text) const {
    for (const auto& [mark, value] : words_) {
      for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size())
        text.replace(at, mark.size(), value);
    }
    return text;
  }
  [[nodiscard]] std::uint64_t events_of_other() { return server_.store->get_user(other_.id)->audit.length; }
  [[nodiscard]] InProcessServer& server() { return server_; }
  [[nodiscard]] ApiClient& client() { return client_; }

 private:
  // One of each role, with a session of each kind. Their own requests may have ended them.
  void add_officers() {
    for (const std::string role : {"officer", "administrator"}) {
      server::Officer officer;
      officer.name = role + std::to_string(count_);
      officer.role = role;
      const TestCard card = TestCard::make();
      officer.id = card.id();
      officer.auth_spki = card.auth.spki();
      (void)server_.store->add_officer(officer, "root", server_.clock.now());
      for (const bool by_card : {false, true})
        signers_[role + (by_card ? "-card" : "")] = session_of(officer, by_card);
    }
  }
  // Of a browser that waits for a card.
  std::string add_pairing() {
    const auto id = server::PairingId::random(server_.random);
    const auto seal_key = crypto::P256KeyPair::generate(server_.random);
    (void)client_.post("/v1/pairings",
                       api::Json::Object{{"pairing_id", id.text()},
                                         {"session_spki", api::Json::bytes(stranger_.device->spki())},
                                         {"seal_key", api::Json::bytes(seal_key.point())},
                                         {"cover", random_text(94)}});
    return id.text();
  }
  // What the officer may carry out: the card is to be suspended.
  std::string ask_as_officer() {
    return client_
        .post("/v1/officers/requests",
              api::Json::Object{{"user_id", user_->id.text()},
                                {"kind", "suspend-card"},
                                {"card_id", user_->card.id().text()},
                                {"verified", api::Json::Array{}},
                                {"reason", "lost in Paris"}},
              signers_["officer"])
        .text("request_id");
  }
  static std::shared_ptr<crypto::Ed25519KeyPair> key_of(const server::RegionKeys& keys) {
    return std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::from_seed(keys.sign().seed()));
  }
  // One of two regions.
  server::http::ServiceSettings settings() const {
    auto out = InProcessServer::default_settings();
    out.regions.here = "north";
    out.regions.others["south"] = {"https://south.test", south_->public_key()};
    out.region_keys = north_;
    return out;
  }
  Identity session_of(const server::Officer& officer, bool by_card) {
    Identity identity;
    identity.key = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(server_.random));
    server::OpenOfficerSession open;
    open.session = {api::SessionId::random(server_.random), officer, by_card, identity.key->spki(),
                    server_.clock.now() + 3600};
    open.token = server_.random.array<32>();
    open.token_expires_at = server_.clock.now() + 60;
    (void)server_.store->open_officer_session(open, server_.clock.now());
    identity.keyid = "officer:" + open.session.id.text();
    return identity;
  }
  std::shared_ptr<const server::RegionKeys> north_ = new_region_keys(), south_ = new_region_keys();
  InProcessServer server_{settings()};
  ApiClient client_ = server_.client();
  TestUser other_{client_, "other", "password", "answer"};
  TestComputer stranger_ = TestComputer::make();
  std::unique_ptr<TestUser> user_;
  std::map<std::string, Identity> signers_;
  std::map<std::string, std::string> words_;
  int count_ = 0;
};

// In the order in which `allowed` looks for one. The stranger is before the device because bodies name his
// key.
constexpr std::pair<const char*, unsigned> kSigners[] = {
    {"card", server::http::kCard},
    {"answer", server::http::kAnswer},
    {"password", server::http::kPassword},
    {"stranger", server::http::kBodyDevice},
    {"device", server::http::kDevice | server::http::kBodyDevice},
    {"access-key", server::http::kAccessKey},
    {"officer", server::http::kOfficer},
    {"officer-card", server::http::kOfficerCard},
    {"administrator", server::http::kAdministrator},
    {"administrator-card", server::http::kAdministratorCard},
    {"region", server::http::kRegion}};

const Route* route_of(std::string_view operation) {
  for (const Route& route : server::http::routes()) {
    if (operation == std::string(route.method) + " " + route.pattern) return &route;
  }
  return nullptr;
}

std::string allowed_signer(const Route& route) {
  for (const auto& [name, bits] : kSigners) {
    if ((route.allow & bits) != 0) return name;
  }
  return "nobody";
}

bool may(const Route& route, const std::string& signer) {
  if ((route.allow & server::http::kAnyone) != 0) return true;
  for (const auto& [name, bits] : kSigners) {
    if (name == signer) return (route.allow & bits) != 0;
  }
  return false;
}

struct Input {
  std::string operation, signer, query;
  ApiClient::Headers fields;
  std::string body;
};

std::optional<Input> read_input(std::string_view text) {
  const auto line = [&text] {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string out(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return out;
  };
  Input input{line(), line(), line(), {}, {}};
  for (std::string field = line(); !field.empty(); field = line()) {
    const auto colon = field.find(": ");
    if (colon == std::string::npos) return std::nullopt;
    input.fields.emplace_back(field.substr(0, colon), field.substr(colon + 2));
  }
  input.body = text;
  return input;
}

// Whether it reaches the router: the reader of request heads has a fuzz target of its own.
bool readable(const HttpCall& call) {
  std::string head = call.method + " " + call.target + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n";
  for (const auto& [name, value] : call.headers)
    head += name + ": " + value + "\r\n";
  return server::http::parse_request_head(head + "\r\n").ok();
}

[[noreturn]] void wrong(const char* what, const HttpCall& call, const HttpReply& reply) {
  std::cerr << what << "\n"
            << call.method << " " << call.target << "\n"
            << call.body << "\n"
            << reply.status << " " << reply.body << "\n";
  std::abort();
}

void check(World& world, const Route* route, const std::string& signer, const HttpCall& call,
           const HttpReply& reply) {
  if (reply.status == 500 || world.server().metrics.exceptions.load() != 0)
    wrong("a fault of the server's own", call, reply);
  if (reply.status >= 400 && reply.problem().empty()) wrong("no problem", call, reply);
  if (reply.status < 300 && !reply.body.empty() && reply.json().object() == nullptr)
    wrong("an answer that is not JSON", call, reply);
  if (reply.status < 300 && (route == nullptr || !may(*route, signer)))
    wrong("a yes to somebody who may not", call, reply);
}

// The routes to which somebody was let who may ask them.
std::set<const Route*>& reached() {
  static std::set<const Route*> routes;
  return routes;
}

// A route that anybody may ask answers 401 only by itself.
bool was_let_in(const Route& route, const std::string& signer, const HttpReply& reply) {
  return may(route, signer) && (reply.status != 401 || (route.allow & server::http::kAnyone) != 0);
}

}  // namespace

bool corpus_was_complete() {
  bool complete = true;
  for (const Route& route : server::http::routes()) {
    if (reached().contains(&route)) continue;
    std::cerr << "never reached: " << route.method << ' ' << route.pattern << '\n';
    complete = false;
  }
  return complete;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  auto input = read_input({reinterpret_cast<const char*>(data), size});
  if (!input) return 0;
  const Route* route = route_of(input->operation);
  const auto blank = input->operation.find(' ');
  if (blank == std::string::npos) return 0;
  if (input->signer == "allowed") input->signer = route != nullptr ? allowed_signer(*route) : "card";
  const Identity* identity = world.signer(input->signer);
  HttpCall call{input->operation.substr(0, blank),
                world.filled(input->operation.substr(blank + 1) + input->query), input->fields,
                world.filled(input->body)};
  if (!call.body.empty()) call.headers.emplace_back("Content-Type", "application/json");
  if (!readable(call)) return 0;
  if (identity != nullptr) call = world.client().sign(std::move(call), *identity);

  const std::uint64_t before = world.events_of_other();
  const HttpReply reply = world.client().send(call);
  if (route != nullptr && was_let_in(*route, input->signer, reply)) reached().insert(route);
  check(world, route, input->signer, call, reply);
  // Officers and administrators are there for others; what they do is told to them.
  const bool is_officer = input->signer.starts_with("officer") || input->signer.starts_with("administrator");
  if (world.events_of_other() != before && !is_officer) wrong("another user was changed", call, reply);
  if (reply.status < 300 && call.method != "GET") world.renew();
  return 0;
}

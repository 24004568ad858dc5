// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cluster/traffic.h"

#include <stdexcept>

#include "core/base/byte_builder.h"
#include "tests/support/wait_until.h"

namespace cardea::test {
namespace {

using api::Json;

// Of each user, before a new one is registered.
constexpr int kRecords = 12;
constexpr int kIssued = 4;
// Attempts of one thing: while its database is away a server needs many seconds for one answer.
constexpr int kPatience = 50;

Bytes new_envelope() {
  const Bytes content = from_base64url(random_text(300)).value();
  return ByteBuilder().lp(Bytes(94, 1)).raw(content).take();
}

// Nobody knows whether it was done: no answer, or a server that has lost its database.
bool undecided(const HttpReply& reply) { return reply.status == 0 || reply.status >= 500; }

ApiClient::Headers under(const std::string& key) { return {{"Idempotency-Key", key}}; }

Json issue_body(const TestUser& user) { return Json::Object{{"computer_id", user.computer.id().text()}}; }

}  // namespace

// One thread's worth of people, one after the other.
class Traffic::Client {
 public:
  Client(Traffic& traffic, std::size_t server)
      : traffic_(traffic), server_(server), api_(traffic.servers_[server].client()) {}

  void work() {
    while (!traffic_.stop_) {
      LedgerPage& page = traffic_.ledger_.new_page();
      if (!join(page)) continue;
      for (int i = 0; i < kRecords && !traffic_.stop_; ++i) {
        put(page);
        if (i % (kRecords / kIssued) == 0) issue(page);
      }
    }
  }

 private:
  // Asks until it is decided, each time at the other server. False when the traffic ends before.
  bool decide(const std::function<HttpReply()>& ask, HttpReply& reply) {
    for (;;) {
      reply = ask();
      if (!undecided(reply)) return true;
      if (traffic_.stop_ && reply.status == 0) return false;
      change_server();
    }
  }
  void change_server() {
    server_ = (server_ + 1) % TwoServers::kCount;
    api_ = traffic_.servers_[server_].client();
  }
  // Steps of a client that are several requests, begun anew when one of them fails.
  bool manage(const std::function<void()>& steps) {
    for (int attempt = 1; !traffic_.stop_; ++attempt) {
      try {
        steps();
        return true;
      } catch (const std::runtime_error& problem) {
        if (attempt == kPatience) {
          traffic_.complain(problem.what());
          return false;
        }
        change_server();
      }
    }
    return false;
  }
  void said_yes() { traffic_.ledger_.acknowledged(server_); }

  bool join(LedgerPage& page) {
    page.user = std::make_unique<TestUser>(api_, "user-" + random_text(9), "p", "a");
    if (!register_user(page)) return false;
    return manage([&] { (void)page.user->make_generation(page.user->computer); }) &&
           manage([&] { page.user->log_in(); });
  }
  bool register_user(LedgerPage& page) {
    TestUser& user = *page.user;
    page.registration_key = random_text(12);
    HttpReply reply = user.register_now([&](Json::Object& body) { page.registration_body = Json(body); },
                                        under(page.registration_key));
    if (undecided(reply) && page.registration_body) {
      if (!decide([&] { return register_again(api_, page); }, reply)) return false;
    }
    // A beginning that was lost is begun anew, with another name.
    if (undecided(reply)) change_server();
    if (!undecided(reply) && reply.status != 201)
      traffic_.complain("a registration: " + std::to_string(reply.status) + " " + reply.body);
    if (reply.status != 201) return false;
    page.registered = reply.body;
    said_yes();
    return true;
  }
  void put(LedgerPage& page) {
    SystemRandom random;
    const std::string id = api::RecordId::random(random).text();
    const Bytes envelope = new_envelope();
    const Json body = Json::Object{{"epoch", 1}, {"envelope", Json::bytes(envelope)}};
    const std::string target = "/v1/records/" + id;
    bool asked_before = false;
    HttpReply reply;
    const auto ask = [&] {
      HttpReply answer = api_.call("PUT", target, body, &page.user->session, {{"If-None-Match", "*"}});
      // “It is there already”: from the time whose answer was lost, if it is ours.
      if (answer.status == 412 && asked_before) answer = api_.get(target, page.user->session);
      asked_before = true;
      return answer;
    };
    if (!decide(ask, reply)) return;
    if (reply.status == 200 ? reply.bytes("envelope") != envelope : reply.status != 201)
      return traffic_.complain("a record: " + std::to_string(reply.status) + " " + reply.body);
    page.records.emplace(id, envelope);
    said_yes();
  }
  void issue(LedgerPage& page) {
    const std::string key = random_text(12);
    HttpReply reply;
    const auto ask = [&] {
      return api_.post("/v1/access-keys/issue", issue_body(*page.user), page.user->session, under(key));
    };
    if (!decide(ask, reply)) return;
    if (reply.status != 200)
      return traffic_.complain("an access key: " + std::to_string(reply.status) + " " + reply.body);
    page.issued.emplace(key, reply.body);
    said_yes();
  }

 public:
  static HttpReply register_again(ApiClient& api, const LedgerPage& page) {
    return api.post("/v1/registrations/finish", *page.registration_body, page.user->computer.identity(),
                    under(page.registration_key));
  }

 private:
  Traffic& traffic_;
  std::size_t server_;
  ApiClient api_;
};

void Traffic::begin(unsigned clients_per_server) {
  for (unsigned i = 0; i < clients_per_server * TwoServers::kCount; ++i) {
    threads_.emplace_back([this, i] {
      try {
        Client(*this, i % TwoServers::kCount).work();
      } catch (const std::exception& problem) {
        complain(problem.what());
      }
    });
  }
}

void Traffic::wait_for(std::size_t more) {
  const std::size_t goal = ledger_.count() + more;
  if (!test_support::wait_until([&] { return ledger_.count() >= goal; }, std::chrono::minutes(2)))
    throw std::runtime_error("the servers say yes to nothing any more");
}

void Traffic::end() {
  stop_ = true;
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

void Traffic::complain(std::string what) {
  const std::lock_guard lock(mutex_);
  complaints_.push_back(std::move(what));
}

std::vector<std::string> Traffic::differences(std::size_t server) {
  std::vector<std::string> out;
  ApiClient api = servers_[server].client();
  const auto expect = [&](const std::string& what, const std::string& before, const std::string& now) {
    if (before != now) out.push_back(what + ": “" + before + "” is now “" + now + "”");
  };
  for (const auto& page : ledger_.pages()) {
    if (page->registered.empty()) continue;
    const TestUser& user = *page->user;
    expect(user.account, page->registered, Client::register_again(api, *page).body);
    for (const auto& [id, envelope] : page->records)
      expect(id, to_hex(envelope), to_hex(api.get("/v1/records/" + id, user.session).bytes("envelope")));
    for (const auto& [key, answer] : page->issued) {
      const HttpReply again = api.post("/v1/access-keys/issue", issue_body(user), user.session, under(key));
      expect(key, answer, again.body);
    }
  }
  return out;
}

}  // namespace cardea::test

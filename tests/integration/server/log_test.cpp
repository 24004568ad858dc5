// SPDX-License-Identifier: Apache-2.0
// Each request to a running server is one entry in the journal, with the fields of docs/spec/log.md and
// nothing that is anybody's. In a world of its own, for the journal's socket has a fixed place.
#include <filesystem>

#include <gmock/gmock.h>

#include "build_paths.h"
#include "core/base/linux/journal_sink.h"
#include "core/base/text.h"
#include "tests/integration/server/canaries.h"
#include "tests/support/child_process.h"
#include "tests/support/fake_journal.h"

namespace cardea::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// A path and the pattern of its route, in which a name in braces stands for one step.
bool fits(const std::string& path, const std::string& pattern) {
  const auto steps = split(path, '/'), wanted = split(pattern, '/');
  if (steps.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i] != wanted[i] && !wanted[i].starts_with('{')) return false;
  }
  return true;
}

class LogOfAServer : public testing::Test {
 protected:
  struct Exchange {
    HttpCall call;
    HttpReply reply;
  };
  static std::string journal_path() {
    if (std::getenv("CARDEA_PRIVATE_WORLD") == nullptr) throw std::runtime_error("not in a private world");
    std::filesystem::create_directories(std::filesystem::path(kJournalSocket).parent_path());
    std::filesystem::remove(kJournalSocket);  // that of the test before
    return kJournalSocket;
  }
  void SetUp() override {
    ASSERT_TRUE(test_support::wait_until([&] { return listening(); })) << program.log_text();
    inner = client_at(static_cast<std::uint16_t>(std::stoul(file_text(files.dir.file("port")))),
                      files.ca_file(), "127.0.0.1");
    anna.use_everything();
    anna.send_secrets_in_the_clear();
  }
  // The socket holds only a few.
  void read_journal() {
    for (auto entry = journal.next(); !entry.empty(); entry = journal.next())
      entries.push_back(std::move(entry));
  }
  bool listening() {
    read_journal();
    for (const auto& entry : entries) {
      if (entry.at("MESSAGE").starts_with("metrics on ")) return true;
    }
    return false;
  }
  HttpReply send(const HttpCall& call) {
    HttpReply reply = inner->send(call);
    read_journal();
    exchanges.push_back({call, reply});
    return reply;
  }

  FakeJournal journal{journal_path()};
  ServerProcess files{
      "[server]\npublic_url = https://127.0.0.1\nlog_level = debug\n"};  // not started as it is
  // As systemd starts it.
  test_support::ChildProcess program{
      {{"sh", "-c", "JOURNAL_STREAM=$(stat -L -c %d:%i /dev/stderr) exec \"$@\"", "sh",
        std::string(CARDEA_BINARY_DIR) + "/server/cardea-server", "--config", files.dir.file("server.conf")},
       files.dir.file("stderr")}};
  std::vector<JournalFields> entries;
  std::vector<Exchange> exchanges;
  std::optional<ApiClient> inner;
  ApiClient client{[this](const HttpCall& call) { return send(call); }, "127.0.0.1",
                   [] { return SystemClock().now(); }};
  CanaryUser anna{client};
};

TEST_F(LogOfAServer, HasAnEntryForEachRequest) {
  EXPECT_GT(exchanges.size(), 10u);
  for (const auto& [call, reply] : exchanges) {
    const std::string& id = reply.headers.at("x-request-id");
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const JournalFields& fields) {
      return fields.contains("CARDEA_REQUEST") && fields.at("CARDEA_REQUEST") == id;
    });
    ASSERT_NE(entry, entries.end()) << call.target;
    const std::string& route = entry->at("CARDEA_ROUTE");
    EXPECT_TRUE(fits(call.target, route) || (reply.status == 404 && route == "?")) << route;
    const std::string& millis = entry->at("CARDEA_MILLIS");
    EXPECT_TRUE(parse_decimal(millis).has_value()) << millis;
    const std::string status = std::to_string(reply.status), in = std::to_string(call.body.size()),
                      out = std::to_string(reply.body.size());
    EXPECT_EQ(*entry,
              (JournalFields{{"MESSAGE", "request method=" + call.method + " route=" + escape_for_log(route) +
                                             " status=" + status + " millis=" + millis + " bytes_in=" + in +
                                             " bytes_out=" + out + " request=" + id},
                             {"PRIORITY", "7"},
                             {"SYSLOG_IDENTIFIER", "cardea-server"},
                             {"SYSLOG_FACILITY", "3"},
                             {"CARDEA_METHOD", call.method},
                             {"CARDEA_ROUTE", route},
                             {"CARDEA_STATUS", status},
                             {"CARDEA_MILLIS", millis},
                             {"CARDEA_BYTES_IN", in},
                             {"CARDEA_BYTES_OUT", out},
                             {"CARDEA_REQUEST", id}}));
  }
}

TEST_F(LogOfAServer, HasNothingThatIsAnybodys) {
  Canaries secrets = anna.secrets();
  secrets.merge(secrets_of(files));
  const TestUser& user = anna.user();
  for (const JournalFields& entry : entries) {
    for (const auto& [name, value] : entry) {
      for (const auto& [what, secret] : secrets)
        EXPECT_FALSE(holds(value, secret)) << what << " in " << name;
      if (!entry.contains("CARDEA_REQUEST")) continue;
      for (const std::string& known : {user.account, user.id.text(), user.computer.id().text(),
                                       user.card.id().text(), std::string("127.0.0.1")})
        EXPECT_THAT(value, Not(HasSubstr(known))) << name;
    }
  }
  EXPECT_EQ(program.log_text(), "");  // nothing beside the journal
}

}  // namespace
}  // namespace cardea::test

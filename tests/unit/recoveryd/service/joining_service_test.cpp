// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/joining_service.h"

#include "recoveryd/service/enrolling.h"
#include "recoveryd/service/registration_service.h"
#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

class Joining : public ServiceTest {
 protected:
  Result<OperationOutcome> existing(uid_t uid, const std::string& server) {
    Conversation client = client_of(uid);
    const OperationRequest request{
        "register", 0, {{"existing", "yes"}, {"account", "alice@account"}, {"server", server}}};
    return RegistrationService(context_).run(client, request, "alice");
  }
};

// One minute at an unlocked screen: a server of one's own says that one's own card is Alice's, and from then
// on that card opens Alice's account and her sudo, and hers does not.
TEST_F(Joining, AnEnrolmentIsNotHandedToAnotherServerByTheUserHimself) {
  enrol("alice", worker_.insert("Alice's card", "1234"));
  const auto refused = existing(ordinary_uid(), "https://evil.example");
  EXPECT_EQ(refused.error(), Error::permission_denied) << refused.failure().detail;
  EXPECT_EQ(enrolments_.load("alice")->servers, std::vector<std::string>{"https://home.example"});
  // His own server, and an administrator, come further: to the vault, of which the fake has none.
  EXPECT_EQ(existing(ordinary_uid(), "https://home.example").error(), Error::worker_down);
  EXPECT_EQ(existing(::geteuid(), "https://new.example").error(), Error::worker_down);
}

TEST_F(Joining, WhereTheAdministratorNamesServersAUserTakesOneOfThem) {
  settings_.server_urls = {"https://a.example", "https://b.example"};
  const OperationRequest request{"register", 0, {{"server", "https://evil.example"}}};
  Conversation user = client_of(ordinary_uid());
  EXPECT_EQ(servers_of(context_, user, request).error(), Error::permission_denied);
  const OperationRequest good{"register", 0, {{"server", "https://b.example"}}};
  EXPECT_EQ(*servers_of(context_, user, good), std::vector<std::string>{"https://b.example"});
  Conversation root = client_of(::geteuid());
  EXPECT_EQ(*servers_of(context_, root, request), std::vector<std::string>{"https://evil.example"});
}

TEST(Registration, OnlyAServerThatDoesNotKnowTheComputerLetsAnEnrolmentBeRemoved) {
  EXPECT_TRUE(says_never_registered(Error::signature_invalid));
  EXPECT_TRUE(says_never_registered(Error::not_found));
  for (const Error error :
       {Error::rate_limited, Error::timeout, Error::server_unreachable, Error::server_untrusted,
        Error::server_misbehaved, Error::server_refused, Error::clock_skewed, Error::replayed,
        Error::permission_denied, Error::internal, Error::out_of_memory, Error::config_invalid}) {
    EXPECT_FALSE(says_never_registered(error)) << error_name(error);
  }
}

}  // namespace
}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

class AccessKeys : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(user.register_now().status, 201);
    user.log_in();
  }
  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "anna", "correct horse", "rex"};
};

TEST_F(AccessKeys, ArePreparedCommittedIssuedAndChecked) {
  EXPECT_EQ(user.issue(user.computer).problem(), "state-forbidden");
  const TestGeneration one = user.make_generation(user.computer);
  EXPECT_EQ(one.number, 1u);
  const HttpReply issued = user.issue(user.computer);
  ASSERT_EQ(issued.status, 200) << issued.body;
  EXPECT_EQ(issued.number("index"), 1);
  EXPECT_EQ(issued.number("generation"), 1);
  EXPECT_EQ(issued.bytes("seal"), one.seal);
  EXPECT_EQ(issued.bytes("check_k0"), one.check_k0);
  EXPECT_EQ(user.issue(user.computer).number("index"), 2);
  const HttpReply unused = user.check_in(user.computer, one, 0);
  EXPECT_EQ(unused.text("fit"), "ok");
  EXPECT_EQ(unused.number("issued"), 2);
  EXPECT_NE(unused.body.find("\"rotate\":false"), std::string::npos);
  const HttpReply used = user.check_in(user.computer, one, 1);
  EXPECT_EQ(used.text("fit"), "ok");
  EXPECT_NE(used.body.find("\"rotate\":true"), std::string::npos);
  EXPECT_EQ(user.check_in(user.computer, one, 3).text("fit"), "mismatch");
}

TEST_F(AccessKeys, AMismatchIsSeenByUserAndComputer) {
  TestGeneration one = user.make_generation(user.computer);
  TestGeneration wrong = one;
  wrong.check_k0[0] ^= 1;
  EXPECT_EQ(user.check_in(user.computer, wrong, 0).text("fit"), "mismatch");
  EXPECT_EQ(client.get(user.computer.path(), user.session).text("fit"), "mismatch");
  wrong.number = 9;
  EXPECT_EQ(user.check_in(user.computer, wrong, 0).text("fit"), "mismatch");
  wrong.number = 0;
  EXPECT_EQ(user.check_in(user.computer, wrong, 0).text("fit"), "none");
  EXPECT_EQ(user.check_in(user.computer, one, 0).text("fit"), "ok");
  EXPECT_EQ(client.get(user.computer.path(), user.session).number("last_seen"), server.clock.now());
}

TEST_F(AccessKeys, BetweenPrepareAndCommitBothGenerationsFit) {
  const TestGeneration one = user.make_generation(user.computer);
  const TestGeneration two = user.begin(user.computer);
  EXPECT_EQ(two.number, 2u);
  EXPECT_EQ(user.check_in(user.computer, two, 0).text("fit"), "mismatch");
  ASSERT_EQ(user.prepare(user.computer, two).status, 204);
  EXPECT_EQ(user.check_in(user.computer, one, 0).text("fit"), "ok");
  EXPECT_EQ(user.check_in(user.computer, two, 0).text("fit"), "ok");
  EXPECT_EQ(user.issue(user.computer).number("generation"), 1);
  ASSERT_EQ(user.commit(user.computer, two).status, 200);
  EXPECT_EQ(user.check_in(user.computer, one, 0).text("fit"), "mismatch");
  EXPECT_EQ(user.check_in(user.computer, two, 0).text("fit"), "ok");
  EXPECT_EQ(user.issue(user.computer).number("generation"), 2);
  EXPECT_EQ(user.issue(user.computer).number("index"), 2);
}

TEST_F(AccessKeys, EachStepMayBeRepeatedAfterALostAnswer) {
  const TestGeneration one = user.begin(user.computer);
  EXPECT_EQ(user.prepare(user.computer, one).status, 204);
  EXPECT_EQ(user.prepare(user.computer, one).status, 204);
  EXPECT_EQ(user.commit(user.computer, one).status, 200);
  EXPECT_EQ(user.commit(user.computer, one).status, 200);
  TestGeneration other = one;
  other.seal[0] ^= 1;
  EXPECT_EQ(user.prepare(user.computer, other).problem(), "state-forbidden");
  other.check_k0[0] ^= 1;
  EXPECT_EQ(user.commit(user.computer, other).problem(), "server-conflict");
}

TEST_F(AccessKeys, AnInterruptedRotationCanBeBegunAgain) {
  const TestGeneration one = user.make_generation(user.computer);
  const TestGeneration lost = user.begin(user.computer);
  ASSERT_EQ(user.prepare(user.computer, lost).status, 204);
  const TestGeneration two = user.begin(user.computer);
  EXPECT_GT(two.number, lost.number);
  EXPECT_EQ(user.check_in(user.computer, one, 0).text("fit"), "ok");
  ASSERT_EQ(user.prepare(user.computer, two).status, 204);
  EXPECT_EQ(user.commit(user.computer, lost).problem(), "state-forbidden");
  EXPECT_EQ(user.commit(user.computer, two).status, 200);
}

TEST_F(AccessKeys, ARepeatedIssueCountsOnce) {
  (void)user.make_generation(user.computer);
  const ApiClient::Headers key{{"Idempotency-Key", "issue-1"}};
  const HttpReply first = user.issue(user.computer, key);
  EXPECT_EQ(user.issue(user.computer, key).body, first.body);
  server.restart();
  EXPECT_EQ(user.issue(user.computer, key).body, first.body);
  EXPECT_EQ(user.issue(user.computer).number("index"), 2);
}

TEST_F(AccessKeys, AtMostSixtyFourAheadOfTheUsedOnes) {
  const TestGeneration one = user.make_generation(user.computer);
  for (int i = 1; i <= 64; ++i)
    ASSERT_EQ(user.issue(user.computer).number("index"), i);
  EXPECT_EQ(user.issue(user.computer).problem(), "access-key-exhausted");
  EXPECT_EQ(user.check_in(user.computer, one, 2).text("fit"), "ok");
  EXPECT_EQ(user.issue(user.computer).number("index"), 65);
  EXPECT_EQ(user.issue(user.computer).number("index"), 66);
  EXPECT_EQ(user.issue(user.computer).problem(), "access-key-exhausted");
  // A counter that goes back makes no room.
  EXPECT_EQ(user.check_in(user.computer, one, 1).text("fit"), "ok");
  EXPECT_EQ(user.issue(user.computer).problem(), "access-key-exhausted");
}

TEST_F(AccessKeys, AComputerSpeaksForItselfOnly) {
  const TestComputer desk = TestComputer::make();
  ASSERT_EQ(user.add_computer(desk, user.session).status, 201);
  EXPECT_EQ(client
                .post(desk.path("/access-keys/begin"), Json::Object{{"user_id", user.id.text()}},
                      user.computer.identity())
                .problem(),
            "permission-denied");
  EXPECT_EQ(client
                .post(user.computer.path("/access-keys/begin"), Json::Object{{"user_id", user.id.text()}},
                      user.session)
                .problem(),
            "permission-denied");
  const api::UserId unknown = api::UserId::random(server.random);
  EXPECT_EQ(
      client.post(desk.path("/access-keys/begin"), Json::Object{{"user_id", unknown.text()}}, desk.identity())
          .problem(),
      "not-found");
}

TEST_F(AccessKeys, TwoUsersAndTwoComputers) {
  TestUser berta(client, "berta", "p", "a");
  ASSERT_EQ(berta.register_now().status, 201);
  berta.log_in();
  ASSERT_EQ(berta.add_computer(user.computer, berta.session).status, 201);
  EXPECT_EQ(berta.add_computer(user.computer, berta.session).problem(), "already-exists");
  const TestGeneration annas = user.make_generation(user.computer);
  const TestGeneration bertas = berta.make_generation(user.computer);
  EXPECT_EQ(user.issue(user.computer).bytes("seal"), annas.seal);
  EXPECT_EQ(berta.issue(user.computer).bytes("seal"), bertas.seal);
  EXPECT_EQ(user.issue(berta.computer).problem(), "not-found");
  EXPECT_EQ(user.check_in(user.computer, bertas, 0).text("fit"), "mismatch");
  const Json list = client.get("/v1/computers", berta.session).json();
  EXPECT_EQ(list.find("computers")->array()->size(), 2u);
}

TEST_F(AccessKeys, AnAddedComputerProvesItsKey) {
  const TestComputer desk = TestComputer::make();
  const auto add = [&](ByteView proof) {
    return client.post("/v1/computers",
                       Json::Object{{"device_spki", Json::bytes(desk.device->spki())},
                                    {"name", "desk"},
                                    {"serial", ""},
                                    {"proof", Json::bytes(proof)},
                                    {"holders", Json::Array{}}},
                       user.session);
  };
  EXPECT_EQ(add(Bytes(64, 3)).problem(), "signature-invalid");
  const auto other = api::UserId::random(server.random);
  EXPECT_EQ(add(desk.device->sign(api::computer_proof(other, desk.device->spki()))).problem(),
            "signature-invalid");
  EXPECT_EQ(add(desk.device->sign(api::computer_proof(user.id, desk.device->spki()))).status, 201);
}

TEST_F(AccessKeys, TheOldAccessKeyOpensOneWeakSessionAndDies) {
  const TestGeneration one = user.make_generation(user.computer);
  TestGeneration forged = one;
  forged.login_key = TestComputer::make().device;
  EXPECT_EQ(user.open_access_key_session(user.computer, forged).problem(), "identity-not-accepted");
  const HttpReply opened = user.open_access_key_session(user.computer, one);
  ASSERT_EQ(opened.status, 201) << opened.body;
  EXPECT_EQ(opened.text("level"), "access-key");
  EXPECT_EQ(client.get("/v1/account", user.access_key_identity).problem(), "permission-denied");
  EXPECT_EQ(client.get("/v1/records", user.access_key_identity).problem(), "permission-denied");
  EXPECT_EQ(user.issue(user.computer).problem(), "state-forbidden");
  EXPECT_EQ(user.open_access_key_session(user.computer, one).problem(), "state-forbidden");
  EXPECT_EQ(client.call("DELETE", "/v1/sessions/current", {}, &user.access_key_identity).status, 204);
}

TEST_F(AccessKeys, AComputerWritesItsOwnHolderOnly) {
  const auto put = [&](std::string_view kind, const std::string& ref, std::uint32_t epoch,
                       const Identity& by) {
    return client.call("PUT",
                       "/v1/account/holders/" + std::string(kind) + "/" + ref + "?user_id=" + user.id.text(),
                       Json(Json::Object{{"epoch", epoch}, {"envelope", random_text(104)}}), &by);
  };
  const std::string self = user.computer.id().text();
  EXPECT_EQ(put("computer", self, 1, user.computer.identity()).status, 204);
  EXPECT_EQ(put("recovery", self, 1, user.computer.identity()).problem(), "permission-denied");
  EXPECT_EQ(put("computer", TestComputer::make().id().text(), 1, user.computer.identity()).problem(),
            "permission-denied");
  EXPECT_EQ(put("computer", self, 2, user.computer.identity()).problem(), "server-conflict");
  EXPECT_EQ(put("sheet", "sheet", 1, user.session).status, 204);
  EXPECT_EQ(put("sheet", "other", 1, user.session).problem(), "invalid-argument");
  EXPECT_EQ(put("card", TestCard::make().id().text(), 1, user.session).problem(), "invalid-argument");
}

}  // namespace
}  // namespace cardea::test

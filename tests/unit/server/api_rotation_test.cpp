// SPDX-License-Identifier: Apache-2.0
// What clients see of a server whose OPRF seed and checkpoint key were replaced.
#include <gtest/gtest.h>

#include "core/api/checkpoint_key.h"
#include "core/api/proofs.h"
#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

class Rotation : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(anna.register_now().status, 201); }
  // The server's evaluation of one and the same request.
  Bytes evaluation(const std::string& account) {
    const HttpReply reply =
        client.post("/v1/opaque/a/start", Json::Object{{"account", account}, {"ke1", Json::bytes(ke1)}});
    EXPECT_EQ(reply.status, 200) << reply.body;
    Bytes ke2 = reply.bytes("ke2");
    ke2.resize(32);
    return ke2;
  }
  void rotate() {
    ASSERT_TRUE(server::add_oprf_seed(server.oprf_seeds, server.random, 1000).ok());
    server.checkpoint_keys = server::next_checkpoint_key(server.checkpoint_keys, server.random, 1000).value();
    server.restart();
  }
  InProcessServer server;
  ApiClient client = server.client();
  TestUser anna{client, "anna", "correct horse", "rex"};
  Bytes ke1 = crypto::OpaqueClientLogin::start(as_bytes("x"), server.random).value().ke1().serialise();
};

TEST_F(Rotation, WhoWasThereLogsInAsBeforeAndWhoComesLaterToo) {
  rotate();
  ASSERT_EQ(anna.login_password("correct horse").status, 200);
  EXPECT_EQ(anna.login_answer("rex").status, 200);
  TestUser berta{client, "berta", "p", "a"};
  ASSERT_EQ(berta.register_now().status, 201);
  EXPECT_EQ(berta.login_password("p").status, 200);
  EXPECT_EQ(server.store->get_user(anna.id)->oprf_seed, 1u);
  EXPECT_EQ(server.store->get_user(berta.id)->oprf_seed, 2u);
  rotate();
  EXPECT_EQ(berta.login_password("p").status, 200);
}

TEST_F(Rotation, DoesNotTellWhichNamesExist) {
  const Bytes known = evaluation("anna");
  const Bytes unknown = evaluation("nobody");
  rotate();
  EXPECT_EQ(evaluation("anna"), known);
  EXPECT_EQ(evaluation("nobody"), unknown);
}

TEST_F(Rotation, ARegistrationThatWasBegunBeforeItGoesOn) {
  rotate();
  TestUser berta{client, "berta", "p", "a"};
  const HttpReply reply = berta.register_now([this](Json::Object&) { rotate(); });
  EXPECT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(server.store->get_user(berta.id)->oprf_seed, 2u);
  EXPECT_EQ(berta.login_password("p").status, 200);
}

TEST_F(Rotation, ASeedThatTheServerDoesNotHaveIsAnErrorAndNoWrongPassword) {
  rotate();
  TestUser berta{client, "berta", "p", "a"};
  ASSERT_EQ(berta.register_now().status, 201);
  server.oprf_seeds.pop_back();
  server.restart();
  EXPECT_GE(berta.login_password("p").status, 500);
}

TEST_F(Rotation, EveryCheckpointLeadsFromTheFirstKeyToTheOneThatSigns) {
  const HttpReply before = client.get("/v1/account?user_id=" + anna.id.text(), anna.computer.identity());
  ASSERT_EQ(before.status, 200) << before.body;
  const Json first = before.json();
  const Json* checkpoint = first.find("audit")->find("checkpoint");
  EXPECT_EQ(checkpoint->find("handovers"), nullptr);
  const Bytes known = *from_base64url(*checkpoint->find("key")->string());
  rotate();
  rotate();
  const Json after = client.get("/v1/account?user_id=" + anna.id.text(), anna.computer.identity()).json();
  const Json* audit = after.find("audit");
  checkpoint = audit->find("checkpoint");
  std::vector<api::KeyHandover> handovers;
  for (const Json& one : *checkpoint->find("handovers")->array())
    handovers.push_back({static_cast<std::uint32_t>(*one.find("number")->integer()),
                         *from_base64url(*one.find("key")->string()),
                         *from_base64url(*one.find("signature")->string())});
  EXPECT_EQ(handovers.size(), 2u);
  const Bytes shown = *from_base64url(*checkpoint->find("key")->string());
  EXPECT_NE(shown, known);
  EXPECT_TRUE(api::follow_checkpoint_key(known, shown, handovers).ok());
  const Bytes head = *from_base64url(*audit->find("head")->string());
  const Bytes proof =
      api::checkpoint_proof(static_cast<std::uint64_t>(*audit->find("length")->integer()), head,
                            static_cast<std::uint64_t>(*checkpoint->find("time")->integer()));
  EXPECT_TRUE(crypto::PublicKey::from_spki(shown)
                  ->verify(proof, *from_base64url(*checkpoint->find("signature")->string()))
                  .ok());
}

}  // namespace
}  // namespace cardea::test

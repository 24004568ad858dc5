// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/ssh_key_service.h"

#include <fstream>

#include "core/crypto/ssh_key.h"
#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

class KeysForSshd : public ServiceTest {
 protected:
  KeysForSshd() : card_(worker_.insert("Alice's card", "1234")), record_(enrol("alice", card_)) {}

  Result<OperationOutcome> ask(const std::string& user = "alice") {
    Conversation client = client_of(ordinary_uid());
    return SshKeyService(context_).keys(client, user);
  }
  std::string json(const std::string& user = "alice") {
    const auto outcome = ask(user);
    return outcome.ok() ? outcome->json : std::string(error_name(outcome.error()));
  }
  std::string only_key() const {
    const auto key = crypto::PublicKey::from_spki(card_.info.auth_spki);
    return R"({"keys":[")" + crypto::authorized_keys_line(crypto::ssh_public_key(*key)) + R"("]})";
  }
  void set(login::CardState state) {
    EXPECT_TRUE(enrolments_
                    .update("alice",
                            [&](login::EnrolmentRecord& record) -> Status {
                              record.cards[0].state = state;
                              return {};
                            })
                    .ok());
  }

  worker::CardView card_;
  login::EnrolmentRecord record_;
};

TEST_F(KeysForSshd, AnActiveCardsKeyIsThereAndAnyOtherIsGoneAtOnce) {
  EXPECT_EQ(json(), only_key());
  for (const auto state :
       {login::CardState::suspended, login::CardState::revoked, login::CardState::announced}) {
    set(state);
    EXPECT_EQ(json(), R"({"keys":[]})");
  }
  set(login::CardState::active);
  EXPECT_EQ(json(), only_key());
}

TEST_F(KeysForSshd, WhoIsNotEnrolledHasNone) {
  EXPECT_EQ(json("bob"), R"({"keys":[]})");
  EXPECT_EQ(json("../alice"), R"({"keys":[]})");
}

TEST_F(KeysForSshd, WhereACardLoginWouldBeRefusedThereIsAnError) {
  settings_.max_offline_seconds = 3600;
  clock_.advance(3601);
  EXPECT_EQ(ask().error(), Error::revocation_stale);
  settings_.max_offline_seconds = 0;
  EXPECT_EQ(json(), only_key());
}

TEST_F(KeysForSshd, ADamagedRecordIsAnErrorAndNoEmptyList) {
  const std::string path = root_.file("state/users/alice.enrolment");
  ASSERT_TRUE(std::filesystem::exists(path));
  std::ofstream(path, std::ios::trunc) << "damaged";
  EXPECT_FALSE(ask().ok());
}

}  // namespace
}  // namespace cardea::recoveryd

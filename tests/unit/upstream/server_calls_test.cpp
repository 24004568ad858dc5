// SPDX-License-Identifier: Apache-2.0
// Every request is exactly as the protocol has it, and every answer that is not what it should be is refused.
#include <gtest/gtest.h>

#include "core/records/sealed_record.h"
#include "tests/unit/upstream/fake_transport.h"
#include "tests/unit/upstream/sample_calls.h"
#include "upstream/access_key_calls.h"
#include "upstream/account_calls.h"
#include "upstream/computer_calls.h"
#include "upstream/login_calls.h"
#include "upstream/record_calls.h"

namespace cardea::upstream {
namespace {

using api::Json;

class Calls : public ::testing::Test {
 protected:
  Status run(const SampleCall& sample, const Json& answer) {
    transport_.answer_json(sample.status, answer);
    return sample.run(client_);
  }
  FakeClock clock_;
  SystemRandom random_;
  FakeTransport transport_;
  ServerClient client_{transport_, clock_, random_};
};

Json without(const Json& object, const std::string& name) {
  Json::Object out = *object.object();
  std::erase_if(out, [&](const auto& member) { return member.first == name; });
  return out;
}

Json with(const Json& object, const std::string& name, const Json& value) {
  Json::Object out = *object.object();
  for (auto& member : out) {
    if (member.first == name) member.second = value;
  }
  return out;
}

// What no member of any answer may be.
std::vector<Json> wrong_values() {
  return {Json::Object{{"x", 1}}, Json::Array{Json::Array{}},    Json(-1), Json(std::int64_t{1} << 60),
          Json("\x01"),           Json(std::string(70'000, 'A'))};
}

bool is_optional(const SampleCall& sample, const std::string& name) {
  return std::find(sample.optional.begin(), sample.optional.end(), name) != sample.optional.end();
}

TEST_F(Calls, EachMakesExactlyItsRequest) {
  for (const SampleCall& sample : sample_calls()) {
    const Status status = run(sample, sample.answer);
    ASSERT_TRUE(status.ok()) << sample.name << ": " << status.failure().detail;
    const auto& sent = transport_.last();
    EXPECT_EQ(sent.request.method, sample.method) << sample.name;
    EXPECT_EQ(sent.request.path, sample.path) << sample.name;
    EXPECT_EQ(sent.request.query, sample.query) << sample.name;
    EXPECT_EQ(sent.request.body, sample.body) << sample.name;
    EXPECT_EQ(sent.request.may_repeat, sample.may_repeat) << sample.name;
    for (const auto& [name, value] : sample.headers)
      EXPECT_EQ(sent.header(name), value) << sample.name;
    const bool is_keyed = sample.method == "POST" && sample.may_repeat && sample.is_keyed;
    EXPECT_EQ(!sent.header("Idempotency-Key").empty(), is_keyed) << sample.name;
    const std::string input = sent.header("Signature-Input");
    if (sample.keyid.empty()) {
      EXPECT_EQ(input, "") << sample.name;
    } else {
      EXPECT_EQ(api::parse_signature(input, sent.header("Signature"))->keyid, sample.keyid) << sample.name;
    }
  }
  EXPECT_EQ(sample_calls().size(), 44u);
}

TEST_F(Calls, AnswersMayGrow) {
  for (const SampleCall& sample : sample_calls()) {
    if (sample.answer.is_null()) continue;
    Json::Object grown = *sample.answer.object();
    grown.emplace_back("something_new", Json::Array{1, "x"});
    EXPECT_TRUE(run(sample, grown).ok()) << sample.name;
  }
}

TEST_F(Calls, MissingMembersAreMisbehaviour) {
  for (const SampleCall& sample : sample_calls()) {
    if (sample.answer.is_null()) continue;
    for (const auto& [name, value] : *sample.answer.object()) {
      const Status status = run(sample, without(sample.answer, name));
      if (is_optional(sample, name)) continue;
      ASSERT_FALSE(status.ok()) << sample.name << " without " << name;
      EXPECT_EQ(status.error(), Error::server_misbehaved) << sample.name << " without " << name;
    }
  }
}

TEST_F(Calls, WrongValuesAreMisbehaviour) {
  for (const SampleCall& sample : sample_calls()) {
    if (sample.answer.is_null()) continue;
    for (const auto& [name, value] : *sample.answer.object()) {
      for (const Json& wrong : wrong_values()) {
        const Status status = run(sample, with(sample.answer, name, wrong));
        if (is_optional(sample, name) && name != "reason") continue;
        ASSERT_FALSE(status.ok()) << sample.name << " " << name << " " << wrong.text().substr(0, 40);
        EXPECT_EQ(status.error(), Error::server_misbehaved) << sample.name << " " << name;
      }
    }
  }
}

// The same for the members of objects and lists inside.
TEST_F(Calls, WrongInnerValuesAreRefused) {
  int tried = 0;
  for (const SampleCall& sample : sample_calls()) {
    if (sample.answer.is_null()) continue;
    for (const auto& [name, value] : *sample.answer.object()) {
      const bool is_list = value.array() != nullptr && !value.array()->empty();
      const Json& inner = is_list ? value.array()->front() : value;
      if (inner.object() == nullptr) continue;
      for (const auto& [inner_name, inner_value] : *inner.object()) {
        // Optional, or without a type of their own.
        if (inner_name == "checkpoint" || inner_name == "reason" || inner_name == "details") continue;
        for (const Json& wrong : wrong_values()) {
          const Json changed = with(inner, inner_name, wrong);
          const Json outer = with(sample.answer, name, is_list ? Json(Json::Array{changed}) : changed);
          EXPECT_FALSE(run(sample, outer).ok()) << sample.name << " " << name << "." << inner_name;
          ++tried;
        }
        if (is_optional(sample, name + "." + inner_name)) continue;
        const Json missing = without(inner, inner_name);
        EXPECT_FALSE(
            run(sample, with(sample.answer, name, is_list ? Json(Json::Array{missing}) : missing)).ok())
            << sample.name << " " << name << "." << inner_name;
      }
    }
  }
  EXPECT_GT(tried, 300);
}

TEST_F(Calls, EveryTruncatedAnswerIsMisbehaviour) {
  for (const SampleCall& sample : sample_calls()) {
    if (sample.answer.is_null()) continue;
    const std::string text = sample.answer.text();
    for (std::size_t size = 0; size < text.size(); size += 1 + text.size() / 50) {
      transport_.answer_text(sample.status, text.substr(0, size));
      const Status status = sample.run(client_);
      ASSERT_FALSE(status.ok()) << sample.name;
      EXPECT_EQ(status.error(), Error::server_misbehaved) << sample.name;
    }
  }
}

TEST_F(Calls, RefusalsAndRedirectsAreNotAnswers) {
  for (const SampleCall& sample : sample_calls()) {
    transport_.answer_problem(403, "permission-denied");
    EXPECT_EQ(sample.run(client_).error(), Error::permission_denied) << sample.name;
    transport_.answer_text(302, sample.answer.text());
    EXPECT_EQ(sample.run(client_).error(), Error::server_misbehaved) << sample.name;
    transport_.answer(fail(Error::server_unreachable));
    EXPECT_EQ(sample.run(client_).error(), Error::server_unreachable) << sample.name;
  }
}

const SampleCall& sample_named(std::string_view name) {
  for (const SampleCall& sample : sample_calls()) {
    if (sample.name == name) return sample;
  }
  throw std::runtime_error("no such call");
}

TEST_F(Calls, ARecoveryKeyThatTheCardDidNotSignIsRefused) {
  const auto other = crypto::P256KeyPair::generate(random_);
  for (const char* name : {"get_account", "begin_generation"}) {
    const SampleCall& sample = sample_named(name);
    EXPECT_EQ(run(sample, with(sample.answer, "recovery_public", to_base64url(other.point()))).error(),
              Error::signature_invalid);
  }
}

TEST_F(Calls, AnswersAboutSomethingElseAreRefused) {
  const std::string other_id(64, 'e');
  const std::string other_user(32, 'e');
  const auto misbehaves = [this](const char* name, const char* member, const Json& value) {
    const SampleCall& sample = sample_named(name);
    const Status status = run(sample, with(sample.answer, member, value));
    return !status.ok() && status.error() == Error::server_misbehaved;
  };
  EXPECT_TRUE(misbehaves("get_computer", "computer_id", other_id));
  EXPECT_TRUE(misbehaves("add_computer", "computer_id", other_id));
  EXPECT_TRUE(misbehaves("change_card_state", "state", "active"));
  EXPECT_TRUE(misbehaves("change_card_state", "card_id", other_id));
  EXPECT_TRUE(misbehaves("get_record", "record_id", other_user));
  EXPECT_TRUE(misbehaves("get_account", "user_id", other_user));
  EXPECT_TRUE(misbehaves("put_record", "version", 6));
  EXPECT_TRUE(misbehaves("replace_card", "epoch", 3));
  EXPECT_TRUE(misbehaves("replace_card", "revoked", Json::Array{"x"}));
  EXPECT_TRUE(misbehaves("commit_generation", "state", "pending"));
  EXPECT_TRUE(misbehaves("commit_generation", "generation", 4));
  EXPECT_TRUE(misbehaves("finish_answer_login", "level", "password"));
  EXPECT_TRUE(misbehaves("issue_access_key", "index", 1001));
  EXPECT_TRUE(misbehaves("issue_access_key", "index", 0));
  EXPECT_TRUE(misbehaves("list_records from a cursor", "cursor", "17"));
}

TEST_F(Calls, OptionalReasonAndCheckpoint) {
  const SampleCall& cards = sample_named("change_card_state");
  EXPECT_TRUE(run(cards, with(cards.answer, "reason", Json())).ok());
  const SampleCall& audit = sample_named("get_audit");
  const Json bare = without(*audit.answer.find("audit"), "checkpoint");
  EXPECT_TRUE(run(audit, with(audit.answer, "audit", bare)).ok());
}

TEST_F(Calls, CheckpointsAreCheckedAgainstTheKnownKey) {
  const auto key = crypto::Ed25519KeyPair::generate(random_);
  AuditState audit{5, {}, Checkpoint{1'800'000'000, {}, key.spki()}};
  audit.checkpoint->signature = to_bytes(key.sign(api::checkpoint_proof(5, audit.head, 1'800'000'000)));
  EXPECT_TRUE(check_checkpoint(audit, key.spki()).ok());
  EXPECT_EQ(check_checkpoint(audit, crypto::Ed25519KeyPair::generate(random_).spki()).error(),
            Error::signature_invalid);
  audit.length = 4;
  EXPECT_EQ(check_checkpoint(audit, key.spki()).error(), Error::signature_invalid);
  audit.checkpoint.reset();
  EXPECT_EQ(check_checkpoint(audit, key.spki()).error(), Error::signature_invalid);
}

TEST_F(Calls, ACardOpensASession) {
  const auto card = crypto::P256KeyPair::generate(random_);
  const api::CardId id = api::card_id_of(card.spki());
  const Bytes spki(44, 1);
  const Bytes challenge(32, 9);
  transport_.answer_json(200, Json::Object{{"challenge", Json::bytes(challenge)}, {"expires_at", 1}});
  transport_.answer_json(201, Json::Object{{"session_id", std::string(32, 'a')},
                                           {"user_id", std::string(32, 'b')},
                                           {"level", "card"},
                                           {"expires_at", 1'800'000'000}});
  const auto session = open_card_session(client_, id, spki, 1'800'000'000,
                                         [&](ByteView message) { return to_bytes(card.sign(message)); });
  EXPECT_EQ(session->level, SessionLevel::card);
  const auto body = Json::parse(transport_.last().request.body).value();
  const auto signature = from_base64url(*body.find("signature")->string()).value();
  const Bytes proof = api::card_session_proof("server.example", challenge, spki, 1'800'000'000);
  EXPECT_TRUE(crypto::PublicKey::from_spki(card.spki())->verify(proof, signature).ok());
  EXPECT_FALSE(transport_.last().request.may_repeat);
}

TEST_F(Calls, APulledCardOpensNoSession) {
  transport_.answer_json(200, Json::Object{{"challenge", Json::bytes(Bytes(32, 9))}, {"expires_at", 1}});
  const CardSigner pulled = [](ByteView) -> Result<Bytes> { return Error::card_removed; };
  EXPECT_EQ(open_card_session(client_, {}, Bytes(44), 1, pulled).error(), Error::card_removed);
}

TEST_F(Calls, AnAccessKeyOpensASession) {
  access_key::ChainContext whose;
  whose.generation = 2;
  const auto root = access_key::chain_key(access_key::ChainSeed(), whose, 0).value();
  const Bytes challenge(32, 9);
  transport_.answer_json(200, Json::Object{{"challenge", Json::bytes(challenge)}, {"expires_at", 1}});
  transport_.answer_json(201, Json::Object{{"session_id", std::string(32, 'a')},
                                           {"user_id", std::string(32, '0')},
                                           {"level", "access-key"},
                                           {"expires_at", 1'800'000'000}});
  EXPECT_EQ(open_access_key_session(client_, whose, root, Bytes(44, 1))->level, SessionLevel::access_key);
  const auto body = Json::parse(transport_.last().request.body).value();
  const auto signature = from_base64url(*body.find("signature")->string()).value();
  const Bytes proof = api::access_key_session_proof("server.example", challenge, {}, {}, 2);
  const auto key = crypto::PublicKey::from_spki(access_key::login_key_pair(root).spki()).value();
  EXPECT_TRUE(key.verify(proof, signature).ok());
}

TEST_F(Calls, BadArgumentsAreNotSent) {
  const RequestKey key{"session:x", api::SignatureAlgorithm::ed25519, {}};
  EXPECT_EQ(list_records(client_, key, "1&since=0").error(), Error::invalid_argument);
  EXPECT_EQ(put_record(client_, key, records::SealedRecord{}).error(), Error::corrupted);
  EXPECT_EQ(put_holder(client_, key, std::nullopt, {records::HolderKind::card, "../x", 1, Bytes(10)}).error(),
            Error::corrupted);
  EXPECT_TRUE(transport_.requests().empty());
}

}  // namespace
}  // namespace cardea::upstream

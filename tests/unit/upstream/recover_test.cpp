// SPDX-License-Identifier: Apache-2.0
// `cardea recover` from password to access key, against a server made of the real OPAQUE and signature code.
#include "upstream/recover.h"

#include <gtest/gtest.h>

#include "core/access_key/access_key_verifier.h"
#include "core/access_key/typed_form.h"
#include "core/crypto/opaque_client.h"
#include "core/crypto/opaque_server.h"
#include "core/crypto/password_input.h"

namespace cardea::upstream {
namespace {

using api::Json;

constexpr std::string_view kPassword = "correct horse";
constexpr std::string_view kAnswer = "Zürich";
constexpr std::string_view kQuestion = "Where did you learn to swim?";

// One user with one computer; keeps what a server would keep, and no more.
class FakeServer final : public Transport {
  SystemRandom random_;  // first: the members below are made with it

 public:
  FakeServer() {
    whose_.computer = computer_.bytes();
    whose_.user = user_.bytes();
    whose_.generation = 4;
    const auto input_a = crypto::password_input(as_bytes(kPassword)).value();
    const auto input_b = crypto::password_and_answer_input(as_bytes(kPassword), as_bytes(kAnswer)).value();
    const auto a = enrol(input_a.expose(), "a", record_a_);
    const auto b = enrol(input_b.expose(), "b", record_b_);
    question_seal_ = records::seal_question(kQuestion, user_.bytes(), a, random_).value();
    recovery_seal_ = records::seal_recovery_key(recovery_, user_.bytes(), b, random_).value();
    const access_key::ChainSeed seed = random_.secret<32>();
    seal_ = records::seal_chain_seed(seed, whose_, recovery_.point(), random_).value();
    verifier_ = access_key::make_generation(seed, whose_).verifier;
  }

  Result<HttpResponse> send(const HttpRequest& request) override {
    paths_.push_back(request.method + " " + request.path);
    const Json body = request.body.empty() ? Json() : Json::parse(request.body).value();
    if (request.sign && !is_signed(request)) return problem("signature-invalid");
    if (request.path == "/v1/opaque/a/start") return start(body, record_a_, "a");
    if (request.path == "/v1/opaque/b/start") return start(body, record_b_, "b");
    if (request.path == "/v1/opaque/a/finish") return finish_a(body);
    if (request.path == "/v1/opaque/b/finish") return finish_b(body);
    if (request.path == "/v1/computers") return json(Json::Object{{"computers", computers_}});
    if (request.path == "/v1/access-keys/issue") return issue();
    if (request.path == "/v1/sessions/current") return HttpResponse{204, {}, ""};
    return problem("not-found");
  }
  [[nodiscard]] std::string authority() const override { return "server.example"; }

  // The computer that is locked: what it makes of a typed key.
  [[nodiscard]] Result<access_key::AccessKeyMatch> open_with(ByteView typed) const {
    TRY_ASSIGN(const auto key, access_key::parse_access_key(typed));
    return access_key::verify(verifier_, {whose_.computer, whose_.user}, key);
  }
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }
  [[nodiscard]] int count(const std::string& path) const {
    return static_cast<int>(std::count(paths_.begin(), paths_.end(), path));
  }

  // What a test may change.
  Json::Array computers_{computer_json(4)};
  crypto::P256KeyPair recovery_ = crypto::P256KeyPair::generate(random_);
  Bytes seal_;
  access_key::AccessKeyVerifier verifier_;
  std::uint32_t index_ = 3;
  std::string refuse_issue_;
  bool swap_recovery_public_ = false;

  static Json computer_json(std::uint32_t generation) {
    return Json::Object{{"computer_id", std::string(64, 'c')},
                        {"name", "laptop"},
                        {"serial", ""},
                        {"generation", generation},
                        {"issued", 2},
                        {"used", 2},
                        {"fit", "ok"},
                        {"last_seen", 0}};
  }

 private:
  static HttpResponse json(const Json& body) {
    return {200, {{"content-type", "application/json"}}, body.text()};
  }
  static HttpResponse problem(const std::string& name) {
    return {400,
            {{"content-type", "application/problem+json"}},
            Json(Json::Object{{"type", "urn:cardea:problem:" + name}}).text()};
  }

  records::ExportKey enrol(ByteView input, std::string_view credential, Bytes& record) {
    auto registration = crypto::OpaqueClientRegistration::start(input, random_).value();
    const auto response = server_.registration_response(registration.request(), as_bytes(credential)).value();
    auto registered =
        std::move(registration)
            .finalize(response, crypto::OpaqueIdentities{}, crypto::argon2id_stretch().value(), random_)
            .value();
    record = registered.record.serialise();
    return std::move(registered.export_key);
  }

  Result<HttpResponse> start(const Json& body, const Bytes& record, std::string_view credential) {
    const Bytes message = from_base64url(*body.find("ke1")->string()).value();
    const auto ke1 = crypto::Ke1::parse(message).value();
    const auto parsed = crypto::RegistrationRecord::parse(record).value();
    const bool known = body.find("account") == nullptr || *body.find("account")->string() == "ada";
    login_ = server_
                 .login_start(ke1, known ? &parsed : nullptr, as_bytes(credential),
                              crypto::OpaqueIdentities{}, random_)
                 .value();
    return json(Json::Object{{"login_id", "login"}, {"ke2", Json::bytes(login_->ke2().serialise())}});
  }

  Result<SecretArray<64>> finish(const Json& body) {
    const Bytes message = from_base64url(*body.find("ke3")->string()).value();
    auto login = std::move(*login_);
    login_.reset();
    return std::move(login).finish(crypto::Ke3::parse(message).value());
  }

  Result<HttpResponse> finish_a(const Json& body) {
    const auto key = finish(body);
    if (!key.ok()) return problem("identity-not-accepted");
    hmac_ = api::request_key(key->expose());
    return json(Json::Object{{"session_id", std::string(32, '5')},
                             {"user_id", user_.text()},
                             {"level", "password"},
                             {"expires_at", 1},
                             {"question_seal", Json::bytes(question_seal_)}});
  }

  Result<HttpResponse> finish_b(const Json& body) {
    if (!finish(body).ok()) return problem("identity-not-accepted");
    raised_ = true;
    const auto other = crypto::P256KeyPair::generate(random_);
    return json(Json::Object{
        {"level", "answer"},
        {"recovery_seal", Json::bytes(recovery_seal_)},
        {"recovery_public", Json::bytes(swap_recovery_public_ ? other.point() : recovery_.point())}});
  }

  Result<HttpResponse> issue() {
    if (!raised_) return problem("permission-denied");
    if (!refuse_issue_.empty()) return problem(refuse_issue_);
    return json(Json::Object{{"computer", computer_json(4)},
                             {"generation", 4},
                             {"index", index_},
                             {"seal", Json::bytes(seal_)},
                             {"check_k0", Json::bytes(verifier_.check_root)}});
  }

  bool is_signed(const HttpRequest& request) {
    const Headers headers = request.sign(authority()).value();
    const auto parsed = api::parse_signature(headers[1].second, headers[2].second).value();
    return parsed.keyid == "session:" + std::string(32, '5') &&
           api::check_content_digest(headers[0].second, as_bytes(request.body)).ok() &&
           api::verify_hmac(parsed, {request.method, authority(), request.path, request.query},
                            headers[0].second, hmac_)
               .ok();
  }

  crypto::OpaqueServer server_ = crypto::OpaqueServer::from_secrets(SecretKey32(), SecretKey32()).value();
  api::UserId user_ = api::UserId::from_text(std::string(32, 'a')).value();
  api::ComputerId computer_ = api::ComputerId::from_text(std::string(64, 'c')).value();
  access_key::ChainContext whose_;
  Bytes record_a_, record_b_, question_seal_, recovery_seal_;
  std::optional<crypto::OpaqueServerLogin> login_;
  SecretKey32 hmac_;
  bool raised_ = false;
  std::vector<std::string> paths_;
};

class Recover : public ::testing::Test {
 protected:
  Result<RecoveredAccessKey> recover(std::string_view password, std::vector<std::string> answers,
                                     const std::string& account = "ada") {
    RecoveryDialog dialog;
    dialog.answer = [this, answers](std::string_view question, bool again) -> Result<SecretBytes> {
      questions_.emplace_back(question);
      EXPECT_EQ(again, questions_.size() > 1);
      if (questions_.size() > answers.size()) return Error::cancelled;
      return SecretBytes(answers[questions_.size() - 1]);
    };
    dialog.choose_computer = [this](const std::vector<ComputerInfo>& computers) -> Result<std::size_t> {
      offered_ = computers.size();
      return choice_;
    };
    return recover_access_key(client_, account, as_bytes(password), dialog);
  }
  Error error_of(const Result<RecoveredAccessKey>& result) {
    return result.ok() ? Error::internal : result.error();
  }

  FakeClock clock_;
  SystemRandom random_;
  FakeServer server_;
  ServerClient client_{server_, clock_, random_};
  std::vector<std::string> questions_;
  std::size_t offered_ = 0;
  std::size_t choice_ = 0;
};

TEST_F(Recover, PasswordAndAnswerGiveTheKeyThatOpens) {
  const auto recovered = recover(kPassword, {"  ZU\u0308RICH "});
  ASSERT_TRUE(recovered.ok()) << recovered.failure().detail;
  EXPECT_EQ(recovered->typed.size(), 35u);
  EXPECT_EQ(recovered->index, 3);
  EXPECT_EQ(recovered->computer.name, "laptop");
  EXPECT_EQ(server_.open_with(recovered->typed.expose())->index, 3);
  EXPECT_EQ(questions_, std::vector<std::string>{std::string(kQuestion)});
  EXPECT_EQ(server_.paths().back(), "DELETE /v1/sessions/current");
}

TEST_F(Recover, AWrongPasswordOrAccountGetsNoQuestion) {
  EXPECT_EQ(error_of(recover("wrong", {std::string(kAnswer)})), Error::identity_not_accepted);
  EXPECT_EQ(error_of(recover(kPassword, {std::string(kAnswer)}, "eve")), Error::identity_not_accepted);
  EXPECT_TRUE(questions_.empty());
  EXPECT_EQ(server_.count("POST /v1/opaque/a/finish"), 0);
}

TEST_F(Recover, WrongAnswersAreAskedAgain) {
  const auto recovered = recover(kPassword, {"Bern", "", std::string(kAnswer)});
  ASSERT_TRUE(recovered.ok());
  EXPECT_EQ(questions_.size(), 3u);
  EXPECT_EQ(server_.count("POST /v1/opaque/b/start"), 2);  // an empty answer costs no guess
}

TEST_F(Recover, ThreeWrongAnswersAreEnough) {
  EXPECT_EQ(error_of(recover(kPassword, {"Bern", "Basel", "Genf", std::string(kAnswer)})),
            Error::identity_not_accepted);
  EXPECT_EQ(questions_.size(), 3u);
  EXPECT_EQ(server_.count("POST /v1/access-keys/issue"), 0);
  EXPECT_EQ(server_.paths().back(), "DELETE /v1/sessions/current");
}

TEST_F(Recover, APersonWhoGivesUpEndsIt) {
  EXPECT_EQ(error_of(recover(kPassword, {"Bern"})), Error::cancelled);
  EXPECT_EQ(server_.paths().back(), "DELETE /v1/sessions/current");
}

TEST_F(Recover, ComputersWithoutAccessKeysAreNotOffered) {
  server_.computers_ = {FakeServer::computer_json(0)};
  EXPECT_EQ(error_of(recover(kPassword, {std::string(kAnswer)})), Error::holder_missing);
  server_.computers_ = {FakeServer::computer_json(0), FakeServer::computer_json(4)};
  questions_.clear();
  EXPECT_TRUE(recover(kPassword, {std::string(kAnswer)}).ok());
  EXPECT_EQ(offered_, 1u);
}

TEST_F(Recover, AChoiceThatIsNotThereIssuesNothing) {
  choice_ = 1;
  EXPECT_EQ(error_of(recover(kPassword, {std::string(kAnswer)})), Error::invalid_argument);
  EXPECT_EQ(server_.count("POST /v1/access-keys/issue"), 0);
}

TEST_F(Recover, RefusalsOfTheServerComeThrough) {
  server_.refuse_issue_ = "access-key-exhausted";
  EXPECT_EQ(error_of(recover(kPassword, {std::string(kAnswer)})), Error::access_key_exhausted);
}

// What a server could try with what it hands out.
TEST_F(Recover, AnExchangedRecoveryKeyIsNoticed) {
  server_.swap_recovery_public_ = true;
  EXPECT_EQ(error_of(recover(kPassword, {std::string(kAnswer)})), Error::decrypt_failed);
}

TEST_F(Recover, AChainOfTheServersOwnIsNoticed) {
  // Sealed to the right key, but not the chain that the computer checks against.
  access_key::ChainContext whose;
  whose.computer.fill(0xcc);
  whose.user.fill(0xaa);
  whose.generation = 4;
  server_.seal_ =
      records::seal_chain_seed(random_.secret<32>(), whose, server_.recovery_.point(), random_).value();
  EXPECT_EQ(error_of(recover(kPassword, {std::string(kAnswer)})), Error::server_misbehaved);
}

TEST_F(Recover, ASealOfAnotherGenerationIsNoticed) {
  access_key::ChainContext whose;
  whose.computer.fill(0xcc);
  whose.user.fill(0xaa);
  whose.generation = 3;
  server_.seal_ =
      records::seal_chain_seed(random_.secret<32>(), whose, server_.recovery_.point(), random_).value();
  EXPECT_EQ(error_of(recover(kPassword, {std::string(kAnswer)})), Error::decrypt_failed);
}

}  // namespace
}  // namespace cardea::upstream

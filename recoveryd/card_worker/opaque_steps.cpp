// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/opaque_steps.h"

#include "core/crypto/password_input.h"
#include "core/records/recovery_key.h"

namespace cardea::worker {
namespace {

// Empty identities stand for the two public keys (docs/spec/opaque.md).
constexpr crypto::OpaqueIdentities kIdentities{};

Result<SecretBytes> input_a(const VaultState& vault) {
  TRY_ASSIGN(const SecretBytes* password, need_secret(vault, Purpose::password));
  return crypto::password_input(password->expose());
}

Result<SecretBytes> input_b(const VaultState& vault) {
  TRY_ASSIGN(const SecretBytes* password, need_secret(vault, Purpose::password));
  TRY_ASSIGN(const SecretBytes* answer, need_secret(vault, Purpose::answer));
  return crypto::password_and_answer_input(password->expose(), answer->expose());
}

Result<crypto::OpaqueRegistered> finish(std::optional<crypto::OpaqueClientRegistration>& registration,
                                        ByteView response, Random& random) {
  if (!registration) return fail(Error::message_not_permitted, "no registration under way");
  TRY_ASSIGN(const auto parsed, crypto::RegistrationResponse::parse(response));
  TRY_ASSIGN(const auto stretch, crypto::argon2id_stretch());
  auto done = std::move(*registration).finalize(parsed, kIdentities, stretch, random);
  registration.reset();
  return done;
}

}  // namespace

Result<Bytes> opaque_register_start(StepContext& context, ByteReader& in) {
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const SecretBytes a, input_a(vault));
  TRY_ASSIGN(const SecretBytes b, input_b(vault));
  TRY_ASSIGN(vault.registration_a, crypto::OpaqueClientRegistration::start(a.expose(), context.random));
  TRY_ASSIGN(vault.registration_b, crypto::OpaqueClientRegistration::start(b.expose(), context.random));
  return ByteBuilder()
      .lp(vault.registration_a->request().serialise())
      .lp(vault.registration_b->request().serialise())
      .take();
}

Result<Bytes> opaque_register_finish(StepContext& context, ByteReader& in) {
  const ByteView response_a = in.lp();
  const ByteView response_b = in.lp();
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  TRY_ASSIGN(const SecretBytes* question, need_secret(vault, Purpose::question));
  TRY_ASSIGN(auto a, finish(vault.registration_a, response_a, context.random));
  TRY_ASSIGN(auto b, finish(vault.registration_b, response_b, context.random));
  TRY_ASSIGN(const Bytes question_seal,
             records::seal_question(question->expose_text(), identity.user, a.export_key, context.random));
  vault.export_a = std::move(a.export_key);
  vault.export_b = std::move(b.export_key);
  return ByteBuilder().lp(a.record.serialise()).lp(b.record.serialise()).lp(question_seal).take();
}

Result<Bytes> opaque_login_start(StepContext& context, ByteReader& in) {
  const std::uint8_t which = in.u8();
  if (!in.complete() || (which != 1 && which != 2)) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const SecretBytes input, which == 1 ? input_a(vault) : input_b(vault));
  auto& login = which == 1 ? vault.login_a : vault.login_b;
  TRY_ASSIGN(login, crypto::OpaqueClientLogin::start(input.expose(), context.random));
  return ByteBuilder().lp(login->ke1().serialise()).take();
}

Result<Bytes> opaque_login_finish(StepContext& context, ByteReader& in) {
  const std::uint8_t which = in.u8();
  const ByteView message = in.lp();
  if (!in.complete() || (which != 1 && which != 2)) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  auto& login = which == 1 ? vault.login_a : vault.login_b;
  if (!login) return fail(Error::message_not_permitted, "no login under way");
  TRY_ASSIGN(const auto ke2, crypto::Ke2::parse(message));
  TRY_ASSIGN(const auto stretch, crypto::argon2id_stretch());
  auto session = std::move(*login).finish(ke2, kIdentities, stretch);
  login.reset();
  if (!session.ok()) return session.failure();
  (which == 1 ? vault.export_a : vault.export_b) = std::move(session->export_key);
  return ByteBuilder().lp(session->ke3.serialise()).raw(session->session_key.expose()).take();
}

Result<Bytes> open_question(StepContext& context, ByteReader& in) {
  const ByteView seal = in.lp();
  if (!in.complete()) return Error::frame_malformed;
  const VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  if (!vault.export_a) return fail(Error::message_not_permitted, "no login with record A");
  TRY_ASSIGN(const SecretBytes question, records::open_question(seal, identity.user, *vault.export_a));
  return ByteBuilder().lp(question.expose()).take();
}

}  // namespace cardea::worker

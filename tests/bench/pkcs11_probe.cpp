// SPDX-License-Identifier: Apache-2.0
// The least that any card login on PKCS#11 must do, as the measure for ours: module loaded, session open, key
// of the card known, and then C_Login, C_FindObjects, C_Sign and the check of the signature. Started by the
// Python benches: each "log in" on standard input is answered with the time in milliseconds, each "log out"
// with "out".
#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "core/card/card_keys.h"
#include "core/card/slot.h"
#include "core/card/token_session.h"
#include "core/crypto/hash.h"
#include "core/crypto/signature.h"

namespace {

using namespace cardea;

Result<CK_SLOT_ID> slot_with(const card::Pkcs11Module& module, const std::string& serial) {
  TRY_ASSIGN(const auto slots, module.slots());
  for (const CK_SLOT_ID slot : slots) {
    const auto token = card::read_token_info(module, slot);
    if (token.ok() && token->serial == serial) return slot;
  }
  return fail(Error::card_absent, "no token " + serial);
}

Result<Bytes> sign(card::TokenSession& session, bool is_ec, const Bytes& message) {
  const CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY;
  TRY_ASSIGN(const auto found, session.find({card::attribute(CKA_CLASS, private_key),
                                             card::attribute(CKA_ID, as_bytes("cardea-1"))}));
  if (found.size() != 1) return fail(Error::card_foreign, "not one key");
  CK_MECHANISM mechanism{is_ec ? CK_MECHANISM_TYPE{CKM_ECDSA} : CK_MECHANISM_TYPE{CKM_SHA256_RSA_PKCS},
                         nullptr, 0};
  const auto digest = crypto::sha256({message});
  Bytes input = is_ec ? Bytes(digest.begin(), digest.end()) : message;
  Bytes signature(512);
  CK_ULONG size = signature.size();
  const CK_FUNCTION_LIST& functions = session.functions();
  CK_RV rv = functions.C_SignInit(session.handle(), &mechanism, found.front());
  if (rv == CKR_OK)
    rv = functions.C_Sign(session.handle(), input.data(), input.size(), signature.data(), &size);
  if (rv != CKR_OK) return session.failure(rv, "C_Sign");
  signature.resize(size);
  return signature;
}

// One warm login; its time in milliseconds until the signature has been checked. What comes behind is not
// counted.
Result<double> measure(card::TokenSession& session, const crypto::PublicKey& key, const std::string& pin) {
  const Bytes message(200, 0x5a);
  const auto begin = std::chrono::steady_clock::now();
  TRY(session.login(as_bytes(pin)));
  TRY_ASSIGN(const Bytes signature, sign(session, key.kind() == crypto::KeyKind::p256, message));
  TRY(key.verify(message, signature));
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

Status serve(const std::string& library, const std::string& serial, const std::string& pin) {
  TRY_ASSIGN(const auto module, card::Pkcs11Module::load(library));
  TRY_ASSIGN(const CK_SLOT_ID slot, slot_with(*module, serial));
  TRY_ASSIGN(auto session, card::TokenSession::open(*module, slot, card::TokenSession::Access::read_only));
  TRY_ASSIGN(const card::PublicKeys keys, card::read_public_keys(session));
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(keys.auth_spki));
  std::puts("ready");
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "log out") {
      session.logout();
      std::puts("out");
      std::fflush(stdout);
      continue;
    }
    TRY_ASSIGN(const double milliseconds, measure(session, key, pin));
    std::printf("%.4f\n", milliseconds);
    std::fflush(stdout);
  }
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: pkcs11_probe MODULE SERIAL PIN\n", stderr);
    return 2;
  }
  const cardea::Status done = serve(arguments[1], arguments[2], arguments[3]);
  if (done.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", cardea::error_name(done.error()), done.failure().detail.c_str());
  return 1;
}

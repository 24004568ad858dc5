// SPDX-License-Identifier: Apache-2.0
// The pieces that the sample answers of sample_calls.cpp are made of.
#pragma once

#include "tests/unit/upstream/sample_calls.h"
#include "upstream/access_key_calls.h"
#include "upstream/account_calls.h"
#include "upstream/card_calls.h"
#include "upstream/computer_calls.h"
#include "upstream/login_calls.h"
#include "upstream/record_calls.h"

namespace cardea::upstream {
namespace {

using api::Json;

// Keys and identifiers that are the same in every run.
struct Fixture {
  SystemRandom random;
  crypto::Ed25519KeyPair device = crypto::Ed25519KeyPair::from_seed(SecretKey32());
  crypto::P256KeyPair card = crypto::P256KeyPair::from_scalar(Bytes(32, 1)).value();
  crypto::P256KeyPair recovery = crypto::P256KeyPair::from_scalar(Bytes(32, 2)).value();
  api::ComputerId computer = api::computer_id_of(device.spki());
  api::CardId card_id = api::card_id_of(card.spki());
  api::UserId user = api::UserId::from_bytes(Bytes(16, 0xab)).value();
  api::SessionId session = api::SessionId::from_bytes(Bytes(16, 0xcd)).value();
  RequestKey device_request = device_key(computer, device);
  RequestKey session_request = session_key(session, device);
  Bytes proof;
  Fixture() {
    proof = to_bytes(card.sign(api::card_proof(user, card.spki(), card.spki(), recovery.point())));
  }
};

const Fixture& fixture() {
  static const Fixture kFixture;
  return kFixture;
}

std::string b64(ByteView bytes) { return to_base64url(bytes); }
std::string dev() { return "device:" + fixture().computer.text(); }
std::string ses() { return "session:" + fixture().session.text(); }
std::string computer_path(const std::string& rest = {}) {
  return "/v1/computers/" + fixture().computer.text() + rest;
}

template <typename T>
Status status_of(const Result<T>& result) {
  return result.ok() ? Status() : Status(result.failure());
}

Json audit_answer() {
  return Json::Object{{"length", 12},
                      {"head", b64(Bytes(32, 3))},
                      {"checkpoint", Json::Object{{"time", 1'800'000'000},
                                                  {"signature", b64(Bytes(64, 4))},
                                                  {"key", b64(fixture().device.spki())}}}};
}

Json signer_answer() {
  const Fixture& f = fixture();
  return Json::Object{{"card_id", f.card_id.text()},
                      {"auth_spki", b64(f.card.spki())},
                      {"wrap_spki", b64(f.card.spki())},
                      {"proof", b64(f.proof)}};
}

Json card_answer(const std::string& state = "active") {
  const Fixture& f = fixture();
  return Json::Object{{"card_id", f.card_id.text()},
                      {"label", "Blue"},
                      {"serial", "0815"},
                      {"state", state},
                      {"reason", ""},
                      {"auth_spki", b64(f.card.spki())},
                      {"wrap_spki", b64(f.card.spki())},
                      {"version", 4},
                      {"since", 1'800'000'000}};
}

Json computer_answer() {
  return Json::Object{{"computer_id", fixture().computer.text()},
                      {"name", "laptop"},
                      {"serial", "S1"},
                      {"generation", 2},
                      {"issued", 1},
                      {"used", 0},
                      {"fit", "ok"},
                      {"last_seen", 1'800'000'000}};
}

Json session_answer(const std::string& level) {
  return Json::Object{{"session_id", fixture().session.text()},
                      {"user_id", fixture().user.text()},
                      {"level", level},
                      {"expires_at", 1'800'000'000}};
}

records::Holder sample_holder() { return {records::HolderKind::sheet, "sheet", 1, Bytes(94, 9)}; }

records::SealedRecord sample_record(std::uint32_t version) {
  const records::UserKey key(SecretKey32(), 1);
  Random& random = const_cast<Fixture&>(fixture()).random;
  return records::seal_record(key, fixture().user.bytes(), {{1, 2}, version}, as_bytes("{}"), random).value();
}

}  // namespace
}  // namespace cardea::upstream

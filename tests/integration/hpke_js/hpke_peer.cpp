// SPDX-License-Identifier: Apache-2.0
// The C++ side of the interoperation test: seals and opens with core/crypto/hpke.h what the JavaScript side
// asks for. One request a line, fields in hexadecimal between blanks, “-” for nothing; one answer a line:
//   seal LABEL POINT CONTEXT PLAINTEXT    -> ok ENVELOPE
//   open LABEL SCALAR CONTEXT ENVELOPE    -> ok PLAINTEXT
//   raw-open SCALAR INFO ENC (AAD CIPHERTEXT)...  -> ok PLAINTEXT PLAINTEXT...    one context, several
//   messages
// “refused <error>” when it does not open.
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "core/crypto/hpke.h"

namespace {

using namespace cardea;

// Labels are literals, so that no text from outside becomes one: these are the two kinds of seal that go to a
// P-256 key.
enum class Purpose { access_key_seal, holder_card };

struct BadRequest {
  const char* what;
};

Bytes field(const std::string& text) {
  if (text == "-") return {};
  auto bytes = from_hex(text);
  if (!bytes.ok()) throw BadRequest{"not hexadecimal"};
  return std::move(bytes).value();
}

std::string shown(ByteView bytes) { return bytes.empty() ? "-" : to_hex(bytes); }

Purpose purpose_of(const std::string& name) {
  if (name == "access-key-seal") return Purpose::access_key_seal;
  if (name == "holder-card") return Purpose::holder_card;
  throw BadRequest{"unknown label"};
}

template <typename Act>
auto with_label(Purpose purpose, Act act) {
  if (purpose == Purpose::access_key_seal) return act(crypto::Label("cardea/v1/access-key-seal"));
  return act(crypto::Label("cardea/v1/holder-card"));
}

template <typename T>
std::string answer(const Result<T>& outcome, ByteView (*content)(const T&)) {
  return outcome.ok() ? "ok " + shown(content(*outcome))
                      : std::string("refused ") + error_name(outcome.error());
}

crypto::P256KeyPair key_of(const std::string& scalar) {
  auto key = crypto::P256KeyPair::from_scalar(field(scalar));
  if (!key.ok()) throw BadRequest{"not a P-256 scalar"};
  return std::move(key).value();
}

std::string seal(const std::vector<std::string>& words) {
  SystemRandom random;
  const auto envelope = with_label(purpose_of(words[1]), [&](crypto::Label label) {
    return crypto::hpke_seal(field(words[2]), label, field(words[3]), field(words[4]), random);
  });
  return answer<Bytes>(envelope, [](const Bytes& bytes) { return ByteView(bytes); });
}

std::string open(const std::vector<std::string>& words) {
  const crypto::P256KeyPair key = key_of(words[2]);
  const auto plaintext = with_label(purpose_of(words[1]), [&](crypto::Label label) {
    return crypto::hpke_open(key, label, field(words[3]), field(words[4]));
  });
  return answer<SecretBytes>(plaintext, [](const SecretBytes& bytes) { return bytes.expose(); });
}

std::string raw_open(const std::vector<std::string>& words) {
  const crypto::P256KeyPair key = key_of(words[1]);
  auto context = crypto::hpke_setup_recipient(
      crypto::HpkeAead::aes_256_gcm, [&](ByteView peer) { return key.dh(peer); }, key.point(),
      field(words[3]), field(words[2]));
  if (!context.ok()) return std::string("refused ") + error_name(context.error());
  std::string out = "ok";
  for (std::size_t i = 4; i + 1 < words.size(); i += 2) {
    const auto plaintext = context->open(field(words[i]), field(words[i + 1]));
    if (!plaintext.ok()) return std::string("refused ") + error_name(plaintext.error());
    out += " " + shown(plaintext->expose());
  }
  return out;
}

std::string carry_out(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; in >> word;)
    words.push_back(word);
  if (words.size() == 5 && words[0] == "seal") return seal(words);
  if (words.size() == 5 && words[0] == "open") return open(words);
  if (words.size() >= 6 && words[0] == "raw-open") return raw_open(words);
  throw BadRequest{"no such request"};
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    try {
      std::cout << carry_out(line) << std::endl;
    } catch (const BadRequest& bad) {
      std::cerr << "hpke_peer: " << bad.what << '\n';
      return 2;
    }
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Objects and attributes as a hostile token or module may give them: any value, and lengths that lie, grow
// between the two calls, or are missing. Input: objects (class, count, then type and value of each
// attribute), then one byte per question that is answered with a lie.
#include <cstring>

#include "core/base/byte_io.h"
#include "core/card/card_keys.h"
#include "core/card/card_storage.h"
#include "core/card/key_use.h"
#include "tests/support/fake_cryptoki.h"

namespace {

using namespace cardea;

constexpr std::size_t kMaxObjects = 40;  // more than a card may hold
constexpr CK_ATTRIBUTE_TYPE kTypes[] = {CKA_ID,       CKA_LABEL,           CKA_APPLICATION, CKA_VALUE,
                                        CKA_KEY_TYPE, CKA_EC_PARAMS,       CKA_EC_POINT,    CKA_MODULUS,
                                        CKA_TOKEN,    CKA_PUBLIC_EXPONENT, CKA_PRIVATE};
constexpr CK_ULONG kClasses[] = {CKO_DATA, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY};

void add_objects(test::FakeCryptoki& fake, ByteReader& in) {
  const std::size_t count = in.u8() % kMaxObjects;
  for (std::size_t i = 0; i < count && in.good(); ++i) {
    const CK_ULONG object_class = kClasses[in.u8() % std::size(kClasses)];
    auto& object = fake.objects[fake.next_handle++];
    object[CKA_CLASS].resize(sizeof object_class);
    std::memcpy(object[CKA_CLASS].data(), &object_class, sizeof object_class);
    for (unsigned left = in.u8() % 8; left > 0 && in.good(); --left) {
      const CK_ATTRIBUTE_TYPE type = kTypes[in.u8() % std::size(kTypes)];
      object[type] = to_bytes(in.lp());
    }
  }
}

// Returns true when it has answered; fills what it claims to have filled, as far as there is room.
bool lie(ByteReader& in, CK_ATTRIBUTE& entry) {
  if (in.rest().empty()) return false;
  const std::uint8_t how = in.u8();
  const CK_ULONG room = entry.ulValueLen;
  switch (how % 8) {
    case 0:
      entry.ulValueLen = CK_UNAVAILABLE_INFORMATION;
      return true;
    case 1:
      entry.ulValueLen = room + 1;
      break;
    case 2:
      entry.ulValueLen = how;
      break;
    case 3:
      entry.ulValueLen = 0;
      break;
    case 4:
      entry.ulValueLen = CK_ULONG{1} << (how / 8);
      break;
    default:
      return false;
  }
  if (entry.pValue != nullptr) std::memset(entry.pValue, how, std::min(room, entry.ulValueLen));
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::FakeCryptoki fake;
  ByteReader in({data, size});
  add_objects(fake, in);
  fake.on_attribute = [&](CK_OBJECT_HANDLE, CK_ATTRIBUTE& entry) { return lie(in, entry); };
  const auto module = card::Pkcs11Module::from_functions(fake.functions());
  if (!module.ok()) __builtin_trap();
  auto session = card::TokenSession::open(**module, 0, card::TokenSession::Access::read_write);
  if (!session.ok()) __builtin_trap();
  (void)card::read_public_keys(*session);
  (void)card::sign(*session, as_bytes("message"));
  (void)card::wrap_dh(*session, Bytes(65, 4));
  (void)card::wrap_rsa_decrypt(*session, Bytes(256, 1));
  card::TokenStorage storage(*session);
  (void)storage.list();
  (void)storage.read(1);
  const Status written = storage.write(1, as_bytes("content"));
  if (written.ok() && fake.objects.size() > kMaxObjects) __builtin_trap();
  (void)storage.remove(2);
  (void)card::make_keys(*session, card::KeyKind::p256, "label");
  return 0;
}

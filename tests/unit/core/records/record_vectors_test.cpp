// SPDX-License-Identifier: Apache-2.0
// Sealed records and a pairing against a second implementation (tests/vectors/generate/records.mjs), which
// the portal answers to as well.
#include <gtest/gtest.h>

#include "core/records/pairing.h"
#include "tests/unit/core/crypto/vector_file.h"

namespace cardea::records {
namespace {

using test::each;
using test::hex;
using test::Json;

Json::Ptr vectors() { return test::read_vectors("records.json").extract<Json::Ptr>(); }

template <std::size_t N>
std::array<std::uint8_t, N> array_of(const Json& object, const std::string& name) {
  const Bytes bytes = hex(object, name);
  std::array<std::uint8_t, N> out{};
  if (bytes.size() != N) throw std::runtime_error("bad size of " + name);
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

UserKey key_of(const Json& file, std::uint32_t epoch) {
  return {SecretKey32::from(hex(file, "root_key")).value(), epoch};
}

TEST(RecordVectors, RecordsKeys) {
  const auto file = vectors();
  const auto user = array_of<16>(*file, "user_id");
  EXPECT_EQ(each(file->get("records_keys"),
                 [&](const Json& v) {
                   const UserKey key = key_of(*file, v.getValue<std::uint32_t>("epoch"));
                   EXPECT_EQ(to_bytes(records_key(key, user).expose()), hex(v, "key"));
                 }),
            2u);
}

TEST(RecordVectors, RecordsOpen) {
  const auto file = vectors();
  const auto user = array_of<16>(*file, "user_id");
  EXPECT_EQ(each(file->get("records"),
                 [&](const Json& v) {
                   const auto epoch = v.getValue<std::uint32_t>("epoch");
                   const SealedRecord record{
                       {array_of<16>(v, "record_id"), v.getValue<std::uint32_t>("version")},
                       epoch,
                       hex(v, "envelope")};
                   EXPECT_EQ(open_record(key_of(*file, epoch), user, record).value().expose_text(),
                             v.getValue<std::string>("body"));
                 }),
            4u);
}

TEST(RecordVectors, PairingFitsItsCode) {
  const auto given = vectors()->getObject("pairing");
  const PairingCode code = PairingCode::from(hex(*given, "code")).value();
  const PairingOffer offer{hex(*given, "session_spki"), hex(*given, "seal_key"), hex(*given, "cover")};
  EXPECT_TRUE(check_pairing(code, offer, given->getValue<std::string>("authority")).ok());
  EXPECT_FALSE(check_pairing(code, offer, "cardea.example").ok());
}

}  // namespace
}  // namespace cardea::records

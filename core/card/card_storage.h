// SPDX-License-Identifier: Apache-2.0
// CardStorage over PKCS#11 data objects (docs/spec/card-layout.md). The worker makes one for a session that
// is logged in and read-write. The rules it keeps come from what modules do to their cards: labels of one
// fixed length, because a pulled card then hurts only the entry in hand; never more than 32 objects in all,
// because OpenSC overwrites the 33rd and says CKR_OK; create and destroy, because changing a value is not
// portable; read back, because a full token may say CKR_OK.
#pragma once

#include "core/card/card.h"
#include "core/card/token_session.h"

namespace cardea::card {

class TokenStorage final : public CardStorage {
 public:
  // `session` must outlive the storage.
  explicit TokenStorage(TokenSession& session) noexcept : session_(session) {}
  Result<CardDirectory> list() override;
  Result<Bytes> read(std::uint8_t index) override;
  Status write(std::uint8_t index, ByteView content) override;
  Status remove(std::uint8_t index) override;

  // True once the module has failed to destroy an object. OpenSC 0.23 has then freed what it still lists, and
  // reads it at the next search: the caller must not use the session again, and initialises the module anew.
  [[nodiscard]] bool spoiled() const noexcept { return spoiled_; }

 private:
  struct Found {
    std::uint8_t index = 0;
    CK_OBJECT_HANDLE object = 0;
  };
  struct Contents {
    std::vector<Found> ours;  // in the token's order: the newest of a duplicate is last
    std::size_t foreign = 0;
  };
  Result<Contents> search() const;
  static std::vector<CK_OBJECT_HANDLE> with_index(const Contents& contents, std::uint8_t index);
  Result<CK_OBJECT_HANDLE> create(std::uint8_t index, ByteView content);
  Status create_checked(std::uint8_t index, ByteView content);
  Status destroy(CK_OBJECT_HANDLE object);
  Status destroy_or_leave_ghost(CK_OBJECT_HANDLE object);
  Status replace_in_place(std::uint8_t index, CK_OBJECT_HANDLE old, ByteView content);

  TokenSession& session_;
  bool spoiled_ = false;
};

}  // namespace cardea::card

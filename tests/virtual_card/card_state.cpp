// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/card_state.h"

#include <algorithm>

#include <openssl/sha.h>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::virtual_card {
namespace {

constexpr std::string_view kMagic = "CARDEA-VCARD";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaximumFiles = 2048;
constexpr std::size_t kMaximumPins = 16;
constexpr std::uint32_t kFileOverhead = 16;
constexpr std::uint32_t kPinCost = 32;

Failure damaged(const char* what) {
  return fail(Error::corrupted, std::string("state file is damaged: ") + what);
}

void write_pin(ByteBuilder& out, std::uint8_t reference, const PinRecord& pin) {
  out.u8(reference).lp(pin.value).u8(pin.tries_left).u8(pin.tries_maximum);
  out.lp(pin.unblock_value).u8(pin.unblock_left).u8(pin.unblock_maximum);
}

void write_file(ByteBuilder& out, FileId id, const CardFile& file) {
  out.u16(id.directory).u16(id.file).u8(static_cast<std::uint8_t>(file.type));
  out.raw(file.acl).raw(file.proprietary).u16(file.size).lp32(file.content).lp(file.name);
}

Status read_pin(ByteReader& in, CardState& state) {
  const std::uint8_t reference = in.u8();
  PinRecord pin;
  pin.value = to_bytes(in.lp());
  pin.tries_left = in.u8();
  pin.tries_maximum = in.u8();
  pin.unblock_value = to_bytes(in.lp());
  pin.unblock_left = in.u8();
  pin.unblock_maximum = in.u8();
  if (!in.good()) return damaged("PIN record is cut");
  if (pin.tries_left > pin.tries_maximum || pin.unblock_left > pin.unblock_maximum ||
      pin.tries_maximum > 15) {
    return damaged("PIN counter out of range");
  }
  if (!state.pins.emplace(reference, std::move(pin)).second) return damaged("PIN twice");
  return {};
}

Result<FileType> read_file_type(std::uint8_t value) {
  for (const FileType type : {FileType::transparent, FileType::rsa_key, FileType::ec_key, FileType::directory,
                              FileType::secret_key}) {
    if (value == static_cast<std::uint8_t>(type)) return type;
  }
  return damaged("unknown file type");
}

Status read_card_file(ByteReader& in, CardState& state) {
  const std::uint16_t directory = in.u16();
  const FileId id{directory, in.u16()};
  CardFile file;
  TRY_ASSIGN(file.type, read_file_type(in.u8()));
  const ByteView acl = in.bytes(file.acl.size());
  const ByteView proprietary = in.bytes(file.proprietary.size());
  file.size = in.u16();
  const ByteView content = in.lp32();
  const ByteView name = in.lp();
  if (!in.good()) return damaged("file is cut");
  if (content.size() > 0xffff || name.size() > 16) return damaged("file is too long");
  if (file.type == FileType::transparent && content.size() != file.size) return damaged("file size differs");
  std::copy(acl.begin(), acl.end(), file.acl.begin());
  std::copy(proprietary.begin(), proprietary.end(), file.proprietary.begin());
  file.content = to_bytes(content);
  file.name = to_bytes(name);
  if (!state.files.emplace(id, std::move(file)).second) return damaged("file twice");
  return {};
}

Result<CardState> parse_body(ByteReader in) {
  CardState state;
  const std::uint8_t kind = in.u8();
  if (kind != 1 && kind != 2) return damaged("unknown kind of card");
  state.kind = static_cast<CardKind>(kind);
  state.serial = to_bytes(in.lp());
  state.memory_limit = in.u32();
  state.activated = in.u8() != 0;
  state.change_counter = in.u16();
  const std::size_t pins = in.u16();
  if (!in.good() || pins > kMaximumPins) return damaged("head");
  if (state.serial.size() != (state.kind == CardKind::myeid ? 10U : 5U))
    return damaged("serial number length");
  if (state.memory_limit > kMaximumMemory) return damaged("memory limit");
  for (std::size_t i = 0; i < pins; ++i)
    TRY(read_pin(in, state));
  const std::size_t files = in.u16();
  if (!in.good() || files > kMaximumFiles) return damaged("number of files");
  for (std::size_t i = 0; i < files; ++i)
    TRY(read_card_file(in, state));
  if (!in.complete()) return damaged("bytes left over");
  if (state.kind == CardKind::myeid && state.find({0, 0x3f00}) == nullptr) return damaged("no master file");
  return state;
}

}  // namespace

const char* kind_name(CardKind kind) noexcept { return kind == CardKind::myeid ? "myeid" : "sc-hsm"; }

Result<CardKind> kind_of_name(std::string_view name) {
  if (name == "myeid") return CardKind::myeid;
  if (name == "sc-hsm") return CardKind::sc_hsm;
  return fail(Error::invalid_argument, "personality must be myeid or sc-hsm");
}

CardFile* CardState::find(FileId id) {
  const auto at = files.find(id);
  return at == files.end() ? nullptr : &at->second;
}

std::uint32_t CardState::memory_free() const noexcept {
  std::uint64_t used = kPinCost * pins.size();
  for (const auto& [id, file] : files)
    used += memory_cost(file);
  return used >= memory_limit ? 0 : static_cast<std::uint32_t>(memory_limit - used);
}

bool CardState::has_room_for(std::uint32_t cost) const noexcept {
  return files.size() < kMaximumFiles && cost <= memory_free();
}

std::uint32_t memory_cost(const CardFile& file) noexcept {
  const std::uint32_t bytes = file.size;
  switch (file.type) {
    case FileType::directory:
      return kFileOverhead;
    case FileType::transparent:
      return kFileOverhead + bytes;
    case FileType::secret_key:
      return kFileOverhead + bytes / 8;
    case FileType::rsa_key:
      return kFileOverhead + bytes / 8 / 2 * 5;
    case FileType::ec_key:
      return kFileOverhead + bytes / 8 * 3;
  }
  return kFileOverhead;
}

Bytes serialize_state(const CardState& state) {
  ByteBuilder out;
  out.raw(kMagic).u8(kVersion).u8(static_cast<std::uint8_t>(state.kind)).lp(state.serial);
  out.u32(state.memory_limit).u8(state.activated ? 1 : 0).u16(state.change_counter);
  out.u16(static_cast<std::uint16_t>(state.pins.size()));
  for (const auto& [reference, pin] : state.pins)
    write_pin(out, reference, pin);
  out.u16(static_cast<std::uint16_t>(state.files.size()));
  for (const auto& [id, file] : state.files)
    write_file(out, id, file);
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(out.view().data(), out.view().size(), digest.data());
  out.raw(digest);
  return out.take();
}

Result<CardState> parse_state(ByteView bytes) {
  if (bytes.size() > kMaximumStateSize) return damaged("too long");
  if (bytes.size() < kMagic.size() + 1 + SHA256_DIGEST_LENGTH) return damaged("too short");
  if (as_text(bytes.first(kMagic.size())) != kMagic)
    return fail(Error::unknown_format, "not a virtual card state file");
  if (bytes[kMagic.size()] != kVersion)
    return fail(Error::unknown_format, "state file of an unknown version");
  const ByteView covered = bytes.first(bytes.size() - SHA256_DIGEST_LENGTH);
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(covered.data(), covered.size(), digest.data());
  if (!equal_constant_time(digest, bytes.last(SHA256_DIGEST_LENGTH))) return damaged("checksum differs");
  return parse_body(ByteReader(covered.subspan(kMagic.size() + 1)));
}

}  // namespace cardea::virtual_card

// SPDX-License-Identifier: Apache-2.0
// Files of the SmartCard-HSM personality: one flat map. Everything but private data can be read without a
// PIN; nothing can be written without it.
#include <algorithm>

#include "tests/virtual_card/sc_hsm_card.h"
#include "tests/virtual_card/tlv.h"

namespace cardea::virtual_card {
namespace {

constexpr std::array<std::uint8_t, 11> kAppletId = {0xe8, 0x2b, 0x06, 0x01, 0x04, 0x01,
                                                    0x81, 0xc3, 0x1f, 0x02, 0x01};

std::uint16_t number(ByteView two) { return static_cast<std::uint16_t>((two[0] << 8) | two[1]); }
std::uint8_t prefix_of(std::uint16_t id) { return static_cast<std::uint8_t>(id >> 8); }

Bytes file_descriptor(std::uint16_t id, const CardFile& file) {
  Bytes body;
  put_tlv(body, 0x80,
          {static_cast<std::uint8_t>(file.size >> 8), static_cast<std::uint8_t>(file.size & 0xff)});
  put_tlv(body, 0x82, {0x01});
  put_tlv(body, 0x83, {static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id & 0xff)});
  Bytes out;
  put_tlv(out, 0x6f, body);
  return out;
}

// Tag 85 ends with platform, major and minor version; the driver refuses a card without it.
Bytes applet_descriptor() {
  Bytes body;
  put_tlv(body, 0x82, {0x38});
  put_tlv(body, 0x85, {0x00, 0x00, 0xff, 0x03, 0x05});
  Bytes out;
  put_tlv(out, 0x6f, body);
  return out;
}

// The offset object at the head of READ BINARY and UPDATE BINARY with odd instruction byte.
std::optional<std::size_t> offset_of(ByteView data) {
  const auto offset = find_tlv(data, 0x54);
  if (!offset || offset->size() != 2) return std::nullopt;
  return number(*offset);
}

}  // namespace

// Selecting the applet anew takes the login away: this is how the driver logs out.
ResponseApdu ScHsmCard::select(const CommandApdu& command) {
  if (command.p1 == 0x04) {
    if (!std::equal(command.data.begin(), command.data.end(), kAppletId.begin(), kAppletId.end())) {
      return sw::kFileNotFound;
    }
    power_cycle();
    return applet_descriptor();
  }
  if (command.data.size() != 2) return sw::kFileNotFound;
  const std::uint16_t id = number(command.data);
  const CardFile* file = state_.find({0, id});
  if (file == nullptr) return sw::kFileNotFound;
  current_file_ = id;
  return file_descriptor(id, *file);
}

ResponseApdu ScHsmCard::enumerate() {
  Bytes out;
  for (const auto& [id, file] : state_.files) {
    out.push_back(prefix_of(id.file));
    out.push_back(static_cast<std::uint8_t>(id.file & 0xff));
  }
  return out;
}

ResponseApdu ScHsmCard::read_binary(const CommandApdu& command) {
  const std::uint16_t id = command.p1p2() != 0 ? command.p1p2() : current_file_.value_or(0);
  const CardFile* file = state_.find({0, id});
  if (file == nullptr) return sw::kFileNotFound;
  if (file->is_key() || (prefix_of(id) == prefix::kPrivateData && !verified_))
    return sw::kSecurityNotSatisfied;
  const auto offset = offset_of(command.data);
  if (!offset) return sw::kWrongData;
  if (*offset > file->content.size()) return sw::kWrongOffset;
  const ByteView rest = ByteView(file->content).subspan(*offset);
  const ByteView wanted = rest.first(std::min(rest.size(), command.le));
  return ResponseApdu(to_bytes(wanted), wanted.size() < command.le ? sw::kEndOfFile : sw::kOk);
}

// P1 P2 names a file, which is made when it is not there and becomes the current one; 0000 is the current
// file.
ResponseApdu ScHsmCard::update_binary(const CommandApdu& command) {
  if (!verified_) return sw::kSecurityNotSatisfied;
  const std::uint16_t id = command.p1p2() != 0 ? command.p1p2() : current_file_.value_or(0);
  const auto offset = offset_of(command.data);
  const auto content = find_tlv(command.data, 0x53);
  if (id == 0) return sw::kNoCurrentFile;
  if (!offset || !content || prefix_of(id) == prefix::kKey || id == kDeviceCertificate) return sw::kWrongData;
  CardFile* file = state_.find({0, id});
  const std::size_t old_size = file == nullptr ? 0 : file->content.size();
  const std::size_t new_size = std::max(old_size, *offset + content->size());
  if (*offset > old_size || new_size > 0xffff) return sw::kWrongOffset;
  const auto growth = static_cast<std::uint32_t>(new_size - old_size);
  if (file == nullptr ? !state_.has_room_for(memory_cost({}) + growth) : growth > state_.memory_free()) {
    return sw::kNoSpace;
  }
  if (file == nullptr) file = &state_.files[{0, id}];
  file->content.resize(new_size);
  std::copy(content->begin(), content->end(), file->content.begin() + static_cast<std::ptrdiff_t>(*offset));
  file->size = static_cast<std::uint16_t>(new_size);
  current_file_ = id;
  return sw::kOk;
}

ResponseApdu ScHsmCard::delete_file(const CommandApdu& command) {
  if (command.p1p2() != 0x0200 || command.data.size() != 2) return sw::kWrongParameters;
  if (!verified_) return sw::kSecurityNotSatisfied;
  const std::uint16_t id = number(command.data);
  if (id == kDeviceCertificate) return sw::kSecurityNotSatisfied;
  if (state_.files.erase({0, id}) == 0) return sw::kFileNotFound;
  if (current_file_ == id) current_file_.reset();
  return sw::kOk;
}

}  // namespace cardea::virtual_card

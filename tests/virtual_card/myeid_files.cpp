// SPDX-License-Identifier: Apache-2.0
// File system of the MyEID personality. Access rules are nibbles: 0 always, F never, n after PIN n.
//   directory: acl[0] = create directory | create file, acl[1] = delete | -
//   file:      acl[0] = read | update,                  acl[1] = delete | -
//   key:       acl[0] = use | update,                   acl[1] = delete | generate
#include <algorithm>

#include "tests/virtual_card/myeid_card.h"
#include "tests/virtual_card/tlv.h"

namespace cardea::virtual_card {
namespace {

constexpr std::array<std::uint8_t, 12> kAppletId = {0xa0, 0, 0, 0, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5'};
constexpr std::uint8_t kStateCreation = 0x01;
constexpr std::uint8_t kStateActive = 0x05;

constexpr std::uint8_t high(std::uint8_t byte) { return static_cast<std::uint8_t>(byte >> 4); }
constexpr std::uint8_t low(std::uint8_t byte) { return byte & 0x0f; }
std::uint16_t number(ByteView two) { return static_cast<std::uint16_t>((two[0] << 8) | two[1]); }
std::uint8_t byte_of(unsigned value) { return static_cast<std::uint8_t>(value & 0xff); }

// The parts of a CREATE FILE template (ISO 7816-4 section 5.3.3) that this card keeps.
struct Template {
  std::uint16_t id = 0;
  CardFile file;
};

Result<Template> read_template(ByteView data) {
  const auto body = find_tlv(data, 0x62);
  if (!body) return Error::frame_malformed;
  Template out;
  const auto size = find_tlv(*body, 0x80) ? find_tlv(*body, 0x80) : find_tlv(*body, 0x81);
  const auto type = find_tlv(*body, 0x82);
  const auto id = find_tlv(*body, 0x83);
  const auto acl = find_tlv(*body, 0x86);
  const auto proprietary = find_tlv(*body, 0x85);
  const auto name = find_tlv(*body, 0x84);
  if (!type || type->empty() || !id || id->size() != 2 || !acl || acl->size() != 3)
    return Error::frame_malformed;
  out.id = number(*id);
  out.file.type = static_cast<FileType>((*type)[0]);
  if (size && size->size() == 2) out.file.size = number(*size);
  std::copy(acl->begin(), acl->end(), out.file.acl.begin());
  if (proprietary && proprietary->size() == 2) {
    std::copy(proprietary->begin(), proprietary->end(), out.file.proprietary.begin());
  }
  if (name && name->size() <= 16) out.file.name = to_bytes(*name);
  switch (out.file.type) {
    case FileType::directory:
    case FileType::rsa_key:
    case FileType::ec_key:
    case FileType::secret_key:
      return out;
    case FileType::transparent:
      out.file.content.assign(out.file.size, 0);
      return out;
  }
  return fail(Error::not_supported, "file type");
}

}  // namespace

CardFile* MyEidCard::directory(std::uint16_t id) {
  for (auto& [key, file] : state_.files) {
    if (key.file == id && file.type == FileType::directory) return &file;
  }
  return nullptr;
}

std::optional<FileId> MyEidCard::current_id() {
  if (current_file_) return FileId{current_directory_, *current_file_};
  for (const auto& [key, file] : state_.files) {
    if (key.file == current_directory_ && file.type == FileType::directory) return key;
  }
  return std::nullopt;
}

CardFile* MyEidCard::current() {
  const auto id = current_id();
  return id ? state_.find(*id) : nullptr;
}

Bytes MyEidCard::descriptor(std::uint16_t id, const CardFile& file) const {
  Bytes body;
  const std::uint32_t size = file.type == FileType::directory ? state_.memory_free() : file.size;
  put_tlv(body, file.type == FileType::transparent ? 0x80 : 0x81, {byte_of(size >> 8), byte_of(size)});
  put_tlv(body, 0x82, {static_cast<std::uint8_t>(file.type)});
  put_tlv(body, 0x83, {byte_of(id >> 8U), byte_of(id)});
  put_tlv(body, 0x86, file.acl);
  put_tlv(body, 0x85, file.proprietary);
  put_tlv(body, 0x8a, {state_.activated ? kStateActive : kStateCreation});
  if (!file.name.empty()) put_tlv(body, 0x84, file.name);
  Bytes out;
  put_tlv(out, 0x6f, body);
  return out;
}

ResponseApdu MyEidCard::selected(std::uint16_t directory_id, std::optional<std::uint16_t> file,
                                 bool with_descriptor) {
  current_directory_ = directory_id;
  current_file_ = file;
  if (!with_descriptor) return sw::kOk;
  return descriptor(file.value_or(directory_id), *current());
}

ResponseApdu MyEidCard::select_id(std::uint16_t id, bool with_descriptor) {
  if (id == kMasterFile) return selected(kMasterFile, std::nullopt, with_descriptor);
  if (const CardFile* child = state_.find({current_directory_, id})) {
    if (child->type == FileType::directory) return selected(id, std::nullopt, with_descriptor);
    return selected(current_directory_, id, with_descriptor);
  }
  if (id == current_directory_) return selected(id, std::nullopt, with_descriptor);
  return sw::kFileNotFound;
}

ResponseApdu MyEidCard::select_path(std::uint16_t directory_id, ByteView path, bool with_descriptor) {
  if (path.size() % 2 != 0) return sw::kWrongLength;
  std::optional<std::uint16_t> file;
  for (; !path.empty(); path = path.subspan(2)) {
    const std::uint16_t id = number(path);
    if (id == kMasterFile && directory_id == kMasterFile) continue;
    const CardFile* child = state_.find({directory_id, id});
    if (child == nullptr || file) return sw::kFileNotFound;
    if (child->type == FileType::directory) {
      directory_id = id;
    } else {
      file = id;
    }
  }
  return selected(directory_id, file, with_descriptor);
}

ResponseApdu MyEidCard::select(const CommandApdu& command) {
  const bool with_descriptor = (command.p2 & 0x0c) == 0;
  switch (command.p1) {
    case 0x00:
      if (command.data.empty()) return select_id(kMasterFile, with_descriptor);
      if (command.data.size() != 2) return sw::kWrongLength;
      return select_id(number(command.data), with_descriptor);
    case 0x03: {
      const std::uint16_t here = current_directory_;
      for (const auto& [key, file] : state_.files) {
        if (key.file == here && file.type == FileType::directory && key.directory != 0) {
          return selected(key.directory, std::nullopt, with_descriptor);
        }
      }
      return sw::kFileNotFound;
    }
    case 0x04:
      if (!std::equal(command.data.begin(), command.data.end(), kAppletId.begin(), kAppletId.end()) ||
          directory(kApplicationDirectory) == nullptr) {
        return sw::kFileNotFound;
      }
      return selected(kApplicationDirectory, std::nullopt, with_descriptor);
    case 0x08:
      return select_path(kMasterFile, command.data, with_descriptor);
    case 0x09:
      return select_path(current_directory_, command.data, with_descriptor);
    default:
      return sw::kWrongParameters;
  }
}

ResponseApdu MyEidCard::create_file(const CommandApdu& command) {
  auto made = read_template(command.data);
  if (!made.ok()) return made.error() == Error::not_supported ? sw::kFunctionNotSupported : sw::kWrongData;
  const CardFile* parent = directory(current_directory_);
  const bool is_directory = made->file.type == FileType::directory;
  if (parent == nullptr || made->id == kMasterFile) return sw::kConditionsNotSatisfied;
  if (!permitted(is_directory ? high(parent->acl[0]) : low(parent->acl[0]))) return sw::kSecurityNotSatisfied;
  const FileId id{current_directory_, made->id};
  if (state_.find(id) != nullptr || (is_directory && directory(made->id) != nullptr)) return sw::kFileExists;
  if (!state_.has_room_for(memory_cost(made->file))) return sw::kNoSpace;
  state_.files.emplace(id, std::move(made->file));
  ++state_.change_counter;
  if (!is_directory) current_file_ = id.file;
  return sw::kOk;
}

ResponseApdu MyEidCard::delete_file(const CommandApdu&) {
  const auto id = current_id();
  const CardFile* file = current();
  if (!id || file == nullptr || id->file == kMasterFile) return sw::kNoCurrentFile;
  if (!permitted(high(file->acl[1]))) return sw::kSecurityNotSatisfied;
  const bool is_directory = file->type == FileType::directory;
  if (is_directory)
    std::erase_if(state_.files, [&](const auto& entry) { return entry.first.directory == id->file; });
  state_.files.erase(*id);
  ++state_.change_counter;
  current_directory_ = id->directory;
  current_file_.reset();
  return sw::kOk;
}

ResponseApdu MyEidCard::read_binary(const CommandApdu& command) {
  const CardFile* file = current();
  if (file == nullptr || file->type != FileType::transparent) return sw::kNoCurrentFile;
  if (!permitted(high(file->acl[0]))) return sw::kSecurityNotSatisfied;
  const std::size_t offset = command.p1p2();
  if (offset > file->content.size()) return sw::kWrongOffset;
  const ByteView rest = ByteView(file->content).subspan(offset);
  const ByteView wanted = rest.first(std::min(rest.size(), command.le));
  return ResponseApdu(to_bytes(wanted),
                      wanted.size() < command.le && command.le != 256 ? sw::kEndOfFile : sw::kOk);
}

ResponseApdu MyEidCard::update_binary(const CommandApdu& command) {
  CardFile* file = current();
  if (file == nullptr || file->type != FileType::transparent) return sw::kNoCurrentFile;
  if (!permitted(low(file->acl[0]))) return sw::kSecurityNotSatisfied;
  const std::size_t offset = command.p1p2();
  if (offset + command.data.size() > file->content.size()) return sw::kNoSpace;
  std::copy(command.data.begin(), command.data.end(),
            file->content.begin() + static_cast<std::ptrdiff_t>(offset));
  ++state_.change_counter;
  return sw::kOk;
}

}  // namespace cardea::virtual_card

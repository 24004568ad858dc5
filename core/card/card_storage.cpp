// SPDX-License-Identifier: Apache-2.0
#include "core/card/card_storage.h"

#include <algorithm>
#include <optional>

#include "core/card/pkcs11_error.h"

namespace cardea::card {
namespace {

constexpr CK_BBOOL kOnToken = CK_TRUE;
constexpr std::string_view kApplication = "Cardea";
constexpr std::string_view kLabelPrefix = "cardea";
constexpr std::size_t kMaxName = 255;  // labels and applications of other programs
constexpr CK_ULONG kDataClass = CKO_DATA;

std::string label_of(std::uint8_t index) {
  std::string label(kLabelPrefix);
  label += static_cast<char>('0' + index / 10);
  label += static_cast<char>('0' + index % 10);
  return label;
}

std::optional<std::uint8_t> index_of(ByteView application, ByteView label) {
  if (as_text(application) != kApplication) return std::nullopt;
  const std::string_view text = as_text(label);
  for (std::uint8_t index = 0; index < kMaxCardObjects; ++index) {
    if (text == label_of(index)) return index;
  }
  return std::nullopt;
}

// "Full" has two faces (OpenSC: no memory for the file, or no room in the directory).
bool means_full(CK_RV rv) { return rv == CKR_DEVICE_MEMORY || rv == CKR_GENERAL_ERROR; }

}  // namespace

Result<TokenStorage::Contents> TokenStorage::search() const {
  TRY_ASSIGN(const auto objects, session_.find({attribute(CKA_CLASS, kDataClass)}));
  Contents contents;
  for (const CK_OBJECT_HANDLE object : objects) {
    const auto application = session_.read_attribute(object, CKA_APPLICATION, kMaxName);
    const auto label = session_.read_attribute(object, CKA_LABEL, kMaxName);
    for (const auto* part : {&application, &label}) {
      if (!part->ok() && part->error() == Error::card_removed) return part->failure();
    }
    std::optional<std::uint8_t> index;
    if (application.ok() && label.ok()) index = index_of(*application, *label);
    if (index) {
      contents.ours.push_back({*index, object});
    } else {
      ++contents.foreign;
    }
  }
  return contents;
}

std::vector<CK_OBJECT_HANDLE> TokenStorage::with_index(const Contents& contents, std::uint8_t index) {
  std::vector<CK_OBJECT_HANDLE> objects;
  for (const Found& found : contents.ours) {
    if (found.index == index) objects.push_back(found.object);
  }
  return objects;
}

Result<CardDirectory> TokenStorage::list() {
  TRY_ASSIGN(const Contents contents, search());
  CardDirectory directory;
  directory.foreign = static_cast<std::uint8_t>(std::min<std::size_t>(contents.foreign, 255));
  for (std::uint8_t index = 0; index < kMaxCardObjects; ++index) {
    const auto objects = with_index(contents, index);
    if (objects.empty()) continue;
    CardObject entry;
    entry.index = index;
    entry.state = ObjectState::unreadable;
    for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
      const auto value = session_.read_attribute(*object, CKA_VALUE, kMaxCardObjectBytes);
      if (!value.ok() && value.error() == Error::card_removed) return value.failure();
      if (!value.ok()) continue;
      entry.size = static_cast<std::uint32_t>(value->size());
      entry.state = objects.size() > 1 ? ObjectState::duplicate : ObjectState::whole;
      break;
    }
    directory.objects.push_back(entry);
  }
  return directory;
}

Result<Bytes> TokenStorage::read(std::uint8_t index) {
  if (index >= kMaxCardObjects) return Error::invalid_argument;
  TRY_ASSIGN(const Contents contents, search());
  const auto objects = with_index(contents, index);
  if (objects.empty()) return Error::not_found;
  for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
    auto value = session_.read_attribute(*object, CKA_VALUE, kMaxCardObjectBytes);
    if (value.ok() || value.error() == Error::card_removed) return value;
  }
  return fail(Error::corrupted, label_of(index));
}

Result<CK_OBJECT_HANDLE> TokenStorage::create(std::uint8_t index, ByteView content) {
  const std::string label = label_of(index);
  CK_ATTRIBUTE parts[] = {
      attribute(CKA_CLASS, kDataClass),      attribute(CKA_TOKEN, kOnToken),
      attribute(CKA_PRIVATE, kOnToken),      attribute(CKA_APPLICATION, as_bytes(kApplication)),
      attribute(CKA_LABEL, as_bytes(label)), attribute(CKA_VALUE, content)};
  CK_OBJECT_HANDLE object = 0;
  const CK_RV rv = session_.functions().C_CreateObject(session_.handle(), parts,
                                                       static_cast<CK_ULONG>(std::size(parts)), &object);
  if (rv == CKR_OK) return object;
  Failure failure = session_.failure(rv, "C_CreateObject");
  if (failure.error == Error::card_removed) return failure;
  if (means_full(rv)) failure.error = Error::card_full;
  return failure;
}

// Creates and reads back: a full disk below SoftHSM and the 33rd object of OpenSC both answer CKR_OK.
Status TokenStorage::create_checked(std::uint8_t index, ByteView content) {
  TRY_ASSIGN(const CK_OBJECT_HANDLE object, create(index, content));
  const auto stored = session_.read_attribute(object, CKA_VALUE, kMaxCardObjectBytes);
  if (stored.ok() && std::equal(stored->begin(), stored->end(), content.begin(), content.end())) return {};
  if (!stored.ok() && stored.error() == Error::card_removed) return stored.failure();
  (void)destroy(object);
  return fail(Error::card_fault, "object not stored as written");
}

Status TokenStorage::destroy(CK_OBJECT_HANDLE object) {
  const CK_RV rv = session_.functions().C_DestroyObject(session_.handle(), object);
  if (rv == CKR_OK) return {};
  spoiled_ = true;
  return session_.failure(rv, "C_DestroyObject");
}

// A card pulled in the middle of a destroy may list an object whose file is gone. OpenSC can't remove it any
// more; it holds nothing, so it hinders nothing but its slot. It is read before, because nobody may touch an
// object that was not destroyed (`spoiled`).
Status TokenStorage::destroy_or_leave_ghost(CK_OBJECT_HANDLE object) {
  const auto value = session_.read_attribute(object, CKA_VALUE, kMaxCardObjectBytes);
  if (!value.ok() && value.error() == Error::card_removed) return value.failure();
  Status destroyed = destroy(object);
  if (!value.ok() && !destroyed.ok() && destroyed.error() == Error::card_fault) return {};
  return destroyed;
}

// A 33rd object must never be: the old one goes first, and comes back when the new one does not fit.
Status TokenStorage::replace_in_place(std::uint8_t index, CK_OBJECT_HANDLE old, ByteView content) {
  const auto before = session_.read_attribute(old, CKA_VALUE, kMaxCardObjectBytes);
  TRY(destroy(old));
  Status written = create_checked(index, content);
  if (written.ok() || written.error() != Error::card_full || !before.ok()) return written;
  TRY(create_checked(index, *before));
  return written;
}

Status TokenStorage::write(std::uint8_t index, ByteView content) {
  if (index >= kMaxCardObjects || content.empty()) return Error::invalid_argument;
  if (content.size() > kMaxCardObjectBytes) return Error::record_too_large;
  TRY_ASSIGN(const Contents contents, search());
  auto old = with_index(contents, index);
  std::size_t total = contents.ours.size() + contents.foreign;
  // More than one is left by a card that was pulled; the newest counts.
  while (old.size() > 1 && total >= kMaxCardObjects) {
    TRY(destroy(old.front()));
    old.erase(old.begin());
    --total;
  }
  if (total >= kMaxCardObjects) {
    if (old.empty()) return fail(Error::card_full, "32 objects");
    return replace_in_place(index, old.front(), content);
  }
  TRY(create_checked(index, content));
  for (const CK_OBJECT_HANDLE object : old)
    TRY(destroy_or_leave_ghost(object));
  return {};
}

Status TokenStorage::remove(std::uint8_t index) {
  if (index >= kMaxCardObjects) return Error::invalid_argument;
  TRY_ASSIGN(const Contents contents, search());
  const auto objects = with_index(contents, index);
  if (objects.empty()) return Error::not_found;
  for (const CK_OBJECT_HANDLE object : objects)
    TRY(destroy_or_leave_ghost(object));
  return {};
}

}  // namespace cardea::card

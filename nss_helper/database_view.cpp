// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_view.h"

namespace cardea::nss {
namespace {

bool is_bucket_count(std::uint32_t count) noexcept {
  return std::has_single_bit(count) && count <= kMaxBuckets;
}

// A question by name has proved its name; one by id or order has not: an account that is called "root" passes
// where programs go by names.
bool has_permitted_name(const Record& record) noexcept {
  NameKey key;
  return key.set(record.name);
}

const char* as_char(const std::uint8_t* bytes) noexcept { return reinterpret_cast<const char*>(bytes); }

}  // namespace

bool DatabaseView::open(const std::uint8_t* data, std::uint64_t size) noexcept {
  if (size < kHeaderBytes || size > kMaxFileBytes) return false;
  if (std::memcmp(data, kMagic.data(), kMagic.size()) != 0 || load32(data + 8) != kFormatVersion)
    return false;
  if (load64(data + kHeaderChecked) != check_of(0, 0, load64(data), data, kHeaderChecked)) return false;
  if (load64(data + 24) != size) return false;
  const std::uint32_t name_buckets = load32(data + 56);
  const std::uint32_t id_buckets = load32(data + 60);
  if (!is_bucket_count(name_buckets) || !is_bucket_count(id_buckets)) return false;
  const std::uint64_t records = kHeaderBytes + (std::uint64_t{name_buckets} + id_buckets) * kBucketBytes;
  if (records > size) return false;
  data_ = data;
  size_ = size;
  seed_ = load64(data + 16);
  records_ = records;
  name_mask_ = name_buckets - 1;
  id_mask_ = id_buckets - 1;
  return true;
}

bool DatabaseView::bucket_passes(std::uint32_t number) const noexcept {
  const std::uint64_t offset = kHeaderBytes + std::uint64_t{number} * kBucketBytes;
  if (offset + kBucketBytes > records_) return false;
  const std::uint64_t head = load64(data_ + offset);
  return head >> 32 == check_of(seed_, offset, head & 0xffffffff, data_ + offset, kBucketBytes) >> 32;
}

template <typename Match>
Lookup DatabaseView::find(std::uint64_t index, std::uint32_t mask, std::uint64_t hash, std::uint32_t tag,
                          Record& out, const Match& match) const noexcept {
  auto number = static_cast<std::uint32_t>(hash) & mask;
  for (unsigned probe = 0; probe < kMaxProbes; ++probe, number = (number + 1) & mask) {
    const std::uint64_t offset = index + std::uint64_t{number} * kBucketBytes;
    const std::uint8_t* bucket = data_ + offset;
    const std::uint64_t head = load64(bucket);
    if (head >> 32 != check_of(seed_, offset, head & 0xffffffff, bucket, kBucketBytes) >> 32)
      return Lookup::damaged;
    for (unsigned slot = 0; slot < kSlotsOfBucket; ++slot) {
      const std::uint8_t* entry = bucket + 8 + 8 * slot;
      const std::uint32_t place = load32(entry + 4);
      if (place == 0) break;  // slots are filled from the first
      if (load32(entry) != tag) continue;
      if (!record_at(std::uint64_t{place} * kRecordUnit, out)) return Lookup::damaged;
      if (match(out)) return Lookup::found;
    }
    if ((head & kBucketOverflowed) == 0) return Lookup::absent;
  }
  return Lookup::damaged;  // the writer never makes such a chain
}

Lookup DatabaseView::by_name(const NameKey& name, Record& out) const noexcept {
  const std::uint64_t hash = name.hash(seed_);
  return find(kHeaderBytes, name_mask_, hash, static_cast<std::uint32_t>(hash >> 32), out,
              [&](const Record& record) {
                return record.name.size() == name.size() &&
                       std::memcmp(record.name.data(), name.data(), name.size()) == 0;
              });
}

Lookup DatabaseView::by_id(std::uint32_t id, Record& out) const noexcept {
  const std::uint64_t index = kHeaderBytes + (std::uint64_t{name_mask_} + 1) * kBucketBytes;
  const Lookup lookup = find(index, id_mask_, hash_of_id(seed_, id), id, out,
                             [&](const Record& record) { return record.id == id; });
  return lookup == Lookup::found && !has_permitted_name(out) ? Lookup::damaged : lookup;
}

bool DatabaseView::record_at(std::uint64_t offset, Record& out) const noexcept {
  if (offset < records_ || offset > size_ - kRecordFixedBytes || offset % kRecordUnit != 0) return false;
  const std::uint8_t* record = data_ + offset;
  const std::uint32_t size = load32(record + 8);
  if (size < kRecordFixedBytes || size > kMaxRecordBytes || size % kRecordUnit != 0 || size > size_ - offset)
    return false;
  if (load64(record) != check_of(seed_, offset, 0, record, size)) return false;
  out.place = static_cast<std::uint32_t>(offset / kRecordUnit);
  out.size = size;
  out.id = load32(record + 16);
  const std::size_t name_size = load16(record + 14);
  if (!is_our_id(out.id) || name_size == 0 || name_size > kMaxNameBytes) return false;
  out.kind = static_cast<RecordKind>(record[12]);
  if (out.kind == RecordKind::account) return read_account(record, name_size, out);
  if (out.kind == RecordKind::group) return read_group(record, name_size, out);
  return false;
}

bool DatabaseView::read_account(const std::uint8_t* record, std::size_t name_size,
                                Record& out) const noexcept {
  // The private group's gid is stored and must be the uid: a missing gid would be 0, the group root.
  if (load32(record + 20) != out.id) return false;
  out.comment_size = load16(record + 24);
  out.home_size = load16(record + 26);
  const std::size_t shell_size = load16(record + 28);
  out.count = load16(record + 30);
  out.groups = record + kRecordFixedBytes;
  const std::size_t texts_at = kRecordFixedBytes + 4 * std::size_t{out.count};
  const std::size_t texts_size = name_size + out.comment_size + out.home_size + shell_size + 4;
  if (texts_at + texts_size > out.size) return false;
  out.texts = {as_char(record + texts_at), texts_size};
  out.name = {out.texts.data(), name_size};
  const std::size_t comment_end = name_size + 1 + out.comment_size;
  const std::size_t home_end = comment_end + 1 + out.home_size;
  return out.texts[name_size] == '\0' && out.texts[comment_end] == '\0' && out.texts[home_end] == '\0' &&
         out.texts[texts_size - 1] == '\0';
}

bool DatabaseView::read_group(const std::uint8_t* record, std::size_t name_size, Record& out) const noexcept {
  out.count = load32(record + 20);
  const std::size_t members_size = load32(record + 24);
  if (members_size > out.size || kRecordFixedBytes + name_size + 1 + members_size > out.size) return false;
  const char* name = as_char(record + kRecordFixedBytes);
  out.name = {name, name_size};
  out.texts = {name + name_size + 1, members_size};
  out.groups = nullptr;
  return name[name_size] == '\0' && (members_size == 0 || out.texts[members_size - 1] == '\0') &&
         out.count <= members_size / 2;  // a member is a character and a zero byte at least
}

Lookup DatabaseView::next(std::uint64_t& cursor, Record& out) const noexcept {
  const auto last_id = static_cast<std::uint32_t>(cursor);
  std::uint64_t offset = records_;
  // The cursor's record proves by its check value, whose seed is this file's own, that the place is right.
  if (cursor != 0 && record_at((cursor >> 32) * kRecordUnit, out) && out.id == last_id)
    offset = (cursor >> 32) * kRecordUnit + out.size;
  while (offset < size_) {
    if (!record_at(offset, out)) return Lookup::damaged;
    if (out.id > last_id) {
      if (!has_permitted_name(out)) return Lookup::damaged;
      cursor = (std::uint64_t{out.place} << 32) | out.id;
      return Lookup::found;
    }
    offset += out.size;
  }
  return Lookup::absent;
}

}  // namespace cardea::nss

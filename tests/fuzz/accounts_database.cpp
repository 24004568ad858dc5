// SPDX-License-Identifier: Apache-2.0
// Accounts databases that anybody may have written: as they are, and with every check value made right, so
// that the code behind the checks is reached. Nothing may be read outside the bytes, no answer may be
// somebody else's, and no answer may carry an id outside the range.
#include <cstdlib>
#include <memory>
#include <vector>

#include "core/base/bytes.h"
#include "nss_helper/answer.h"
#include "nss_helper/database_check.h"
#include "nss_helper/database_view.h"

namespace {

using namespace cardea;
using namespace cardea::nss;

void store(std::uint8_t* at, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    at[i] = static_cast<std::uint8_t>(value >> (8 * (bytes - 1 - i)));
}

void require(bool holds) {
  if (!holds) std::abort();
}

// In buffers of exactly their size, so that a byte too many is seen.
void fill_all(const Record& record) {
  for (std::size_t size = 0; size < 2000; size = size * 2 + 1) {
    const std::unique_ptr<char[]> buffer(new char[size]);
    struct group group {};
    if (fill_group(record, group, buffer.get(), size)) {
      require(is_our_id(group.gr_gid) && record.name == group.gr_name);
      for (char** member = group.gr_mem; *member != nullptr; ++member)
        require(*member >= buffer.get() && *member < buffer.get() + size);
    }
    struct passwd passwd {};
    if (record.kind != RecordKind::account || !fill_passwd(record, passwd, buffer.get(), size)) continue;
    require(is_our_id(passwd.pw_uid) && passwd.pw_gid == passwd.pw_uid);
    require(passwd.pw_shell < buffer.get() + size);
  }
}

void ask(const DatabaseView& view) {
  Record record;
  for (const char* name : {"alice", "bob", "pilots", "dave", "a"}) {
    NameKey key;
    require(key.set(name));
    if (view.by_name(key, record) != Lookup::found) continue;
    require(record.name == name);
    fill_all(record);
  }
  for (const std::uint32_t id : {kFirstId, kFirstId + 1, kFirstId + 2, kLastId}) {
    if (view.by_id(id, record) != Lookup::found) continue;
    require(record.id == id);
    fill_all(record);
  }
  std::uint64_t cursor = 0;
  std::uint32_t last = 0;
  for (unsigned i = 0; i < 1000 && view.next(cursor, record) == Lookup::found; ++i) {
    require(record.id > last);
    last = record.id;
    fill_all(record);
    std::uint64_t elsewhere = (std::uint64_t{record.size} << 32) | record.id;
    (void)view.next(elsewhere, record);
  }
}

void judge(ByteView file) {
  // On the heap, in its own size: the sanitizer sees what is read beside it.
  const Bytes copy(file.begin(), file.end());
  (void)check_database(copy);
  DatabaseView view;
  if (view.open(copy.data(), copy.size())) ask(view);
}

// The check values of header, buckets and records, as far as the records' sizes lead.
Bytes with_right_checks(ByteView input) {
  Bytes file(input.begin(), input.end());
  if (file.size() < kHeaderBytes) return file;
  std::copy(kMagic.begin(), kMagic.end(), file.begin());
  store(file.data() + 8, kFormatVersion, 4);
  store(file.data() + 24, file.size(), 8);
  store(file.data() + 56, 1u << (file[59] % 4), 4);
  store(file.data() + 60, 1u << (file[63] % 4), 4);
  store(file.data() + kHeaderChecked, check_of(0, 0, load64(file.data()), file.data(), kHeaderChecked), 8);
  const std::uint64_t seed = load64(file.data() + 16);
  const std::size_t records =
      kHeaderBytes + (std::size_t{load32(file.data() + 56)} + load32(file.data() + 60)) * kBucketBytes;
  std::size_t at = kHeaderBytes;
  for (; at + kBucketBytes <= file.size() && at < records; at += kBucketBytes) {
    std::uint8_t* bucket = file.data() + at;
    store(bucket, check_of(seed, at, load64(bucket) & 0xffffffff, bucket, kBucketBytes) >> 32, 4);
  }
  while (at + kRecordFixedBytes <= file.size()) {
    std::uint8_t* record = file.data() + at;
    const std::size_t size = load32(record + 8);
    if (size < kRecordFixedBytes || size % kRecordUnit != 0 || size > file.size() - at) break;
    store(record, check_of(seed, at, 0, record, size), 8);
    at += size;
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  judge({data, size});
  judge(with_right_checks({data, size}));
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_image.h"

#include <algorithm>
#include <unordered_map>

namespace cardea::nss {
namespace {

void store16(std::uint8_t* at, std::size_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}
void store32(std::uint8_t* at, std::uint64_t value) {
  store16(at, static_cast<std::uint16_t>(value >> 16));
  store16(at + 2, static_cast<std::uint16_t>(value));
}
void store64(std::uint8_t* at, std::uint64_t value) {
  store32(at, value >> 32);
  store32(at + 4, value & 0xffffffff);
}

constexpr std::size_t rounded_up(std::size_t size) {
  return (size + kRecordUnit - 1) / kRecordUnit * kRecordUnit;
}

// The second name stands in as many buckets as are needed; entries go into the first bucket with room behind
// their own, and every full bucket on the way says that the search has to go on.
class Index {
 public:
  explicit Index(std::uint32_t buckets) : buckets_(buckets), bytes_(std::size_t{buckets} * kBucketBytes) {}

  bool add(std::uint64_t hash, std::uint32_t tag, std::uint32_t place) {
    auto number = static_cast<std::uint32_t>(hash) & (buckets_ - 1);
    for (unsigned probe = 0; probe < kMaxProbes && probe < buckets_;
         ++probe, number = (number + 1) & (buckets_ - 1)) {
      std::uint8_t* bucket = bytes_.data() + std::size_t{number} * kBucketBytes;
      for (unsigned slot = 0; slot < kSlotsOfBucket; ++slot) {
        std::uint8_t* entry = bucket + 8 + 8 * slot;
        if (load32(entry + 4) != 0) continue;
        store32(entry, tag);
        store32(entry + 4, place);
        return true;
      }
      store32(bucket + 4, kBucketOverflowed);
    }
    return false;
  }

  // At `offset` of the file, with the check values of that place.
  void put(Bytes& file, std::uint64_t offset, std::uint64_t seed) {
    for (std::uint32_t number = 0; number < buckets_; ++number) {
      std::uint8_t* bucket = bytes_.data() + std::size_t{number} * kBucketBytes;
      const std::uint64_t at = offset + std::uint64_t{number} * kBucketBytes;
      store32(bucket, check_of(seed, at, load64(bucket) & 0xffffffff, bucket, kBucketBytes) >> 32);
    }
    std::copy(bytes_.begin(), bytes_.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
  }

 private:
  std::uint32_t buckets_;
  Bytes bytes_;
};

struct Entry {
  std::uint32_t id = 0;
  std::string_view name;
  std::size_t size = 0;  // of the record
  std::uint64_t at = 0;  // offset in the file
  const Account* account = nullptr;
  const Group* group = nullptr;
};

using Memberships = std::unordered_map<std::string_view, std::vector<std::uint32_t>>;

Memberships memberships_of(const AccountList& list) {
  Memberships out;
  for (const Group& group : list.groups) {
    for (const std::string& member : group.members)
      out[member].push_back(group.gid);
  }
  return out;
}

const std::vector<std::uint32_t>& groups_of(const Memberships& memberships, const std::string& name) {
  static const std::vector<std::uint32_t> none;
  const auto found = memberships.find(name);
  return found == memberships.end() ? none : found->second;
}

std::size_t members_size(const Group& group) {
  std::size_t size = 0;
  for (const std::string& member : group.members)
    size += member.size() + 1;
  return size;
}

std::vector<Entry> entries_of(const AccountList& list, const Memberships& memberships) {
  std::vector<Entry> out;
  out.reserve(list.accounts.size() + list.groups.size());
  for (const Account& account : list.accounts) {
    const std::size_t texts =
        account.name.size() + account.comment.size() + account.home.size() + account.shell.size() + 4;
    const std::size_t gids = 4 * groups_of(memberships, account.name).size();
    out.push_back(
        {account.uid, account.name, rounded_up(kRecordFixedBytes + gids + texts), 0, &account, nullptr});
  }
  for (const Group& group : list.groups) {
    const std::size_t size = kRecordFixedBytes + group.name.size() + 1 + members_size(group);
    out.push_back({group.gid, group.name, rounded_up(size), 0, nullptr, &group});
  }
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
  return out;
}

std::uint8_t* put_text(std::uint8_t* at, std::string_view text) {
  at = std::copy(text.begin(), text.end(), at);
  *at++ = 0;
  return at;
}

void put_record(std::uint8_t* record, const Entry& entry, const Memberships& memberships,
                std::uint64_t seed) {
  store32(record + 8, entry.size);
  store16(record + 14, entry.name.size());
  store32(record + 16, entry.id);
  std::uint8_t* at = record + kRecordFixedBytes;
  if (const Account* account = entry.account; account != nullptr) {
    const auto& gids = groups_of(memberships, account->name);
    record[12] = static_cast<std::uint8_t>(RecordKind::account);
    store32(record + 20, entry.id);
    store16(record + 24, account->comment.size());
    store16(record + 26, account->home.size());
    store16(record + 28, account->shell.size());
    store16(record + 30, gids.size());
    for (const std::uint32_t gid : gids) {
      store32(at, gid);
      at += 4;
    }
    for (const std::string* text : {&account->name, &account->comment, &account->home, &account->shell})
      at = put_text(at, *text);
  } else {
    record[12] = static_cast<std::uint8_t>(RecordKind::group);
    store32(record + 20, entry.group->members.size());
    store32(record + 24, members_size(*entry.group));
    at = put_text(at, entry.name);
    for (const std::string& member : entry.group->members)
      at = put_text(at, member);
  }
  store64(record, check_of(seed, entry.at, 0, record, entry.size));
}

void put_header(Bytes& file, const AccountList& list, const ImageHead& head, std::uint32_t name_buckets,
                std::uint32_t id_buckets) {
  std::uint8_t* at = file.data();
  std::copy(kMagic.begin(), kMagic.end(), at);
  store32(at + 8, kFormatVersion);
  store64(at + 16, head.seed);
  store64(at + 24, file.size());
  store64(at + 32, head.generation);
  store64(at + 40, head.written_at);
  store32(at + 48, list.accounts.size());
  store32(at + 52, list.groups.size());
  store32(at + 56, name_buckets);
  store32(at + 60, id_buckets);
  store64(at + kHeaderChecked, check_of(0, 0, load64(at), at, kHeaderChecked));
}

// Fills an index of the smallest size that holds everything in short chains. `add` adds entry to index.
template <typename Add>
Result<Index> make_index(std::uint32_t buckets, const std::vector<Entry>& entries, const Add& add) {
  Index index(buckets);
  for (const Entry& entry : entries) {
    if (!add(index, entry)) return fail(Error::limit_exceeded, "an index chain is too long");
  }
  return index;
}

// Half full on average, so that hardly any look-up needs a second bucket.
std::uint32_t buckets_for(std::size_t entries) {
  return std::bit_ceil(static_cast<std::uint32_t>(std::max<std::size_t>(1, (entries + 3) / 4)));
}

}  // namespace

Result<Bytes> make_image(const AccountList& list, const ImageHead& head) {
  const Memberships memberships = memberships_of(list);
  std::vector<Entry> entries = entries_of(list, memberships);
  const auto add_name = [&](Index& index, const Entry& entry) {
    NameKey key;
    if (!key.set(entry.name)) return false;
    const std::uint64_t hash = key.hash(head.seed);
    return index.add(hash, static_cast<std::uint32_t>(hash >> 32),
                     static_cast<std::uint32_t>(entry.at / kRecordUnit));
  };
  const auto add_id = [&](Index& index, const Entry& entry) {
    return index.add(hash_of_id(head.seed, entry.id), entry.id,
                     static_cast<std::uint32_t>(entry.at / kRecordUnit));
  };
  for (std::uint32_t buckets = buckets_for(entries.size()); buckets <= kMaxBuckets; buckets *= 2) {
    std::uint64_t end = kHeaderBytes + 2 * std::uint64_t{buckets} * kBucketBytes;
    for (Entry& entry : entries) {
      if (entry.size > kMaxRecordBytes) return fail(Error::limit_exceeded, "a group has too many members");
      entry.at = end;
      end += entry.size;
    }
    if (end > kMaxFileBytes) return fail(Error::limit_exceeded, "the accounts database would be too large");
    auto names = make_index(buckets, entries, add_name);
    auto ids = make_index(buckets, entries, add_id);
    if (!names.ok() || !ids.ok()) continue;
    Bytes file(end);
    put_header(file, list, head, buckets, buckets);
    names->put(file, kHeaderBytes, head.seed);
    ids->put(file, kHeaderBytes + std::uint64_t{buckets} * kBucketBytes, head.seed);
    for (const Entry& entry : entries)
      put_record(file.data() + entry.at, entry, memberships, head.seed);
    return file;
  }
  return fail(Error::limit_exceeded, "the accounts database has no index that holds all names");
}

}  // namespace cardea::nss

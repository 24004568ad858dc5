// SPDX-License-Identifier: Apache-2.0
// The accounts database as numbers: sizes, limits, places of fields, the hash
// (docs/spec/accounts-database.md). Used by the reader inside other people's programs and by the writer
// inside the daemon, so nothing here needs a C++ library at run time.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cardea::nss {

// Ids that no other allocator claims (spec, section "Ids"). The reader answers nothing outside this range.
inline constexpr std::uint32_t kFirstId = 2000200001;
inline constexpr std::uint32_t kLastId = 2147352575;
constexpr bool is_our_id(std::uint32_t id) noexcept { return id >= kFirstId && id <= kLastId; }

inline constexpr std::string_view kMagic = "CARDEADB";
inline constexpr std::uint32_t kFormatVersion = 1;

inline constexpr std::size_t kMaxAccounts = 2'000'000;
inline constexpr std::size_t kMaxGroups = 65'536;
inline constexpr std::size_t kMaxNameBytes = 64;
inline constexpr std::size_t kMaxTextBytes = 255;  // comment, home, shell: each
inline constexpr std::size_t kMaxGroupsOfAccount = 1'024;
inline constexpr std::size_t kMaxMembersOfGroup = 65'536;
inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{4} << 30;

// Header
inline constexpr std::size_t kHeaderBytes = 256;
inline constexpr std::size_t kHeaderChecked = 64;  // the bytes under the check value, which follows them
inline constexpr std::size_t kReplacedOffset = 128;

// Index: buckets of one cache line
inline constexpr std::size_t kBucketBytes = 64;
inline constexpr unsigned kSlotsOfBucket = 7;
inline constexpr std::uint32_t kBucketOverflowed = 1;
inline constexpr unsigned kMaxProbes =
    32;  // buckets looked at for one key; the writer enlarges the index before
inline constexpr std::uint32_t kMaxBuckets = 1u << 21;

// Records
inline constexpr std::size_t kRecordUnit = 32;  // records begin and end at multiples of it
inline constexpr std::size_t kRecordFixedBytes = 32;
inline constexpr std::size_t kMaxRecordBytes = 8u << 20;  // above the largest group there can be
enum class RecordKind : std::uint8_t { account = 1, group = 2 };

inline std::uint16_t load16(const std::uint8_t* at) noexcept {
  return static_cast<std::uint16_t>((at[0] << 8) | at[1]);
}
inline std::uint32_t load32(const std::uint8_t* at) noexcept {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
}
inline std::uint64_t load64(const std::uint8_t* at) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

// Odd constants with well mixed bits (the golden ratio, and primes that xxHash uses for the same purpose).
inline constexpr std::array<std::uint64_t, 4> kLanes{0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F,
                                                     0x165667B19E3779F9, 0xD6E8FEB86659FD93};

__extension__ using Uint128 = unsigned __int128;

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Hash of `blocks` times 32 bytes, of which the first 8 count as `first`: there the check value stands.
// Four lanes, so that the multiplications overlap: this runs over every record at every look-up.
inline std::uint64_t hash_blocks(std::uint64_t seed, std::uint64_t first, const std::uint8_t* data,
                                 std::size_t blocks) noexcept {
  std::uint64_t a = seed ^ kLanes[0];
  std::uint64_t b = seed ^ kLanes[1];
  std::uint64_t c = seed ^ kLanes[2];
  std::uint64_t d = seed ^ kLanes[3];
  std::uint64_t word = first;
  for (std::size_t i = 0; i < blocks; ++i, data += 32) {
    if (i != 0) word = load64(data);
    a = mix(a ^ word, kLanes[3]);
    b = mix(b ^ load64(data + 8), kLanes[2]);
    c = mix(c ^ load64(data + 16), kLanes[1]);
    d = mix(d ^ load64(data + 24), kLanes[0]);
  }
  return mix(a ^ mix(c, kLanes[0]), b ^ mix(d, kLanes[1]));
}

// The place is part of the check: a bucket or record that stands where it does not belong does not pass.
inline std::uint64_t check_of(std::uint64_t seed, std::uint64_t offset, std::uint64_t first,
                              const std::uint8_t* data, std::size_t bytes) noexcept {
  return hash_blocks(seed + offset, first, data, bytes / 32);
}

inline std::uint64_t hash_of_id(std::uint64_t seed, std::uint32_t id) noexcept {
  return mix((seed ^ kLanes[1]) + id, kLanes[0]);
}

// A name that can be in a database: 1 to 64 of [A-Za-z0-9_.@-], not beginning with '-' or '.', not digits
// only, and neither of the two names that every computer has. Also a key ready for hashing: the name in zero
// bytes.
class NameKey {
 public:
  // False for any other text; `name` ends with a zero byte or after kMaxNameBytes + 1 characters.
  bool set(const char* name) noexcept;
  bool set(std::string_view name) noexcept;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    const std::size_t blocks = size_ > 32 ? 2 : 1;
    return hash_blocks(seed + size_, load64(bytes_), bytes_, blocks);
  }
  [[nodiscard]] const std::uint8_t* data() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::size_t size_ = 0;
  alignas(8) std::uint8_t bytes_[kMaxNameBytes];
};

namespace detail {
enum : std::uint8_t { kNotInNames = 0, kInNames = 1, kNotFirst = 2, kDigit = 4 };
inline constexpr std::array<std::uint8_t, 256> kNameCharacters = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 'a'; c <= 'z'; ++c)
    table[c] = kInNames;
  for (unsigned c = 'A'; c <= 'Z'; ++c)
    table[c] = kInNames;
  for (unsigned c = '0'; c <= '9'; ++c)
    table[c] = kInNames | kDigit;
  table['_'] = table['@'] = kInNames;
  table['.'] = table['-'] = kInNames | kNotFirst;
  return table;
}();
}  // namespace detail

inline bool NameKey::set(std::string_view name) noexcept {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  std::memset(bytes_, 0, sizeof bytes_);
  std::uint8_t all = 0xff;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(name[i]);
    bytes_[i] = byte;
    all = static_cast<std::uint8_t>(all & detail::kNameCharacters[byte]);
  }
  size_ = name.size();
  const bool permitted = (all & detail::kInNames) != 0 && (all & detail::kDigit) == 0 &&
                         (detail::kNameCharacters[bytes_[0]] & detail::kNotFirst) == 0;
  return permitted && name != "root" && name != "nobody";
}

inline bool NameKey::set(const char* name) noexcept {
  std::size_t size = 0;
  while (size <= kMaxNameBytes && name[size] != '\0')
    ++size;
  return set(std::string_view(name, size));
}

}  // namespace cardea::nss

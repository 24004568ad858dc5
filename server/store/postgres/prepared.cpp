// SPDX-License-Identifier: Apache-2.0
#include "server/store/postgres/prepared.h"

#include <limits>

namespace cardea::server::postgres {
namespace {

// From PostgreSQL's catalogue pg_type; they never change.
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;

constexpr int kBinary = 1;
constexpr std::array<int, 24> kAllBinary = [] {
  std::array<int, 24> formats{};
  formats.fill(kBinary);
  return formats;
}();

// ?1 is $1 there; our statements have no other question mark.
std::string with_dollars(std::string_view sql) {
  std::string out(sql);
  for (char& c : out)
    if (c == '?') c = '$';
  return out;
}

}  // namespace

Prepared::Prepared(Connection& connection, std::string_view sql, std::string name)
    : connection_(connection), sql_(with_dollars(sql)), name_(std::move(name)) {
  static_assert(kAllBinary.size() == kMaxParameters);
}

void Prepared::bind(int index, Oid type, const void* data, std::size_t size) noexcept {
  if (index < 1 || index > kMaxParameters || size > std::numeric_limits<int>::max()) {
    bind_failed_ = true;
    return;
  }
  const auto slot = static_cast<std::size_t>(index - 1);
  // The type is fixed when the statement is prepared; until then NULL has none.
  if (!prepared_ && type != 0) types_[slot] = type;
  if (prepared_ && type != 0 && types_[slot] != 0 && types_[slot] != type) bind_failed_ = true;
  values_[slot] = static_cast<const char*>(data);
  sizes_[slot] = static_cast<int>(size);
  count_ = std::max(count_, index);
}

void Prepared::bind_blob(int index, ByteView value) noexcept {
  // A null pointer would be NULL; an empty blob is a value.
  bind(index, kBytea, value.empty() ? static_cast<const void*>("") : value.data(), value.size());
}

void Prepared::bind_text(int index, std::string_view value) noexcept {
  bind(index, kText, value.empty() ? "" : value.data(), value.size());
}

void Prepared::bind_number(int index, std::int64_t value) noexcept {
  if (index < 1 || index > kMaxParameters) {
    bind_failed_ = true;
    return;
  }
  auto& bytes = numbers_[static_cast<std::size_t>(index - 1)];
  auto rest = static_cast<std::uint64_t>(value);
  for (std::size_t i = bytes.size(); i-- > 0; rest >>= 8)
    bytes[i] = static_cast<char>(rest & 0xff);
  bind(index, kInt8, bytes.data(), bytes.size());
}

void Prepared::bind_null(int index) noexcept { bind(index, 0, nullptr, 0); }

Status Prepared::prepare() {
  if (libpq().send_prepare(connection_.handle_.get(), name_.c_str(), sql_.c_str(), count_, types_.data()) ==
      0)
    return connection_.broken("");
  TRY(connection_.receive());
  prepared_ = true;
  return {};
}

Status Prepared::run() {
  if (bind_failed_) return fail(Error::internal, "database: a parameter that can't be");
  if (!connection_.usable()) return fail(Error::io_failed, "database: the connection is broken");
  TRY(connection_.check_timeline());
  if (!prepared_) TRY(prepare());
  if (libpq().send_prepared(connection_.handle_.get(), name_.c_str(), count_, values_.data(), sizes_.data(),
                            kAllBinary.data(), kBinary) == 0) {
    return connection_.broken("");
  }
  TRY_ASSIGN(result_, connection_.receive());
  row_ = -1;
  return {};
}

Result<bool> Prepared::step() {
  if (!result_) TRY(run());
  return ++row_ < libpq().rows(result_.get());
}

void Prepared::reset() noexcept {
  result_.reset();
  bind_failed_ = false;
  count_ = 0;
}

ByteView Prepared::bytes_at(int column) const noexcept {
  const auto* data = reinterpret_cast<const std::uint8_t*>(libpq().value(result_.get(), row_, column));
  const int size = libpq().length(result_.get(), row_, column);
  return data == nullptr || size <= 0 ? ByteView{} : ByteView(data, static_cast<std::size_t>(size));
}

// count() and our columns are int8, length() is int4.
std::int64_t Prepared::number_at(int column) const noexcept {
  const ByteView bytes = bytes_at(column);
  if (bytes.empty() || bytes.size() > 8) return 0;
  std::uint64_t value = (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const std::uint8_t byte : bytes)
    value = value << 8 | byte;
  return static_cast<std::int64_t>(value);
}

bool Prepared::null_at(int column) const noexcept {
  return libpq().is_null(result_.get(), row_, column) != 0;
}

}  // namespace cardea::server::postgres

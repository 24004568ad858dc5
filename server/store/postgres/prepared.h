// SPDX-License-Identifier: Apache-2.0
// A statement that PostgreSQL keeps prepared: its parameters and its rows in binary form. Made by
// connection.cpp.
#pragma once

#include <array>

#include "server/store/postgres/connection.h"

namespace cardea::server::postgres {

class Prepared final : public sql::Prepared {
 public:
  // `sql` has ?1, ?2, ...; `name` is the connection's.
  Prepared(Connection& connection, std::string_view sql, std::string name);

  void bind_blob(int index, ByteView value) noexcept override;
  void bind_text(int index, std::string_view value) noexcept override;
  void bind_number(int index, std::int64_t value) noexcept override;
  void bind_null(int index) noexcept override;
  Result<bool> step() override;
  void reset() noexcept override;
  [[nodiscard]] ByteView bytes_at(int column) const noexcept override;
  [[nodiscard]] std::int64_t number_at(int column) const noexcept override;
  [[nodiscard]] bool null_at(int column) const noexcept override;

 private:
  // The widest table has 17 columns.
  static constexpr int kMaxParameters = 24;
  void bind(int index, Oid type, const void* data, std::size_t size) noexcept;
  Status run();
  Status prepare();

  Connection& connection_;
  std::string sql_;
  std::string name_;
  bool prepared_ = false;
  bool bind_failed_ = false;
  int count_ = 0;
  std::array<Oid, kMaxParameters> types_{};
  std::array<const char*, kMaxParameters> values_{};
  std::array<int, kMaxParameters> sizes_{};
  std::array<std::array<char, 8>, kMaxParameters> numbers_{};
  ResultHandle result_;
  int row_ = -1;
};

}  // namespace cardea::server::postgres

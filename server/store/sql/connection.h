// SPDX-License-Identifier: Apache-2.0
// A connection to a database with cached statements, as the commands of the stores use it: sqlite/ and
// postgres/ implement it, the statements in this folder are for both. They are SQL that both engines read the
// same way; parameters are ?1, ?2, ... and each is a blob, a text or a 64-bit number. A connection belongs to
// one thread at a time.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace cardea::server::sql {

// A statement as its engine keeps it. What is bound must outlive the steps; a bind that fails shows at
// step().
class Prepared {
 public:
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  virtual ~Prepared() = default;

  // `index` counts from 1.
  virtual void bind_blob(int index, ByteView value) noexcept = 0;
  virtual void bind_text(int index, std::string_view value) noexcept = 0;
  virtual void bind_number(int index, std::int64_t value) noexcept = 0;
  virtual void bind_null(int index) noexcept = 0;
  // True when there is a row.
  virtual Result<bool> step() = 0;
  // Ready to be bound anew.
  virtual void reset() noexcept = 0;
  // Columns count from 0. The bytes of a blob or a text, until the next step.
  [[nodiscard]] virtual ByteView bytes_at(int column) const noexcept = 0;
  [[nodiscard]] virtual std::int64_t number_at(int column) const noexcept = 0;
  [[nodiscard]] virtual bool null_at(int column) const noexcept = 0;
};

// A cached statement in use: bound in the order ?1, ?2, ..., then stepped; it is reset when this object ends.
class Statement {
 public:
  explicit Statement(Prepared& prepared) noexcept : prepared_(&prepared) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement(Statement&& other) noexcept
      : prepared_(std::exchange(other.prepared_, nullptr)), index_(other.index_) {}
  ~Statement() {
    if (prepared_ != nullptr) prepared_->reset();
  }

  // Blobs and texts must outlive this object.
  Statement& blob(ByteView value) {
    prepared_->bind_blob(++index_, value);
    return *this;
  }
  Statement& text(std::string_view value) {
    prepared_->bind_text(++index_, value);
    return *this;
  }
  Statement& number(std::int64_t value) {
    prepared_->bind_number(++index_, value);
    return *this;
  }
  Statement& number(std::uint64_t value) { return number(static_cast<std::int64_t>(value)); }
  Statement& number(std::uint32_t value) { return number(std::int64_t{value}); }
  Statement& null() {
    prepared_->bind_null(++index_);
    return *this;
  }

  // True when there is a row.
  Result<bool> step() { return prepared_->step(); }
  // Steps to the end; rows are an error.
  Status run() {
    TRY_ASSIGN(const bool row, step());
    if (row) return fail(Error::internal, "database: a row where none was expected");
    return {};
  }
  [[nodiscard]] std::int64_t number_at(int column) const { return prepared_->number_at(column); }
  [[nodiscard]] std::uint32_t u32_at(int column) const {
    return static_cast<std::uint32_t>(number_at(column));
  }
  [[nodiscard]] std::uint64_t u64_at(int column) const {
    return static_cast<std::uint64_t>(number_at(column));
  }
  [[nodiscard]] Bytes blob_at(int column) const {
    const ByteView bytes = prepared_->bytes_at(column);
    return {bytes.begin(), bytes.end()};
  }
  [[nodiscard]] std::string text_at(int column) const {
    return std::string(as_text(prepared_->bytes_at(column)));
  }
  [[nodiscard]] bool null_at(int column) const { return prepared_->null_at(column); }
  // A blob of exactly the array's size; zeros for any other, which the schema's CHECKs exclude.
  template <std::size_t N>
  [[nodiscard]] std::array<std::uint8_t, N> array_at(int column) const {
    std::array<std::uint8_t, N> out{};
    const ByteView bytes = prepared_->bytes_at(column);
    if (bytes.size() == N) std::memcpy(out.data(), bytes.data(), N);
    return out;
  }

 private:
  Prepared* prepared_;
  int index_ = 0;
};

// What is to be done with a transaction that failed as a whole.
struct Recovery {
  enum class Verdict { failed, committed, run_again };
  Verdict verdict = Verdict::failed;
  Failure failure;  // for `failed`
};
struct Attempt {
  int number = 1;  // of the transaction that failed
  std::chrono::steady_clock::time_point first_began;
};

class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  // `sql` is a literal: the statement is cached under its address.
  virtual Result<Statement> prepare(const char* sql) = 0;
  // Several statements, no parameters, no rows; not cached.
  virtual Status execute(const char* sql) = 0;
  // One cached statement without parameters and rows.
  Status run(const char* sql);
  // The first column of the first row of a query without parameters.
  Result<std::int64_t> number(const char* sql);
  Result<std::string> text(const char* sql);

  // A transaction that changes something: at most one at a time in the whole database, so that each sees all
  // that was committed before it.
  virtual Status begin() = 0;
  virtual Status commit() = 0;
  // A transaction that reads: all of it sees the database as it was at one moment, while others go on
  // writing. Ended by ROLLBACK.
  virtual Status begin_snapshot() = 0;
  // False when there is no transaction that could still be committed.
  [[nodiscard]] virtual bool in_transaction() const noexcept = 0;
  // After a begin(), a statement or a commit() that failed; no statement is in use. May wait.
  virtual Recovery recover(const Failure& failure, const Attempt&) { return {{}, failure}; }
  // False when the connection is of no more use.
  [[nodiscard]] virtual bool usable() const noexcept { return true; }

  // "sqlite", "postgres"
  [[nodiscard]] virtual const char* engine() const noexcept = 0;
  // How many databases follow this one now; nothing where an engine has no such thing.
  virtual Result<std::optional<std::uint64_t>> standbys() { return std::optional<std::uint64_t>(); }

  // Takes the next free uid or gid in the current transaction.
  virtual Result<std::int64_t> take_unix_id() = 0;
  // The one that was taken last, for copying a store.
  virtual Result<std::int64_t> last_unix_id() = 0;
  virtual Status set_last_unix_id(std::int64_t id) = 0;
};

}  // namespace cardea::server::sql

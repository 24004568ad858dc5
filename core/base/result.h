// SPDX-License-Identifier: Apache-2.0
// Errors are values: a function that can fail returns Result<T> (or Status when there is nothing to return).
// Exceptions end at Poco and at C boundaries. `detail` is for the log and for the person who must mend it:
// it never holds a secret.
#pragma once

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

#include "core/base/error.h"

namespace cardea {

struct Failure {
  Error error = Error::internal;
  std::string detail;
};

inline Failure fail(Error error, std::string detail = {}) { return Failure{error, std::move(detail)}; }

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: conversion is the point
  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, Failure{error, {}}) {}      // NOLINT

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  // The value; calling it on a failure ends the process: that is a bug, not an error.
  T& value() & { return ok() ? *std::get_if<0>(&state_) : die<T&>(); }
  const T& value() const& { return ok() ? *std::get_if<0>(&state_) : die<const T&>(); }
  T&& value() && { return std::move(ok() ? *std::get_if<0>(&state_) : die<T&>()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Failure& failure() const {
    return ok() ? die<const Failure&>() : *std::get_if<1>(&state_);
  }
  [[nodiscard]] Error error() const { return failure().error; }

 private:
  template <typename R>
  [[noreturn]] static R die() {
    std::abort();
  }
  std::variant<T, Failure> state_;
};

struct Nothing {};

class [[nodiscard]] Status : public Result<Nothing> {
 public:
  using Result<Nothing>::Result;
  Status() : Result<Nothing>(Nothing{}) {}
};

}  // namespace cardea

#define CARDEA_CONCAT_(a, b) a##b
#define CARDEA_CONCAT(a, b) CARDEA_CONCAT_(a, b)

// TRY(expression): leaves the function with the failure, if there is one.
#define TRY(...)                                               \
  do {                                                         \
    if (auto try_status_ = (__VA_ARGS__); !try_status_.ok()) { \
      return try_status_.failure();                            \
    }                                                          \
  } while (false)

// TRY_ASSIGN(auto x, expression): the same, and keeps the value.
#define TRY_ASSIGN_(result, target, ...)     \
  auto result = (__VA_ARGS__);               \
  if (!result.ok()) return result.failure(); \
  target = std::move(result).value()
#define TRY_ASSIGN(target, ...) TRY_ASSIGN_(CARDEA_CONCAT(try_result_, __COUNTER__), target, __VA_ARGS__)

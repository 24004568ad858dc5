// SPDX-License-Identifier: Apache-2.0
// The provider's values in the registry (README.md). What is not there, can't be read or has another type
// counts as not set. What group policy has set wins over the value of this computer; the kill switch holds
// when it is set at either place.
#pragma once

#include <optional>
#include <vector>

#include "credprov/model/filter_rules.h"
#include "credprov/model/start_sentinel.h"
#include "credprov/windows/seams.h"

namespace cardea::credprov {

class Settings final : public SentinelStore {
 public:
  explicit Settings(Seams& seams) noexcept : seams_(seams) {}

  [[nodiscard]] bool disabled() const noexcept;
  [[nodiscard]] bool hides_others() const noexcept;
  [[nodiscard]] std::vector<ProviderId> allowed_providers() const;

  std::uint32_t starts_pending() noexcept override;
  UnixSeconds last_start() noexcept override;
  void store(std::uint32_t starts_pending, UnixSeconds last_start) noexcept override;

 private:
  // Nothing: not there, of another type, or too long.
  [[nodiscard]] std::optional<std::uint32_t> number(const wchar_t* key, const wchar_t* name) const noexcept;
  [[nodiscard]] std::optional<std::vector<ProviderId>> classes(const wchar_t* key, const wchar_t* name) const;

  Seams& seams_;
};

}  // namespace cardea::credprov

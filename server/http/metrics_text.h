// SPDX-License-Identifier: Apache-2.0
// Writes the Prometheus text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format). Used by metrics_sink.
// Names get the prefix cardea_. Values of labels come from tables of this program; they are escaped all the
// same.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace cardea::server::http {

class MetricsText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // HELP and TYPE; the samples of this name follow.
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(std::string_view name, Labels labels, std::int64_t value);
  void sample_millis(std::string_view name, std::int64_t value);  // shown in seconds
  // A family of one sample without labels.
  void counter(std::string_view name, std::string_view help, std::uint64_t value);
  void gauge(std::string_view name, std::string_view help, std::int64_t value);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// 1500 → "1.500".
std::string seconds_text(std::int64_t millis);

}  // namespace cardea::server::http

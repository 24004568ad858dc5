// SPDX-License-Identifier: Apache-2.0
#include "server/http/metrics_text.h"

namespace cardea::server::http {
namespace {

constexpr std::string_view kPrefix = "cardea_";

std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string seconds_text(std::int64_t millis) {
  const std::string rest = std::to_string(1000 + millis % 1000);
  return std::to_string(millis / 1000) + "." + rest.substr(1);
}

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
  out_.append("# HELP ").append(kPrefix).append(name).append(" ").append(help);
  out_.append("\n# TYPE ").append(kPrefix).append(name).append(" ").append(type).append("\n");
}

void MetricsText::sample(std::string_view name, Labels labels, std::int64_t value) {
  out_.append(kPrefix).append(name);
  char separator = '{';
  for (const auto& [label, text] : labels) {
    out_.append(1, separator).append(label).append("=\"").append(escaped(text)).append("\"");
    separator = ',';
  }
  if (labels.size() != 0) out_.append("}");
  out_.append(" ").append(std::to_string(value)).append("\n");
}

void MetricsText::sample_millis(std::string_view name, std::int64_t value) {
  out_.append(kPrefix).append(name).append(" ").append(seconds_text(value)).append("\n");
}

void MetricsText::counter(std::string_view name, std::string_view help, std::uint64_t value) {
  family(name, "counter", help);
  sample(name, {}, static_cast<std::int64_t>(value));
}

void MetricsText::gauge(std::string_view name, std::string_view help, std::int64_t value) {
  family(name, "gauge", help);
  sample(name, {}, value);
}

}  // namespace cardea::server::http

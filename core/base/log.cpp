// SPDX-License-Identifier: Apache-2.0
#include "core/base/log.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/base/text.h"

namespace cardea {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames{"error", "warning", "notice", "info", "debug"};

std::string utc_time() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return format_utc(now);
}

}  // namespace

void Log::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
  if (level > level_) return;
  const auto number = static_cast<unsigned>(level);
  std::string line;
  line.reserve(160);
  // JOURNAL_STREAM only chooses the looks of a line, so trusting the environment is harmless here.
  static const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  if (journal) {
    line.append("<").append(std::to_string(number)).append(">");
  } else {
    line.append(utc_time())
        .append(" ")
        .append(program_)
        .append(" ")
        .append(kLevelNames[number - 3])
        .append(": ");
  }
  line.append(message);
  for (const LogField& field : fields) {
    line.append(" ").append(field.name).append("=").append(escape_for_log(field.value));
  }
  line.push_back('\n');
  (void)std::fwrite(line.data(), 1, line.size(), stderr);
  (void)std::fflush(stderr);
}

bool parse_log_level(std::string_view text, LogLevel& level) noexcept {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == text) {
      level = static_cast<LogLevel>(i + 3);
      return true;
    }
  }
  return false;
}

}  // namespace cardea

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

std::string line_head(LogLevel level, const std::string& program) {
  const auto number = static_cast<unsigned>(level);
  // JOURNAL_STREAM only chooses the looks of a line, so trusting the environment is harmless here.
  static const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  if (journal) return "<" + std::to_string(number) + ">";
  return utc_time() + " " + program + " " + std::string(kLevelNames[number - 3]) + ": ";
}

}  // namespace

void Log::write(LogLevel level, LogEvent event, std::initializer_list<LogField> fields) const {
  if (level > level_) return;
  std::string line(event.text);
  line.reserve(160);
  for (const LogField& field : fields) {
    line.append(" ").append(field.name).append("=").append(escape_for_log(field.value));
  }
  LogSink* const sink = sink_;
  if (sink != nullptr && sink->take({level, program_, line, event.id, fields})) return;
  line.insert(0, line_head(level, program_)).push_back('\n');
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

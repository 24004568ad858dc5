// SPDX-License-Identifier: Apache-2.0
// Libraries return, programs log: recoveryd, the worker and the server own one Log each. Lines go to stderr
// in the form systemd reads ("<6>..."), or plain with a UTC time when stderr is not the journal. Values from
// outside are escaped, so that a name with a newline can't forge a line. No secret type has a text form, so
// none can be passed.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cardea {

enum class LogLevel : std::uint8_t { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

struct LogField {
  std::string_view name;  // [a-z_]+
  std::string value;
  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, std::int64_t v) : name(n), value(std::to_string(v)) {}
};

class Log {
 public:
  explicit Log(std::string program, LogLevel level = LogLevel::info)
      : program_(std::move(program)), level_(level) {}
  void set_level(LogLevel level) noexcept { level_ = level; }
  // Thread-safe: one line is one write.
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::error, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::warning, message, fields);
  }
  void notice(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::notice, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::info, message, fields);
  }
  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::debug, message, fields);
  }

 private:
  std::string program_;
  std::atomic<LogLevel> level_;  // SIGHUP changes it while other threads write
};

// "error", "warning", "notice", "info" or "debug"; anything else leaves `level` alone and returns false.
bool parse_log_level(std::string_view text, LogLevel& level) noexcept;

}  // namespace cardea

// SPDX-License-Identifier: Apache-2.0
// Libraries return, programs log: recoveryd, the worker and the server own one Log each. Lines go to stderr
// in the form systemd reads ("<6>..."), or plain with a UTC time when stderr is not the journal. Values from
// outside are escaped, so that a name with a newline can't forge a line. No secret type has a text form, so
// none can be passed. A program may set a LogSink that is asked before stderr
// (core/base/linux/journal_sink.h).
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
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

// What happened. The id, where there is one, is for those who search: 32 lower-case hex digits that stay when
// the wording changes (docs/spec/log.md).
struct LogEvent {
  std::string_view text;
  std::string_view id;
  constexpr LogEvent(std::string_view t, std::string_view i) : text(t), id(i) {}
  template <std::convertible_to<std::string_view> Text>
  constexpr LogEvent(const Text& t) : text(t) {}  // NOLINT(google-explicit-constructor): most have no id
};

struct LogEntry {
  LogLevel level;
  std::string_view program;
  std::string_view line;      // for people: the text and the fields, escaped, without a line end
  std::string_view event_id;  // or empty
  std::span<const LogField> fields;
};

class LogSink {
 public:
  // From any thread. False: nothing was taken, and the line goes to stderr.
  virtual bool take(const LogEntry& entry) = 0;

 protected:
  ~LogSink() = default;
};

class Log {
 public:
  explicit Log(std::string program, LogLevel level = LogLevel::info)
      : program_(std::move(program)), level_(level) {}
  void set_level(LogLevel level) noexcept { level_ = level; }
  // Null for none. It must outlive whoever writes.
  void set_sink(LogSink* sink) noexcept { sink_ = sink; }
  // Thread-safe: one line is one write.
  void write(LogLevel level, LogEvent event, std::initializer_list<LogField> fields = {}) const;
  void error(LogEvent event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::error, event, fields);
  }
  void warning(LogEvent event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::warning, event, fields);
  }
  void notice(LogEvent event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::notice, event, fields);
  }
  void info(LogEvent event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::info, event, fields);
  }
  void debug(LogEvent event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::debug, event, fields);
  }

 private:
  std::string program_;
  std::atomic<LogLevel> level_;  // SIGHUP changes it while other threads write
  std::atomic<LogSink*> sink_ = nullptr;
};

// "error", "warning", "notice", "info" or "debug"; anything else leaves `level` alone and returns false.
bool parse_log_level(std::string_view text, LogLevel& level) noexcept;

}  // namespace cardea

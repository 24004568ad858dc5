// SPDX-License-Identifier: Apache-2.0
// What the doctor has found, in the words of the reader. `check` and `name` are for scripts and never change.
// Made by the checks, shown by cmd_doctor.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text/catalogue.h"

namespace cardea::cli::doctor {

enum class Level {
  ok,
  note,     // nothing to do; or something could not be looked at
  warning,  // works now, and should be mended
  problem,  // does not work, or protects less than it should
};

struct Finding {
  std::string check;
  std::string name;
  Level level = Level::ok;
  std::string what;
  std::string how_to_mend;  // empty for what needs no mending
};

class Findings {
 public:
  explicit Findings(text::Language language = text::kEnglish) : language_(language) {}

  [[nodiscard]] std::string speak(const char* english, text::Arguments arguments = {}) const {
    return text::spoken(language_, english, arguments);
  }
  [[nodiscard]] text::Language language() const noexcept { return language_; }

  // What is added from now on belongs to this check.
  void begin(const char* check) { check_ = check; }
  void add(const char* name, Level level, std::string what, std::string how_to_mend = {}) {
    list_.push_back({check_, name, level, std::move(what), std::move(how_to_mend)});
  }
  void ok(std::string what) { add("ok", Level::ok, std::move(what)); }
  void note(const char* name, std::string what, std::string how_to_mend = {}) {
    add(name, Level::note, std::move(what), std::move(how_to_mend));
  }
  void warn(const char* name, std::string what, std::string how_to_mend) {
    add(name, Level::warning, std::move(what), std::move(how_to_mend));
  }
  void problem(const char* name, std::string what, std::string how_to_mend) {
    add(name, Level::problem, std::move(what), std::move(how_to_mend));
  }

  [[nodiscard]] const std::vector<Finding>& list() const noexcept { return list_; }
  // How many there are of this level.
  [[nodiscard]] std::size_t count(Level level) const noexcept {
    std::size_t number = 0;
    for (const Finding& one : list_)
      number += one.level == level ? 1 : 0;
    return number;
  }
  [[nodiscard]] const Finding* find(std::string_view name) const noexcept {
    for (const Finding& one : list_) {
      if (one.name == name) return &one;
    }
    return nullptr;
  }

 private:
  text::Language language_;
  std::string check_;
  std::vector<Finding> list_;
};

}  // namespace cardea::cli::doctor

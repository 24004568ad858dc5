// SPDX-License-Identifier: Apache-2.0
// Speaks to one reader in his language, while everything else of the program stays English: failures are
// logged and compared, and a log is never translated. The daemon has one for each conversation.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/text/catalogue.h"

namespace cardea::text {

class Voice {
 public:
  explicit Voice(Language language = kEnglish) : language_(language) {}

  [[nodiscard]] Language language() const noexcept { return language_; }
  [[nodiscard]] std::string speak(const char* english, Arguments arguments = {}) const {
    return text::spoken(language_, english, arguments);
  }
  [[nodiscard]] std::string speak_n(const char* one, const char* many, unsigned long n,
                                    Arguments arguments) const {
    return text::spoken_n(language_, one, many, n, arguments);
  }

  // One of a few words that are marked with tr where they are made: the names of states.
  [[nodiscard]] std::string_view word(std::string_view english) const noexcept {
    return translate(language_, english);
  }

  // A failure whose detail is the English text, filled in; remembered, so that explain() can say it in the
  // reader's language. A failure without arguments needs no memory: fail(error, tr("…")).
  Failure refuse(Error error, const char* english, Arguments arguments);
  Failure refuse_n(Error error, const char* one, const char* many, unsigned long n, Arguments arguments);

  // The same for a text that has a function of its own: `say` makes it in the language it is given.
  template <typename Say>
  Failure refuse_with(Error error, Say say) {
    return remember(error, say(kEnglish), say(language_));
  }

  // What the reader is told about a failure. Empty when its detail was not meant for people and he does not
  // read English: the error itself then says what happened, and the detail is in the log.
  [[nodiscard]] std::string explain(const Failure& failure) const;

 private:
  Failure remember(Error error, std::string english, std::string spoken);

  Language language_;
  std::vector<std::pair<std::string, std::string>> refused_;  // English, in the reader's language
};

}  // namespace cardea::text

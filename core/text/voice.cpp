// SPDX-License-Identifier: Apache-2.0
#include "core/text/voice.h"

namespace cardea::text {

Failure Voice::refuse(Error error, const char* english, Arguments arguments) {
  return remember(error, fill(english, arguments), speak(english, arguments));
}

Failure Voice::refuse_n(Error error, const char* one, const char* many, unsigned long n,
                        Arguments arguments) {
  return remember(error, text::spoken_n(kEnglish, one, many, n, arguments), speak_n(one, many, n, arguments));
}

Failure Voice::remember(Error error, std::string english, std::string spoken) {
  if (language_ != kEnglish) refused_.emplace_back(english, std::move(spoken));
  return fail(error, std::move(english));
}

std::string Voice::explain(const Failure& failure) const {
  if (language_ == kEnglish) return failure.detail;
  for (const auto& [english, spoken] : refused_) {
    if (english == failure.detail) return spoken;
  }
  if (!is_translated(language_, failure.detail)) return {};
  return std::string(translate(language_, failure.detail));
}

}  // namespace cardea::text

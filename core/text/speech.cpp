// SPDX-License-Identifier: Apache-2.0
// The half of the catalogue that allocates; the PAM module does without it.
#include "core/text/catalogue.h"

namespace cardea::text {

std::string fill(std::string_view text, Arguments arguments) {
  std::string out;
  while (!text.empty()) {
    const std::size_t place = text.find('%');
    out.append(text.substr(0, place));
    if (place == std::string_view::npos) break;
    text.remove_prefix(place);
    const std::size_t number = text.size() > 1 ? static_cast<std::size_t>(text[1]) - '0' : 0;
    if (number >= 1 && number <= arguments.size()) {
      out.append(arguments.begin()[number - 1]);
      text.remove_prefix(2);
    } else {
      out.push_back('%');
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string spoken(Language language, const char* english, Arguments arguments) {
  return fill(translate(language, english), arguments);
}

std::string spoken_n(Language language, const char* one, const char* many, unsigned long n,
                     Arguments arguments) {
  return fill(translate_n(language, one, many, n), arguments);
}

}  // namespace cardea::text

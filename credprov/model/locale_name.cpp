// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/locale_name.h"

#include "core/base/text.h"
#include "core/text/language.h"

namespace cardea::credprov {

std::string posix_locale(std::string_view windows_name) {
  if (windows_name.size() > text::kMaxLocaleName) return "C";
  std::string out;
  bool latin = false;
  for (const std::string& part : split(windows_name, '-')) {
    if (out.empty()) {
      out = part;
    } else if (part == "Latn") {
      latin = true;
    } else if (part.size() == 2 && out.find('_') == std::string::npos) {
      out += "_" + part;
    }
  }
  if (out.size() < 2) return "C";
  out += latin ? ".UTF-8@latin" : ".UTF-8";
  return text::is_locale_name(out) ? out : "C";
}

}  // namespace cardea::credprov

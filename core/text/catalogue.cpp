// SPDX-License-Identifier: Apache-2.0
#include "core/text/catalogue.h"

#include "core/text/catalogue_data.h"

namespace cardea::text {
namespace {

const LanguageData* data_of(Language language) noexcept {
  if (language.number == 0 || language.number > kLanguageCount) return nullptr;
  return &kLanguages[language.number - 1];
}

// The translation with all its plural forms; nothing when there is none.
std::string_view find(const LanguageData& data, std::string_view english) noexcept {
  std::size_t low = 0;
  std::size_t high = data.entry_count;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const CatalogueEntry& entry = data.entries[middle];
    const int order = std::string_view(data.texts + entry.id, entry.id_size).compare(english);
    if (order == 0) return {data.texts + entry.text, entry.text_size};
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {};
}

std::string_view form(std::string_view forms, unsigned wanted) noexcept {
  for (; wanted > 0; --wanted) {
    const std::size_t end = forms.find('\0');
    if (end == std::string_view::npos) return {};
    forms.remove_prefix(end + 1);
  }
  return forms.substr(0, forms.find('\0'));
}

}  // namespace

std::string_view translate(Language language, std::string_view english) noexcept {
  const LanguageData* data = data_of(language);
  const std::string_view found = data == nullptr ? std::string_view() : form(find(*data, english), 0);
  return found.empty() ? english : found;
}

bool is_translated(Language language, std::string_view english) noexcept {
  const LanguageData* data = data_of(language);
  return data != nullptr && !find(*data, english).empty();
}

std::string_view translate_n(Language language, std::string_view one, std::string_view many,
                             unsigned long n) noexcept {
  const LanguageData* data = data_of(language);
  const std::string_view found =
      data == nullptr ? std::string_view() : form(find(*data, one), data->plural_form(n));
  if (!found.empty()) return found;
  return n == 1 ? one : many;
}

}  // namespace cardea::text

// SPDX-License-Identifier: Apache-2.0
// The form of the compiled catalogue, which po/make_catalogue.py writes and catalogue.cpp reads. Offsets into
// one piece of text instead of pointers: nothing of it must be relocated when a login program loads it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cardea::text {

struct CatalogueEntry {
  std::uint32_t id, id_size;      // the English text, as it stands in the source
  std::uint32_t text, text_size;  // the translation; the forms of a plural are parted by NUL
};

struct LanguageData {
  char code[4];  // ISO 639, as in the name of the po file
  const char* texts;
  const CatalogueEntry* entries;  // sorted by the bytes of the English text
  std::size_t entry_count;
  unsigned (*plural_form)(unsigned long n);  // Plural-Forms of the po file
};

extern const LanguageData kLanguages[];
extern const std::size_t kLanguageCount;

}  // namespace cardea::text

// SPDX-License-Identifier: Apache-2.0
// English text in, text in the reader's language out. The English text is the key, as in gettext; the
// catalogue is made from po/*.po when the program is built and lies in it, so that there is no file to find,
// to replace or to be led astray to. Used wherever a text reaches a person; po/update finds the texts by the
// names tr, spoken and spoken_n (here), speak, speak_n, refuse and refuse_n (voice.h). Looking up neither
// allocates nor throws; filling in allocates.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/text/language.h"

namespace cardea::text {

// Marks a text for the catalogue and leaves it as it is: for constants, which are translated where they are
// shown.
constexpr const char* tr(const char* english) noexcept { return english; }

// The text in this language; `english` itself where there is no translation, and for kEnglish.
std::string_view translate(Language language, std::string_view english) noexcept;
// Whether there is one: a text that is not in the catalogue was not meant for people.
bool is_translated(Language language, std::string_view english) noexcept;
// The form for `n` of a text with a plural.
std::string_view translate_n(Language language, std::string_view one, std::string_view many,
                             unsigned long n) noexcept;

using Arguments = std::initializer_list<std::string_view>;
// Puts the arguments in the place of %1 to %9. A translation may change their order. What an argument holds
// is never looked at for places.
std::string fill(std::string_view text, Arguments arguments);

// translate and fill in one.
std::string spoken(Language language, const char* english, Arguments arguments = {});
std::string spoken_n(Language language, const char* one, const char* many, unsigned long n,
                     Arguments arguments);

}  // namespace cardea::text

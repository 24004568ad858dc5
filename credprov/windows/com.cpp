// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/com.h"

#include <cwchar>

#include "credprov/model/utf16.h"

namespace cardea::credprov {

static_assert(sizeof(wchar_t) == sizeof(char16_t));

HRESULT give_string(std::string_view text, LPWSTR* out) {
  const std::u16string units = utf16_for_display(text);
  const std::size_t bytes = (units.size() + 1) * sizeof(char16_t);
  *out = static_cast<LPWSTR>(CoTaskMemAlloc(bytes));
  if (*out == nullptr) return E_OUTOFMEMORY;
  std::memcpy(*out, units.c_str(), bytes);
  return S_OK;
}

std::wstring wide(std::string_view text) {
  const std::u16string units = utf16_for_display(text);
  return {units.begin(), units.end()};
}

std::string TakenString::read() const {
  if (text_ == nullptr) return {};
  const Result<std::string> text =
      utf8_from_utf16({reinterpret_cast<const char16_t*>(text_), std::wcslen(text_)});
  return text.ok() ? text.value() : std::string();
}

}  // namespace cardea::credprov

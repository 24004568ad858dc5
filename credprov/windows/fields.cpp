// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/fields.h"

#include "credprov/model/texts.h"
#include "credprov/windows/com.h"

namespace cardea::credprov {
namespace {

struct Row {
  Field field;
  CREDENTIAL_PROVIDER_FIELD_TYPE type;
  const char* label;  // English; null: none
};

// In the order in which LogonUI draws them.
constexpr Row kRows[kFields] = {
    {Field::image, CPFT_TILE_IMAGE, texts::kProviderLabel},
    {Field::provider_label, CPFT_SMALL_TEXT, texts::kProviderLabel},
    {Field::title, CPFT_LARGE_TEXT, texts::kTitle},
    {Field::card_status, CPFT_SMALL_TEXT, nullptr},
    {Field::message, CPFT_SMALL_TEXT, nullptr},
    {Field::user_name, CPFT_EDIT_TEXT, texts::kUserNameLabel},
    {Field::pin, CPFT_PASSWORD_TEXT, texts::kPinLabel},
    {Field::access_key, CPFT_EDIT_TEXT, texts::kAccessKeyLabel},
    {Field::key_check, CPFT_SMALL_TEXT, nullptr},
    {Field::answer, CPFT_EDIT_TEXT, texts::kAnswerLabel},
    {Field::hidden_answer, CPFT_PASSWORD_TEXT, texts::kAnswerLabel},
    {Field::windows_password, CPFT_PASSWORD_TEXT, texts::kPasswordLabel},
    {Field::submit, CPFT_SUBMIT_BUTTON, texts::kSubmitLabel},
    {Field::link, CPFT_COMMAND_LINK, texts::kNoCardLink},
};

constexpr bool is_in_order() noexcept {
  for (std::size_t i = 0; i < kFields; ++i) {
    if (index_of(kRows[i].field) != i) return false;
  }
  return true;
}
static_assert(is_in_order());

}  // namespace

std::optional<Field> field_of(DWORD id) noexcept {
  if (id >= kFields) return std::nullopt;
  return static_cast<Field>(id);
}

CREDENTIAL_PROVIDER_FIELD_TYPE type_of(Field field) noexcept { return kRows[index_of(field)].type; }

CREDENTIAL_PROVIDER_FIELD_STATE state_of(Field field, const FieldView& view) noexcept {
  if (!view.shown) return CPFS_HIDDEN;
  return field == Field::image || field == Field::title ? CPFS_DISPLAY_IN_BOTH
                                                        : CPFS_DISPLAY_IN_SELECTED_TILE;
}

CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE interactive_state_of(const FieldView& view) noexcept {
  if (!view.enabled) return CPFIS_DISABLED;
  return view.focused ? CPFIS_FOCUSED : CPFIS_NONE;
}

HRESULT give_descriptor(Field field, text::Language language, CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR** out) {
  const Row& row = kRows[index_of(field)];
  auto* descriptor = static_cast<CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR*>(
      CoTaskMemAlloc(sizeof(CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR)));
  if (descriptor == nullptr) return E_OUTOFMEMORY;
  *descriptor = {};
  descriptor->dwFieldID = static_cast<DWORD>(index_of(field));
  descriptor->cpft = row.type;
  if (field == Field::image) descriptor->guidFieldType = abi::kLogoField;
  if (field == Field::provider_label) descriptor->guidFieldType = abi::kLabelField;
  if (row.label != nullptr) {
    const HRESULT result =
        guarded([&] { return give_string(text::translate(language, row.label), &descriptor->pszLabel); });
    if (FAILED(result)) {
      CoTaskMemFree(descriptor);
      return result;
    }
  }
  *out = descriptor;
  return S_OK;
}

}  // namespace cardea::credprov

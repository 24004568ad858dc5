// SPDX-License-Identifier: Apache-2.0
// The tile's fields as LogonUI numbers and draws them.
#pragma once

#include <optional>

#include "core/text/language.h"
#include "credprov/model/tile.h"
#include "credprov/windows/credential_provider_abi.h"

namespace cardea::credprov {

// The field of this number; empty when LogonUI names one that there is not.
std::optional<Field> field_of(DWORD id) noexcept;
CREDENTIAL_PROVIDER_FIELD_TYPE type_of(Field field) noexcept;
CREDENTIAL_PROVIDER_FIELD_STATE state_of(Field field, const FieldView& view) noexcept;
CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE interactive_state_of(const FieldView& view) noexcept;
// A descriptor that the caller frees, with its label.
HRESULT give_descriptor(Field field, text::Language language, CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR** out);

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
// Title and set of a record, read from its body without copying anything else of it: the body holds
// passwords. Called by the card worker, to find a record by its name and to list names.
#pragma once

#include <optional>
#include <string>

#include "core/base/bytes.h"

namespace cardea::records {

// The member "title" of the JSON object in `body` (docs/spec/records.md, "Body"); empty when there is none or
// the body is no JSON object. At most 256 bytes of it. Of the escapes only \" \\ \/ have a meaning here;
// every other becomes '?'.
std::optional<std::string> record_title(ByteView body);
// The same of the member "set".
std::optional<std::string> record_set(ByteView body);

}  // namespace cardea::records

// SPDX-License-Identifier: Apache-2.0
#include "core/access_key/typed_form.h"

namespace cardea::access_key {

SecretBytes format_access_key(const AccessKey& key) { return format_groups(key.expose()); }

Result<AccessKey> parse_access_key(ByteView typed) {
  TRY_ASSIGN(const SecretBytes secret, parse_groups(typed, kAccessKeyGroups));
  return AccessKey::from(secret.expose());
}

}  // namespace cardea::access_key

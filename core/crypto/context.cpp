// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/context.h"

#include "core/base/byte_builder.h"

namespace cardea::crypto {

Bytes encode(const ObjectContext& context) {
  for (const std::string_view field : {context.user_id, context.object_type, context.object_id}) {
    if (field.size() > 255) throw std::length_error("context field over 255 bytes");
  }
  return ByteBuilder()
      .lp(context.user_id)
      .lp(context.object_type)
      .lp(context.object_id)
      .u32(context.version)
      .u32(context.epoch)
      .take();
}

}  // namespace cardea::crypto

// SPDX-License-Identifier: Apache-2.0
#include "core/api/audit_event.h"

#include <gtest/gtest.h>

namespace cardea::api {
namespace {

// The portal's tests have the same key (tests/unit/server/portal/history_test.ts).
TEST(AuditEvent, TheFingerprintThatPeopleCompare) {
  const auto spki =
      from_hex("302a300506032b6570032100e3ab71bc5b0607014c552b543daa3886b8ac565b53d982dcc754a5b285cc62db");
  EXPECT_EQ(key_fingerprint(spki.value()), "1aed f7d8 3fbb dd9a 5c3b eecd f3b1 7072");
}

}  // namespace
}  // namespace cardea::api

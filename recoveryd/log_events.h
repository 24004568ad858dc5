// SPDX-License-Identifier: Apache-2.0
// The daemon's log lines that administrators and their programs search for, each with the id that stays when
// its wording changes. An id is never given to another event, and docs/spec/log.md lists them all.
#pragma once

#include "core/base/log.h"

namespace cardea::recoveryd::events {

inline constexpr LogEvent kLoginGranted{"login granted", "30fa7ff547d74e76bdd1491423927e80"};
inline constexpr LogEvent kLoginNotGranted{"login not granted", "bb6ba56cb7024b09b127485bc4eea033"};
inline constexpr LogEvent kOperationDone{"operation done", "4c3eb0c12f7f492ea8803b9daa0cac23"};
inline constexpr LogEvent kOperationRefused{"operation refused", "cb013e3d2b404db0b4dafaff1474f1d0"};
inline constexpr LogEvent kCardRemoved{"card removed", "0d29f2edf8004142a35eff671e7c7aab"};
inline constexpr LogEvent kSessionAsItWas{"card removed, but its session is as it was",
                                          "959855f4621441028f54a290ec3896bd"};
inline constexpr LogEvent kNoGuest{"no guest", "d775b9b974e946ff84b00ea65f28ad27"};
inline constexpr LogEvent kServerDoubted{
    "the server's record of events does not go on from what this computer has seen",
    "465eea25582342f78c2359a1e7f561ac"};
inline constexpr LogEvent kAuditDamaged{"audit chain", "5037867780344549a25200fa83e4da25"};
inline constexpr LogEvent kAuditEventLost{"audit event lost", "843cd5061edd4c64ae779e6ba1a5255b"};
inline constexpr LogEvent kGateFellBack{"secure mode was not confirmed in time and is off",
                                        "d1c7de72f9244e498ee4b80d38889f31"};
inline constexpr LogEvent kRecordOlder{
    "the server shows an older version of a record than this computer has seen",
    "6997f44d6962ede690a3a288389e0bfe"};
inline constexpr LogEvent kServerChanged{"another server is asked now", "45b65c75b9ff4f6c9b9cdf9f99af0f28"};
inline constexpr LogEvent kServerListTaken{"server list taken", "3a36281ad8814195a8fe04b2f9350920"};
inline constexpr LogEvent kServerListRefused{"server list refused", "29f9275cba8748d88b98e3a07d60dca2"};

inline constexpr LogEvent kAll[] = {kLoginGranted,      kLoginNotGranted, kOperationDone, kOperationRefused,
                                    kCardRemoved,       kSessionAsItWas,  kNoGuest,       kServerDoubted,
                                    kAuditDamaged,      kAuditEventLost,  kServerChanged, kServerListTaken,
                                    kServerListRefused, kGateFellBack,    kRecordOlder};

}  // namespace cardea::recoveryd::events

// SPDX-License-Identifier: Apache-2.0
// Processes in which the module answers nothing: the daemon itself, which must see this computer without its
// own accounts, and those that systemd tells to do without dynamic sources. Decided once a process.
#pragma once

namespace cardea::nss {

// True when every entry point has to return NSS_STATUS_UNAVAIL.
bool must_bail_out() noexcept;

// The rule itself, on the values of SYSTEMD_ACTIVATION_UNIT and SYSTEMD_NSS_DYNAMIC_BYPASS (null: not set).
bool environment_says_bail_out(const char* activation_unit, const char* dynamic_bypass) noexcept;

}  // namespace cardea::nss

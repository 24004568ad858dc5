// SPDX-License-Identifier: Apache-2.0
// The registry entries by which Windows finds the DLL. The installer writes the same as rows of its own;
// regsvr32 is for a developer's computer, and for taking the provider out by hand.
#pragma once

#include <windows.h>

namespace cardea::credprov {

// All or nothing: what was written before an error is taken back.
HRESULT register_provider(HMODULE module) noexcept;
HRESULT unregister_provider() noexcept;

}  // namespace cardea::credprov

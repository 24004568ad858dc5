// SPDX-License-Identifier: Apache-2.0
// The PKCS#11 2.40 declarations, from p11-kit's header, which is the same text on Linux and Windows. The only
// place that includes it: its macros (value, count, params …) are gone again behind its end.
#pragma once

#include <p11-kit/pkcs11.h>

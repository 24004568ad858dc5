// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_path.h"

namespace cardea::nss {

const char* database_path() noexcept { return CARDEA_ACCOUNTS_DB; }

}  // namespace cardea::nss

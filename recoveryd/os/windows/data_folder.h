// SPDX-License-Identifier: Apache-2.0
// The folder of everything that Cardea keeps on a Windows computer, %ProgramData%\Cardea. Everybody may make
// folders in %ProgramData%, and what is made there lets everybody make more; an installer's folder, too. For
// the service, at its start, before it reads or makes anything in it.
#pragma once

#include <string>

#include "core/base/result.h"

namespace cardea::recoveryd {

// Makes the folder, or gives the one that is there the same list: SYSTEM, Administrators and the process's
// user, and nobody else. Error::unsafe_file when somebody else owns it or it is a junction or a link: then he
// may have made it in order to keep a way in.
Status protect_data_folder(const std::string& path);

}  // namespace cardea::recoveryd

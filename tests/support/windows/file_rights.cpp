// SPDX-License-Identifier: Apache-2.0
#include "tests/support/file_rights.h"

#include <filesystem>
#include <stdexcept>

// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <sddl.h>
// clang-format on

#include "core/base/windows/file_trust.h"

namespace cardea::test {

void give_rights(const std::string& path, unsigned mode) {
  wchar_t* self = nullptr;
  if (ConvertSidToStringSidW(own_user(), &self) == 0) throw std::runtime_error("no user");
  std::wstring text = std::wstring(L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;") + self + L")";
  (void)LocalFree(self);
  // Wine knows writing by Everyone only as full access.
  if ((mode & 022) != 0)
    text += L"(A;;FA;;;WD)";
  else if ((mode & 044) != 0)
    text += L"(A;;FR;;;WD)";
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const std::wstring name = std::filesystem::path(path).wstring();
  // Not SetNamedSecurityInfo, to which Wine adds what the folder passes on.
  const bool done = ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1,
                                                                         &descriptor, nullptr) != 0 &&
                    SetFileSecurityW(name.c_str(), DACL_SECURITY_INFORMATION, descriptor) != 0;
  (void)LocalFree(descriptor);
  if (!done) throw std::runtime_error("rights can't be given: " + path);
}

std::string absolute_path(const std::string& rest) { return "C:/" + rest; }

}  // namespace cardea::test

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/os/windows/data_folder.h"

#include "core/base/windows/file_handle.h"
#include "core/base/windows/file_trust.h"

namespace cardea::recoveryd {

Status protect_data_folder(const std::string& path) {
  TRY_ASSIGN(const std::wstring name, wide_path(path));
  NewFileSecurity security(FileKind::directory, Others::may_do_nothing);
  if (security.get() == nullptr) return fail_code(path, "can't be protected", GetLastError());
  const DWORD code = CreateDirectoryW(name.c_str(), security.get()) != 0 ? ERROR_SUCCESS : GetLastError();
  if (code != ERROR_SUCCESS && code != ERROR_ALREADY_EXISTS) return fail_code(path, "can't be made", code);
  constexpr DWORD kAccess = FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES | READ_CONTROL | WRITE_DAC;
  TRY_ASSIGN(const FileHandle folder,
             open_file(path, kAccess, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING));
  TRY(examine_owner(folder, path, FileKind::directory));
  if (SetKernelObjectSecurity(folder.get(), DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                              security.get()->lpSecurityDescriptor) == 0)
    return fail_code(path, "can't be protected", GetLastError());
  return examine_file(folder, path, FileKind::directory, Others::may_do_nothing);
}

}  // namespace cardea::recoveryd

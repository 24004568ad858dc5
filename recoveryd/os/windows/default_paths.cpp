// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/default_paths.h"

// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <knownfolders.h>
#include <shlobj.h>
// clang-format on

namespace cardea::recoveryd {
namespace {

// From the system, not from a variable of the environment, which whoever starts the program sets.
std::string folder(const KNOWNFOLDERID& id, const char* usual) {
  wchar_t* wide = nullptr;
  std::string path;
  if (SHGetKnownFolderPath(id, KF_FLAG_DEFAULT, nullptr, &wide) == S_OK) {
    const int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, nullptr, 0, nullptr, nullptr);
    path.resize(size > 0 ? static_cast<std::size_t>(size) : 1);
    (void)WideCharToMultiByte(CP_UTF8, 0, wide, -1, path.data(), size, nullptr, nullptr);
    path.pop_back();  // the zero
  }
  CoTaskMemFree(wide);
  return path.empty() ? usual : path;
}

DefaultPaths ask() {
  const std::string data = folder(FOLDERID_ProgramData, "C:\\ProgramData") + "\\Cardea\\";
  const std::string programs = folder(FOLDERID_ProgramFiles, "C:\\Program Files") + "\\Cardea\\";
  return {.socket = "\\\\.\\pipe\\cardea-recoveryd",
          .state_dir = data + "state",
          .accounts_db = {},
          .worker = programs + "cardea-card-worker.exe",
          .officers_file = data + "officers"};
}

}  // namespace

const DefaultPaths& default_paths() {
  static const DefaultPaths paths = ask();
  return paths;
}

}  // namespace cardea::recoveryd

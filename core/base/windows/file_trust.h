// SPDX-License-Identifier: Apache-2.0
// Whether a file can be trusted, by what Windows says of it: the counterpart of uid and mode. The judgement
// takes everything as an argument; examine_file() asks the system. Used by secure_file and by what recoveryd
// keeps open.
#pragma once

#include <cstdint>
#include <string>

#include <windows.h>

#include "core/base/result.h"
#include "core/base/windows/file_handle.h"

namespace cardea {

// What everybody but SYSTEM, Administrators and the process's user may do with a file.
enum class Others : std::uint8_t { may_read, may_do_nothing };

enum class FileKind : std::uint8_t { regular, directory };

// Empty when owner and access-control list are as they must be; else the rest of a sentence that began with
// the file's name. No list at all, and an entry of a kind that is not understood, are distrusted. `self` is
// the process's user; null: nobody but SYSTEM and Administrators is trusted.
std::string distrust(PSECURITY_DESCRIPTOR descriptor, PSID self, Others others);
// Of the owner alone.
std::string distrust_owner(PSECURITY_DESCRIPTOR descriptor, PSID self);
// The same for what kind of file it is. `type` is from GetFileType, `attributes` are FILE_ATTRIBUTE_*.
std::string distrust(DWORD type, DWORD attributes, FileKind expected);

// The user of this process; null when he can't be learned.
PSID own_user() noexcept;

// Both judgements on an open file (with READ_CONTROL and FILE_READ_ATTRIBUTES). Error::unsafe_file with
// `path` and the reason.
Status examine_file(const FileHandle& file, const std::string& path, FileKind expected, Others others);
// The same with any list: of a file that is to be given another one. (Its owner may change it at any time,
// whatever the list says.)
Status examine_owner(const FileHandle& file, const std::string& path, FileKind expected);

// A security descriptor for a new file: protected from what the folder would pass on, full access for SYSTEM,
// Administrators and the process's user, and with `others` reading for the group Users. That of a directory
// passes the same on to what is made in it.
class NewFileSecurity {
 public:
  NewFileSecurity(FileKind kind, Others others);
  NewFileSecurity(const NewFileSecurity&) = delete;
  NewFileSecurity& operator=(const NewFileSecurity&) = delete;
  ~NewFileSecurity();
  // Null when it could not be made: then no file may be, either.
  [[nodiscard]] SECURITY_ATTRIBUTES* get() noexcept;

 private:
  SECURITY_ATTRIBUTES attributes_{};
};

}  // namespace cardea

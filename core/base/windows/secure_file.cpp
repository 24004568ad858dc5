// SPDX-License-Identifier: Apache-2.0
#include "core/base/secure_file.h"

#include <algorithm>
#include <array>

#include "core/base/random.h"
#include "core/base/windows/file_handle.h"
#include "core/base/windows/file_trust.h"

namespace cardea {
namespace {

constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
constexpr std::size_t kMostAtOnce = 16UL * 1024 * 1024;  // far below what a DWORD counts

// Reads into memory that `allocate` gives once the file's size is known; returns the number of bytes.
template <typename Allocate>
Result<std::size_t> read_all(const std::string& path, Others others, std::size_t max_size,
                             const Allocate& allocate) {
  TRY_ASSIGN(const FileHandle folder, hold_folder_of(path));
  TRY_ASSIGN(const FileHandle file, open_file(path, GENERIC_READ, kShareAll, OPEN_EXISTING));
  TRY(examine_file(file, path, FileKind::regular, others));
  LARGE_INTEGER size{};
  if (GetFileSizeEx(file.get(), &size) == 0) return fail_code(path, "can't be examined", GetLastError());
  const auto expected = static_cast<std::uint64_t>(size.QuadPart);
  // One byte more, to see the end, and a file that grows meanwhile.
  const MutableBytes out =
      allocate(static_cast<std::size_t>(std::min<std::uint64_t>(expected, max_size)) + 1);
  std::size_t used = 0;
  while (used < out.size()) {
    DWORD count = 0;
    const auto room = static_cast<DWORD>(std::min(out.size() - used, kMostAtOnce));
    if (ReadFile(file.get(), out.data() + used, room, &count, nullptr) == 0)
      return fail_code(path, "can't be read", GetLastError());
    if (count == 0) return used;
    used += count;
  }
  return fail(Error::limit_exceeded, path + ": is longer than " + std::to_string(out.size() - 1) + " bytes");
}

// A name nobody guesses: two writers must never share a temporary file.
std::string temporary_path(const SplitPath& where) {
  const auto tag = SystemRandom().array<8>();
  return where.folder + "." + where.name + "." + to_hex(tag);
}

Status write_temporary(const std::string& temporary, const std::string& path, ByteView bytes, mode_t mode) {
  NewFileSecurity security(FileKind::regular, (mode & 044) != 0 ? Others::may_read : Others::may_do_nothing);
  if (security.get() == nullptr) return fail_code(path, "can't be protected", GetLastError());
  auto file = open_file(temporary, GENERIC_WRITE, 0, CREATE_NEW, security.get());
  if (!file.ok()) return fail(file.error(), path + ": can't be created: " + file.failure().detail);
  while (!bytes.empty()) {
    DWORD count = 0;
    const auto part = static_cast<DWORD>(std::min(bytes.size(), kMostAtOnce));
    if (WriteFile(file->get(), bytes.data(), part, &count, nullptr) == 0)
      return fail_code(path, "can't be written", GetLastError());
    if (count == 0) return fail_code(path, "can't be written", ERROR_WRITE_FAULT);
    bytes = bytes.subspan(count);
  }
  if (FlushFileBuffers(file->get()) == 0) return fail_code(path, "can't be flushed", GetLastError());
  return {};
}

Status put_in_place(const std::string& temporary, const std::string& path, DWORD flags) {
  TRY_ASSIGN(const std::wstring from, wide_path(temporary));
  TRY_ASSIGN(const std::wstring to, wide_path(path));
  const DWORD code = move_file(from, to, flags);
  if (code != ERROR_SUCCESS) return fail_code(path, "can't be put in place", code);
  return {};
}

Status write_and_rename(const std::string& path, ByteView bytes, mode_t mode, DWORD flags) {
  const SplitPath where = split_path(path);
  if (where.name.empty()) return fail(Error::invalid_argument, path + ": names no file");
  TRY_ASSIGN(const FileHandle folder, hold_folder_of(path));
  const std::string temporary = temporary_path(where);
  Status status = write_temporary(temporary, path, bytes, mode);
  if (status.ok()) status = put_in_place(temporary, path, flags);
  if (!status.ok()) {
    if (const auto name = wide_path(temporary); name.ok()) (void)DeleteFileW(name->c_str());
  }
  return status;
}

}  // namespace

Result<Bytes> read_state_file(const std::string& path, std::size_t max_size) {
  Bytes out;
  const auto allocate = [&out](std::size_t size) {
    out.resize(size);
    return MutableBytes(out);
  };
  TRY_ASSIGN(const std::size_t used, read_all(path, Others::may_read, max_size, allocate));
  out.resize(used);
  return out;
}

Result<Bytes> read_config_file(const std::string& path) { return read_state_file(path, 64 * 1024); }

Result<SecretBytes> read_secret_file(const std::string& path, std::size_t max_size) {
  SecretBytes out;
  const auto allocate = [&out](std::size_t size) {
    out = SecretBytes(size);
    return out.expose_mutable();
  };
  TRY_ASSIGN(const std::size_t used, read_all(path, Others::may_do_nothing, max_size, allocate));
  out.truncate(used);
  return out;
}

Status write_file_atomically(const std::string& path, ByteView bytes, mode_t mode) {
  return write_and_rename(path, bytes, mode, MOVEFILE_REPLACE_EXISTING);
}

Status create_file_atomically(const std::string& path, ByteView bytes, mode_t mode) {
  return write_and_rename(path, bytes, mode, 0);
}

}  // namespace cardea

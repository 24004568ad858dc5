// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/append_file.h"

#include <algorithm>

#include "core/base/windows/file_handle.h"
#include "core/base/windows/file_trust.h"

namespace cardea::recoveryd {
namespace {

constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
constexpr std::size_t kMostAtOnce = 16UL * 1024 * 1024;  // far below what a DWORD counts

}  // namespace

struct AppendFile::Open {
  FileHandle handle;
  std::string path;

  bool seek(std::uint64_t position) const {
    LARGE_INTEGER to{};
    to.QuadPart = static_cast<LONGLONG>(position);
    return SetFilePointerEx(handle.get(), to, nullptr, FILE_BEGIN) != 0;
  }
  Status write(std::string_view text, std::uint64_t position) const {
    if (!seek(position)) return fail_code(path, "can't be written", GetLastError());
    while (!text.empty()) {
      DWORD written = 0;
      const auto part = static_cast<DWORD>(std::min(text.size(), kMostAtOnce));
      if (WriteFile(handle.get(), text.data(), part, &written, nullptr) == 0)
        return fail_code(path, "can't be written", GetLastError());
      if (written == 0) return fail_code(path, "can't be written", ERROR_WRITE_FAULT);
      text.remove_prefix(written);
    }
    if (FlushFileBuffers(handle.get()) == 0) return fail_code(path, "can't be flushed", GetLastError());
    return {};
  }
};

AppendFile::AppendFile() noexcept = default;
AppendFile::AppendFile(std::unique_ptr<Open> file) noexcept : file_(std::move(file)) {}
AppendFile::AppendFile(AppendFile&& other) noexcept = default;
AppendFile& AppendFile::operator=(AppendFile&& other) noexcept = default;
AppendFile::~AppendFile() = default;

Result<AppendFile> AppendFile::open(const std::string& path) {
  NewFileSecurity security(FileKind::regular, Others::may_do_nothing);
  if (security.get() == nullptr) return fail_code(path, "can't be protected", GetLastError());
  TRY_ASSIGN(FileHandle handle, open_file(path, GENERIC_WRITE | READ_CONTROL | FILE_READ_ATTRIBUTES,
                                          kShareAll, OPEN_ALWAYS, security.get()));
  TRY(examine_file(handle, path, FileKind::regular, Others::may_read));
  // With the file's own record the name under which it was made.
  if (FlushFileBuffers(handle.get()) == 0) return fail_code(path, "can't be flushed", GetLastError());
  return AppendFile(std::make_unique<Open>(Open{std::move(handle), path}));
}

std::optional<std::uint64_t> AppendFile::size() const {
  LARGE_INTEGER size{};
  if (file_ == nullptr || GetFileSizeEx(file_->handle.get(), &size) == 0) return {};
  return static_cast<std::uint64_t>(size.QuadPart);
}

Status AppendFile::append(std::string_view text) {
  const auto before = size();
  if (!before) return Error::io_failed;
  Status written = file_->write(text, *before);
  if (!written.ok() && file_->seek(*before)) (void)SetEndOfFile(file_->handle.get());
  return written;
}

void AppendFile::close() noexcept { file_.reset(); }

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/state_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/unique_handle.h"

namespace cardea::virtual_card {
namespace {

Failure io_failure(const std::filesystem::path& path, const char* what) {
  return fail(errno == ENOENT ? Error::not_found : Error::io_failed,
              path.string() + ": " + what + ": " + std::strerror(errno));
}

}  // namespace

Result<CardState> load_state(const std::filesystem::path& path) {
  const UniqueHandle<std::FILE, std::fclose> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return io_failure(path, "open");
  Bytes bytes(kMaximumStateSize + 1);
  const std::size_t size = std::fread(bytes.data(), 1, bytes.size(), file.get());
  if (std::ferror(file.get()) != 0) return io_failure(path, "read");
  bytes.resize(size);
  auto state = parse_state(bytes);
  if (!state.ok()) return fail(state.error(), path.string() + ": " + state.failure().detail);
  return state;
}

Status save_state(const std::filesystem::path& path, ByteView serialized) {
  const std::filesystem::path temporary = path.string() + ".new." + std::to_string(::getpid());
  ::unlink(temporary.c_str());
  const int descriptor =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return io_failure(temporary, "create");
  std::size_t written = 0;
  while (written < serialized.size()) {
    const ssize_t step = ::write(descriptor, serialized.data() + written, serialized.size() - written);
    if (step < 0 && errno == EINTR) continue;
    if (step <= 0) break;
    written += static_cast<std::size_t>(step);
  }
  const bool whole = written == serialized.size();
  const bool closed = ::close(descriptor) == 0;
  if (!whole || !closed || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const Failure failure = io_failure(path, "write");
    ::unlink(temporary.c_str());
    return failure;
  }
  return {};
}

}  // namespace cardea::virtual_card

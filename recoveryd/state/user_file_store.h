// SPDX-License-Identifier: Apache-2.0
// One small file for each user, below the state directory: what the daemon has noticed about his account and
// may begin anew when the file is damaged. `File` has the user's id in `user`, says its kind and extension,
// and is encoded by encode() and File::decode(). Durable when a call returns.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/records/identifiers.h"
#include "recoveryd/state/state_directory.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {

template <class File>
class UserFileStore {
 public:
  explicit UserFileStore(const StateDirectory& directory) : directory_(directory) {}

  // A user who has no file, or one of another server's user of this name, has an empty one.
  // Error::not_enrolled for what is no user's name; corrupted, unknown_format, unsafe_file, io_failed.
  Result<File> load(std::string_view user, const records::UserId& id) const {
    const std::lock_guard lock(mutex_);
    return load_locked(user, id);
  }

  // Reads, changes and writes one file while no other thread does. A file that can't be read is begun anew,
  // and `damaged` says why.
  using Change = std::function<void(File&)>;
  Status update(std::string_view user, const records::UserId& id, const Change& change, Status& damaged) {
    const std::lock_guard lock(mutex_);
    auto loaded = load_locked(user, id);
    File file;
    file.user = id;
    SecretBytes before;
    if (loaded.ok()) {
      file = std::move(*loaded);
      before = encode(file);
    } else {
      if (loaded.error() == Error::not_enrolled) return loaded.failure();
      damaged = loaded.failure();
    }
    change(file);
    const SecretBytes after = encode(file);
    if (before == after) return {};
    return write_state(directory_.user_file(user, File::kExtension), File::kKind, after.expose());
  }

 private:
  Result<File> load_locked(std::string_view user, const records::UserId& id) const {
    File empty;
    empty.user = id;
    if (!is_account_name(user)) return Error::not_enrolled;
    const std::string path = directory_.user_file(user, File::kExtension);
    const auto body = read_state(path, File::kKind);
    if (!body.ok() && body.error() == Error::not_found) return empty;
    if (!body.ok()) return body.failure();
    auto file = File::decode(body->expose());
    if (!file.ok()) return fail(file.error(), path + ": " + file.failure().detail);
    return file->user == id ? std::move(file) : Result<File>(std::move(empty));
  }

  const StateDirectory& directory_;
  mutable std::mutex mutex_;
};

}  // namespace cardea::recoveryd

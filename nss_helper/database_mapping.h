// SPDX-License-Identifier: Apache-2.0
// Opening, checking and mapping the file of an accounts database (docs/spec/accounts-database.md, section
// "Trust"). Used by the module for its look-ups and by the daemon for its check of the whole file. Needs no
// C++ library.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include "nss_helper/database_view.h"

namespace cardea::nss {

struct Mapping {
  const std::uint8_t* data = nullptr;  // null: none
  std::uint64_t size = 0;
  dev_t device = 0;
  ino_t inode = 0;
  DatabaseView view;
};

// 0, or an errno value: ENOENT when there is none, EIO when it may not be trusted or its header is damaged.
// With `known`, 0 and no mapping when `path` is still that file.
int map_database(const char* path, const Mapping* known, Mapping& out) noexcept;

// Only root, or the user to whom root gave the directory, may have written the file.
bool is_trusted(const struct stat& file, const struct stat& directory) noexcept;

void unmap(const Mapping& mapping) noexcept;

}  // namespace cardea::nss

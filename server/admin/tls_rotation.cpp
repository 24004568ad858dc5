// SPDX-License-Identifier: Apache-2.0
#include "server/admin/tls_rotation.h"

#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/secure_file.h"
#include "server/admin/durable.h"
#include "server/init_certificate.h"

namespace cardea::server::admin {
namespace {

struct Paths {
  explicit Paths(const std::string& certificate)
      : folder(certificate.substr(0, certificate.rfind('/') + 1)),
        authority(folder + "ca.pem"),
        next(folder + "next"),
        next_certificate(next + "/certificate.pem"),
        next_key(next + "/private-key.pem"),
        next_authority(next + "/ca.pem") {}
  std::string folder, authority, next, next_certificate, next_key, next_authority;
};

bool is_there(const std::string& path) {
  struct stat info = {};
  return ::lstat(path.c_str(), &info) == 0;
}

// Durable, for the directory that it comes from is removed in the end.
Status rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return io_failure(from);
  return sync_directory(parent_of(to));
}

Result<bool> has_both_authorities(const Paths& paths) {
  TRY_ASSIGN(const Bytes all, read_config_file(paths.authority));
  TRY_ASSIGN(const Bytes added, read_config_file(paths.next_authority));
  return as_text(all).find(as_text(added)) != std::string_view::npos;
}

}  // namespace

Result<std::string> prepare_certificate(const std::string& certificate) {
  const Paths paths(certificate);
  TRY_ASSIGN(const Bytes pem, read_config_file(certificate));
  TRY_ASSIGN(const CertificateFacts facts, read_certificate(pem));
  if (!facts.self_made || !is_there(paths.authority))
    return fail(Error::state_forbidden,
                "this certificate is from “" + facts.issuer +
                    "”: get a new one there, put it in the place of the old one with its key, and run "
                    "“systemctl reload cardea-server”");
  if (!is_there(paths.next_authority)) {
    std::error_code ignored;  // what a try that was ended has left is not whole
    std::filesystem::remove_all(paths.next, ignored);
    if (::mkdir(paths.next.c_str(), 0700) != 0) return io_failure(paths.next);
    TRY(init_certificate(facts.name, paths.next_certificate, paths.next_key));
  }
  TRY_ASSIGN(const bool both, has_both_authorities(paths));
  if (both) return paths.authority;
  TRY_ASSIGN(Bytes all, read_config_file(paths.authority));
  TRY_ASSIGN(const Bytes added, read_config_file(paths.next_authority));
  all.insert(all.end(), added.begin(), added.end());
  TRY(write_file_atomically(paths.authority, all, 0644));
  return paths.authority;
}

Status activate_certificate(const std::string& certificate, const std::string& private_key) {
  const Paths paths(certificate);
  if (!is_there(paths.next_authority))
    return fail(Error::not_found, "nothing was prepared; run “cardea admin keys rotate tls” first");
  TRY_ASSIGN(const bool both, has_both_authorities(paths));
  if (!both) return fail(Error::state_forbidden, "run “cardea admin keys rotate tls” again: it did not end");
  // A crash in between leaves a pair that does not fit; a running server has the old one in its memory, and
  // the same step once more ends it.
  if (is_there(paths.next_key)) TRY(rename_file(paths.next_key, private_key));
  if (is_there(paths.next_certificate)) TRY(rename_file(paths.next_certificate, certificate));
  TRY_ASSIGN(const Bytes authority, read_config_file(paths.next_authority));
  TRY(write_file_atomically(paths.authority, authority, 0644));
  std::error_code error;
  std::filesystem::remove_all(paths.next, error);
  return error ? Status(fail(Error::io_failed, paths.next + ": " + error.message())) : Status();
}

}  // namespace cardea::server::admin

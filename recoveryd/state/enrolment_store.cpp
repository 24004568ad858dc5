// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/enrolment_store.h"

#include <algorithm>
#include <filesystem>

#include "core/base/text.h"
#include "recoveryd/state/notice_store.h"
#include "recoveryd/state/record_marks.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {
namespace {

constexpr std::string_view kExtension = kEnrolmentExtension;

}  // namespace

Result<login::EnrolmentRecord> EnrolmentStore::load(std::string_view user) const {
  const std::lock_guard lock(mutex_);
  return load_locked(user);
}

Result<login::EnrolmentRecord> EnrolmentStore::load_locked(std::string_view user) const {
  // A name that could not be a file name of ours was never enrolled.
  if (!is_account_name(user)) return Error::not_enrolled;
  const std::string path = directory_.user_file(user, kExtension);
  auto body = read_state(path, StateKind::enrolment);
  if (!body.ok() && body.error() == Error::not_found) {
    // "No such file" counts only while the directory itself can be read (CVE-2020-24612 was the other way
    // round).
    if (!can_be_searched(directory_.users()))
      return fail(Error::io_failed, directory_.users() + ": can't be read");
    return Error::not_enrolled;
  }
  if (!body.ok()) return body.failure();
  auto record = login::decode_enrolment(body->expose());
  if (!record.ok()) return fail(record.error(), path + ": " + record.failure().detail);
  if (record->local_user != user) return fail(Error::corrupted, path + ": is the record of another user");
  return record;
}

Status EnrolmentStore::add(const login::EnrolmentRecord& record) {
  const std::lock_guard lock(mutex_);
  if (!is_account_name(record.local_user)) return Error::invalid_argument;
  auto existing = load_locked(record.local_user);
  if (existing.ok()) return Error::already_exists;
  if (existing.error() != Error::not_enrolled) return existing.failure();
  const SecretBytes body = login::encode(record);
  return write_state(directory_.user_file(record.local_user, kExtension), StateKind::enrolment,
                     body.expose());
}

Result<login::EnrolmentRecord> EnrolmentStore::update(std::string_view user, const Change& change) {
  const std::lock_guard lock(mutex_);
  TRY_ASSIGN(login::EnrolmentRecord record, load_locked(user));
  TRY(change(record));
  const SecretBytes body = login::encode(record);
  TRY(write_state(directory_.user_file(user, kExtension), StateKind::enrolment, body.expose()));
  return record;
}

Status EnrolmentStore::remove(std::string_view user) {
  const std::lock_guard lock(mutex_);
  if (!is_account_name(user)) return Error::not_enrolled;
  std::vector<std::string> files;
  for (const std::string_view extension :
       {std::string_view("keyring"), NoticeFile::kExtension, RecordMarks::kExtension, kRemoteTriesExtension,
        kTriesExtension, kExtension})
    files.push_back(directory_.user_file(user, extension));
  return remove_files(directory_.users(), files);
}

Result<std::vector<std::string>> EnrolmentStore::users() const {
  const std::lock_guard lock(mutex_);
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.users(), error)) {
    if (entry.path().extension() != ".enrolment") continue;
    if (const std::string name = entry.path().stem().string(); is_account_name(name)) names.push_back(name);
  }
  if (error) return fail(Error::io_failed, directory_.users() + ": " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace cardea::recoveryd

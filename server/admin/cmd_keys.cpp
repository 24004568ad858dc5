// SPDX-License-Identifier: Apache-2.0
// `cardea admin keys`, and the secrets' backup (docs/spec/server-keys.md).
#include <sys/stat.h>

#include "core/base/secure_file.h"
#include "core/base/text.h"
#include "server/admin/desk.h"
#include "server/admin/outcome.h"
#include "server/admin/passphrase.h"
#include "server/admin/runners.h"
#include "server/admin/secrets_backup.h"
#include "server/admin/tls_rotation.h"
#include "server/init_certificate.h"
#include "server/secret_files.h"

namespace cardea::server::admin {
namespace {

using api::Json;

constexpr char kRestart[] =
    " Copy the file to the other servers of this store, if there are any; then run “systemctl restart "
    "cardea-server” on each.\n";

UnixSeconds file_time(const std::string& path) {
  struct stat info = {};
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mtime : 0;
}

// When it came into use: what a file that was never rotated does not say, its time does.
UnixSeconds since(UnixSeconds created, const std::string& path) {
  return created != 0 ? created : file_time(path);
}

struct Listing {
  std::vector<std::vector<std::string>> rows;
  Json::Array keys;
  UnixSeconds now = 0;
  void add(const std::string& name, std::uint32_t number, UnixSeconds created, const std::string& remark) {
    constexpr std::int64_t kDay = 24 * 3600;
    rows.push_back({name, std::to_string(number), format_utc(created),
                    std::to_string((now - created) / kDay) + " days", remark});
    keys.emplace_back(
        Json::Object{{"key", name}, {"number", number}, {"created", created}, {"remark", remark}});
  }
};

Result<Answer> rotate_oprf(Desk& desk) {
  const std::string& path = desk.config().oprf_seed_file;
  TRY_ASSIGN(auto seeds, load_oprf_seeds(desk.config()));
  seeds.front().created = since(seeds.front().created, path);
  TRY(add_oprf_seed(seeds, desk.random(), desk.now()));
  TRY(desk.store());  // before the file changes: whoever did it must be known
  TRY(write_file_atomically(path, write_oprf_seeds(seeds).expose(), 0400));
  const std::uint32_t number = seeds.back().number;
  TRY(desk.note("key-rotated", {{"key", "oprf"}, {"number", number}}));
  return Answer{"OPRF seed " + std::to_string(number) +
                    " is for the accounts that are made from now on; those that are there keep theirs." +
                    kRestart,
                {{"key", "oprf"}, {"number", number}}};
}

Result<Answer> rotate_checkpoint(Desk& desk) {
  const std::string& path = desk.config().checkpoint_key_file;
  TRY_ASSIGN(CheckpointKeys keys, load_checkpoint_keys(desk.config()));
  keys.keys.front().created = since(keys.keys.front().created, path);
  TRY_ASSIGN(const CheckpointKeys next, next_checkpoint_key(keys, desk.random(), desk.now()));
  TRY(desk.store());
  TRY(write_file_atomically(path, write_checkpoint_keys(next).expose(), 0400));
  const CheckpointKeys::Key& key = next.keys.back();
  TRY(desk.note("key-rotated",
                {{"key", "checkpoint"}, {"number", key.number}, {"public", Json::bytes(key.spki)}}));
  return Answer{"checkpoint key " + std::to_string(key.number) + " is signed by the one before." + kRestart,
                {{"key", "checkpoint"}, {"number", key.number}}};
}

Result<Answer> rotate_tls(Desk& desk) {
  const ServerConfig& config = desk.config();
  TRY(desk.store());
  if (desk.line().has("--activate")) {
    TRY(activate_certificate(config.certificate, config.private_key));
    TRY(desk.note("key-rotated", {{"key", "tls"}}));
    return Answer{"The new certificate is in its place. Run “systemctl reload cardea-server”.\n",
                  {{"key", "tls"}, {"active", true}}};
  }
  TRY_ASSIGN(const std::string authority, prepare_certificate(config.certificate));
  TRY(desk.note("key-prepared", {{"key", "tls"}}));
  return Answer{
      authority +
          " has the old authority and the new one. Give it to every computer (its ca_file); then run "
          "“cardea admin keys rotate tls --activate”.\n",
      {{"key", "tls"}, {"active", false}, {"authority", authority}}};
}

}  // namespace

Result<Answer> list_keys(Desk& desk) {
  const ServerConfig& config = desk.config();
  Listing listing;
  listing.now = desk.now();
  TRY_ASSIGN(const auto seeds, load_oprf_seeds(config));
  for (const OprfSeed& seed : seeds)
    listing.add("oprf", seed.number, since(seed.created, config.oprf_seed_file),
                &seed == &seeds.back() ? "for new accounts" : "for the accounts made with it");
  TRY_ASSIGN(const CheckpointKeys keys, load_checkpoint_keys(config));
  for (const CheckpointKeys::Key& key : keys.keys)
    listing.add("checkpoint", key.number, since(key.created, config.checkpoint_key_file),
                &key == &keys.keys.back() ? "signs" : "was replaced");
  listing.add("ake", 1, file_time(config.ake_key_file), "can't be rotated: every user would register again");
  TRY_ASSIGN(const Bytes pem, read_config_file(config.certificate));
  TRY_ASSIGN(const CertificateFacts facts, read_certificate(pem));
  listing.add("tls", 1, facts.not_before, facts.name + ", until " + format_utc(facts.not_after));
  return Answer{in_columns(listing.rows), {{"keys", std::move(listing.keys)}}};
}

Result<Answer> rotate_key(Desk& desk) {
  const std::string which = desk.line().value("KEY");
  if (which == "oprf") return rotate_oprf(desk);
  if (which == "checkpoint") return rotate_checkpoint(desk);
  if (which == "tls") return rotate_tls(desk);
  if (which == "ake")
    return fail(Error::state_forbidden,
                "the AKE key is part of every user's registration and can't be rotated");
  return fail(Error::invalid_argument, "there is no key “" + which + "”; it is oprf, checkpoint or tls");
}

Result<Answer> backup_secrets(Desk& desk) {
  const std::string path = desk.line().value("--to");
  TRY(load_secrets(desk.config()));  // what can't be used is not worth keeping
  TRY_ASSIGN(const SecretBytes passphrase, ask_passphrase(desk.line(), true));
  TRY(write_secrets_backup(desk.config(), path, passphrase, desk.random()));
  TRY(desk.note("secrets-backup-made", {}));
  return Answer{path + ": keep it apart from the backups of the store, and the passphrase apart from both.\n",
                {{"file", path}}};
}

Result<Answer> restore_secrets(Desk& desk) {
  TRY_ASSIGN(const SecretBytes passphrase, ask_passphrase(desk.line(), false));
  TRY_ASSIGN(const auto made, restore_secrets(desk.config(), desk.line().value("--from"), passphrase));
  Answer answer;
  Json::Array files;
  for (const std::string& path : made) {
    answer.text += "made " + path + "\n";
    files.emplace_back(path);
  }
  if (made.empty()) answer.text = "all of them are there already\n";
  answer.json.emplace_back("made", std::move(files));
  return answer;
}

}  // namespace cardea::server::admin

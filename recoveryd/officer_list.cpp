// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/officer_list.h"

#include <algorithm>
#include <sstream>

#include "core/base/secure_file.h"
#include "core/base/text.h"

namespace cardea::recoveryd {
namespace {

Result<ListedOfficer> parse_line(const std::string& line) {
  std::istringstream words(line);
  std::string name, auth, wrap, more;
  words >> name >> auth >> wrap;
  if (wrap.empty() || words >> more) return fail(Error::config_invalid, "must be NAME AUTH-KEY WRAP-KEY");
  if (!is_account_name(name)) return fail(Error::config_invalid, "the name can't be used");
  ListedOfficer officer;
  officer.name = name;
  auto auth_spki = from_base64url(auth);
  auto wrap_spki = from_base64url(wrap);
  if (!auth_spki.ok() || !wrap_spki.ok()) return fail(Error::config_invalid, "a key is not base64url");
  officer.auth_spki = std::move(auth_spki).value();
  officer.wrap_spki = std::move(wrap_spki).value();
  const auto wrap_key = crypto::PublicKey::from_spki(officer.wrap_spki);
  if (!crypto::PublicKey::from_spki(officer.auth_spki).ok() || !wrap_key.ok() ||
      wrap_key->kind() == crypto::KeyKind::ed25519) {
    return fail(Error::config_invalid, "a key is not one of a card");
  }
  officer.id = crypto::card_id(officer.auth_spki);
  return officer;
}

}  // namespace

Result<std::vector<ListedOfficer>> parse_officer_list(std::string_view text, std::string_view file_name) {
  std::vector<ListedOfficer> officers;
  std::istringstream lines{std::string(text)};
  std::size_t number = 0;
  const auto refuse = [&](std::string_view reason) {
    return fail(Error::config_invalid,
                std::string(file_name) + ":" + std::to_string(number) + ": " + std::string(reason));
  };
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const std::string_view content = trim(line);
    if (content.empty() || content.front() == '#') continue;
    auto officer = parse_line(line);
    if (!officer.ok()) return refuse(officer.failure().detail);
    const bool twice = std::any_of(officers.begin(), officers.end(), [&](const ListedOfficer& other) {
      return other.name == officer->name || other.id == officer->id;
    });
    if (twice) return refuse("a name or a key is there twice");
    if (officers.size() == kMaxOfficers)
      return refuse("at most " + std::to_string(kMaxOfficers) + " officers");
    officers.push_back(std::move(officer).value());
  }
  return officers;
}

Result<std::vector<ListedOfficer>> read_officer_list(const std::string& path) {
  const auto text = read_config_file(path);
  if (!text.ok() && text.error() == Error::not_found) return std::vector<ListedOfficer>{};
  if (!text.ok()) return text.failure();
  return parse_officer_list(as_text(*text), path);
}

std::string officer_line(std::string_view name, ByteView auth_spki, ByteView wrap_spki) {
  return std::string(name) + " " + to_base64url(auth_spki) + " " + to_base64url(wrap_spki);
}

}  // namespace cardea::recoveryd

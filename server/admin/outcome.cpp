// SPDX-License-Identifier: Apache-2.0
#include "server/admin/outcome.h"

#include <algorithm>
#include <cstdio>

#include "core/base/text.h"

namespace cardea::server::admin {
namespace {

struct Row {
  Error error;
  int code;
  const char* what;    // where the failure says nothing itself
  const char* advice;  // empty where the detail says it
};

constexpr Row kRows[] = {
    {Error::invalid_argument, 1, "That value can't be used", "See “cardea admin --help”"},
    {Error::not_found, 1, "There is no such thing", "Check the name"},
    {Error::already_exists, 1, "That exists already", "Choose another place"},
    {Error::permission_denied, 1, "That is not permitted to you", "Run it as root or as the server's user"},
    {Error::unsafe_file, 1, "A file could be changed by others", "Correct its owner and mode"},
    {Error::config_invalid, 1, "The configuration is not valid", "Correct it, or name another with --config"},
    {Error::disk_full, 1, "The disk is full", "Make room, then try again"},
    {Error::timeout, 1, "The database is busy", "Try again"},
    {Error::io_failed, 3, "Reading or writing failed", "Check that the database runs and the disk is well"},
    {Error::decrypt_failed, 5, "The passphrase does not open it", "Type it again"},
    {Error::signature_invalid, 5, "A signature is not valid", "Take nothing from there"},
    {Error::corrupted, 1, "Something is damaged", "Restore it from a backup"},
    {Error::unknown_format, 1, "The format is newer than this program", "Install the current version"},
    {Error::state_forbidden, 1, "That is not possible in this state", ""},
    {Error::cancelled, 1, "Cancelled", ""},
    {Error::not_supported, 1, "That is not supported here", ""},
};

constexpr Row kOther{Error::internal, 1, "Something went wrong inside", "Please report this"};

const Row& row_of(Error error) noexcept {
  const auto* found =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& row) { return row.error == error; });
  return found == std::end(kRows) ? kOther : *found;
}

bool print(std::FILE* stream, const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0;
}

// The number of signs, not of bytes.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

int exit_code(Error error) noexcept { return row_of(error).code; }

std::string failure_text(const Failure& failure) {
  const Row& row = row_of(failure.error);
  std::string text = failure.detail.empty() ? row.what : failure.detail;
  while (text.ends_with('.'))
    text.pop_back();
  text += '.';
  if (row.advice[0] != '\0') text += std::string(" ") + row.advice + ".";
  return text;
}

Status print_line(const std::string& line) {
  if (print(stdout, line + "\n")) return {};
  return fail(Error::io_failed, "standard output can't be written");
}

int finish(const Result<Answer>& answer, bool json) {
  if (!answer.ok()) {
    const std::string text = failure_text(answer.failure());
    (void)print(stderr, "cardea: " + text + "\n");
    if (json) {
      const api::Json object = api::Json::Object{{"error", error_name(answer.error())}, {"message", text}};
      (void)print(stdout, object.text() + "\n");
    }
    return exit_code(answer.error());
  }
  if (answer->text.empty() && answer->json.empty()) return kDone;  // it has printed by itself
  std::string text = json ? api::Json(answer->json).text() : answer->text;
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return print(stdout, text) && answer->good ? kDone : kRefused;
}

std::string in_columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace cardea::server::admin

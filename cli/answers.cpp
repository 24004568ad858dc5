// SPDX-License-Identifier: Apache-2.0
#include "cli/answers.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cardea::cli {
namespace {

bool is_answer_name(std::string_view name) {
  if (name.empty() || name.size() > 32) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

Result<SecretBytes> read_all(int descriptor) {
  SecretBytes text(kMaxAnswersSize + 1);
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(descriptor, text.expose_mutable().data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Error::io_failed, text::tr("the answers can't be read"));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMaxAnswersSize) return fail(Error::limit_exceeded, text::tr("the file of answers is too long"));
  text.truncate(size);
  return text;
}

}  // namespace

Result<Answers> Answers::read(const std::string& file_name) {
  text::Voice english;
  return read(file_name, english);
}

Result<Answers> Answers::read(const std::string& file_name, text::Voice& voice) {
  if (file_name == "-") {
    TRY_ASSIGN(SecretBytes text, read_all(STDIN_FILENO));
    return parse(std::move(text), voice);
  }
  const int descriptor = ::open(file_name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return fail(Error::not_found, text::tr("the file of answers can't be opened"));
  struct stat status {};
  const bool exposed = ::fstat(descriptor, &status) != 0 ||
                       (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0);
  auto text = exposed ? Result<SecretBytes>(fail(Error::unsafe_file,
                                                 text::tr("others may read the file of answers (chmod 600)")))
                      : read_all(descriptor);
  (void)::close(descriptor);
  if (!text.ok()) return text.failure();
  return parse(std::move(text).value(), voice);
}

Result<Answers> Answers::parse(SecretBytes text) {
  text::Voice english;
  return parse(std::move(text), english);
}

Result<Answers> Answers::parse(SecretBytes text, text::Voice& voice) {
  Answers answers;
  std::string_view rest = text.expose_text();
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || !is_answer_name(line.substr(0, equals))) {
      return voice.refuse(Error::invalid_argument, "line %1 of the answers is not name=value",
                          {std::to_string(number)});
    }
    answers.lines_.push_back({std::string(line.substr(0, equals)), SecretBytes(line.substr(equals + 1))});
  }
  return answers;
}

bool Answers::has(std::string_view name) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) { return line.name == name; });
}

std::optional<SecretBytes> Answers::take(std::string_view name) {
  const auto found =
      std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) { return line.name == name; });
  if (found == lines_.end()) return std::nullopt;
  SecretBytes value = std::move(found->value);
  lines_.erase(found);
  return value;
}

}  // namespace cardea::cli

// SPDX-License-Identifier: Apache-2.0
#include "upstream/answer_rules.h"

#include <algorithm>
#include <limits>

#include "core/base/text.h"

namespace cardea::upstream {
namespace {

constexpr int kNoContent = 204;

Failure misbehaved(std::string why) { return fail(Error::server_misbehaved, std::move(why)); }
Failure unreadable() { return misbehaved("the head of the answer can't be read"); }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

// The text up to the next CR LF, which is taken away, too.
std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 2, text.size()));
  return line;
}

// "HTTP/1.1 200 OK"; the words at the end may be missing (RFC 9112 section 4).
std::optional<int> parse_status_line(std::string_view line) {
  const auto blank = line.find(' ');
  if (!line.starts_with("HTTP/") || blank == std::string_view::npos) return {};
  const std::string_view rest = line.substr(blank + 1);
  if (rest.size() > 3 && rest[3] != ' ') return {};
  const auto status = parse_decimal(rest.substr(0, 3));
  if (!status || rest.size() < 3) return {};
  return static_cast<int>(*status);
}

// RFC 9110 section 5.1: a name is a token, which neither begins nor ends with a blank.
bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
  });
}

// What the fields say of the body. Two lengths that differ are an attack on whoever takes the other one
// (RFC 9112 section 6.3).
Status read_field(std::string_view name, std::string_view value, AnswerHead& head) {
  if (name == "content-encoding") head.coded = true;
  if (name == "transfer-encoding") {
    const std::string coding = lower(value);
    if (head.chunked || (coding != "chunked" && coding != "identity")) head.coded = true;
    head.chunked = coding == "chunked";
  }
  if (name == "content-length") {
    const auto length = parse_decimal(value);
    if (!length || *length > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return unreadable();
    const auto signed_length = static_cast<std::int64_t>(*length);
    if (head.length && *head.length != signed_length) return unreadable();
    head.length = signed_length;
  }
  return {};
}

}  // namespace

Status judge_head(const AnswerHead& head, std::size_t max_body) {
  if (head.status < 200 || head.status > 599) return misbehaved("the status is not known");
  if (head.status >= 300 && head.status < 400) return misbehaved("redirects are not followed");
  if (head.coded) return misbehaved("the answer has a coding that was not asked for");
  if (head.status != kNoContent && !head.chunked && !head.length) {
    return misbehaved("the answer does not say where it ends");
  }
  if (head.length && *head.length > static_cast<std::int64_t>(max_body)) {
    return misbehaved("the answer is too long");
  }
  return {};
}

bool has_body(const AnswerHead& head, bool is_head) noexcept { return head.status != kNoContent && !is_head; }

Status AnswerBody::add(std::string_view part) {
  body_.append(part);
  if (body_.size() > max_) return misbehaved("the answer is too long");
  return {};
}

Result<std::string> AnswerBody::whole(bool broken) && {
  const bool is_short =
      head_.length && !head_.chunked && static_cast<std::int64_t>(body_.size()) != *head_.length;
  if (broken || is_short) {
    return fail(Error::server_unreachable, "the connection was lost in the middle of the answer");
  }
  return std::move(body_);
}

Result<ParsedHead> parse_head(std::string_view text) {
  if (text.size() > kMaxHeadText) return misbehaved("the head of the answer is too long");
  ParsedHead out;
  const auto status = parse_status_line(take_line(text));
  if (!status) return unreadable();
  out.head.status = *status;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) continue;  // the one that ends the head
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_name(line.substr(0, colon))) return unreadable();
    std::string name = lower(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    TRY(read_field(name, value, out.head));
    out.headers.emplace_back(std::move(name), value);
  }
  return out;
}

}  // namespace cardea::upstream

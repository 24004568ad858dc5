// SPDX-License-Identifier: Apache-2.0
#include "server/http/request_head.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace cardea::server::http {
namespace {

Failure malformed(std::string_view why) { return fail(Error::frame_malformed, std::string(why)); }

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 9110 section 5.6.2.
bool is_token_char(char c) {
  return is_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

// Fields that decide where a message ends or who it is from: two of them could be read in two ways.
constexpr std::array<std::string_view, 13> kSingleFields = {
    "host",           "content-length",  "transfer-encoding", "connection",      "expect",
    "content-digest", "signature-input", "signature",         "idempotency-key", "if-match",
    "if-none-match",  "content-type",    "content-encoding"};

Status read_target(std::string_view target, RequestHead& head) {
  if (target.empty() || target.front() != '/' || target.size() > kMaxTargetSize)
    return malformed("request target");
  const auto question = std::min(target.find('?'), target.size());
  head.path = target.substr(0, question);
  head.query = target.substr(question);
  for (const char c : head.path) {
    if (!is_alphanumeric(c) && std::string_view("/-._~").find(c) == std::string_view::npos)
      return malformed("path");
  }
  for (const char c : std::string_view(head.query).substr(head.query.empty() ? 0 : 1)) {
    if (!is_alphanumeric(c) && std::string_view("-._~=&").find(c) == std::string_view::npos)
      return malformed("query");
  }
  for (const std::string& segment : split(std::string_view(head.path).substr(1), '/')) {
    if (segment == "." || segment == ".." || (segment.empty() && head.path != "/"))
      return malformed("path segment");
  }
  return {};
}

Status read_request_line(std::string_view line, RequestHead& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return malformed("request line");
  head.method = line.substr(0, first);
  if (head.method.size() > 16 ||
      !std::all_of(head.method.begin(), head.method.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) ||
      head.method.empty()) {
    return malformed("method");
  }
  const std::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return version.starts_with("HTTP/") ? Status(fail(Error::not_supported, "HTTP version"))
                                        : Status(malformed("version"));
  }
  head.minor_version = version.back() - '0';
  return read_target(line.substr(first + 1, last - first - 1), head);
}

Status read_field(std::string_view line, RequestHead& head) {
  // A line that begins with a blank would continue the one before (obs-fold, RFC 9112 section 5.2); the token
  // test refuses it, and a blank before the colon as well.
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return malformed("field name");
  RequestHead::Field field{lower_case(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))};
  for (const char c : field.value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return malformed("field value");
  }
  const bool single =
      std::find(kSingleFields.begin(), kSingleFields.end(), field.name) != kSingleFields.end();
  if (single && head.field(field.name) != nullptr) return malformed("“" + field.name + "” occurs twice");
  if (head.fields.size() >= kMaxFields) return malformed("too many fields");
  head.fields.push_back(std::move(field));
  return {};
}

Status read_length(RequestHead& head) {
  const std::string* length = head.field("content-length");
  const std::string* coding = head.field("transfer-encoding");
  if (length != nullptr && coding != nullptr) return malformed("Content-Length beside Transfer-Encoding");
  if (length != nullptr) {
    const auto value = parse_decimal(*length);
    if (!value || length->size() > 12) return malformed("Content-Length");
    head.content_length = *value;
  }
  if (coding != nullptr) {
    if (head.minor_version == 0) return malformed("Transfer-Encoding in HTTP/1.0");
    if (lower_case(*coding) != "chunked") return fail(Error::not_supported, "transfer coding");
    head.chunked = true;
  }
  if (head.field("content-encoding") != nullptr) return fail(Error::not_supported, "content coding");
  return {};
}

Status read_host(RequestHead& head) {
  const std::string* host = head.field("host");
  if (host == nullptr || host->empty() || host->size() > 255) return malformed("Host");
  head.host = lower_case(*host);
  for (const char c : head.host) {
    if (!is_alphanumeric(c) && std::string_view("-.:[]").find(c) == std::string_view::npos)
      return malformed("Host");
  }
  return {};
}

Status read_connection(RequestHead& head) {
  head.keep_alive = head.minor_version == 1;
  if (const std::string* connection = head.field("connection")) {
    for (const std::string& option : split(lower_case(*connection), ',')) {
      if (trim(option) == "close") head.keep_alive = false;
    }
  }
  if (const std::string* expect = head.field("expect")) {
    if (lower_case(*expect) != "100-continue") return fail(Error::not_supported, "Expect");
    head.expect_continue = head.minor_version == 1;
  }
  return {};
}

}  // namespace

const std::string* RequestHead::field(std::string_view name) const {
  for (const Field& candidate : fields) {
    if (candidate.name == name) return &candidate.value;
  }
  return nullptr;
}

Result<std::optional<std::size_t>> find_head_end(std::string_view input) {
  const std::string_view window = input.substr(0, kMaxHeadSize);
  for (std::size_t at = window.find('\n'); at != std::string_view::npos; at = window.find('\n', at + 1)) {
    if (at == 0 || window[at - 1] != '\r') return malformed("a line does not end in CR LF");
    if (at == 1) return malformed("an empty line before the request");
    if (at >= 3 && window[at - 2] == '\n') return std::optional<std::size_t>(at + 1);
  }
  if (input.size() >= kMaxHeadSize) return fail(Error::frame_too_large, "request head");
  return std::optional<std::size_t>{};
}

Result<RequestHead> parse_request_head(std::string_view head) {
  if (!head.ends_with("\r\n\r\n")) return malformed("no empty line");
  head.remove_suffix(2);
  RequestHead out;
  bool first = true;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    if (line.find('\r') != std::string_view::npos || line.find('\n') != std::string_view::npos)
      return malformed("line end");
    TRY(first ? read_request_line(line, out) : read_field(line, out));
    first = false;
    head.remove_prefix(end + 2);
  }
  TRY(read_host(out));
  TRY(read_length(out));
  TRY(read_connection(out));
  return out;
}

}  // namespace cardea::server::http

// SPDX-License-Identifier: Apache-2.0
#include "core/api/json.h"

#include <algorithm>
#include <limits>

#include "core/base/text.h"

namespace cardea::api {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Json> document() {
    TRY_ASSIGN(Json value, this->value(0));
    skip_blanks();
    if (at_ != text_.size()) return malformed("text after the value");
    return value;
  }

 private:
  Result<Json> value(std::size_t depth) {
    if (depth > kMaxJsonDepth) return malformed("nested too deeply");
    skip_blanks();
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"': {
        TRY_ASSIGN(std::string text, string());
        return Json(std::move(text));
      }
      case 't':
        return literal("true", Json(true));
      case 'f':
        return literal("false", Json(false));
      case 'n':
        return literal("null", Json(nullptr));
      default:
        return number();
    }
  }

  Result<Json> object(std::size_t depth) {
    Json::Object members;
    ++at_;
    skip_blanks();
    if (take('}')) return Json(std::move(members));
    do {
      skip_blanks();
      TRY_ASSIGN(std::string name, string());
      const auto same = [&](const auto& member) { return member.first == name; };
      if (std::any_of(members.begin(), members.end(), same)) return malformed("a name occurs twice");
      if (members.size() >= kMaxMembers) return malformed("too many names");
      skip_blanks();
      if (!take(':')) return malformed("expected a colon");
      TRY_ASSIGN(Json member, value(depth + 1));
      members.emplace_back(std::move(name), std::move(member));
      skip_blanks();
    } while (take(','));
    if (!take('}')) return malformed("expected a brace");
    return Json(std::move(members));
  }

  Result<Json> array(std::size_t depth) {
    Json::Array items;
    ++at_;
    skip_blanks();
    if (take(']')) return Json(std::move(items));
    do {
      TRY_ASSIGN(Json item, value(depth + 1));
      items.push_back(std::move(item));
      skip_blanks();
    } while (take(','));
    if (!take(']')) return malformed("expected a bracket");
    return Json(std::move(items));
  }

  Result<std::string> string() {
    if (!take('"')) return malformed("expected a string");
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') {
        if (!is_valid_utf8(out)) return malformed("a string that is not UTF-8");
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20) return malformed("a control character in a string");
      if (c != '\\') {
        out.push_back(c);
      } else {
        TRY(escape(out));
      }
    }
    return malformed("a string without end");
  }

  Status escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    const char c = next();
    if (const auto index = kNames.find(c); index != std::string_view::npos) {
      out.push_back(kValues[index]);
      return {};
    }
    if (c != 'u') return malformed("an unknown escape");
    TRY_ASSIGN(std::uint32_t code, hex4());
    if (code >= 0xd800 && code < 0xdc00) {
      if (next() != '\\' || next() != 'u') return malformed("half a surrogate pair");
      TRY_ASSIGN(const std::uint32_t low, hex4());
      if (low < 0xdc00 || low > 0xdfff) return malformed("half a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      return malformed("half a surrogate pair");
    }
    append_utf8(out, code);
    return {};
  }

  static void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xc0 | (code >> 6));
      put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      put(0xe0 | (code >> 12));
      put(0x80 | ((code >> 6) & 0x3f));
      put(0x80 | (code & 0x3f));
    } else {
      put(0xf0 | (code >> 18));
      put(0x80 | ((code >> 12) & 0x3f));
      put(0x80 | ((code >> 6) & 0x3f));
      put(0x80 | (code & 0x3f));
    }
  }

  Result<std::uint32_t> hex4() {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = next();
      const auto digit =
          std::string_view("0123456789abcdef").find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
      if (digit == std::string_view::npos) return malformed("an escape without four digits");
      code = (code << 4) | static_cast<std::uint32_t>(digit);
    }
    return code;
  }

  Result<Json> number() {
    const bool negative = take('-');
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
      ++at_;
    const std::string_view digits = text_.substr(begin, at_ - begin);
    const auto magnitude = parse_decimal(digits);
    const bool leading_zero = digits.size() > 1 && digits.front() == '0';
    if (!magnitude || leading_zero || (negative && *magnitude == 0)) return malformed("expected a value");
    // 2^53 - 1: what a browser's number holds exactly (RFC 8259 section 6).
    if (*magnitude > ((std::uint64_t{1} << 53) - 1)) return malformed("a number out of range");
    if (const char c = peek(); c == '.' || c == 'e' || c == 'E')
      return malformed("a number that is no integer");
    const auto value = static_cast<std::int64_t>(*magnitude);
    return Json(negative ? -value : value);
  }

  Result<Json> literal(std::string_view word, Json value) {
    if (!text_.substr(at_).starts_with(word)) return malformed("expected a value");
    at_ += word.size();
    return value;
  }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char next() { return at_ < text_.size() ? text_[at_++] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] Failure malformed(std::string_view what) const {
    return fail(Error::frame_malformed, "JSON at byte " + std::to_string(at_) + ": " + std::string(what));
  }

  // Enough for every message, and a bound for the duplicate test, which is quadratic.
  static constexpr std::size_t kMaxMembers = 64;
  std::string_view text_;
  std::size_t at_ = 0;
};

void append_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte >= 0x20) {
      out.push_back(c);
    } else if (const auto short_form = std::string_view("\b\t\n\f\r").find(c);
               short_form != std::string_view::npos) {
      out.push_back('\\');
      out.push_back("btnfr"[short_form]);
    } else {
      out.append("\\u00").push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  out.push_back('"');
}

}  // namespace

Result<Json> Json::parse(std::string_view text) {
  if (text.size() > kMaxJsonSize) return fail(Error::frame_too_large, "JSON text too long");
  return Parser(text).document();
}

const Json* Json::find(std::string_view name) const noexcept {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  for (const auto& [key, value] : *members) {
    if (key == name) return &value;
  }
  return nullptr;
}

Json Json::canonical() const {
  if (const Array* items = array()) {
    Array out;
    for (const Json& item : *items)
      out.push_back(item.canonical());
    return out;
  }
  if (const Object* members = object()) {
    Object out;
    for (const auto& [name, value] : *members)
      out.emplace_back(name, value.canonical());
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return out;
  }
  return *this;
}

void Json::append_to(std::string& out) const {
  if (const bool* flag = boolean()) {
    out.append(*flag ? "true" : "false");
  } else if (const std::int64_t* number = integer()) {
    out.append(std::to_string(*number));
  } else if (const std::string* text = string()) {
    append_string(out, *text);
  } else if (const Array* items = array()) {
    out.push_back('[');
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i != 0) out.push_back(',');
      (*items)[i].append_to(out);
    }
    out.push_back(']');
  } else if (const Object* members = object()) {
    out.push_back('{');
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (i != 0) out.push_back(',');
      append_string(out, (*members)[i].first);
      out.push_back(':');
      (*members)[i].second.append_to(out);
    }
    out.push_back('}');
  } else {
    out.append("null");
  }
}

std::string Json::text() const {
  std::string out;
  append_to(out);
  return out;
}

}  // namespace cardea::api

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/ldap_messages.h"

#include <stdexcept>

namespace cardea::bench {
namespace {

// Tags of RFC 4511 appendix B; those above 0x60 are its application's.
enum Tag : unsigned char {
  kBoolean = 0x01,
  kInteger = 0x02,
  kOctets = 0x04,
  kEnumerated = 0x0a,
  kSequence = 0x30,
  kBindRequest = 0x60,
  kBindResponse = 0x61,
  kSearchRequest = 0x63,
  kSearchEntry = 0x64,
  kSearchDone = 0x65,
  kSimplePassword = 0x80,
  kFilterPresent = 0x87,
};

std::string element(Tag tag, const std::string& content) {
  const auto octet = [](std::size_t value) { return static_cast<char>(value & 0xff); };
  std::string out{octet(tag)};
  if (content.size() >= 0x80) out += {octet(0x82), octet(content.size() >> 8)};
  return out + octet(content.size()) + content;
}

std::string number(Tag tag, char value) { return element(tag, std::string(1, value)); }

std::string message(const std::string& operation) {
  return element(kSequence, number(kInteger, 1) + operation);
}

struct Element {
  unsigned char tag = 0;
  std::string_view content;
};

// Takes one element off the front; nothing while it is not whole.
std::optional<Element> take(std::string_view& rest) {
  const auto octet = [&rest](std::size_t at) { return static_cast<unsigned char>(rest[at]); };
  if (rest.size() < 2) return {};
  std::size_t head = 2, length = octet(1);
  if (length >= 0x80) {
    head += length - 0x80;
    if (head == 2 || head > 6) throw std::runtime_error("LDAP: no length");
    if (rest.size() < head) return {};
    length = 0;
    for (std::size_t i = 2; i < head; ++i)
      length = length << 8 | octet(i);
  }
  if (rest.size() - head < length) return {};
  const Element out{octet(0), rest.substr(head, length)};
  rest.remove_prefix(head + length);
  return out;
}

Element must_take(std::string_view& rest) {
  const auto out = take(rest);
  if (!out) throw std::runtime_error("LDAP: an element ends too early");
  return *out;
}

// Of a SearchResultEntry: its name, then a type and a set of values for each attribute (section 4.5.2).
std::size_t value_bytes(std::string_view entry) {
  (void)must_take(entry);
  std::size_t out = 0;
  for (std::string_view attributes = must_take(entry).content; !attributes.empty();) {
    std::string_view attribute = must_take(attributes).content;
    (void)must_take(attribute);
    for (std::string_view values = must_take(attribute).content; !values.empty();)
      out += must_take(values).content.size();
  }
  return out;
}

}  // namespace

std::string ldap_bind(const std::string& name, const std::string& password) {
  constexpr char kVersion = 3;
  return message(element(kBindRequest, number(kInteger, kVersion) + element(kOctets, name) +
                                           element(kSimplePassword, password)));
}

std::string ldap_read(const std::string& name, const std::string& attribute) {
  // The entry itself, aliases as they are, no limits, values too, whatever its class (section 4.5.1).
  return message(element(kSearchRequest, element(kOctets, name) + number(kEnumerated, 0) +
                                             number(kEnumerated, 0) + number(kInteger, 0) +
                                             number(kInteger, 0) + number(kBoolean, 0) +
                                             element(kFilterPresent, "objectClass") +
                                             element(kSequence, element(kOctets, attribute))));
}

std::optional<std::size_t> whole_ldap_answer(std::string_view received) {
  std::size_t out = 0;
  while (const auto next = take(received)) {
    std::string_view rest = next->content;
    (void)must_take(rest);  // the message's number
    Element operation = must_take(rest);
    switch (operation.tag) {
      case kSearchEntry:
        out += value_bytes(operation.content);
        break;
      case kBindResponse:
      case kSearchDone:
        if (must_take(operation.content).content != std::string_view("\0", 1))
          throw std::runtime_error("LDAP: no success");
        return out;
      default:
        throw std::runtime_error("LDAP: not an answer to a bind or a read");
    }
  }
  return {};
}

}  // namespace cardea::bench

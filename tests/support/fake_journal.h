// SPDX-License-Identifier: Apache-2.0
// journald's end of the native protocol, for tests of what programs log: takes entries and reads them as
// journald does.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>

#include "core/base/linux/unique_fd.h"

namespace cardea::test {

using JournalFields = std::map<std::string, std::string>;

// Both forms of a field. Throws for what is no entry.
inline JournalFields parse_journal_entry(std::string_view datagram) {
  JournalFields fields;
  while (!datagram.empty()) {
    const std::size_t end = datagram.find('\n');
    if (end == std::string_view::npos) throw std::runtime_error("a field without its end");
    const std::string_view head = datagram.substr(0, end);
    datagram.remove_prefix(end + 1);
    std::string name(head.substr(0, head.find('=')));
    std::string value;
    if (name.size() < head.size()) {
      value = head.substr(name.size() + 1);
    } else {
      std::uint64_t length = 0;
      for (unsigned i = 0; i < 8; ++i)
        length |= std::uint64_t{static_cast<unsigned char>(datagram.at(i))} << (8 * i);
      if (datagram.at(8 + length) != '\n') throw std::runtime_error("a value without its end");
      value = datagram.substr(8, length);
      datagram.remove_prefix(8 + length + 1);
    }
    if (!fields.emplace(name, value).second) throw std::runtime_error("twice: " + name);
  }
  return fields;
}

class FakeJournal {
 public:
  explicit FakeJournal(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
      throw std::runtime_error("bind");
  }
  // Empty when there is none.
  JournalFields next() {
    std::string buffer(256 * 1024, '\0');
    const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0) return {};
    return parse_journal_entry(std::string_view(buffer).substr(0, static_cast<std::size_t>(size)));
  }

 private:
  UniqueFd socket_;
};

}  // namespace cardea::test

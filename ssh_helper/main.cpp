// SPDX-License-Identifier: Apache-2.0
// AuthorizedKeysCommand of sshd: prints the public keys of a user's active cards. Any trouble ends it with 1
// and nothing printed, which sshd takes for “no key”; the reason goes to standard error, which sshd logs.
#include <cstdio>
#include <exception>
#include <string_view>

#include "ssh_helper/authorized_keys.h"

namespace {

constexpr int kDone = 0, kFailed = 1, kUsage = 2;

int print_keys(const char* socket, std::string_view user) {
  const auto lines = cardea::ssh_helper::authorized_keys(socket, user);
  if (!lines.ok()) {
    std::fprintf(stderr, "cardea-authorized-keys: %s\n", cardea::error_name(lines.error()));
    return kFailed;
  }
  const bool written =
      std::fwrite(lines->data(), 1, lines->size(), stdout) == lines->size() && std::fflush(stdout) == 0;
  return written ? kDone : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  const char* socket = CARDEA_SOCKET_PATH;
  int next = 1;
  if (argc == 4 && std::string_view(argv[1]) == "--socket" && argv[2][0] == '/') {
    socket = argv[2];
    next = 3;
  }
  if (argc != next + 1 || argv[next][0] == '\0' || argv[next][0] == '-') {
    std::fputs("usage: cardea-authorized-keys [--socket PATH] USER\n", stderr);
    return kUsage;
  }
  try {
    return print_keys(socket, argv[next]);
  } catch (const std::exception&) {  // no memory, or a bug
    return kFailed;
  }
}

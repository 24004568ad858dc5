// SPDX-License-Identifier: Apache-2.0
// `cardea recover` where there is nobody to ask.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/base/linux/unique_fd.h"
#include "tests/integration/cli/utility.h"

namespace cardea::test {
namespace {

TEST(Recover, AllServersDownIsThreeBeforeAnythingIsTyped) {
  const auto refusing = [](UniqueFd& socket) {  // bound, and nobody listens
    socket = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    return "https://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  };
  UniqueFd a, b;
  const Ran ran = run_cardea({"recover", "--server", refusing(a) + ", " + refusing(b), "--account", "anna"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_TRUE(ran.err.starts_with("cardea: The server can't be reached")) << ran.err;
  EXPECT_TRUE(ran.err.ends_with("; none of 2 servers answers). Check the network, then try again.\n"))
      << ran.err;
}

}  // namespace
}  // namespace cardea::test

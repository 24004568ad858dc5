// SPDX-License-Identifier: Apache-2.0
// What verbs need that talk to a server themselves, from any computer and without a daemon: its client, and
// questions at the console. Used by `recover` and `sheet suspend|reopen`.
#pragma once

#include <memory>

#include "cli/console.h"
#include "cli/verbs.h"
#include "core/api/server_list.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/client/workspace.h"
#include "upstream/https_transport.h"
#include "upstream/server_client.h"

namespace cardea::cli {

// Asks at the console as the daemon would; the answer lies in locked memory.
class Asker {
 public:
  Asker(Console& console, client::Workspace& workspace) : console_(console), workspace_(workspace) {}

  Result<SecretBytes> ask(std::string_view purpose, const std::string& notice, const std::string& prompt,
                          std::uint8_t flags = 0);
  [[nodiscard]] std::string speak(const char* english, text::Arguments arguments = {}) const {
    return console_.speak(english, arguments);
  }

 private:
  Console& console_;
  client::Workspace& workspace_;
};

// The options --server and --ca-file as a client, and who is asked; both live as long as this.
class ServerDialog {
 public:
  ServerDialog(const Invocation& invocation, Console& console)
      : invocation_(invocation), console_(console), asker_(console, workspace_) {}
  Result<upstream::ServerClient*> connect();
  // The server at which the account is now (docs/spec/relocation.md), which the one before has just told; it
  // is named at the console. The client before is gone then. server_misbehaved when there have been too many.
  Result<upstream::ServerClient*> follow();
  [[nodiscard]] Asker& asker() noexcept { return asker_; }

 private:
  Result<upstream::ServerClient*> connect_to(upstream::HttpsSettings settings);
  Result<std::unique_ptr<upstream::HttpsTransport>> open_transport(upstream::HttpsSettings settings);
  std::vector<std::string> order(std::vector<std::string> named, const api::ServerList& list);

  const Invocation& invocation_;
  Console& console_;
  client::Workspace workspace_{client::Workspace::For::answers};
  Asker asker_;
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<upstream::HttpsTransport> transport_;
  std::unique_ptr<upstream::ServerClient> client_;
  Bytes server_key_;  // that has signed the list, or that the server before has named; empty: not known
  int followed_ = 0;
};

// The failure with the text that is shown for it.
Failure with_text(text::Language language, const Failure& failure);

}  // namespace cardea::cli

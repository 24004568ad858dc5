// SPDX-License-Identifier: Apache-2.0
#include "cli/daemon_address.h"

#include <fstream>
#include <iterator>

#include "core/base/text.h"
#include "core/text/catalogue.h"

namespace cardea::cli {

std::string socket_from_config(std::string_view text) {
  bool ours = false;
  for (const std::string& whole : split(text, '\n')) {
    const std::string_view line =
        trim(whole.ends_with('\r') ? std::string_view(whole).substr(0, whole.size() - 1) : whole);
    if (line.starts_with('[')) ours = line == "[recoveryd]";
    const std::size_t equals = line.find('=');
    if (!ours || equals == std::string_view::npos || trim(line.substr(0, equals)) != "socket") continue;
    return std::string(trim(line.substr(equals + 1)));
  }
  return {};
}

Result<std::string> daemon_socket(const GlobalOptions& options) {
  if (!options.socket.empty()) return options.socket;
  const bool named = !options.config.empty();
  std::ifstream file(named ? options.config : std::string(CARDEA_CONFIG_PATH), std::ios::binary);
  std::string text;
  if (file) text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  if (named && (!file || file.bad())) {
    return fail(Error::config_invalid,
                text::spoken(options.language(), "%1 can't be read. Check the name after --config.",
                             {options.config}));
  }
  std::string socket = socket_from_config(text);
  if (socket.empty()) socket = CARDEA_SOCKET_PATH;
  return socket;
}

}  // namespace cardea::cli

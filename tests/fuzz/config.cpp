// SPDX-License-Identifier: Apache-2.0
// Configuration files: a table with a key of every type, and the server's own.
#include "core/base/config.h"

#include <cstdlib>

#include "server/config.h"

namespace {

using cardea::ConfigKey;
using cardea::ConfigType;

constexpr ConfigKey kKeys[] = {
    {"a", "text", ConfigType::text},
    {"a", "path", ConfigType::path},
    {"b", "number", ConfigType::integer, false, -5, 500},
    {"b", "flag", ConfigType::boolean},
    {"b", "words", ConfigType::list},
    {"b", "mode", ConfigType::choice, false, 0, 0, "off|card_required"},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = cardea::Config::parse(text, "fuzz.conf", kKeys);
  if (config.ok()) {
    const auto number = config->integer("b", "number", 7);
    if (number < -5 || number > 500) std::abort();
    if (config->has("a", "text") && config->text("a", "text").empty()) std::abort();
    if (config->has("a", "path") && config->text("a", "path").front() != '/') std::abort();
    if (config->has("b", "words") == config->list("b", "words").empty()) std::abort();
    const std::string mode = config->text("b", "mode", "off");
    if (mode != "off" && mode != "card_required") std::abort();
    (void)config->boolean("b", "flag", false);
  }
  (void)cardea::server::parse_server_config(text, "server.conf");
  return 0;
}

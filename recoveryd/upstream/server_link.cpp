// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/upstream/server_link.h"

#include "core/text/catalogue.h"

namespace cardea::recoveryd {

Result<std::unique_ptr<ServerLink>> ServerLink::open(const Context& context,
                                                     const std::vector<std::string>& urls,
                                                     std::optional<MonotonicMillis> total) {
  if (urls.empty()) return fail(Error::config_invalid, text::tr("No server is configured for this user."));
  upstream::PocoTransportSettings settings;
  settings.urls = urls;
  settings.ca_file = context.settings.ca_file;
  if (total) settings.total_millis = *total;
  TRY_ASSIGN(auto transport, upstream::PocoTransport::create(settings, context.clock));
  return std::unique_ptr<ServerLink>(new ServerLink(std::move(transport), context));
}

}  // namespace cardea::recoveryd

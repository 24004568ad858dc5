// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/upstream/server_link.h"

#include "core/text/catalogue.h"
#include "recoveryd/log_events.h"

namespace cardea::recoveryd {

ServerGroup server_group(const login::EnrolmentRecord& record) {
  return {record.servers, record.checkpoint_key};
}

Result<std::unique_ptr<ServerLink>> ServerLink::open(const Context& context, const ServerGroup& group,
                                                     std::optional<MonotonicMillis> total) {
  if (group.urls.empty())
    return fail(Error::config_invalid, text::tr("No server is configured for this user."));
  upstream::HttpsSettings settings;
  settings.urls = group.urls;
  settings.ca_file = context.settings.ca_file;
  if (total) settings.total_millis = *total;
  std::unique_ptr<GroupWatch> watch;
  // Before a key is known, the order is the person's or the administrator's.
  if (context.servers != nullptr && !group.key.empty()) {
    settings.urls = context.servers->order(group);
    watch = std::make_unique<GroupWatch>(*context.servers, group);
    settings.watch = watch.get();
  }
  TRY_ASSIGN(auto transport, upstream::HttpsTransport::create(settings, context.clock));
  return std::unique_ptr<ServerLink>(new ServerLink(std::move(watch), std::move(transport), context));
}

void refresh_server_list(const Context& context, ServerLink& server, const ServerGroup& group) {
  if (context.servers == nullptr || group.key.empty()) return;
  const auto shown = upstream::get_server_list(server.client());
  // An older server does not know the question, and one alone has no list.
  if (!shown.ok() || !*shown) return;
  const auto taken = context.servers->take(group, **shown);
  if (taken.ok()) return;
  context.log.warning(events::kServerListRefused,
                      {{"error", error_name(taken.error())}, {"detail", taken.failure().detail}});
}

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
// Sealed records.
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/http/paging.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::size_t kRecordPage = 500;

Json version_json(const Record& record) {
  return Json::Object{{"record_id", record.id.text()}, {"version", record.version}, {"epoch", record.epoch}};
}

// Whether the trash is asked for: "trash=1".
Result<bool> in_trash(const Context& context) {
  TRY_ASSIGN(const std::uint64_t asked, context.number("trash", 0));
  if (asked > 1) return fail(Error::invalid_argument, "“trash” is 1 or absent");
  return asked == 1;
}

// All of it at once: it is bounded.
Result<Response> list_trash(Context& context, const UserId& user) {
  TRY_ASSIGN(const auto records, context.services.store.trash(user));
  Json::Array list;
  for (const Record& record : records)
    list.push_back(to_json(record));
  return json(200, Json::Object{{"records", std::move(list)}, {"cursor", "0"}, {"more", false}});
}

}  // namespace

Result<Response> list_records(Context& context) {
  TRY_ASSIGN(const UserId user, context.user());
  TRY_ASSIGN(const bool trash, in_trash(context));
  if (trash) return list_trash(context, user);
  // The end of a former visit and the end of the page before are the same thing: a place among the changes.
  const bool has_cursor = context.query.contains("cursor");
  TRY_ASSIGN(const Page page, read_page(context, "records", kRecordPage, has_cursor ? "cursor" : "since"));
  TRY_ASSIGN(const std::uint64_t begin, number_of(page));
  TRY_ASSIGN(const auto records, context.services.store.records(user, begin, page.limit));
  Json::Array list;
  for (const Record& record : records)
    list.push_back(to_json(record));
  TRY_ASSIGN(std::string cursor,
             page_end(context, "records", records.empty() ? begin : records.back().change_number));
  return json(200, Json::Object{{"records", std::move(list)},
                                {"cursor", std::move(cursor)},
                                {"more", records.size() == page.limit}});
}

Result<Response> get_record(Context& context) {
  TRY_ASSIGN(const RecordId id, context.id<RecordId>("record_id"));
  TRY_ASSIGN(const UserId user, context.user());
  TRY_ASSIGN(const bool trash, in_trash(context));
  TRY_ASSIGN(const Record record, trash ? context.services.store.get_trashed(user, id)
                                        : context.services.store.get_record(user, id));
  Json::Object body = *version_json(record).object();
  body.emplace_back("envelope", Json::bytes(record.envelope));
  return json(200, body, quoted(record.version));
}

Result<Response> put_record(Context& context) {
  PutRecord command;
  TRY_ASSIGN(command.record, context.id<RecordId>("record_id"));
  if (const std::string* none = context.request.head.field("if-none-match")) {
    if (*none != "*" || context.request.head.field("if-match") != nullptr) {
      return fail(Error::invalid_argument, "If-None-Match is “*” or absent");
    }
  } else {
    TRY_ASSIGN(command.expected_version, context.if_match());
  }
  JsonFields fields(context.body);
  command.epoch = fields.number("epoch", 1, 0x7fffffff);
  // One byte more than may be: a longer one is told from a malformed one.
  command.envelope = fields.bytes("envelope", 1, kMaxRecordEnvelope + 1);
  TRY(fields.complete());
  const bool is_new = !command.expected_version;
  TRY_ASSIGN(const Record record,
             context.services.records.put(context.caller, std::move(command), context.now));
  return json(is_new ? 201 : 200, version_json(record), quoted(record.version));
}

Result<Response> rewrap_record(Context& context) {
  RewrapRecord command;
  TRY_ASSIGN(command.record, context.id<RecordId>("record_id"));
  TRY_ASSIGN(command.expected_version, context.if_match());
  JsonFields fields(context.body);
  const auto version = fields.integer("version", 1, std::int64_t{1} << 50);
  command.epoch = fields.number("epoch", 1, 0x7fffffff);
  Bytes wrapped_key = fields.bytes("wrapped_key", 1, kMaxWrappedKey);
  TRY(fields.complete());
  if (static_cast<std::uint64_t>(version) != command.expected_version) {
    return fail(Error::precondition_failed, "If-Match and “version” differ");
  }
  const auto change = context.change<Record>(
      [](const Record& record) { return stored(200, version_json(record), quoted(record.version)); });
  return answered(
      context.services.records.rewrap(context.caller, std::move(command), std::move(wrapped_key), change));
}

Result<Response> delete_record(Context& context) {
  DeleteRecord command;
  TRY_ASSIGN(command.record, context.id<RecordId>("record_id"));
  TRY_ASSIGN(command.expected_version, context.if_match());
  TRY(context.services.records.remove(context.caller, command, context.now));
  return no_content();
}

Result<Response> restore_record(Context& context) {
  RestoreRecord command;
  TRY_ASSIGN(command.record, context.id<RecordId>("record_id"));
  TRY_ASSIGN(command.expected_version, context.if_match());
  TRY(JsonFields(context.body).complete());
  const auto change = context.change<Record>(
      [](const Record& record) { return stored(200, version_json(record), quoted(record.version)); });
  return answered(context.services.records.restore(context.caller, command, change));
}

Result<Response> get_usage(Context& context) {
  TRY_ASSIGN(const UserId user, context.user());
  TRY_ASSIGN(const RecordUsage usage, context.services.store.record_usage(user));
  return json(200, Json::Object{{"records", usage.records},
                                {"max_records", kMaxRecords},
                                {"trashed", usage.trashed},
                                {"max_trashed", kMaxTrash},
                                {"trash_days", kTrashDays},
                                {"bytes", usage.bytes}});
}

}  // namespace cardea::server::http

// SPDX-License-Identifier: Apache-2.0
#include "upstream/record_calls.h"

#include <algorithm>

namespace cardea::upstream {
namespace {

using api::Json;

constexpr std::size_t kMaxCursor = 256;

std::string path_of(const records::RecordId& id, std::string_view rest = {}) {
  return "/v1/records/" + to_hex(id) + std::string(rest);
}

std::string quoted(std::uint32_t version) { return "\"" + std::to_string(version) + "\""; }

Result<RecordEntry> read_entry(const Json& json) {
  auto fields = answer_fields(json);
  RecordEntry entry;
  entry.id = fields.identifier<api::RecordId>("record_id");
  entry.version = fields.number("version", 1, kMaxNumber);
  entry.epoch = fields.number("epoch", 0, kMaxNumber);
  entry.size = static_cast<std::uint64_t>(fields.integer("size", 0, 1 << 20));
  entry.deleted = fields.boolean("deleted");
  entry.changed = fields.integer("changed", 0, std::int64_t{1} << 40);
  TRY(complete_answer(fields, "record"));
  return entry;
}

// Opaque, but nothing that would be another parameter.
bool is_cursor(std::string_view text) {
  return text.size() <= kMaxCursor && text.find_first_not_of(
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                          "0123456789-_") == std::string_view::npos;
}

// The server must have stored what it was given.
Status check_version(const Answer& answer, const records::SealedRecord& record) {
  auto fields = answer_fields(answer.body);
  const std::uint32_t version = fields.number("version", 1, kMaxNumber);
  TRY(complete_answer(fields, "record"));
  if (version != record.name.version) return fail(Error::server_misbehaved, "stored under another version");
  return {};
}

}  // namespace

Result<RecordPage> list_records(ServerClient& client, const RequestKey& session, const std::string& cursor) {
  if (!is_cursor(cursor)) return fail(Error::invalid_argument, "not a cursor");
  Call call{.method = "GET", .path = "/v1/records", .key = &session};
  if (!cursor.empty()) call.query = "?cursor=" + cursor;
  TRY_ASSIGN(const Answer answer, client.call(call));
  auto fields = answer_fields(answer.body);
  const Json::Array& list = fields.array("records", kMaxList);
  RecordPage page;
  page.cursor = fields.text("cursor", 0, kMaxCursor);
  page.more = fields.boolean("more");
  // A page that is not the last one and leads nowhere would be asked for ever.
  if (page.more && (list.empty() || page.cursor == cursor)) fields.complain("cursor", "does not move");
  TRY(complete_answer(fields, "records"));
  TRY_ASSIGN(page.records, read_list(list, read_entry));
  return page;
}

Result<records::SealedRecord> get_record(ServerClient& client, const RequestKey& session,
                                         const api::RecordId& id) {
  TRY_ASSIGN(const Answer answer,
             client.call({.method = "GET", .path = path_of(id.bytes()), .key = &session}));
  auto fields = answer_fields(answer.body);
  const auto answered = fields.identifier<api::RecordId>("record_id");
  records::SealedRecord record;
  record.name = {id.bytes(), fields.number("version", 1, kMaxNumber)};
  record.epoch = fields.number("epoch", 1, kMaxNumber);
  record.envelope = fields.bytes("envelope", 1, records::kMaxSealedRecord);
  if (answered != id) fields.complain("record_id", "is another one than asked for");
  TRY(complete_answer(fields, "record"));
  const Status status = records::check_sealed_record(record);
  if (!status.ok()) return fail(Error::server_misbehaved, "record: " + status.failure().detail);
  return record;
}

Status put_record(ServerClient& client, const RequestKey& session, const records::SealedRecord& record) {
  TRY(records::check_sealed_record(record));
  Call call{.method = "PUT", .path = path_of(record.name.id), .key = &session, .repeat = Repeat::never};
  if (record.name.version == 1) {
    call.headers = {{"If-None-Match", "*"}};
  } else {
    call.headers = {{"If-Match", quoted(record.name.version - 1)}};
  }
  call.body = Json::Object{{"epoch", record.epoch}, {"envelope", Json::bytes(record.envelope)}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  return check_version(answer, record);
}

Status rewrap_record(ServerClient& client, const RequestKey& session, const records::SealedRecord& record) {
  TRY_ASSIGN(const Bytes wrapped_key, records::wrapped_key_of(record));
  Call call{
      .method = "POST", .path = path_of(record.name.id, "/rewrap"), .key = &session, .repeat = Repeat::once};
  call.headers = {{"If-Match", quoted(record.name.version)}};
  call.body = Json::Object{
      {"version", record.name.version}, {"epoch", record.epoch}, {"wrapped_key", Json::bytes(wrapped_key)}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  return check_version(answer, record);
}

Status delete_record(ServerClient& client, const RequestKey& session, const records::RecordName& name) {
  Call call{.method = "DELETE", .path = path_of(name.id), .key = &session, .repeat = Repeat::never};
  call.headers = {{"If-Match", quoted(name.version)}};
  TRY(client.call(call));
  return {};
}

}  // namespace cardea::upstream

// SPDX-License-Identifier: Apache-2.0
#include "core/records/card_header.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/text.h"

namespace cardea::records {
namespace {

enum HeaderField : std::uint16_t {
  kUser = 1,
  kAccount = 2,
  kServers = 3,
  kEpoch = 4,
  kCardHolder = 5,
  kAudit = 6,
  kPersonalData = 7,
};

// The limits of the spec's table, for what is written and what was read.
bool within_limits(const CardHeader& header) {
  const auto good_server = [](const std::string& url) {
    return !url.empty() && url.size() <= kMaxServerUrl && is_printable_text(url);
  };
  return is_account_name(header.account) && header.servers.size() <= kMaxServers &&
         std::ranges::all_of(header.servers, good_server) && header.epoch != 0 &&
         !header.card_holder.empty() && header.card_holder.size() <= kMaxCardHolder &&
         header.personal_data.size() <= kMaxPersonalData && is_valid_utf8(header.personal_data) &&
         std::ranges::all_of(header.extensions, [](const CardField& f) { return f.type >= kFirstExtension; });
}

Bytes encode_servers(const std::vector<std::string>& servers) {
  ByteBuilder out;
  for (const std::string& url : servers)
    out.lp(url);
  return out.take();
}

Result<std::vector<std::string>> decode_servers(ByteView value) {
  std::vector<std::string> servers;
  ByteReader reader(value);
  while (!reader.rest().empty() && servers.size() < kMaxServers)
    servers.emplace_back(reader.text());
  if (!reader.complete()) return fail(Error::corrupted, "server list on the card");
  return servers;
}

Result<AuditHead> decode_audit(ByteView value) {
  AuditHead audit;
  ByteReader reader(value);
  audit.length = reader.u64();
  const ByteView head = reader.bytes(audit.head.size());
  audit.epoch = reader.u32();
  if (!reader.complete()) return fail(Error::corrupted, "audit head on the card");
  std::ranges::copy(head, audit.head.begin());
  return audit;
}

Status read_field(const CardField& field, CardHeader& header) {
  switch (field.type) {
    case kUser:
      if (field.value.size() != header.user.size()) return fail(Error::corrupted, "user id on the card");
      std::ranges::copy(field.value, header.user.begin());
      return {};
    case kAccount:
      header.account = as_text(field.value);
      return {};
    case kServers: {
      TRY_ASSIGN(header.servers, decode_servers(field.value));
      return {};
    }
    case kEpoch: {
      ByteReader reader(field.value);
      header.epoch = reader.u32();
      return reader.complete() ? Status() : fail(Error::corrupted, "epoch on the card");
    }
    case kCardHolder:
      header.card_holder = field.value;
      return {};
    case kAudit: {
      TRY_ASSIGN(header.audit, decode_audit(field.value));
      return {};
    }
    case kPersonalData:
      header.personal_data = as_text(field.value);
      return header.personal_data.empty() ? fail(Error::corrupted, "personal data on the card") : Status();
    default:
      return field.type >= kFirstExtension ? Status() : fail(Error::corrupted, "field 0 on the card");
  }
}

}  // namespace

Result<Bytes> encode_card_header(const CardHeader& header) {
  if (!within_limits(header))
    return fail(Error::invalid_argument, "a value of the card header is out of its limit");
  std::vector<CardField> fields;
  fields.push_back({kUser, to_bytes(header.user)});
  fields.push_back({kAccount, to_bytes(as_bytes(header.account))});
  fields.push_back({kServers, encode_servers(header.servers)});
  fields.push_back({kEpoch, ByteBuilder().u32(header.epoch).take()});
  fields.push_back({kCardHolder, header.card_holder});
  if (header.audit) {
    fields.push_back(
        {kAudit,
         ByteBuilder().u64(header.audit->length).raw(header.audit->head).u32(header.audit->epoch).take()});
  }
  if (!header.personal_data.empty())
    fields.push_back({kPersonalData, to_bytes(as_bytes(header.personal_data))});
  fields.insert(fields.end(), header.extensions.begin(), header.extensions.end());
  return encode_frame(FrameKind::header, fields);
}

Result<CardHeader> decode_card_header(ByteView object) {
  TRY_ASSIGN(const std::vector<CardField> fields, decode_frame(FrameKind::header, object, kPersonalData));
  for (const std::uint16_t needed : {kUser, kAccount, kServers, kEpoch, kCardHolder}) {
    if (find_field(fields, needed) == nullptr)
      return fail(Error::corrupted, "a field is missing on the card");
  }
  CardHeader header;
  for (const CardField& field : fields)
    TRY(read_field(field, header));
  header.extensions = extensions_of(fields);
  if (!within_limits(header)) return fail(Error::corrupted, "a value on the card is out of its limit");
  return header;
}

}  // namespace cardea::records

// SPDX-License-Identifier: Apache-2.0
#include "server/service/relocation_bundle.h"

#include <algorithm>

#include "core/api/forward.h"
#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/context.h"
#include "core/crypto/hpke.h"

namespace cardea::server {
namespace {

constexpr std::uint8_t kBundleVersion = 1;
constexpr std::size_t kSignature = 64;
constexpr std::size_t kMaxTables = 32;
constexpr std::size_t kMaxColumns = 64;
constexpr std::size_t kMaxName = 64;
constexpr std::string_view kBundleLabel = "cardea/v1/relocation-bundle";
constexpr std::string_view kReceiptLabel = "cardea/v1/relocation-receipt";
constexpr std::string_view kMoveLabel = "cardea/v1/relocation-move";
constexpr crypto::Label kOprfLabel = "cardea/v1/relocation-oprf-keys";

Bytes bundle_proof(ByteView signed_part) {
  const Digest digest = crypto::sha256({signed_part});
  return ByteBuilder().lp(kBundleLabel).raw(digest).take();
}

void write_cell(ByteBuilder& out, CellKind kind, const Cell& cell) {
  out.u8(cell.null ? 0 : 1);
  if (cell.null) return;
  if (kind == CellKind::number) {
    out.u64(static_cast<std::uint64_t>(cell.number));
  } else {
    out.lp32(cell.bytes);
  }
}

void write_table(ByteBuilder& out, const UserTable& table) {
  out.lp(table.name).u16(static_cast<std::uint16_t>(table.columns.size()));
  for (const UserColumn& column : table.columns)
    out.u8(static_cast<std::uint8_t>(column.kind)).lp(column.name);
  out.u32(static_cast<std::uint32_t>(table.rows.size()));
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      write_cell(out, table.columns[i].kind, row[i]);
  }
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
  });
}

Failure broken(const char* what) { return fail(Error::corrupted, std::string("bundle: ") + what); }

Result<Cell> read_cell(ByteReader& in, CellKind kind) {
  Cell cell;
  const std::uint8_t present = in.u8();
  if (present > 1) return broken("a value");
  cell.null = present == 0;
  if (cell.null) return cell;
  if (kind == CellKind::number) {
    cell.number = static_cast<std::int64_t>(in.u64());
  } else {
    cell.bytes = to_bytes(in.lp32());
  }
  if (!in.good()) return broken("a value is cut short");
  return cell;
}

Status read_columns(ByteReader& in, UserTable& table) {
  const std::size_t columns = in.u16();
  if (columns == 0 || columns > kMaxColumns) return broken("columns");
  for (std::size_t i = 0; i < columns; ++i) {
    const std::uint8_t kind = in.u8();
    UserColumn column{static_cast<CellKind>(kind), std::string(in.text())};
    if (kind < 1 || kind > 3 || !is_name(column.name)) return broken("a column");
    table.columns.push_back(std::move(column));
  }
  return {};
}

// `cells`: how many values all tables may have together, and then how many there may be still.
Result<UserTable> read_table(ByteReader& in, std::size_t& cells) {
  UserTable table;
  table.name = in.text();
  if (!is_name(table.name)) return broken("a table's name");
  TRY(read_columns(in, table));
  // Each row has at least one byte a column, so that a number can't ask for memory that no bytes stand for.
  const std::uint64_t rows = in.u32();
  const std::uint64_t wanted = rows * table.columns.size();
  if (!in.good() || wanted > in.rest().size()) return broken("more rows than bytes");
  if (wanted > cells) return fail(Error::limit_exceeded, "bundle: more values than a user can have");
  cells -= wanted;
  for (std::uint64_t i = 0; i < rows; ++i) {
    auto& row = table.rows.emplace_back();
    row.reserve(table.columns.size());
    for (const UserColumn& column : table.columns) {
      TRY_ASSIGN(Cell cell, read_cell(in, column.kind));
      row.push_back(std::move(cell));
    }
  }
  return table;
}

Status read_tables(ByteReader& in, Bundle& out) {
  const std::size_t tables = in.u16();
  if (tables > kMaxTables) return broken("tables");
  std::size_t cells = kMaxCells;
  for (std::size_t i = 0; i < tables; ++i) {
    TRY_ASSIGN(UserTable table, read_table(in, cells));
    const bool twice = std::any_of(out.rows.begin(), out.rows.end(),
                                   [&](const UserTable& other) { return other.name == table.name; });
    if (twice) return broken("a table twice");
    out.rows.push_back(std::move(table));
  }
  return {};
}

Result<Bundle> read_body(ByteView body) {
  ByteReader in(body);
  Bundle out;
  out.source = in.text();
  out.destination = in.text();
  const auto user = UserId::from_bytes(in.bytes(UserId::kSize));
  out.epoch = in.u32();
  out.made = static_cast<UnixSeconds>(in.u64());
  out.opaque_public = to_bytes(in.lp());
  out.oprf_keys = to_bytes(in.lp());
  const std::uint8_t records_days = in.u8();
  out.audit.length = in.u64();
  const ByteView head = in.bytes(out.audit.head.size());
  if (!in.good() || !user.ok() || records_days > 1 || out.epoch == 0 || !api::is_region_name(out.source) ||
      !api::is_region_name(out.destination))
    return broken("its head");
  out.user = *user;
  out.records_days = records_days == 1;
  std::copy(head.begin(), head.end(), out.audit.head.begin());
  TRY(read_tables(in, out));
  if (!in.complete()) return broken("bytes behind its end");
  return out;
}

crypto::ObjectContext context_of(const Bundle& bundle) {
  return {as_text(bundle.user.view()), "oprf-keys", bundle.destination, 1, bundle.epoch};
}

}  // namespace

Result<Bytes> encode(const Bundle& bundle, const crypto::Ed25519KeyPair& source_key) {
  ByteBuilder body;
  body.lp(bundle.source).lp(bundle.destination).raw(bundle.user.view()).u32(bundle.epoch);
  body.u64(static_cast<std::uint64_t>(bundle.made)).lp(bundle.opaque_public).lp(bundle.oprf_keys);
  body.u8(bundle.records_days ? 1 : 0).u64(bundle.audit.length).raw(bundle.audit.head);
  body.u16(static_cast<std::uint16_t>(bundle.rows.size()));
  std::size_t cells = 0;
  for (const UserTable& table : bundle.rows) {
    write_table(body, table);
    cells += table.rows.size() * table.columns.size();
    if (body.view().size() > kMaxBundle - kSignature - 5 || cells > kMaxCells)
      return fail(Error::limit_exceeded, "the user is too large for a bundle");
  }
  ByteBuilder out;
  out.u8(kBundleVersion).lp32(body.view());
  return out.raw(source_key.sign(bundle_proof(out.view()))).take();
}

Result<Bundle> decode_bundle(ByteView bytes) {
  if (bytes.size() > kMaxBundle) return fail(Error::limit_exceeded, "the bundle is too large");
  ByteReader in(bytes);
  if (in.u8() != kBundleVersion) return fail(Error::unknown_format, "a bundle of another version");
  const ByteView body = in.lp32();
  (void)in.bytes(kSignature);
  if (!in.complete()) return broken("its size");
  return read_body(body);
}

Result<Bundle> open_bundle(ByteView bytes, ByteView source_key) {
  if (bytes.size() < kSignature) return broken("its size");
  if (bytes.size() > kMaxBundle) return fail(Error::limit_exceeded, "the bundle is too large");
  const ByteView signed_part = bytes.first(bytes.size() - kSignature);
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(source_key));
  TRY(key.verify(bundle_proof(signed_part), bytes.last(kSignature)));
  return decode_bundle(bytes);
}

Result<Bytes> seal_oprf_keys(const OprfKeys& keys, const Bundle& bundle, ByteView recipient_point,
                             Random& random) {
  SecretArray<64> both;
  const auto at = std::ranges::copy(keys.a.expose(), both.expose_mutable().begin()).out;
  std::ranges::copy(keys.b.expose(), at);
  return crypto::hpke_seal(recipient_point, kOprfLabel, crypto::encode(context_of(bundle)), both.expose(),
                           random);
}

Result<OprfKeys> open_oprf_keys(const Bundle& bundle, const crypto::P256KeyPair& recipient) {
  TRY_ASSIGN(const SecretBytes both,
             crypto::hpke_open(recipient, kOprfLabel, crypto::encode(context_of(bundle)), bundle.oprf_keys));
  if (both.size() != 64) return fail(Error::corrupted, "bundle: the OPRF keys");
  TRY_ASSIGN(auto a, SecretKey32::from(both.expose().first(32)));
  TRY_ASSIGN(auto b, SecretKey32::from(both.expose().last(32)));
  return OprfKeys{std::move(a), std::move(b)};
}

Digest move_id(std::string_view source, const UserId& user, std::uint32_t epoch) {
  return crypto::sha256({ByteBuilder().lp(kMoveLabel).lp(source).raw(user.view()).u32(epoch).view()});
}

Bytes receipt_proof(const Bundle& bundle, const Digest& bundle_hash, ByteView checkpoint_spki) {
  ByteBuilder out;
  out.lp(kReceiptLabel).raw(bundle.user.view()).lp(bundle.destination).u32(bundle.epoch + 1).raw(bundle_hash);
  return out.u64(bundle.audit.length).raw(bundle.audit.head).lp(checkpoint_spki).take();
}

}  // namespace cardea::server

// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/apdu.h"

#include "core/base/byte_io.h"

namespace cardea::virtual_card {
namespace {

constexpr std::size_t kShortLeMaximum = 256;       // Le byte 00
constexpr std::size_t kExtendedLeMaximum = 65536;  // Le bytes 00 00

Result<CommandApdu> finish_short(CommandApdu command, ByteReader body) {
  if (body.rest().size() == 1) {
    const std::uint8_t le = body.u8();
    command.le = le == 0 ? kShortLeMaximum : le;
    return command;
  }
  const std::size_t lc = body.u8();
  if (lc == 0) return fail(Error::frame_malformed, "short APDU with Lc 0");
  command.data = to_bytes(body.bytes(lc));
  if (!body.rest().empty()) {
    const std::uint8_t le = body.u8();
    command.le = le == 0 ? kShortLeMaximum : le;
  }
  if (!body.complete()) return fail(Error::frame_malformed, "short APDU with a wrong length");
  return command;
}

Result<CommandApdu> finish_extended(CommandApdu command, ByteReader body) {
  body.u8();  // the 00 that marks extended lengths
  const bool only_le = body.rest().size() == 2;
  std::size_t length = body.u16();
  if (!only_le) {
    if (length == 0) return fail(Error::frame_malformed, "extended APDU with Lc 0");
    command.data = to_bytes(body.bytes(length));
    if (body.good() && body.rest().empty()) return command;
    length = body.u16();
  }
  if (!body.complete()) return fail(Error::frame_malformed, "extended APDU with a wrong length");
  command.le = length == 0 ? kExtendedLeMaximum : length;
  return command;
}

}  // namespace

Bytes ResponseApdu::encode() const {
  Bytes out = data;
  out.push_back(static_cast<std::uint8_t>(status >> 8));
  out.push_back(static_cast<std::uint8_t>(status & 0xff));
  return out;
}

Result<CommandApdu> parse_apdu(ByteView raw) {
  ByteReader reader(raw);
  CommandApdu command;
  command.cla = reader.u8();
  command.ins = reader.u8();
  command.p1 = reader.u8();
  command.p2 = reader.u8();
  if (!reader.good()) return fail(Error::frame_malformed, "APDU shorter than its header");
  const ByteView rest = reader.rest();
  if (rest.empty()) return command;
  if (rest.size() >= 3 && rest[0] == 0) return finish_extended(std::move(command), reader);
  return finish_short(std::move(command), reader);
}

}  // namespace cardea::virtual_card

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/record_marks.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::recoveryd {
namespace {

constexpr std::uint8_t kMarksVersion = 1;

const records::RecordId& id_of(const RecordMark& mark) { return mark.name.id; }

template <std::size_t n>
std::array<std::uint8_t, n> take_array(ByteReader& in) {
  std::array<std::uint8_t, n> out{};
  const ByteView bytes = in.bytes(n);
  std::ranges::copy(bytes, out.begin());
  return out;
}

}  // namespace

const RecordMark* RecordMarks::find(const records::RecordId& id) const {
  const auto found = std::ranges::lower_bound(marks, id, {}, id_of);
  return found != marks.end() && found->name.id == id ? &*found : nullptr;
}

void RecordMarks::set(const RecordMark& mark) {
  const auto place = std::ranges::lower_bound(marks, mark.name.id, {}, id_of);
  if (place != marks.end() && place->name.id == mark.name.id) {
    *place = mark;
  } else if (marks.size() < kMaxRecordMarks) {
    marks.insert(place, mark);
  }
}

SecretBytes encode(const RecordMarks& marks) {
  ByteBuilder out;
  out.u8(kMarksVersion).raw(marks.user).u32(static_cast<std::uint32_t>(marks.marks.size()));
  for (const RecordMark& mark : marks.marks)
    out.raw(mark.name.id).u32(mark.name.version).raw(mark.body);
  return SecretBytes(ByteView(out.view()));
}

Result<RecordMarks> RecordMarks::decode(ByteView body) {
  ByteReader in(body);
  if (in.u8() != kMarksVersion) return fail(Error::unknown_format, "written by a newer version");
  RecordMarks file;
  file.user = take_array<16>(in);
  const std::size_t count = in.u32();
  if (count > kMaxRecordMarks) return fail(Error::corrupted, "too many records");
  for (std::size_t i = 0; i < count && in.good(); ++i) {
    RecordMark mark;
    mark.name.id = take_array<16>(in);
    mark.name.version = in.u32();
    mark.body = take_array<32>(in);
    if (!file.marks.empty() && id_of(file.marks.back()) >= id_of(mark))
      return fail(Error::corrupted, "records are not in order");
    file.marks.push_back(mark);
  }
  if (!in.complete()) return fail(Error::corrupted, "length does not match");
  return file;
}

}  // namespace cardea::recoveryd

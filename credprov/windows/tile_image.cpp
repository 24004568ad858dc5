// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/tile_image.h"

#include <cstdint>

namespace cardea::credprov {
namespace {

constexpr int kSize = 72;
constexpr std::uint32_t kBackground = 0x00205070;
constexpr std::uint32_t kCard = 0x00F2F4F5;
constexpr std::uint32_t kChip = 0x00D8A520;
constexpr std::uint32_t kContact = 0x00A87C10;

struct Box {
  int left, top, right, bottom;
  [[nodiscard]] bool holds(int x, int y) const noexcept {
    return x >= left && x < right && y >= top && y < bottom;
  }
};
constexpr Box kCardBox{8, 18, 64, 54};
constexpr Box kChipBox{15, 29, 29, 41};
constexpr Box kContacts{15, 34, 29, 36};

std::uint32_t colour_at(int x, int y) noexcept {
  if (kContacts.holds(x, y)) return kContact;
  if (kChipBox.holds(x, y)) return kChip;
  return kCardBox.holds(x, y) ? kCard : kBackground;
}

}  // namespace

HBITMAP make_tile_image() noexcept {
  BITMAPINFO info{};
  info.bmiHeader.biSize = sizeof info.bmiHeader;
  info.bmiHeader.biWidth = kSize;
  info.bmiHeader.biHeight = -kSize;  // from the top
  info.bmiHeader.biPlanes = 1;
  info.bmiHeader.biBitCount = 32;
  info.bmiHeader.biCompression = BI_RGB;
  void* memory = nullptr;
  const HBITMAP bitmap = CreateDIBSection(nullptr, &info, DIB_RGB_COLORS, &memory, nullptr, 0);
  if (bitmap == nullptr || memory == nullptr) return bitmap;
  auto* pixel = static_cast<std::uint32_t*>(memory);
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x)
      *pixel++ = colour_at(x, y);
  }
  return bitmap;
}

}  // namespace cardea::credprov

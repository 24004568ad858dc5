// SPDX-License-Identifier: Apache-2.0
// The picture on the tile, drawn by the program: a card with its chip. No file can be missing or be
// exchanged.
#pragma once

#include <windows.h>

namespace cardea::credprov {

// 72 by 72 pixels; the caller owns it. Null when there is no memory.
HBITMAP make_tile_image() noexcept;

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
// Commands of every kind in every order: no byte outside the array is touched, and an array reads as memory.
#include "sim/periph/cfi_flash.h"

#include <vector>

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  constexpr u64 kSize = 2 * CfiFlash::kSector;
  static constexpr u8 kCommands[] = {0x98, 0x90, 0x70, 0x50, 0x10, 0x40, 0x20, 0x60,
                                     0xE8, 0xD0, 0x01, 0x2F, 0xFF, 0xF0, 0xB0};
  fuzz::Input input(data, size);
  std::vector<u8> array(kSize, 0xA5);  // its end is the sanitizer's
  CfiFlash flash(array.data(), kSize);
  while (!input.empty()) {
    const u8 action = input.byte();
    const unsigned width = 1u << (action & 3) % 3;
    const u64 offset = (input.word() % kSize) & ~u64{width - 1};
    if ((action & 4) != 0) {
      const u32 code = kCommands[input.below(sizeof kCommands)];
      flash.write(offset, width, (action & 8) != 0 ? input.word() : code << 16 | code);
    } else {
      const u32 value = flash.read(offset, width);
      fuzz::check(width == 4 || value >> width * 8 == 0, "a narrow read with more bits than its size");
      if (flash.reads_array()) fuzz::check((value & 0xFF) == array[offset], "an array that is not memory");
    }
  }
  return 0;
}

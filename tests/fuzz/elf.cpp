// SPDX-License-Identifier: Apache-2.0
// The loader: whatever the file holds, it is an image that can be placed and looked up, or it is refused.
#include "sim/loader/image.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  const fuzz::MemoryFile file({reinterpret_cast<const char*>(data), size});
  const MemoryRange ram{0x8000'0000, 64u << 20, "ram"}, low{0, 64u << 20, "flash"};
  fuzz::accepts([&] {
    const Image image = load_image(file.path(), ram, ram.base);
    for (const Segment& segment : image.segments)
      fuzz::check(segment.memory_size >= segment.bytes.size(), "a segment smaller in memory than in the file");
    for (const u32 address : {image.entry, 0u, 0x8000u, 0xFFFF'FFFFu}) image.symbols.describe(address);
    fuzz::accepts([&] { check_placement({&image}, {ram, low}); });
    fuzz::accepts([&] { place_boot_files(image, {size, 4096}, 4096, ram); });
  });
  return 0;
}

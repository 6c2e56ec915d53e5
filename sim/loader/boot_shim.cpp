// SPDX-License-Identifier: Apache-2.0
#include "sim/loader/boot_shim.h"

#include <cstring>
#include <stdexcept>

#include "firmware/shim/shim_params.h"

// The binary, as the bare-metal toolchain built it.
asm(".section .rodata\n"
    ".balign 4\n"
    "hypsim_boot_shim_begin:\n"
    ".incbin \"" HYPSIM_BOOT_SHIM
    "\"\n"
    "hypsim_boot_shim_end:\n"
    ".previous\n");
extern "C" const unsigned char hypsim_boot_shim_begin[], hypsim_boot_shim_end[];

namespace hypsim {

Image make_boot_shim(u64 base, const BootShimParameters& p) {
  Image image = make_raw("boot shim", std::vector<u8>(hypsim_boot_shim_begin, hypsim_boot_shim_end), base);
  std::vector<u8>& bytes = image.segments.front().bytes;
  u32 magic = 0;
  if (bytes.size() >= SHIM_PARAMS_OFFSET + SHIM_PARAM_SIZE) std::memcpy(&magic, bytes.data() + SHIM_PARAMS_OFFSET, 4);
  if (magic != SHIM_MAGIC) throw std::logic_error("the boot shim has no parameter block");
  const auto put = [&](u32 offset, u32 value) { std::memcpy(bytes.data() + SHIM_PARAMS_OFFSET + offset, &value, 4); };
  put(SHIM_PARAM_ENTRY, p.entry);
  put(SHIM_PARAM_MODE, p.enter_svc ? SHIM_MODE_SVC : SHIM_MODE_HYP);
  put(SHIM_PARAM_R0, p.r0);
  put(SHIM_PARAM_R1, p.r1);
  put(SHIM_PARAM_R2, p.r2);
  put(SHIM_PARAM_GICD, p.gicd);
  put(SHIM_PARAM_GICC, p.gicc);
  put(SHIM_PARAM_CNTFRQ, p.counter_hz);
  put(SHIM_PARAM_SRAM, p.sram);
  put(SHIM_PARAM_OFF, p.off.address);
  put(SHIM_PARAM_OFF_VALUE, p.off.value);
  put(SHIM_PARAM_RESET, p.reset.address);
  put(SHIM_PARAM_RESET_VALUE, p.reset.value);
  put(SHIM_PARAM_FLAGS, p.flags);
  return image;
}

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// The boot shim that stands for the secure boot ROM: firmware/shim, carried inside the program.
#pragma once

#include "sim/loader/image.h"

namespace hypsim {

/// The words of the shim's parameter block. See firmware/shim/shim_params.h.
struct BootShimParameters {
  u32 entry = 0;         ///< where the image starts; bit 0 enters in Thumb state
  bool enter_svc = false;  ///< Non-secure SVC instead of Hyp
  u32 r0 = 0, r1 = 0, r2 = 0;
  u32 gicd = 0, gicc = 0;
  u32 counter_hz = 0;
};

/// The shim at `base` with its parameters filled in.
Image make_boot_shim(u64 base, const BootShimParameters& parameters);

}  // namespace hypsim

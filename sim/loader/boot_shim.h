// SPDX-License-Identifier: Apache-2.0
// The boot shim that stands for the secure boot ROM: firmware/shim, carried inside the program.
#pragma once

#include "sim/loader/image.h"

namespace hypsim {

/// The words of the shim's parameter block. See firmware/shim/shim_params.h.
struct BootShimParameters {
  u32 entry = 0;           ///< where the image starts; bit 0 enters in Thumb state
  bool enter_svc = false;  ///< Non-secure SVC instead of Hyp
  u32 r0 = 0, r1 = 0, r2 = 0;
  u32 gicd = 0, gicc = 0;
  u32 counter_hz = 0;
  struct Store {
    u32 address = 0, value = 0;
  };
  u32 sram = 0;      ///< the monitor's memory; 0: no PSCI
  Store off, reset;  ///< what turns the power off and reboots; address 0: nothing
  u32 flags = 0;     ///< where parked cores look for an address; 0: nowhere
};

/// The shim at `base` with its parameters filled in.
Image make_boot_shim(u64 base, const BootShimParameters& parameters);

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// Which system registers random sequences read and write, and which not, and why.
#pragma once

#include "sim/cpu/sysreg/table.h"

namespace hypsim::fuzz {

struct RegisterRule {
  bool (*applies)(const sysreg::Row&, bool read);
  const char* reason;
  const char* section;  ///< of ARM DDI 0406C
};

/// The rule that keeps reads or writes of a register out of sequences, or null.
const RegisterRule* excluded(const sysreg::Row& row, bool read);

/// A bit of HCR that QEMU 7.2 takes no notice of, and that sequences therefore leave clear.
struct IgnoredControl {
  unsigned bit;
  const char* name;
  const char* section;  ///< of ARM DDI 0406C
};
u32 controls_of_hcr(u32 hcr);  ///< without the bits that QEMU ignores

/// Whether QEMU may not trap this access although HSTR asks for it: what the mode may not do anyhow is UNDEFINED there.
bool trapped_before_undefined(const sysreg::Row& row, bool read, Mode mode, u32 hstr);

/// Whether MRS and MSR (banked) of {R, SYSm} are UNPREDICTABLE in `mode` of Non-secure state. ARM DDI 0406C B9.2.3
bool banked_unpredictable(Mode mode, u32 r, u32 sysm);

}  // namespace hypsim::fuzz

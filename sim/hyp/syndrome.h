// SPDX-License-Identifier: Apache-2.0
// Builders of HSR.ISS, one for each layout. ARM DDI 0406C B3.13.6
#pragma once

#include "sim/hyp/traps.h"

namespace hypsim::hyp {

/// CV=1 and COND=0b1110, for the exception classes 0x01 to 0x0F: a trap is taken only after the condition has passed,
/// and the manual lets such an instruction be reported as unconditional.
constexpr u32 iss_cond_always(u32 iss) { return iss | 1u << 24 | 0xEu << 20; }

/// EC 0x01.
constexpr u32 iss_wfi_wfe(bool wfe) { return iss_cond_always(wfe ? 1 : 0); }

/// EC 0x03, 0x05 and 0x08 (where Opc1 is 7 and CRn the VMRS register number).
constexpr u32 iss_mcr_mrc(const CoprocAccess& a) {
  return iss_cond_always((a.opc2 & 7u) << 17 | (a.opc1 & 7u) << 14 | (a.crn & 15u) << 10 | (a.rt & 15u) << 5 |
                         (a.crm & 15u) << 1 | (a.read ? 1u : 0));
}

/// EC 0x04 and 0x0C.
constexpr u32 iss_mcrr_mrrc(const CoprocAccess& a) {
  return iss_cond_always((a.opc1 & 15u) << 16 | (a.rt2 & 15u) << 10 | (a.rt & 15u) << 5 | (a.crm & 15u) << 1 |
                         (a.read ? 1u : 0));
}

/// EC 0x06.
constexpr u32 iss_ldc_stc(const CoprocAccess& a) {
  return iss_cond_always(static_cast<u32>(a.imm8) << 12 | (a.rt & 15u) << 5 | (a.add ? 1u << 4 : 0) |
                         (a.addressing & 7u) << 1 | (a.read ? 1u : 0));
}

/// EC 0x07 for a coprocessor, or for a VFP instruction (coprocessor 10).
constexpr u32 iss_hcptr_coproc(unsigned cp) { return iss_cond_always(cp & 15u); }
/// EC 0x07 for an Advanced SIMD instruction: TA set, coproc zero.
constexpr u32 iss_hcptr_simd() { return iss_cond_always(1u << 5); }

/// EC 0x0A.
constexpr u32 iss_bxj(u8 rm) { return iss_cond_always(rm & 15u); }

/// EC 0x11 and 0x12.
constexpr u32 iss_call(u16 imm) { return imm; }

/// EC 0x13: ARMv7 defines no ISS bits for a trapped SMC.
constexpr u32 iss_smc() { return 0; }

/// VMRS Rt, <reg> as the MRC it is: opc1 7, CRn the register, the rest zero.
constexpr u32 iss_vmrs(u8 reg, u8 rt) {
  return iss_mcr_mrc({.cp = 10, .form = CoprocForm::Mcr, .read = true, .opc1 = 7, .crn = reg, .rt = rt});
}

}  // namespace hypsim::hyp

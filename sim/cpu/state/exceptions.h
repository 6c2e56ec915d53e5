// SPDX-License-Identifier: Apache-2.0
// Exception entry and return: the tables of vectors, target modes and return offsets, and what changes in the state.
#pragma once

#include "sim/base/observer.h"
#include "sim/cpu/state/cpu_state.h"
#include "sim/mmu/mmu.h"

namespace hypsim {

/// An exception about to be taken. The CPSR must already hold the state that the return finds: ITSTATE of the
/// instruction, for SVC, HVC and SMC already advanced past it. A HypTrap whose HSR says SVC (HCR.TGE) is treated as the
/// call it is, with ITSTATE advanced here.
struct ExceptionRequest {
  Exception kind = Exception::Undefined;
  Mode target = Mode::Undefined;  ///< decided by the trap and routing rules
  u32 pc = 0;                     ///< address of the instruction; for interrupts, of the next one to execute
  u32 next_pc = 0;                ///< address of the instruction after it (SVC, HVC, SMC return there)
  u32 hsr = 0;                    ///< complete HSR, used when target is Hyp and the kind has a syndrome
  bool hsr_valid = false;
};

/// Enters the exception: LR or ELR_hyp, SPSR, HSR, CPSR, PC by vector. ARM DDI 0406C B1.8, B1.9.
/// Fault registers are written by the abort functions below before this is called.
ExceptionEvent take_exception(CpuState& state, const ExceptionRequest& request);

/// What a load, store or fetch was, for the syndrome.
struct AccessSyndrome {
  u32 va = 0;
  bool write = false;
  bool fetch = false;
  bool cache_maintenance = false;
  bool isv = false;  ///< see MemFlags::kMemIsv
  u8 sas = 0;        ///< log2 of the size
  bool sse = false;  ///< sign extends
  u8 srt = 0;        ///< transfer register
  bool il = true;    ///< 32-bit instruction
};

/// Writes the fault status and address registers for a synchronous data or prefetch abort and says where it goes.
/// `pc` is the address of the instruction. ARM DDI 0406C B3.13
ExceptionRequest synchronous_abort(CpuState& state, const Fault& fault, const AccessSyndrome& access, u32 pc);

/// The same for an asynchronous external abort (physical or HCR.VA).
ExceptionRequest asynchronous_abort(CpuState& state, bool is_virtual, Mode target, u32 pc);

/// An exception return into `cpsr` at `target`: applies the rules for illegal modes and security (UNPREDICTABLE
/// choices included), sets CPSR and PC. ARM DDI 0406C B1.8.6, B9.3.20
ReturnEvent exception_return(CpuState& state, u32 target, u32 cpsr);

/// CPSRWriteByInstr and SPSRWriteByInstr. `byte_mask` is the MSR mask. ARM DDI 0406C B1.3.3
void cpsr_write_by_instruction(CpuState& state, u32 value, u32 byte_mask, bool exception_return);
void spsr_write_by_instruction(CpuState& state, u32 value, u32 byte_mask);

/// Banked MRS/MSR by SYSm and R. Returns false when the access is UNPREDICTABLE and treated as UNDEFINED. B9.2.3
bool read_banked(const CpuState& state, u32 sysm, bool r, u32& value);
bool write_banked(CpuState& state, u32 sysm, bool r, u32 value);

}  // namespace hypsim

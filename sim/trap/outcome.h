// SPDX-License-Identifier: Apache-2.0
// The answer: what one instruction did.
#pragma once

#include "sim/base/arch.h"
#include "sim/base/types.h"
#include "sim/trap/situation.h"

namespace hypsim::trap {

enum class Result : u8 {
  Executes,   ///< it completed, or its condition failed
  Waits,      ///< WFI or WFE that suspends
  Undefined,  ///< the Undefined Instruction exception
  Trap,       ///< a Hyp Trap exception
  Exception,  ///< any other exception: calls, aborts, interrupts
};
const char* result_name(Result result);

/// What running one instruction on the core showed.
struct Outcome {
  Result result = Result::Executes;
  u32 pc = 0;  ///< after it: the next instruction, or the vector
  Mode mode_after = Mode::Supervisor;
  Security security_after = Security::NonSecure;
  u32 cpsr_after = 0;

  // The rest is about the exception, if one was taken.
  Exception exception = Exception::Reset;
  u8 vector = 0;           ///< offset from the vector base: 0x04 ... 0x1C
  bool hsr_valid = false;  ///< the exception wrote HSR
  u32 hsr = 0;
  u32 return_address = 0;  ///< ELR_hyp, or what LR would be without the manual's offset
  u32 link = 0;            ///< LR of the target mode, or ELR_hyp
  u32 spsr = 0;

  // Fault registers after an abort, as the target sees them; only those that the abort wrote.
  bool far_valid = false, hpfar_valid = false, fsr_valid = false;
  u32 far = 0;  ///< DFAR, IFAR, HDFAR or HIFAR
  u32 hpfar = 0;
  u32 fsr = 0;  ///< DFSR or IFSR

  bool taken() const { return result != Result::Executes && result != Result::Waits; }
  Mode target() const { return mode_after; }
  u32 ec() const { return hsr >> 26; }
  bool il() const { return bit(hsr, 25); }
  u32 iss() const { return hsr & 0x1FFFFFF; }
};

/// What the rules alone say (no memory, no interrupts): the decision, where it leads, and because of what.
struct Ruling {
  Result result = Result::Executes;
  Exception exception = Exception::Reset;  ///< if result is Undefined, Trap or Exception
  Mode target = Mode::Supervisor;          ///< mode that takes it
  bool hsr_valid = false;
  u32 hsr = 0;
  const char* reason = "";  ///< the bit or rule that decided, as sim/hyp names it; empty if it just executes
};

}  // namespace hypsim::trap

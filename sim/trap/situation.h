// SPDX-License-Identifier: Apache-2.0
// The question: a machine set up by hand, and one instruction that it is about to execute.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/system_registers.h"
#include "sim/cpu/state/cpu_state.h"

namespace hypsim::trap {

enum class Isa : u8 { A32, T16, T32 };
const char* isa_name(Isa isa);

/// One instruction. `word`: A32 word, T16 halfword, or T32 with the first halfword in bits 31:16.
struct Instruction {
  u32 word = 0;
  Isa isa = Isa::A32;

  constexpr u32 length() const { return isa == Isa::T16 ? 2 : 4; }
  constexpr bool operator==(const Instruction&) const = default;
};
/// A Thumb instruction: one that has a second halfword is T32.
Instruction thumb_instruction(u32 word);

/// Everything that decides what an instruction does. The defaults are a machine with nothing trapped and nothing
/// denied: Non-secure Supervisor mode, MMU off, CP10 and CP11 enabled, HVC allowed, PL1 timers and counters open,
/// vectors low.
struct Situation {
  Security security = Security::NonSecure;  ///< SCR.NS; Monitor mode has it both ways
  Mode mode = Mode::Supervisor;
  u32 nzcv = 0;                                      ///< flags, in the CPSR's bits 31:28
  u8 itstate = 0;                                    ///< of the instruction (Thumb)
  bool mask_a = true, mask_i = true, mask_f = true;  ///< CPSR.A, I, F
  bool big_endian = false;                           ///< CPSR.E
  std::array<u32, 13> r{};                           ///< R0 to R12; by default each points to RAM, 256 bytes apart
  u32 sp, lr;                                        ///< of the mode
  u32 spsr;                                          ///< of the mode: what an exception return goes back to
  u32 elr_hyp;

  SystemRegisters regs;  ///< SCR.NS in it is overwritten with `security`
  u32 pmcr = 0, pmuserenr = 0, pmselr = 0, dbgdscr = 0;

  bool irq = false, fiq = false;  ///< physical interrupt inputs
  bool async_abort = false;       ///< a pending asynchronous external abort
  bool event = false;             ///< the event register: WFE does not wait
  bool exclusive = false;         ///< the local monitor holds R0's word

  /// Where the MMU is on (SCTLR.M, HSCTLR.M, HCR.VM, HCR.DC), the runner supplies tables that map every address to
  /// itself with full rights, and overwrites TTBR0/1, TTBCR.N, DACR, HTTBR, HTCR, VTCR and VTTBR's base to use them.
  /// With `own_tables` all of these are taken as they stand in `regs`; the tables are then what was written into the
  /// runner's RAM.
  bool own_tables = false;

  Situation();
};

/// Makes `instruction` one that depends on `cond`, and `situation` one in which the condition holds or fails: the
/// condition field of an A32 word, ITSTATE for Thumb. False if the instruction cannot be conditional (A32's
/// unconditional space), or `cond` cannot fail (AL) and is asked to.
bool set_condition(Situation& situation, Instruction& instruction, Cond cond, bool passes);

/// A register of the situation by the manual's name. Banked registers have two entries, SCTLR_NS and SCTLR_S; the bare
/// name is the bank that the situation's security state uses.
struct RegisterField {
  const char* name;
  unsigned width;  ///< 32 or 64
  u64 (*get)(const Situation&);
  void (*set)(Situation&, u64);
};
std::span<const RegisterField> register_fields();
/// Null if there is none. Case does not matter.
const RegisterField* find_register(std::string_view name);

/// "usr", "svc", ... as the manual suffixes its banked registers; System is "sys". Nothing if unknown.
const char* mode_name(Mode mode);
std::optional<Mode> mode_by_name(std::string_view name);

}  // namespace hypsim::trap

// SPDX-License-Identifier: Apache-2.0
// The micro-op language: what every instruction is translated into, and the only thing a back end runs.
//
// A micro-op is a three-address operation over *slots*: the guest registers of the current mode, the flags, and
// temporaries that live within one instruction. R15 is never read as a slot: the translator knows the PC and writes
// it as a constant. Flags are kept unpacked, so that setting them costs one store each:
//   kN: N is bit 31        kZ: Z is set if and only if the value is 0
//   kC: 0 or 1             kV: V is bit 31
#pragma once

#include "sim/base/arch.h"

namespace hypsim::ir {

/// Index of a slot in the core's slot file.
using Slot = u8;

constexpr Slot kR0 = 0;  // R0..R14 of the current mode: slots 0..14
constexpr Slot kSp = 13;
constexpr Slot kLr = 14;
constexpr Slot kPc = 15;  // address of the next instruction, valid only at block ends and in helpers
constexpr Slot kN = 16;
constexpr Slot kZ = 17;
constexpr Slot kC = 18;
constexpr Slot kV = 19;
constexpr Slot kQ = 20;   // 0 or 1
constexpr Slot kGe = 21;  // GE[3:0] in bits 3:0
constexpr Slot kT0 = 24;  // temporaries kT0..kSlots-1, undefined at the start of each instruction
constexpr Slot kSlots = 64;
constexpr unsigned kTemporaries = kSlots - kT0;

enum class Op : u8 {
  Nop,
  // moves
  Mov,   // d = a
  MovI,  // d = imm
  // arithmetic and logic; the I forms take imm for the second operand
  Add,
  AddI,
  Sub,
  SubI,
  RsbI /* d = imm - a */,
  Adc,
  Sbc /* a - b - !C */,
  And,
  AndI,
  Orr,
  OrrI,
  Eor,
  EorI,
  Bic,
  BicI,
  Mvn /* d = ~a */,
  // the same with N, Z, C, V set from the result
  AddS,
  AddSI,
  SubS,
  SubSI,
  RsbSI,
  AdcS,
  SbcS,
  // d = a, and N and Z from a (C and V untouched)
  MovNZ,
  // N and Z from the 64-bit value b:a (UMULLS and friends)
  SetNZ64,
  // shifts by a constant in imm: LSL 0..31, LSR/ASR 1..32, ROR 1..31, RRX 1
  LslI,
  LsrI,
  AsrI,
  RorI,
  Rrx,
  // the same, and C = shifter carry out
  LslCI,
  LsrCI,
  AsrCI,
  RorCI,
  RrxC,
  // shifts by the bottom byte of b, ARM ARM A8.4.2 (amounts of 32 and more included); amount 0 leaves C alone
  Lsl,
  Lsr,
  Asr,
  Ror,
  LslC,
  LsrC,
  AsrC,
  RorC,
  // C = imm (0 or 1); carry out of a modified immediate
  SetCI,
  // unary
  Clz,
  Rbit,
  Rev,
  Rev16,
  Revsh,
  Uxtb,
  Sxtb,
  Uxth,
  Sxth,
  Uxtb16,
  Sxtb16,
  // bit fields: imm = lsb | width << 8
  Ubfx,
  Sbfx,
  Bfi /* d = a with the field replaced by the low bits of b */,
  // multiply and divide
  Mul,
  Mla /* d = a*b + c */,
  Mls /* d = c - a*b */,
  Umull,
  Smull,  // d = low word, c = slot of the high word, of a*b
  Umlal,
  Smlal,  // c:d += a*b (c high, d low)
  Udiv,
  Sdiv,  // division by zero gives 0
  // memory: address = a + imm; loads write d, stores read b. `aux` holds the MemFlags
  Ld8,
  Ld8S,
  Ld16,
  Ld16S,
  Ld32,
  St8,
  St16,
  St32,
  // word transfers from ascending addresses starting at slot a: registers in imm<15:0>. LdM writes a loaded R15 to kT0
  // + 31 (kLoadedPc) and commits no register unless all loads succeeded. The address must be word aligned (alignment
  // fault otherwise).
  LdM,
  StM,
  // control inside an instruction
  SkipUnless,  // skip the next imm micro-ops unless condition c holds (c is a Cond, not a slot)
  SkipIfZero,  // skip the next imm micro-ops if slot a is zero
  // helpers: imm = index of the helper in helpers.inc; a, b, c, d and imm2 as the helper documents them
  Call,      // plain: cannot leave the block and cannot fault
  CallExit,  // the helper says whether to go on or to leave the block; it may raise an exception
  // block ends. aux holds the BranchKind
  Goto,     // PC = imm
  GotoInd,  // PC = a with bit 0 (T32) or bits 1:0 (A32) cleared, instruction set unchanged
  GotoX,    // BXWritePC(a)
  Count
};

/// The temporary into which LdM puts R15.
constexpr Slot kLoadedPc = kT0 + 31;

/// MicroOp::aux of a memory operation.
enum MemFlags : u8 {
  kMemUnprivileged = 1,  ///< LDRT and friends: PL0 permissions
  kMemAligned = 2,       ///< alignment fault whatever SCTLR.A says (LDRD, LDM...)
  kMemBigEndian = 4,     ///< CPSR.E was set at translation
  kMemIsv = 8,           ///< a stage-2 abort reports ISV=1: single register, no writeback, not R15 (B3.13.6)
};

/// MicroOp::aux of a block end: what the branch predictor is told.
enum class BranchKind : u8 {
  Direct,
  Call,
  Indirect,
  IndirectCall,
  Return,
  Sequential /* not a branch: the block merely ends */
};

struct MicroOp {
  Op op = Op::Nop;
  Slot d = 0;
  Slot a = 0;
  Slot b = 0;
  Slot c = 0;
  u8 aux = 0;
  u8 insn = 0;  ///< index of the instruction in its block
  u8 pad = 0;
  u32 imm = 0;
  u32 imm2 = 0;
};
static_assert(sizeof(MicroOp) == 16);

/// Classes of instructions with a latency of their own; rows of platforms/cortex-a15.json "latencies".
enum class TimingClass : u8 {
  Nop,
  Alu,
  AluShift,
  AluShiftReg,
  Multiply,
  MultiplyLong,
  Divide,
  Saturate,
  Media,
  Load,
  LoadMultiple,
  Store,
  StoreMultiple,
  Exclusive,
  Preload,
  Branch,
  BranchIndirect,
  StatusRead,   // MRS, banked MRS, CPS
  StatusWrite,  // MSR, banked MSR
  SysRegRead,
  SysRegWrite,  // MRC/MCR and 64-bit forms
  TlbMaintenance,
  CacheMaintenance,
  Isb,
  Dsb,
  Dmb,
  VfpMove,
  VfpLoad,
  VfpStore,
  VfpAlu,
  VfpMul,
  VfpMac,
  VfpMacDouble,
  VfpDiv,
  VfpDivDouble,  // division and square root
  NeonAlu,
  NeonMul,
  ExceptionCall,    // SVC, HVC, SMC, UDF, BKPT
  ExceptionReturn,  // ERET, SUBS PC, RFE, LDM ^
  WaitHint,         // WFI, WFE, SEV, YIELD
  Count
};

/// How a load or store names the memory that it accesses: what its encoding says without a look at any register.
struct MemoryOperand {
  static constexpr u8 kNone = 0xFF;
  u8 base = kNone;  ///< it accesses [Rbase + offset, + bytes), Rbase as before it; kNone: no such name
  u8 bytes = 0;
  i16 offset = 0;
  u16 registers = 0;  ///< bit n: Rn makes the address, named or not
};

/// What is remembered of each instruction of a block, for precise state, timing and tracing.
struct InsnInfo {
  u16 offset = 0;  ///< bytes from the start of the block
  u8 length = 4;   ///< 2 or 4
  TimingClass timing = TimingClass::Alu;
  u32 raw = 0;       ///< the encoding; T32: first halfword in bits 31:16 when length is 4
  u64 reads = 0;     ///< bit n: slot n (n < 22) is a source; FP registers: fp_dependence.h
  u64 writes = 0;    ///< bit n: slot n is a result
  u16 first_op = 0;  ///< index of its first micro-op
  u8 transfers = 0;  ///< words moved by a load or store
  u8 itstate = 0;    ///< PSTATE.IT while it executes
  u16 computed = 0;  ///< of a load or store, bit n: Rn is a result that does not come from memory (a base written back)
  MemoryOperand memory;             ///< of a load or store
  u8 moved = MemoryOperand::kNone;  ///< the register that it adds the constant `moved_by` to, if any
  i16 moved_by = 0;
};

}  // namespace hypsim::ir

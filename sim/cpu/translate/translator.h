// SPDX-License-Identifier: Apache-2.0
// The state of translating one block, and the vocabulary that the family files write micro-ops with.
//
// A translate function is called with the fields of its encoding; the condition has been dealt with by the caller,
// which wraps conditional instructions in SkipUnless. PC-relative values are constants here.
#pragma once

#include "sim/cpu/ir/helper.h"
#include "sim/cpu/translate/block.h"

namespace hypsim {

class Translator {
 public:
  using Op = ir::Op;
  using Slot = ir::Slot;

  /// Starts a block at `va`.
  Translator(Block& block, VirtAddr va, const BlockContext& context);

  /// Translates one instruction. `raw`: A32 word, T16 halfword, or T32 with the first halfword in bits 31:16.
  /// Returns false when the block is finished after it.
  bool translate_insn(u32 raw, unsigned length);
  /// Closes the block if no instruction did: falls through to the next address.
  void finish();

  // --- what the instruction may ask
  const BlockContext& context() const { return context_; }
  bool thumb() const { return context_.thumb; }  ///< T32, or ThumbEE
  bool thumbee() const { return context_.thumbee; }
  u32 raw() const { return raw_; }
  unsigned length() const { return length_; }
  u32 pc() const { return pc_; }  ///< address of this instruction
  u32 next_pc() const { return pc_ + length_; }
  u32 pc_read() const { return pc_ + (thumb() ? 4 : 8); }  ///< the value R15 reads as
  bool in_it_block() const { return (itstate_ & 0xF) != 0; }
  bool last_in_it_block() const { return (itstate_ & 0xF) == 8; }
  /// True where a branch is UNPREDICTABLE: only the last instruction of an IT block may branch. ARM DDI 0406C A8.8.54
  bool branch_misplaced() const { return in_it_block() && !last_in_it_block(); }
  u8 itstate() const { return itstate_; }
  Cond cond() const { return cond_; }

  // --- emitting
  ir::MicroOp& emit(Op op, Slot d = 0, Slot a = 0, Slot b = 0, u32 imm = 0);
  Slot temp();               ///< a fresh temporary of this instruction
  Slot constant(u32 value);  ///< a temporary holding `value`
  Slot reg(u32 n) const;     ///< slot of Rn, n < 15
  Slot read(u32 n);          ///< Rn as a source; R15 becomes a constant pc_read()
  /// The same for loads and stores relative to the PC: Align(PC, 4).
  Slot read_aligned_pc(u32 n);
  /// Calls of helpers return the micro-op, to set its `aux`; the reference lasts until the next emission.
  ir::MicroOp& call(Helper h, Slot d = 0, Slot a = 0, Slot b = 0, Slot c = 0, u32 imm2 = 0);
  ir::MicroOp& call_exit(Helper h, Slot d = 0, Slot a = 0, Slot b = 0, Slot c = 0, u32 imm2 = 0);
  /// A load or store micro-op with CPSR.E taken from the context. Returns it, to add flags.
  ir::MicroOp& memory(Op op, Slot data, Slot address, u32 offset, u8 flags = 0);

  // --- control flow; each ends the block
  void branch_to(u32 target, ir::BranchKind kind = ir::BranchKind::Direct);  ///< same instruction set
  void branch_write_pc(Slot a, ir::BranchKind kind);                         ///< BranchWritePC: no interworking
  void bx_write_pc(Slot a, ir::BranchKind kind);                             ///< BXWritePC
  void load_write_pc(Slot a, ir::BranchKind kind) { bx_write_pc(a, kind); }  ///< LoadWritePC on ARMv7
  /// ALUWritePC: interworking in A32, plain in T32.
  void alu_write_pc(Slot a, ir::BranchKind kind);
  void undefined();      ///< UNDEFINED: raises the exception
  void unpredictable();  ///< UNPREDICTABLE with no better-known choice: treated as UNDEFINED
  /// imm2 of Helper::undefined says which of the two it was.
  static constexpr u32 kUndefinedEncoding = 0, kUnpredictableEncoding = 1;
  /// The instruction ignores the condition of its IT block (BKPT).
  void unconditional() { cond_ = Cond::AL; }
  /// The block ends after this instruction although it is not a branch (system register writes, barriers, CPS...).
  void end_block();
  /// A CallExit helper that never returns true has been emitted: nothing follows.
  void never_returns();
  /// Sets ITSTATE for the instructions after this one (the IT instruction itself).
  void set_itstate(u8 it);

  // --- timing and bookkeeping
  void timing(ir::TimingClass t);
  void transfers(unsigned words);
  /// Adds slots that a helper reads or writes implicitly.
  void also_reads(u32 slot_mask);
  void also_writes(u32 slot_mask);

 private:
  void raise_undefined(u32 why);
  void note_operands(ir::InsnInfo& info, std::size_t first_op) const;

  Block& block_;
  BlockContext context_;
  u32 raw_ = 0;
  unsigned length_ = 4;
  u32 pc_;
  u8 itstate_;
  Cond cond_ = Cond::AL;
  bool ends_ = false;             // the block ends after this instruction
  bool ended_by_branch_ = false;  // an unconditional end was emitted; no fall-through follows
  bool it_written_ = false;
  Slot next_temp_ = ir::kT0;
  ir::TimingClass timing_ = ir::TimingClass::Alu;
  u8 transfers_ = 0;
  u32 extra_reads_ = 0, extra_writes_ = 0;
};

/// Decodes and translates one instruction into the current Translator position; defined in isa/decode.cpp.
namespace isa {
void translate_a32(Translator& t, u32 word);
void translate_t16(Translator& t, u32 halfword);
void translate_thumbee16(Translator& t, u32 halfword);
void translate_t32(Translator& t, u32 word);
/// True if a halfword is the first of a 32-bit T32 instruction. ARM DDI 0406C A6.1
constexpr bool is_t32_prefix(u32 halfword) { return (halfword >> 11) >= 0x1D; }
}  // namespace isa

}  // namespace hypsim

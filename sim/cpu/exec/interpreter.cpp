// SPDX-License-Identifier: Apache-2.0
// The reference back end: runs the micro-ops of a block, and of the blocks after it.
//
// What is fast: one computed goto a micro-op, operands straight from the slot file, loads and stores through the
// look-aside; a block whose successor the jump table knows leads straight to it. What must stay true: slots are the
// only state a micro-op touches; whatever can fault is charged
// (`settle`) before it takes effect; after a device access the rest of its instruction runs, then the block is left.
#include <bit>
#include <cstring>

#include "sim/cpu/core.h"

namespace hypsim {

namespace {

using ir::MicroOp;
using ir::Op;

inline bool condition_holds(const u32* s, u8 cond) {
  const bool n = (s[ir::kN] >> 31) != 0;
  const bool z = s[ir::kZ] == 0;
  const bool c = s[ir::kC] != 0;
  const bool v = (s[ir::kV] >> 31) != 0;
  switch (static_cast<Cond>(cond)) {
    case Cond::EQ: return z;
    case Cond::NE: return !z;
    case Cond::CS: return c;
    case Cond::CC: return !c;
    case Cond::MI: return n;
    case Cond::PL: return !n;
    case Cond::VS: return v;
    case Cond::VC: return !v;
    case Cond::HI: return c && !z;
    case Cond::LS: return !c || z;
    case Cond::GE: return n == v;
    case Cond::LT: return n != v;
    case Cond::GT: return !z && n == v;
    case Cond::LE: return z || n != v;
    default: return true;
  }
}

inline void set_nz(u32* s, u32 r) { s[ir::kN] = s[ir::kZ] = r; }

inline u32 add_flags(u32* s, u32 a, u32 b, u32 carry) {
  const u64 wide = u64{a} + b + carry;
  const u32 r = static_cast<u32>(wide);
  set_nz(s, r);
  s[ir::kC] = static_cast<u32>(wide >> 32);
  s[ir::kV] = (a ^ r) & (b ^ r);
  return r;
}

inline u32 lsl_by(u32 v, u32 n) { return n < 32 ? v << n : 0; }
inline u32 lsr_by(u32 v, u32 n) { return n < 32 ? v >> n : 0; }
inline u32 asr_by(u32 v, u32 n) { return static_cast<u32>(static_cast<i32>(v) >> (n < 32 ? n : 31)); }

inline u32 reverse_bits(u32 v) {
  v = ((v >> 1) & 0x55555555) | ((v & 0x55555555) << 1);
  v = ((v >> 2) & 0x33333333) | ((v & 0x33333333) << 2);
  v = ((v >> 4) & 0x0F0F0F0F) | ((v & 0x0F0F0F0F) << 4);
  return __builtin_bswap32(v);
}

inline u32 divide_signed(u32 a, u32 b) {
  if (b == 0) return 0;
  if (a == 0x80000000u && b == ~0u) return a;  // overflow wraps, ARM DDI 0406C A8.8.165
  return static_cast<u32>(static_cast<i32>(a) / static_cast<i32>(b));
}

}  // namespace

template <bool kTimed>
void Core::run_blocks(Block& first, bool traced, const MicroOp* after) {
  // Labels in the order of ir::Op. The second table sends every micro-op through a check at each new instruction: a
  // device access ends the visit of the block there, a debugger may stop there.
// clang-format off
#define HYPSIM_LABELS(X)                                                                                               \
  X(Nop) X(Mov) X(MovI) X(Add) X(AddI) X(Sub) X(SubI) X(RsbI) X(Adc) X(Sbc) X(And) X(AndI) X(Orr) X(OrrI) X(Eor)       \
  X(EorI) X(Bic) X(BicI) X(Mvn) X(AddS) X(AddSI) X(SubS) X(SubSI) X(RsbSI) X(AdcS) X(SbcS) X(MovNZ) X(SetNZ64) X(LslI) \
  X(LsrI) X(AsrI) X(RorI) X(Rrx) X(LslCI) X(LsrCI) X(AsrCI) X(RorCI) X(RrxC) X(Lsl) X(Lsr) X(Asr) X(Ror) X(LslC)       \
  X(LsrC) X(AsrC) X(RorC) X(SetCI) X(Clz) X(Rbit) X(Rev) X(Rev16) X(Revsh) X(Uxtb) X(Sxtb) X(Uxth) X(Sxth) X(Uxtb16)   \
  X(Sxtb16) X(Ubfx) X(Sbfx) X(Bfi) X(Mul) X(Mla) X(Mls) X(Umull) X(Smull) X(Umlal) X(Smlal) X(Udiv) X(Sdiv) X(Ld8)     \
  X(Ld8S) X(Ld16) X(Ld16S) X(Ld32) X(St8) X(St16) X(St32) X(LdM) X(StM) X(SkipUnless) X(SkipIfZero) X(Call)            \
  X(CallExit) X(Goto) X(GotoInd) X(GotoX)
// clang-format on
#define HYPSIM_COUNT(name) +1
  static_assert(0 HYPSIM_LABELS(HYPSIM_COUNT) == static_cast<int>(Op::Count));
#define HYPSIM_ORDER(name) Op::name,
  static constexpr Op kOrder[] = {HYPSIM_LABELS(HYPSIM_ORDER)};
  static_assert([] {
    for (unsigned i = 0; i < static_cast<unsigned>(Op::Count); ++i)
      if (static_cast<unsigned>(kOrder[i]) != i) return false;
    return true;
  }());
#define HYPSIM_ADDRESS(name) &&op_##name,
  static const void* const kFast[] = {HYPSIM_LABELS(HYPSIM_ADDRESS)};
#define HYPSIM_CHECK(name) &&check_insn,
  static const void* const kCareful[] = {HYPSIM_LABELS(HYPSIM_CHECK)};

  u32* const s = state_.slot;
  Lookaside::Side& loads = *loads_;
  Lookaside::Side& stores = *stores_;
  const u32 generation = data_generation_;
  const void* const* table = traced ? kCareful : kFast;
  unsigned careful_insn = ~0u;
  bool leave = false;
  Block* block = &first;
  const MicroOp* op;
  if (after != nullptr) {  // generated code ran the block as far as this
    block_ = block;
    op = after;
    goto cut;
  }

#define NEXT()                                  \
  do {                                          \
    ++op;                                       \
    goto* table[static_cast<unsigned>(op->op)]; \
  } while (0)
#define OP(name) op_##name:

start:
  block_ = block;
  settled_ = 0;
  if constexpr (kTimed) {
    timing_->fetch(clock_, *block, bit(system_control(), sctlr::I));
    start_schedule(*block);
  }
  op = block->ops.data();
  goto* table[static_cast<unsigned>(op->op)];

check_insn:
  // Instructions that have no micro-op, such as NOP, stand in front of the one that has.
  while (careful_insn != op->insn) {
    const unsigned insn = careful_insn + 1;
    if ((leave && insn == op->insn) || ends_before(insn)) {
      // The device access was the last thing this visit of the block does, or a limit is here: go on, one day, at the
      // next instruction.
      state_.pc() = block->va.value + block->insns[insn].offset;
      state_.itstate = block->insns[insn].itstate;
      settle(insn);
      goto left;
    }
    careful_insn = insn;
    if (!debug_before(*op, insn)) goto left;
  }
  goto* kFast[static_cast<unsigned>(op->op)];

  OP(Nop) { NEXT(); }
  OP(Mov) {
    s[op->d] = s[op->a];
    NEXT();
  }
  OP(MovI) {
    s[op->d] = op->imm;
    NEXT();
  }
  OP(Add) {
    s[op->d] = s[op->a] + s[op->b];
    NEXT();
  }
  OP(AddI) {
    s[op->d] = s[op->a] + op->imm;
    NEXT();
  }
  OP(Sub) {
    s[op->d] = s[op->a] - s[op->b];
    NEXT();
  }
  OP(SubI) {
    s[op->d] = s[op->a] - op->imm;
    NEXT();
  }
  OP(RsbI) {
    s[op->d] = op->imm - s[op->a];
    NEXT();
  }
  OP(Adc) {
    s[op->d] = s[op->a] + s[op->b] + s[ir::kC];
    NEXT();
  }
  OP(Sbc) {
    s[op->d] = s[op->a] + ~s[op->b] + s[ir::kC];
    NEXT();
  }
  OP(And) {
    s[op->d] = s[op->a] & s[op->b];
    NEXT();
  }
  OP(AndI) {
    s[op->d] = s[op->a] & op->imm;
    NEXT();
  }
  OP(Orr) {
    s[op->d] = s[op->a] | s[op->b];
    NEXT();
  }
  OP(OrrI) {
    s[op->d] = s[op->a] | op->imm;
    NEXT();
  }
  OP(Eor) {
    s[op->d] = s[op->a] ^ s[op->b];
    NEXT();
  }
  OP(EorI) {
    s[op->d] = s[op->a] ^ op->imm;
    NEXT();
  }
  OP(Bic) {
    s[op->d] = s[op->a] & ~s[op->b];
    NEXT();
  }
  OP(BicI) {
    s[op->d] = s[op->a] & ~op->imm;
    NEXT();
  }
  OP(Mvn) {
    s[op->d] = ~s[op->a];
    NEXT();
  }
  OP(AddS) {
    s[op->d] = add_flags(s, s[op->a], s[op->b], 0);
    NEXT();
  }
  OP(AddSI) {
    s[op->d] = add_flags(s, s[op->a], op->imm, 0);
    NEXT();
  }
  OP(SubS) {
    s[op->d] = add_flags(s, s[op->a], ~s[op->b], 1);
    NEXT();
  }
  OP(SubSI) {
    s[op->d] = add_flags(s, s[op->a], ~op->imm, 1);
    NEXT();
  }
  OP(RsbSI) {
    s[op->d] = add_flags(s, op->imm, ~s[op->a], 1);
    NEXT();
  }
  OP(AdcS) {
    s[op->d] = add_flags(s, s[op->a], s[op->b], s[ir::kC]);
    NEXT();
  }
  OP(SbcS) {
    s[op->d] = add_flags(s, s[op->a], ~s[op->b], s[ir::kC]);
    NEXT();
  }
  OP(MovNZ) {
    const u32 v = s[op->a];
    set_nz(s, v);
    s[op->d] = v;
    NEXT();
  }
  OP(SetNZ64) {
    const u32 lo = s[op->a], hi = s[op->b];
    s[ir::kN] = hi;
    s[ir::kZ] = lo | hi;
    NEXT();
  }
  OP(LslI) {
    s[op->d] = s[op->a] << op->imm;
    NEXT();
  }
  OP(LsrI) {
    s[op->d] = lsr_by(s[op->a], op->imm);
    NEXT();
  }
  OP(AsrI) {
    s[op->d] = asr_by(s[op->a], op->imm);
    NEXT();
  }
  OP(RorI) {
    s[op->d] = ror32(s[op->a], op->imm);
    NEXT();
  }
  OP(Rrx) {
    s[op->d] = s[op->a] >> 1 | s[ir::kC] << 31;
    NEXT();
  }
  OP(LslCI) {
    const u32 v = s[op->a];
    if (op->imm != 0) s[ir::kC] = (v >> (32 - op->imm)) & 1;
    s[op->d] = v << op->imm;
    NEXT();
  }
  OP(LsrCI) {
    const u32 v = s[op->a];
    s[ir::kC] = (v >> (op->imm - 1)) & 1;
    s[op->d] = lsr_by(v, op->imm);
    NEXT();
  }
  OP(AsrCI) {
    const u32 v = s[op->a];
    s[ir::kC] = (v >> (op->imm - 1)) & 1;
    s[op->d] = asr_by(v, op->imm);
    NEXT();
  }
  OP(RorCI) {
    const u32 r = ror32(s[op->a], op->imm);
    s[ir::kC] = r >> 31;
    s[op->d] = r;
    NEXT();
  }
  OP(RrxC) {
    const u32 v = s[op->a];
    s[op->d] = v >> 1 | s[ir::kC] << 31;
    s[ir::kC] = v & 1;
    NEXT();
  }
  OP(Lsl) {
    s[op->d] = lsl_by(s[op->a], s[op->b] & 0xFF);
    NEXT();
  }
  OP(Lsr) {
    s[op->d] = lsr_by(s[op->a], s[op->b] & 0xFF);
    NEXT();
  }
  OP(Asr) {
    s[op->d] = asr_by(s[op->a], s[op->b] & 0xFF);
    NEXT();
  }
  OP(Ror) {
    s[op->d] = ror32(s[op->a], s[op->b]);
    NEXT();
  }
  OP(LslC) {
    const u32 v = s[op->a], n = s[op->b] & 0xFF;
    if (n != 0) s[ir::kC] = n <= 32 ? (v >> (32 - n)) & 1 : 0;
    s[op->d] = lsl_by(v, n);
    NEXT();
  }
  OP(LsrC) {
    const u32 v = s[op->a], n = s[op->b] & 0xFF;
    if (n != 0) s[ir::kC] = n <= 32 ? (v >> (n - 1)) & 1 : 0;
    s[op->d] = lsr_by(v, n);
    NEXT();
  }
  OP(AsrC) {
    const u32 v = s[op->a], n = s[op->b] & 0xFF;
    if (n != 0) s[ir::kC] = n <= 32 ? (v >> (n - 1)) & 1 : v >> 31;
    s[op->d] = asr_by(v, n);
    NEXT();
  }
  OP(RorC) {
    const u32 v = s[op->a], n = s[op->b] & 0xFF;
    const u32 r = ror32(v, n);
    if (n != 0) s[ir::kC] = r >> 31;
    s[op->d] = r;
    NEXT();
  }
  OP(SetCI) {
    s[ir::kC] = op->imm;
    NEXT();
  }
  OP(Clz) {
    s[op->d] = static_cast<u32>(std::countl_zero(s[op->a]));
    NEXT();
  }
  OP(Rbit) {
    s[op->d] = reverse_bits(s[op->a]);
    NEXT();
  }
  OP(Rev) {
    s[op->d] = __builtin_bswap32(s[op->a]);
    NEXT();
  }
  OP(Rev16) {
    const u32 v = s[op->a];
    s[op->d] = ((v >> 8) & 0x00FF00FF) | ((v & 0x00FF00FF) << 8);
    NEXT();
  }
  OP(Revsh) {
    const u32 v = s[op->a];
    s[op->d] = static_cast<u32>(static_cast<i32>(static_cast<i16>((v >> 8 & 0xFF) | (v << 8))));
    NEXT();
  }
  OP(Uxtb) {
    s[op->d] = s[op->a] & 0xFF;
    NEXT();
  }
  OP(Sxtb) {
    s[op->d] = static_cast<u32>(sign_extend(s[op->a], 8));
    NEXT();
  }
  OP(Uxth) {
    s[op->d] = s[op->a] & 0xFFFF;
    NEXT();
  }
  OP(Sxth) {
    s[op->d] = static_cast<u32>(sign_extend(s[op->a], 16));
    NEXT();
  }
  OP(Uxtb16) {
    s[op->d] = s[op->a] & 0x00FF00FF;
    NEXT();
  }
  OP(Sxtb16) {
    const u32 v = s[op->a];
    s[op->d] = (static_cast<u32>(static_cast<i8>(v)) & 0xFFFF) | static_cast<u32>(static_cast<i8>(v >> 16)) << 16;
    NEXT();
  }
  OP(Ubfx) {
    const u32 lsb = op->imm & 0xFF, width = op->imm >> 8;
    s[op->d] = static_cast<u32>((s[op->a] >> lsb) & ((u64{1} << width) - 1));
    NEXT();
  }
  OP(Sbfx) {
    const u32 lsb = op->imm & 0xFF, width = op->imm >> 8;
    s[op->d] = static_cast<u32>(sign_extend(s[op->a] >> lsb, width));
    NEXT();
  }
  OP(Bfi) {
    const u32 lsb = op->imm & 0xFF, width = op->imm >> 8;
    const u32 mask = static_cast<u32>((u64{1} << width) - 1) << lsb;
    s[op->d] = (s[op->a] & ~mask) | ((s[op->b] << lsb) & mask);
    NEXT();
  }
  OP(Mul) {
    s[op->d] = s[op->a] * s[op->b];
    NEXT();
  }
  OP(Mla) {
    s[op->d] = s[op->a] * s[op->b] + s[op->c];
    NEXT();
  }
  OP(Mls) {
    s[op->d] = s[op->c] - s[op->a] * s[op->b];
    NEXT();
  }
  OP(Umull) {
    const u64 r = u64{s[op->a]} * s[op->b];
    s[op->d] = static_cast<u32>(r);
    s[op->c] = static_cast<u32>(r >> 32);
    NEXT();
  }
  OP(Smull) {
    const i64 r = i64{static_cast<i32>(s[op->a])} * static_cast<i32>(s[op->b]);
    s[op->d] = static_cast<u32>(r);
    s[op->c] = static_cast<u32>(static_cast<u64>(r) >> 32);
    NEXT();
  }
  OP(Umlal) {
    const u64 r = u64{s[op->a]} * s[op->b] + (u64{s[op->c]} << 32 | s[op->d]);
    s[op->d] = static_cast<u32>(r);
    s[op->c] = static_cast<u32>(r >> 32);
    NEXT();
  }
  OP(Smlal) {
    const u64 r = static_cast<u64>(i64{static_cast<i32>(s[op->a])} * static_cast<i32>(s[op->b])) +
                  (u64{s[op->c]} << 32 | s[op->d]);
    s[op->d] = static_cast<u32>(r);
    s[op->c] = static_cast<u32>(r >> 32);
    NEXT();
  }
  OP(Udiv) {
    s[op->d] = s[op->b] == 0 ? 0 : s[op->a] / s[op->b];
    NEXT();
  }
  OP(Sdiv) {
    s[op->d] = divide_signed(s[op->a], s[op->b]);
    NEXT();
  }

  // Loads and stores: the fast path is a look-aside hit of an aligned, little-endian access at the current privilege.
#define HYPSIM_LOAD(name, size, host_type, conversion)                                       \
  OP(name) {                                                                                 \
    const u32 va = s[op->a] + op->imm;                                                       \
    const LookasideSlot& slot = Lookaside::slot(loads, va);                                  \
    if (Lookaside::hit(slot, Lookaside::key(generation, va, size)) &&                        \
        (op->aux & (ir::kMemUnprivileged | ir::kMemBigEndian)) == 0) [[likely]] {            \
      host_type v;                                                                           \
      std::memcpy(&v, slot.at(va), size);                                                    \
      s[op->d] = static_cast<u32>(static_cast<conversion>(v));                               \
      if constexpr (kTimed) timing_->load(clock_, slot.pa(va), slot.mem_class(), site(*op)); \
      NEXT();                                                                                \
    }                                                                                        \
    u32 v = 0;                                                                               \
    const MemResult r = load_slow(va, size, op->aux, v, *op);                                \
    if (r == MemResult::Abort) goto left;                                                    \
    s[op->d] = static_cast<u32>(static_cast<conversion>(static_cast<host_type>(v)));         \
    if (r == MemResult::Cut) goto cut;                                                       \
    NEXT();                                                                                  \
  }
  HYPSIM_LOAD(Ld8, 1, u8, u32)
  HYPSIM_LOAD(Ld8S, 1, i8, i32)
  HYPSIM_LOAD(Ld16, 2, u16, u32)
  HYPSIM_LOAD(Ld16S, 2, i16, i32)
  HYPSIM_LOAD(Ld32, 4, u32, u32)

#define HYPSIM_STORE(name, size, host_type)                                        \
  OP(name) {                                                                       \
    const u32 va = s[op->a] + op->imm;                                             \
    const LookasideSlot& slot = Lookaside::slot(stores, va);                       \
    if (Lookaside::hit(slot, Lookaside::key(generation, va, size)) &&              \
        (op->aux & (ir::kMemUnprivileged | ir::kMemBigEndian)) == 0) [[likely]] {  \
      const host_type v = static_cast<host_type>(s[op->b]);                        \
      std::memcpy(slot.at(va), &v, size);                                          \
      if constexpr (kTimed) timing_->store(clock_, slot.pa(va), slot.mem_class()); \
      NEXT();                                                                      \
    }                                                                              \
    const MemResult r = store_slow(va, size, op->aux, s[op->b], *op);              \
    if (r == MemResult::Abort) goto left;                                          \
    if (r == MemResult::Cut) goto cut;                                             \
    NEXT();                                                                        \
  }
  HYPSIM_STORE(St8, 1, u8)
  HYPSIM_STORE(St16, 2, u16)
  HYPSIM_STORE(St32, 4, u32)

  OP(LdM) {
    if (!load_multiple(*op)) goto left;
    if (cut_ != Cut::None) goto cut;
    NEXT();
  }
  OP(StM) {
    if (!store_multiple(*op)) goto left;
    if (cut_ != Cut::None) goto cut;
    NEXT();
  }
  OP(SkipUnless) {
    if (!condition_holds(s, op->c)) op += op->imm;
    NEXT();
  }
  OP(SkipIfZero) {
    if (s[op->a] == 0) op += op->imm;
    NEXT();
  }
  OP(Call) {
    kHelpers[op->imm](*this, *op);
    NEXT();
  }
  OP(CallExit) {
    settle(op->insn);
    if (!kHelpers[op->imm](*this, *op)) {
      settle(op->insn + 1u);
      goto left;
    }
    if (cut_ != Cut::None) goto cut;
    NEXT();
  }
  OP(Goto) {
    state_.pc() = op->imm;
    state_.itstate = static_cast<u8>(op->imm2);
    goto finish;
  }
  OP(GotoInd) {
    state_.pc() = s[op->a] & (state_.thumb ? ~1u : ~3u);
    state_.itstate = 0;
    goto finish;
  }
  OP(GotoX) {
    const u32 target = s[op->a];
    state_.thumb = (target & 1) != 0;
    state_.jazelle = state_.thumbee();  // a branch to T32 in ThumbEE state stays in ThumbEE
    // Bits 1:0 = 10 are UNPREDICTABLE: the address is aligned to a word.
    state_.pc() = target & (state_.thumb ? ~1u : ~3u);
    state_.itstate = 0;
    goto finish;
  }

cut:
  leave |= cut_ == Cut::Leave;
  cut_ = Cut::None;
  careful_insn = op->insn;
  table = kCareful;
  NEXT();

finish:
  settle(op->insn + 1u);
  if constexpr (kTimed) {
    timing_->finish(*block);
    const auto kind = static_cast<ir::BranchKind>(op->aux);
    if (kind != ir::BranchKind::Sequential || block->conditional_end) {
      const u32 branch_pc = block->va.value + block->insns[op->insn].offset;
      timing_->branch(clock_, branch_pc, block->va.value + block->byte_length, state_.pc(), kind,
                      block->conditional_end, *block->timing);
    }
  }
  if (block->self_loop && state_.pc() == block->va.value) {
    dead_loop_ = true;
    return;
  }
  if (table == kFast && undisturbed()) {
    block = known_block();
    if (block != nullptr && block->host.entry == nullptr && ++block->host.heat != config_.hot_visits) goto start;
  }
  return;

left:
  if constexpr (kTimed) timing_->leave(*block, clock_, settled_);
}

template void Core::run_blocks<false>(Block& first, bool traced, const MicroOp* after);
template void Core::run_blocks<true>(Block& first, bool traced, const MicroOp* after);

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/bit_field.h"

namespace hypsim {

using ir::Op;
using ir::Slot;

namespace {

void unary(Translator& t, Op op, u32 d, u32 m) {
  if (d == 15 || m == 15) return t.unpredictable();
  t.emit(op, t.reg(d), t.reg(m));
}

/// T32 forms hold Rm twice; two different copies are UNPREDICTABLE.
void unary_checked(Translator& t, Op op, u32 d, u32 m, u32 m_again) {
  if (m != m_again) return t.unpredictable();
  unary(t, op, d, m);
}

/// `n` == 15 clears the field: BFC.
void insert(Translator& t, u32 d, u32 n, u32 lsb, u32 msb) {
  if (d == 15 || msb < lsb) return t.unpredictable();
  if (n == 15) {
    t.emit(Op::BicI, t.reg(d), t.reg(d), 0, mask32(msb, lsb));
  } else {
    t.emit(Op::Bfi, t.reg(d), t.reg(d), t.reg(n), lsb | (msb - lsb + 1) << 8);
  }
}

void extract(Translator& t, Op op, u32 d, u32 n, u32 lsb, u32 widthm1) {
  if (d == 15 || n == 15 || lsb + widthm1 > 31) return t.unpredictable();
  t.emit(op, t.reg(d), t.reg(n), 0, lsb | (widthm1 + 1) << 8);
}

}  // namespace

// BFC<c> <Rd>, #<lsb>, #<width>
void arm_BFC(Translator& t, u32 msb, u32 d, u32 lsb) { insert(t, d, 15, lsb, msb); }

// BFI<c> <Rd>, <Rn>, #<lsb>, #<width>
void arm_BFI(Translator& t, u32 msb, u32 d, u32 lsb, u32 n) { insert(t, d, n, lsb, msb); }

// SBFX<c> <Rd>, <Rn>, #<lsb>, #<width>
void arm_SBFX(Translator& t, u32 widthm1, u32 d, u32 lsb, u32 n) { extract(t, Op::Sbfx, d, n, lsb, widthm1); }

// UBFX<c> <Rd>, <Rn>, #<lsb>, #<width>
void arm_UBFX(Translator& t, u32 widthm1, u32 d, u32 lsb, u32 n) { extract(t, Op::Ubfx, d, n, lsb, widthm1); }

// CLZ<c> <Rd>, <Rm>
void arm_CLZ(Translator& t, u32 d, u32 m) { unary(t, Op::Clz, d, m); }

// RBIT<c> <Rd>, <Rm>
void arm_RBIT(Translator& t, u32 d, u32 m) { unary(t, Op::Rbit, d, m); }

// REV<c> <Rd>, <Rm>
void arm_REV(Translator& t, u32 d, u32 m) { unary(t, Op::Rev, d, m); }

// REV16<c> <Rd>, <Rm>
void arm_REV16(Translator& t, u32 d, u32 m) { unary(t, Op::Rev16, d, m); }

// REVSH<c> <Rd>, <Rm>
void arm_REVSH(Translator& t, u32 d, u32 m) { unary(t, Op::Revsh, d, m); }

// REV<c> <Rd>, <Rm>
void thumb16_REV(Translator& t, u32 m, u32 d) { unary(t, Op::Rev, d, m); }

// REV16<c> <Rd>, <Rm>
void thumb16_REV16(Translator& t, u32 m, u32 d) { unary(t, Op::Rev16, d, m); }

// REVSH<c> <Rd>, <Rm>
void thumb16_REVSH(Translator& t, u32 m, u32 d) { unary(t, Op::Revsh, d, m); }

// BFC<c> <Rd>, #<lsb>, #<width>
void thumb32_BFC(Translator& t, u32 lsb, u32 d, u32 msb) { insert(t, d, 15, lsb, msb); }

// BFI<c> <Rd>, <Rn>, #<lsb>, #<width>
void thumb32_BFI(Translator& t, u32 n, u32 lsb, u32 d, u32 msb) { insert(t, d, n, lsb, msb); }

// SBFX<c> <Rd>, <Rn>, #<lsb>, #<width>
void thumb32_SBFX(Translator& t, u32 n, u32 lsb, u32 d, u32 widthm1) { extract(t, Op::Sbfx, d, n, lsb, widthm1); }

// UBFX<c> <Rd>, <Rn>, #<lsb>, #<width>
void thumb32_UBFX(Translator& t, u32 n, u32 lsb, u32 d, u32 widthm1) { extract(t, Op::Ubfx, d, n, lsb, widthm1); }

// CLZ<c> <Rd>, <Rm>
void thumb32_CLZ(Translator& t, u32 m_again, u32 d, u32 m) { unary_checked(t, Op::Clz, d, m, m_again); }

// RBIT<c> <Rd>, <Rm>
void thumb32_RBIT(Translator& t, u32 m_again, u32 d, u32 m) { unary_checked(t, Op::Rbit, d, m, m_again); }

// REV<c>.W <Rd>, <Rm>
void thumb32_REV(Translator& t, u32 m_again, u32 d, u32 m) { unary_checked(t, Op::Rev, d, m, m_again); }

// REV16<c>.W <Rd>, <Rm>
void thumb32_REV16(Translator& t, u32 m_again, u32 d, u32 m) { unary_checked(t, Op::Rev16, d, m, m_again); }

// REVSH<c>.W <Rd>, <Rm>
void thumb32_REVSH(Translator& t, u32 m_again, u32 d, u32 m) { unary_checked(t, Op::Revsh, d, m, m_again); }

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/address.h"

namespace hypsim {

using ir::Op;
using ir::Slot;

namespace {
/// Shift by a constant without carry out. ARM DDI 0406C A8.4.3, DecodeImmShift
Slot shifted(Translator& t, u32 m, u32 type, u32 imm5) {
  const Slot rm = t.reg(m);
  if (type == 0 && imm5 == 0) return rm;
  const Slot d = t.temp();
  const u32 amount = imm5 == 0 ? 32 : imm5;
  switch (type) {
    case 0: t.emit(Op::LslI, d, rm, 0, imm5); break;
    case 1: t.emit(Op::LsrI, d, rm, 0, amount); break;
    case 2: t.emit(Op::AsrI, d, rm, 0, amount); break;
    default:
      if (imm5 == 0) {
        t.emit(Op::Rrx, d, rm, 0, 1);
        t.also_reads(1u << ir::kC);
      } else {
        t.emit(Op::RorI, d, rm, 0, imm5);
      }
  }
  return d;
}
}  // namespace

AddressEmitter::AddressEmitter(Translator& t, const Addressing& mode) : t_(t), mode_(mode) {
  const Slot base = t.read_aligned_pc(mode.n);
  if (mode.by_register) {
    // Computed up front: the access may load Rm.
    updated_ = t.temp();
    const Slot offset = shifted(t, mode.m, mode.shift_type, mode.shift_imm5);
    t.emit(mode.add ? Op::Add : Op::Sub, updated_, base, offset);
    address_.base = mode.index ? updated_ : base;
  } else {
    address_ = {base, mode.index ? mode.signed_imm() : 0};
  }
}

void AddressEmitter::commit() {
  if (!mode_.wback) return;
  const Slot n = t_.reg(mode_.n);
  if (mode_.by_register) {
    t_.emit(Op::Mov, n, updated_);
  } else if (mode_.imm != 0) {
    t_.emit(Op::AddI, n, n, 0, mode_.signed_imm());
  }
}

}  // namespace hypsim

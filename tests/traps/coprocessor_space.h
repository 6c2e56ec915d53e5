// SPDX-License-Identifier: Apache-2.0
// Every instruction of the coprocessor space, and its encodings.
#pragma once

#include "sim/hyp/traps.h"
#include "tests/traps/rulebook.h"

namespace hypsim::traps {

/// Calls f(Instruction) for every MCR, MRC, MCRR, MRRC, LDC, STC and CDP of coprocessor `cp` that rules tell apart: all
/// opc1, CRn, CRm, opc2, CRd and addressing modes; transfer registers and immediates vary along.
template <class F>
void for_each_instruction(u8 cp, F f) {
  u32 n = 0;
  const auto registers = [&n](Instruction& i) {
    i.rt = static_cast<u8>(n % 13);
    i.rt2 = static_cast<u8>((n / 13 + n + 1) % 13);
    if (i.rt2 == i.rt) i.rt2 = static_cast<u8>((i.rt + 1) % 13);
    ++n;
  };
  for (const bool read : {false, true}) {
    for (u32 e = 0; e < 1u << 14; ++e) {
      Instruction i;
      i.cp = cp;
      i.read = read;
      i.opc1 = static_cast<u8>(bits(e, 13, 11));
      i.crn = static_cast<u8>(bits(e, 10, 7));
      i.crm = static_cast<u8>(bits(e, 6, 3));
      i.opc2 = static_cast<u8>(bits(e, 2, 0));
      registers(i);
      f(i);
    }
    for (u32 e = 0; e < 1u << 8; ++e) {
      Instruction i;
      i.cp = cp;
      i.form = Form::Wide;
      i.read = read;
      i.opc1 = static_cast<u8>(e >> 4);
      i.crm = static_cast<u8>(e & 15);
      registers(i);
      f(i);
    }
    for (u32 e = 0; e < 1u << 7; ++e) {
      const u32 p = bits(e, 6, 6), u = bits(e, 5, 5), w = bits(e, 4, 4);
      if (p == 0 && u == 0 && w == 0) continue;  // MCRR, MRRC, or UNDEFINED
      Instruction i;
      i.cp = cp;
      i.form = Form::Transfer;
      i.read = read;
      i.crm = static_cast<u8>(e & 15);
      registers(i);
      i.up = u != 0;
      i.mode = static_cast<u8>(p << 1 | w);
      i.imm8 = static_cast<u8>(n % 32);
      f(i);
    }
  }
  for (u32 e = 0; e < 1u << 15; ++e) {
    Instruction i;
    i.cp = cp;
    i.form = Form::Operation;
    i.opc1 = static_cast<u8>(bits(e, 14, 11));
    i.crn = static_cast<u8>(bits(e, 10, 7));
    i.crm = static_cast<u8>(bits(e, 6, 3));
    i.opc2 = static_cast<u8>(bits(e, 2, 0));
    f(i);
  }
}

/// The A32 word with condition AL, which is also the T32 word; the "2" forms have 0b1111 there. ARM DDI 0406C A5.6,
/// A6.3.18
constexpr u32 encode(const Instruction& i) {
  const u32 head = (i.second_space ? 0xFu : 0xEu) << 28 | u32{i.cp} << 8;
  const u32 read = i.read ? 1 : 0;
  switch (i.form) {
    case Form::Move:
      return head | 0x0E000010 | u32{i.opc1} << 21 | read << 20 | u32{i.crn} << 16 | u32{i.rt} << 12 |
             u32{i.opc2} << 5 | i.crm;
    case Form::Wide:
      return head | 0x0C400000 | read << 20 | u32{i.rt2} << 16 | u32{i.rt} << 12 | u32{i.opc1} << 4 | i.crm;
    case Form::Transfer:  // L is set by LDC, which writes the coprocessor
      return head | 0x0C000000 | u32{bit(i.mode, 1)} << 24 | u32{i.up} << 23 | u32{bit(i.mode, 0)} << 21 |
             (read ^ 1) << 20 | u32{i.rt} << 16 | u32{i.crm} << 12 | i.imm8;
    default: return head | 0x0E000000 | u32{i.opc1} << 20 | u32{i.crn} << 16 | u32{i.opc2} << 5 | i.crm;
  }
}

/// The same as the trap rules of the simulator take it.
constexpr hyp::CoprocAccess access_of(const Instruction& i) {
  hyp::CoprocAccess a;
  a.cp = i.cp;
  a.read = i.read;
  a.opc1 = i.opc1;
  a.rt = i.rt;
  switch (i.form) {
    case Form::Move:
      a.form = hyp::CoprocForm::Mcr;
      a.crn = i.crn;
      a.crm = i.crm;
      a.opc2 = i.opc2;
      break;
    case Form::Wide:
      a.form = hyp::CoprocForm::Mcrr;
      a.crm = i.crm;
      a.rt2 = i.rt2;
      break;
    case Form::Transfer:
      a.form = hyp::CoprocForm::Ldc;
      a.crn = i.crm;
      a.imm8 = i.imm8;
      a.add = i.up;
      a.addressing = i.mode;
      break;
    default:
      a.form = hyp::CoprocForm::Cdp;
      a.crn = i.crn;
      a.crm = i.crm;
      a.opc2 = i.opc2;
      break;
  }
  return a;
}

}  // namespace hypsim::traps

// SPDX-License-Identifier: Apache-2.0
// How wider operands of helpers are packed into MicroOp::imm2: the translate functions pack, the helpers unpack.
#pragma once

#include "sim/hyp/traps.h"

namespace hypsim::ir {

constexpr u32 pack_coproc(const hyp::CoprocAccess& a) {
  const u32 head = u32{a.cp} | static_cast<u32>(a.form) << 4 | u32{a.read} << 6;
  if (a.form == hyp::CoprocForm::Ldc)
    return head | u32{a.crn} << 7 | u32{a.imm8} << 11 | u32{a.add} << 19 | u32{a.addressing} << 20 | u32{a.rt} << 23;
  return head | u32{a.opc1} << 7 | u32{a.crn} << 11 | u32{a.crm} << 15 | u32{a.opc2} << 19 | u32{a.rt} << 22 |
         u32{a.rt2} << 26;
}

constexpr hyp::CoprocAccess unpack_coproc(u32 v) {
  const auto field = [v](unsigned hi, unsigned lo) { return static_cast<u8>(bits(v, hi, lo)); };
  hyp::CoprocAccess a;
  a.cp = field(3, 0);
  a.form = static_cast<hyp::CoprocForm>(field(5, 4));
  a.read = bit(v, 6);
  if (a.form == hyp::CoprocForm::Ldc) {
    a.crn = field(10, 7);  // CRd
    a.imm8 = field(18, 11);
    a.add = bit(v, 19);
    a.addressing = field(22, 20);
    a.rt = field(26, 23);
  } else {
    a.opc1 = field(10, 7);
    a.crn = field(14, 11);
    a.crm = field(18, 15);
    a.opc2 = field(21, 19);
    a.rt = field(25, 22);
    a.rt2 = field(29, 26);
  }
  return a;
}

/// What decide_fp() asks: the class, and of VMRS and VMSR the direction, Rt and the register.
struct FpOperand {
  hyp::FpClass cls = hyp::FpClass::Vfp;
  bool read = false;
  u8 rt = 0;
  u8 reg = 0;
  bool scalars_only = false;  ///< UNDEFINED while the FPSCR asks for short vectors

  constexpr u32 pack() const {
    return static_cast<u32>(cls) | u32{read} << 4 | u32{rt} << 5 | u32{reg} << 9 | u32{scalars_only} << 13;
  }
  static constexpr FpOperand unpack(u32 v) {
    return {static_cast<hyp::FpClass>(v & 0xF), bit(v, 4), static_cast<u8>(bits(v, 8, 5)),
            static_cast<u8>(bits(v, 12, 9)), bit(v, 13)};
  }
};

/// Consecutive words of the VFP register file: S0..S31 are words 0..31, Dn is words 2n and 2n+1.
struct VfpWords {
  u8 first = 0;
  u8 count = 0;
  bool doubles = false;  ///< the words of a D register change places in big-endian memory

  constexpr u32 pack() const { return u32{first} | u32{count} << 8 | u32{doubles} << 16; }
  static constexpr VfpWords unpack(u32 v) {
    return {static_cast<u8>(bits(v, 7, 0)), static_cast<u8>(bits(v, 15, 8)), bit(v, 16)};
  }
};

/// A scalar within the VFP register file: byte offset from D0, size in bytes.
struct VfpLane {
  u8 offset = 0;
  u8 size = 4;
  bool sign = false;

  constexpr u32 pack() const { return u32{offset} | u32{size} << 8 | u32{sign} << 12; }
  static constexpr VfpLane unpack(u32 v) {
    return {static_cast<u8>(bits(v, 7, 0)), static_cast<u8>(bits(v, 11, 8)), bit(v, 12)};
  }
};

}  // namespace hypsim::ir

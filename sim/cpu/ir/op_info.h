// SPDX-License-Identifier: Apache-2.0
// Which slots a micro-op reads and writes: for dependency tracking and for back ends that keep slots in registers.
#pragma once

#include "sim/cpu/ir/micro_op.h"

namespace hypsim::ir {

/// Bits for OpInfo::reads_flags and writes_flags: bit n for slot n.
constexpr u32 kBitN = 1u << kN, kBitZ = 1u << kZ, kBitC = 1u << kC, kBitV = 1u << kV;
constexpr u32 kBitsNzcv = kBitN | kBitZ | kBitC | kBitV;

/// Operand fields of a micro-op that name slots. LdM and StM transfer the registers of their list besides; helpers have
/// slots of their own choosing (Translator::also_reads).
struct OpInfo {
  bool reads_a = false, reads_b = false, reads_c = false, reads_d = false;
  bool writes_d = false, writes_c = false;
  u32 reads_flags = 0, writes_flags = 0;
};

constexpr OpInfo op_info(Op op) {
  constexpr OpInfo kBinary{.reads_a = true, .reads_b = true, .writes_d = true};
  constexpr OpInfo kUnary{.reads_a = true, .writes_d = true};
  const auto flags = [](OpInfo base, u32 reads, u32 writes) {
    base.reads_flags = reads;
    base.writes_flags = writes;
    return base;
  };
  switch (op) {
    case Op::Nop:
    case Op::Goto:
    case Op::Call:
    case Op::CallExit:
    case Op::Count: return {};
    case Op::SkipUnless: return {};  // see condition_flags
    case Op::MovI: return {.writes_d = true};
    case Op::Add:
    case Op::Sub:
    case Op::And:
    case Op::Orr:
    case Op::Eor:
    case Op::Bic:
    case Op::Bfi:
    case Op::Mul:
    case Op::Udiv:
    case Op::Sdiv:
    case Op::Lsl:
    case Op::Lsr:
    case Op::Asr:
    case Op::Ror: return kBinary;
    case Op::Adc:
    case Op::Sbc: return flags(kBinary, kBitC, 0);
    case Op::AddS:
    case Op::SubS: return flags(kBinary, 0, kBitsNzcv);
    case Op::AdcS:
    case Op::SbcS: return flags(kBinary, kBitC, kBitsNzcv);
    case Op::AddSI:
    case Op::SubSI:
    case Op::RsbSI: return flags(kUnary, 0, kBitsNzcv);
    case Op::MovNZ: return flags(kUnary, 0, kBitN | kBitZ);
    case Op::SetNZ64: return {.reads_a = true, .reads_b = true, .writes_flags = kBitN | kBitZ};
    case Op::Rrx: return flags(kUnary, kBitC, 0);
    case Op::RrxC: return flags(kUnary, kBitC, kBitC);
    case Op::LslCI:
    case Op::LsrCI:
    case Op::AsrCI:
    case Op::RorCI: return flags(kUnary, 0, kBitC);
    // An amount of zero keeps C, so the old one is an operand.
    case Op::LslC:
    case Op::LsrC:
    case Op::AsrC:
    case Op::RorC: return flags(kBinary, kBitC, kBitC);
    case Op::SetCI: return {.writes_flags = kBitC};
    case Op::Mla:
    case Op::Mls: return {.reads_a = true, .reads_b = true, .reads_c = true, .writes_d = true};
    case Op::Umull:
    case Op::Smull: return {.reads_a = true, .reads_b = true, .writes_d = true, .writes_c = true};
    case Op::Umlal:
    case Op::Smlal:
      return {.reads_a = true, .reads_b = true, .reads_c = true, .reads_d = true, .writes_d = true, .writes_c = true};
    case Op::St8:
    case Op::St16:
    case Op::St32: return {.reads_a = true, .reads_b = true};
    case Op::LdM:
    case Op::StM:
    case Op::SkipIfZero:
    case Op::GotoInd:
    case Op::GotoX: return {.reads_a = true};
    default: return kUnary;  // immediates, extensions, bit counts, loads
  }
}

/// The flags a condition depends on.
constexpr u32 condition_flags(Cond cond) {
  switch (cond) {
    case Cond::EQ:
    case Cond::NE: return kBitZ;
    case Cond::CS:
    case Cond::CC: return kBitC;
    case Cond::MI:
    case Cond::PL: return kBitN;
    case Cond::VS:
    case Cond::VC: return kBitV;
    case Cond::HI:
    case Cond::LS: return kBitC | kBitZ;
    case Cond::GE:
    case Cond::LT: return kBitN | kBitV;
    case Cond::GT:
    case Cond::LE: return kBitN | kBitZ | kBitV;
    default: return 0;
  }
}

}  // namespace hypsim::ir

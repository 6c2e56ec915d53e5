// SPDX-License-Identifier: Apache-2.0
// What the A32, T16 and T32 forms of data processing share: decoded operands in, micro-ops out.
#pragma once

#include "sim/cpu/translate/translator.h"

namespace hypsim::data_processing {

/// The operations, numbered as in A32's opcode field. ARM DDI 0406C A5.2.1
enum class DataOp : u8 { And, Eor, Sub, Rsb, Add, Adc, Sbc, Rsc, Tst, Teq, Cmp, Cmn, Orr, Mov, Bic, Mvn, Orn };

constexpr bool is_test(DataOp op) { return op >= DataOp::Tst && op <= DataOp::Cmn; }
constexpr bool is_move(DataOp op) { return op == DataOp::Mov || op == DataOp::Mvn; }
/// Logical operations take C from the shifter and leave V alone.
constexpr bool is_logical(DataOp op) {
  return op <= DataOp::Eor || op == DataOp::Tst || op == DataOp::Teq || op >= DataOp::Orr;
}

/// SRType. ARM DDI 0406C A8.4.3
enum class Shift : u8 { Lsl, Lsr, Asr, Ror, Rrx };

/// The flexible second operand.
struct Operand2 {
  enum class Kind : u8 { Immediate, ShiftByImmediate, ShiftByRegister };
  /// Carry out of an immediate: some encodings leave C alone.
  enum class Carry : i8 { Unchanged = -1, Clear = 0, Set = 1 };

  Kind kind = Kind::Immediate;
  u32 imm = 0;                     ///< the value, or the shift amount
  Carry carry = Carry::Unchanged;  ///< of an immediate
  Shift shift = Shift::Lsl;
  u8 m = 0;  ///< the register shifted
  u8 s = 0;  ///< the register that holds the amount

  static Operand2 immediate(u32 value) { return {.imm = value}; }
  static Operand2 reg(u32 m) { return {.kind = Kind::ShiftByImmediate, .m = static_cast<u8>(m)}; }
  static Operand2 shifted_by_reg(u32 m, u32 type, u32 s) {
    const auto shift = static_cast<Shift>(type);
    return {.kind = Kind::ShiftByRegister, .shift = shift, .m = static_cast<u8>(m), .s = static_cast<u8>(s)};
  }
};

/// DecodeImmShift on register m. ARM DDI 0406C A8.4.3
Operand2 shifted_by_imm(u32 m, u32 type, u32 imm5);
/// ARMExpandImm_C. ARM DDI 0406C A5.2.4
Operand2 a32_expand_imm(u32 rotate, u32 imm8);
/// ThumbExpandImm_C of i:imm3:imm8. ARM DDI 0406C A6.3.2
Operand2 thumb_expand_imm(u32 imm12);

/// Register m shifted; sets C if `set_carry`. May be register m itself.
ir::Slot emit_shift(Translator& t, const Operand2& operand, bool set_carry);

/// Any data-processing instruction: Rd = Rn op operand, with flags if `s`. A write to R15 branches; in A32 with `s` it
/// returns from an exception. Rn is ignored by moves, Rd by tests.
void emit_data_processing(Translator& t, DataOp op, bool s, u32 n, u32 d, const Operand2& operand);

/// Rd = imm16, and Rd<31:16> = imm16. R15 is UNPREDICTABLE.
void emit_movw(Translator& t, u32 d, u32 imm16);
void emit_movt(Translator& t, u32 d, u32 imm16);

/// Rd = Align(PC, 4) + offset.
void emit_adr(Translator& t, u32 d, u32 offset);

}  // namespace hypsim::data_processing

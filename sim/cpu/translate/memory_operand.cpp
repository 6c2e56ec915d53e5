// SPDX-License-Identifier: Apache-2.0
// The micro-ops of one instruction are run on symbols: a slot holds Rn plus a constant, or something else that is made
// of certain registers.
#include "sim/cpu/translate/memory_operand.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <optional>

#include "sim/cpu/ir/helper.h"
#include "sim/cpu/ir/op_info.h"

namespace hypsim {

namespace {

using ir::MemoryOperand;
using ir::MicroOp;
using ir::Op;
using ir::Slot;

/// The value of a slot.
struct Symbol {
  u8 base;  // Rbase as before the instruction, plus offset; kNone: something else
  i32 offset;
  u16 registers;  // that it is made of
  bool loaded;    // from memory, or made of what was
};
constexpr Symbol kSomething{MemoryOperand::kNone, 0, 0, false};
constexpr Symbol kLoaded{MemoryOperand::kNone, 0, 0, true};

class Symbols {
 public:
  Symbol operator[](Slot s) const {
    if ((written_ >> s & 1) != 0) return slots_[s];
    return s < ir::kPc ? Symbol{s, 0, static_cast<u16>(1u << s), false} : kSomething;
  }

  void run(const MicroOp& m) {
    const ir::OpInfo info = ir::op_info(m.op);
    Symbol result = kSomething;
    switch (m.op) {
      case Op::Mov: result = (*this)[m.a]; break;
      case Op::AddI: result = plus(m.a, m.imm); break;
      case Op::SubI: result = plus(m.a, 0u - m.imm); break;
      case Op::LdM:
        for (u32 list = m.imm & 0xFFFF; list != 0; list &= list - 1)
          write(static_cast<Slot>(std::countr_zero(list)), kLoaded);
        return;
      default:
        if (m.op >= Op::Ld8 && m.op <= Op::Ld32) {
          result = kLoaded;
          break;
        }
        if (info.reads_a) add(result, (*this)[m.a]);
        if (info.reads_b) add(result, (*this)[m.b]);
    }
    if (info.writes_d) write(m.d, result);
    if (info.writes_c) write(m.c, kSomething);
  }

  /// The registers written with something that does not come from memory.
  u16 computed() const {
    u32 registers = 0;
    for (u64 w = written_ & 0x7FFF; w != 0; w &= w - 1)
      if (const int n = std::countr_zero(w); !slots_[static_cast<unsigned>(n)].loaded) registers |= 1u << n;
    return static_cast<u16>(registers);
  }

 private:
  static void add(Symbol& to, const Symbol& source) {
    to.registers |= source.registers;
    to.loaded |= source.loaded;
  }
  Symbol plus(Slot s, u32 constant) const {
    Symbol sum = (*this)[s];
    sum.offset += static_cast<i32>(constant);
    return sum;
  }

  void write(Slot s, const Symbol& value) {
    slots_[s] = value;
    written_ |= u64{1} << s;
  }

  std::array<Symbol, ir::kSlots> slots_;
  u64 written_ = 0;  // bit n: slot n is not what it was before the instruction
};

/// Whether there is anything to find: most instructions neither access memory nor add a constant to a register.
bool worth_a_look(const Block& block, std::size_t first_op, const ir::InsnInfo& info) {
  return info.transfers != 0 ||
         std::any_of(block.ops.begin() + static_cast<std::ptrdiff_t>(first_op), block.ops.end(),
                     [](const MicroOp& m) { return (m.op == Op::AddI || m.op == Op::SubI) && m.d == m.a; });
}

bool takes_address_in_a(Helper h) {
  switch (h) {
    case Helper::load_exclusive:
    case Helper::store_exclusive:
    case Helper::swap:
    case Helper::load_multiple_user:
    case Helper::store_multiple_user:
    case Helper::coproc_load:
    case Helper::coproc_store:
    case Helper::vfp_load:
    case Helper::vfp_store:
    case Helper::neon_load:
    case Helper::neon_store: return true;
    default: return false;
  }
}

/// What a micro-op accesses, if it does.
struct Access {
  Symbol address;
  u32 bytes;
};

std::optional<Access> access_of(const MicroOp& m, const Symbols& symbols, u32 transfers) {
  u32 offset = m.imm, bytes = 4;
  switch (m.op) {
    case Op::Ld8:
    case Op::Ld8S:
    case Op::St8: bytes = 1; break;
    case Op::Ld16:
    case Op::Ld16S:
    case Op::St16: bytes = 2; break;
    case Op::Ld32:
    case Op::St32: break;
    case Op::LdM:
    case Op::StM:
      bytes = 4 * static_cast<u32>(std::popcount(m.imm & 0xFFFF));
      offset = 0;
      break;
    case Op::CallExit:
      if (!takes_address_in_a(static_cast<Helper>(m.imm))) return std::nullopt;
      bytes = 4 * transfers;
      offset = 0;
      break;
    default: return std::nullopt;
  }
  Symbol address = symbols[m.a];
  address.offset += static_cast<i32>(offset);
  return Access{address, bytes};
}

/// The accesses of an instruction, as one.
class Together {
 public:
  void add(const Access& access) {
    registers_ |= access.address.registers;
    if (empty_) base_ = access.address.base;
    if (base_ != access.address.base) base_ = MemoryOperand::kNone;
    const i32 from = access.address.offset, to = from + static_cast<i32>(access.bytes);
    from_ = empty_ ? from : std::min(from_, from);
    to_ = empty_ ? to : std::max(to_, to);
    empty_ = false;
  }

  MemoryOperand operand() const {
    MemoryOperand m;
    m.registers = registers_;
    const bool fits = from_ >= std::numeric_limits<i16>::min() && from_ <= std::numeric_limits<i16>::max() &&
                      to_ - from_ <= std::numeric_limits<u8>::max();
    if (empty_ || !fits || base_ == MemoryOperand::kNone) return m;
    m.base = base_;
    m.offset = static_cast<i16>(from_);
    m.bytes = static_cast<u8>(to_ - from_);
    return m;
  }

 private:
  bool empty_ = true;
  u8 base_ = MemoryOperand::kNone;
  i32 from_ = 0, to_ = 0;
  u16 registers_ = 0;
};

}  // namespace

void note_memory_operand(const Block& block, std::size_t first_op, ir::InsnInfo& info) {
  if (!worth_a_look(block, first_op, info)) return;
  Symbols symbols;
  Together accesses;
  for (std::size_t i = first_op; i < block.ops.size(); ++i) {
    const MicroOp& m = block.ops[i];
    if (const auto access = access_of(m, symbols, info.transfers)) accesses.add(*access);
    symbols.run(m);
  }
  info.memory = accesses.operand();
  if (info.transfers != 0) info.computed = symbols.computed();
  for (u64 w = info.writes & 0x7FFF; w != 0; w &= w - 1) {
    const auto n = static_cast<Slot>(std::countr_zero(w));
    const Symbol& now = symbols[n];
    // No offset: a helper wrote it.
    if (now.base != n || now.offset == 0 || now.offset != static_cast<i16>(now.offset)) continue;
    info.moved = n;
    info.moved_by = static_cast<i16>(now.offset);
  }
}

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// Changes guests as guests: an instruction for an instruction, a field for a field, and short sequences that do what
// random instructions hardly ever do together.
#include <algorithm>
#include <span>
#include <vector>

#include "sim/cpu/sysreg/table.h"
#include "tests/differential/random.h"
#include "tests/differential/sequence.h"
#include "tests/fuzz/guest_program.h"

extern "C" std::size_t LLVMFuzzerMutate(hypsim::u8* data, std::size_t size, std::size_t max_size);

namespace hypsim::fuzz {

namespace {

/// Instructions as they stand in memory.
class Code {
 public:
  explicit Code(bool thumb) : thumb_(thumb) {}
  bool thumb() const { return thumb_; }
  void half(u32 value) {
    bytes_.push_back(static_cast<u8>(value));
    bytes_.push_back(static_cast<u8>(value >> 8));
  }
  /// A32, or T32 with the first halfword in front.
  void word(u32 value) {
    half(thumb_ ? value >> 16 : value);
    half(thumb_ ? value : value >> 16);
  }
  const std::vector<u8>& bytes() const { return bytes_; }

 private:
  bool thumb_;
  std::vector<u8> bytes_;
};

u32 random_register(Random& random) { return random.chance(85) ? random.below(13) : random.below(16); }

/// Fields with values that lead somewhere more often than random ones do.
u32 shaped(const isa::Line& line, u32 word, Random& random) {
  for (const char letter : {'n', 'd', 'm', 'a', 't', 'h', 'l', 'u'})
    if (field_width(line, letter) == 4) word = with_field(line, word, letter, random_register(random));
  if (field_width(line, 'i') >= 8 && random.chance(80)) word = with_field(line, word, 'i', random.below(64));
  if (field_width(line, 'l') >= 8 && random.chance(60)) word &= ~with_field(line, 0, 'l', random.word());
  return word;
}

void random_line(Code& code, Random& random) {
  const bool half = code.thumb() && random.chance(55);
  const isa::Table& table = !code.thumb()
                                ? random.chance(78) ? isa::a32_conditional_table() : isa::a32_unconditional_table()
                            : half && random.chance(4) ? isa::thumbee16_table()
                            : half                     ? isa::t16_table()
                                                       : isa::t32_table();
  const auto& lines = table.lines();
  const isa::Line& line = lines[random.below(static_cast<u32>(lines.size()))];
  u32 word = line.pattern.canonical_value | (random.word() & ~line.pattern.canonical_mask);
  if (!code.thumb() && line.bits[0] == 'c')
    word = (word & 0x0FFF'FFFF) | (random.chance(75) ? 14u : random.below(15)) << 28;
  if (random.chance(90)) word = shaped(line, word, random);
  if (random.chance(3)) word ^= 1u << random.below(half ? 16 : 32);
  if (half)
    code.half(word);
  else
    code.word(word);
}

/// MCR, MRC, MCRR or MRRC of a register that exists. The same bits in both instruction sets.
void system_register(Code& code, Random& random) {
  const auto rows = sysreg::all_rows();
  const sysreg::Encoding& at = rows[random.below(static_cast<u32>(rows.size()))]->at;
  const u32 read = random.chance(50) ? 1 : 0, rt = random_register(random);
  if (at.wide) {
    code.word(0xEC40'0000 | read << 20 | random_register(random) << 16 | rt << 12 | u32{at.cp} << 8 |
              u32{at.opc1} << 4 | at.crm);
  } else {
    code.word(0xEE00'0010 | u32{at.opc1} << 21 | read << 20 | u32{at.crn} << 16 | rt << 12 | u32{at.cp} << 8 |
              u32{at.opc2} << 5 | at.crm);
  }
}

/// Words that T32 and A32 share but for their condition field, or that are given for each.
void either(Code& code, u32 a32, u32 t32) { code.word(code.thumb() ? t32 : a32); }

void constant(Code& code, u32 reg, u32 value) {
  const u32 low = value & 0xFFFF, high = value >> 16;
  const auto wide = [&](u32 op, u32 v) {
    return op | (v >> 12) << 16 | (v >> 11 & 1) << 26 | (v >> 8 & 7) << 12 | reg << 8 | (v & 0xFF);
  };
  either(code, 0xE300'0000 | (low >> 12) << 16 | reg << 12 | (low & 0xFFF), wide(0xF240'0000, low));
  either(code, 0xE340'0000 | (high >> 12) << 16 | reg << 12 | (high & 0xFFF), wide(0xF2C0'0000, high));
}

/// LDREX Rt, [Rn]; something; STREX Rd, Rt, [Rn].
void exclusive_pair(Code& code, Random& random) {
  const u32 n = random.below(13), t = random.below(13), d = random.below(13);
  either(code, 0xE190'0F9F | n << 16 | t << 12, 0xE850'0F00 | n << 16 | t << 12);
  if (random.chance(60)) random_line(code, random);
  either(code, 0xE180'0F90 | n << 16 | d << 12 | t, 0xE840'0000 | n << 16 | t << 12 | d << 8);
}

constexpr u32 kIciallu = 0xEE07'0F15, kBpiall = 0xEE07'0FD5, kTlbiall = 0xEE08'0F17, kTlbimva = 0xEE08'0F37;

/// Stores an instruction over another one, with or without the maintenance that it takes.
void self_modify(Code& code, Random& random) {
  const u32 r = random.below(12), base = (r + 1) % 13;
  Code fresh(code.thumb());
  random_line(fresh, random);
  u32 word = 0;
  std::memcpy(&word, fresh.bytes().data(), std::min<std::size_t>(4, fresh.bytes().size()));
  constant(code, r, word);
  constant(code, base, (random.chance(70) ? place::kCode : place::kAlias + 0x2000) + 4 * random.below(0x200));
  either(code, 0xE580'0000 | base << 16 | r << 12, 0xF8C0'0000 | base << 16 | r << 12);
  if (random.chance(70)) code.word(kIciallu);
  if (random.chance(30)) code.word(kBpiall);
  if (random.chance(50)) either(code, 0xF57F'F06F, 0xF3BF'8F6F);  // ISB
}

/// Writes a descriptor and drops what was cached of it, or not.
void change_tables(Code& code, Random& random) {
  const u32 r = random.below(12), base = (r + 1) % 13;
  static constexpr u32 kTables[] = {place::kShortL1, place::kShortL2,  place::kLongL2,
                                    place::kLongL3,  place::kStage2L2, place::kStage2L3};
  constant(code, r, (place::kRam | random.below(256) << 12 | (random.word() & 0xFFF)));
  constant(code, base, random.pick(kTables) + 4 * random.below(0x100));
  either(code, 0xE580'0000 | base << 16 | r << 12, 0xF8C0'0000 | base << 16 | r << 12);
  if (random.chance(60)) code.word(random.chance(70) ? kTlbiall : kTlbimva | base << 12);
  if (random.chance(50)) either(code, 0xF57F'F04F, 0xF3BF'8F4F);  // DSB
}

/// A control register with one bit changed.
void flip_control(Code& code, Random& random) {
  static constexpr u32 kControls[] = {0xEE01'0F10, 0xEE01'0F30, 0xEE01'0F50, 0xEE01'0F11, 0xEE81'0F10, 0xEE81'1F11,
                                      0xEE81'1F51, 0xEE81'1F71, 0xEE02'0F50, 0xEE03'0F10, 0xEE0D'0F30};
  const u32 at = random.pick(kControls), r = random.below(12), s = (r + 1) % 13;
  code.word(at | 1u << 20 | r << 12);
  constant(code, s, 1u << random.below(32));
  either(code, 0xE020'0000 | r << 16 | r << 12 | s, 0xEA80'0000 | r << 16 | r << 8 | s);
  code.word(at | r << 12);
  if (random.chance(50)) either(code, 0xF57F'F06F, 0xF3BF'8F6F);
}

/// Exceptions, returns from them, changes of mode and of instruction set.
void leave(Code& code, Random& random) {
  static constexpr u32 kA32[] = {0xEF00'0000 /* svc */,       0xE140'0070 /* hvc */,
                                 0xE160'0070 /* smc */,       0xE7F0'00F0 /* udf */,
                                 0xE120'0070 /* bkpt */,      0xE160'006E /* eret */,
                                 0xE1B0'F00E /* movs */,      0xE25E'F004 /* subs */,
                                 0xE12F'FF1E /* bx lr */,     0xF102'0000 /* cps */,
                                 0xF10C'01C0 /* cpsid */,     0xF108'01C0 /* cpsie */,
                                 0xF101'0200 /* setend be */, 0xF101'0000,
                                 0xE320'F003 /* wfi */,       0xE320'F002,
                                 0xE320'F004 /* sev */,       0xE320'F0F3 /* dbg */};
  static constexpr u32 kT32[] = {0xF7E0'8000 /* hvc */,
                                 0xF7F0'8000 /* smc */,
                                 0xF7F0'A000 /* udf.w */,
                                 0xF3DE'8F00 /* eret */,
                                 0xF3DE'8F04 /* subs */,
                                 0xF3AF'8100 /* cps */,
                                 0xF3AF'86E0 /* cpsid aif */,
                                 0xF3AF'84E0,
                                 0xF3AF'8003,
                                 0xF3AF'8002,
                                 0xF3AF'8004};
  static constexpr u32 kT16[] = {
      0xDF00, 0xDE00, 0xBE00, 0x4770 /* bx lr */, 0x4778 /* bx pc */, 0xB650, 0xB658, 0xBF30, 0xBF20,
      0xBF40, 0xB672, 0xB662};
  static constexpr u32 kModes[] = {0x10, 0x11, 0x12, 0x13, 0x16, 0x17, 0x1A, 0x1B, 0x1F};
  if (!code.thumb()) {
    u32 word = random.pick(kA32);
    if (word == 0xF102'0000) word |= random.pick(kModes);
    code.word(word);
  } else if (random.chance(50)) {
    code.half(random.pick(kT16));
  } else {
    u32 word = random.pick(kT32);
    if (word == 0xF3AF'8100) word |= random.pick(kModes);
    code.word(word);
  }
}

/// A branch by a few instructions, mostly back.
void branch(Code& code, Random& random) {
  const i32 by = static_cast<i32>(random.below(24)) - 18;
  const u32 cond = random.chance(40) ? 14 : random.below(14);
  if (!code.thumb())
    code.word(cond << 28 | 0x0A00'0000 | (static_cast<u32>(by) & 0xFF'FFFF));
  else if (cond == 14)
    code.half(0xE000 | (static_cast<u32>(by) & 0x7FF));
  else
    code.half(0xD000 | cond << 8 | (static_cast<u32>(by) & 0xFF));
}

/// SUBS Rn, Rn, #1; BNE back: a loop that becomes hot.
void counted_loop(Code& code, Random& random) {
  const u32 r = random.below(8);
  const std::size_t start = code.bytes().size();
  const u32 count = random.below(3) + 1;
  for (u32 n = 0; n < count; ++n) random_line(code, random);
  if (code.thumb()) {
    code.half(0x3801 | r << 8);
    const u32 back = static_cast<u32>(code.bytes().size() - start) + 4;
    code.half(0xD100 | ((0u - back / 2) & 0xFF));
  } else {
    code.word(0xE250'0001 | r << 16 | r << 12);
    const u32 back = static_cast<u32>(code.bytes().size() - start) + 8;
    code.word(0x1A00'0000 | ((0u - back / 4) & 0xFF'FFFF));
  }
}

/// An IT block in T32; in A32 just what would stand in it.
void conditional(Code& code, Random& random) {
  if (code.thumb()) code.half(0xBF00 | random.below(15) << 4 | (1 + random.below(15)));
  const u32 count = 1 + random.below(4);
  for (u32 n = 0; n < count; ++n) random_line(code, random);
}

void append(Code& code, Random& random) {
  const u32 roll = random.below(100);
  if (roll < 50) return random_line(code, random);
  if (roll < 66) return system_register(code, random);
  if (roll < 72) return leave(code, random);
  if (roll < 78) return branch(code, random);
  if (roll < 82) return exclusive_pair(code, random);
  if (roll < 86) return self_modify(code, random);
  if (roll < 89) return change_tables(code, random);
  if (roll < 92) return flip_control(code, random);
  if (roll < 96) return counted_loop(code, random);
  conditional(code, random);
}

/// Changes one field of the instruction at `at`, or one bit where there is none.
void change_field(std::span<u8> at, bool thumb, Random& random) {
  u16 halves[2] = {};
  std::memcpy(halves, at.data(), std::min<std::size_t>(at.size(), sizeof halves));
  const bool narrow = thumb && halves[0] < 0xE800;
  u32 word = thumb ? narrow ? halves[0] : u32{halves[0]} << 16 | halves[1] : u32{halves[1]} << 16 | halves[0];
  const isa::Line* line = find_line(thumb ? Isa::Thumb : Isa::A32, word, narrow ? 2 : 4);
  const char letter = line == nullptr ? '0' : line->bits[random.below(static_cast<u32>(std::strlen(line->bits)))];
  if (line != nullptr && letter != '0' && letter != '1')
    word = with_field(*line, word, letter, field_width(*line, letter) == 4 ? random_register(random) : random.word());
  else
    word ^= 1u << random.below(narrow ? 16 : 32);
  halves[0] = static_cast<u16>(thumb && !narrow ? word >> 16 : word);
  halves[1] = narrow ? halves[1] : static_cast<u16>(thumb ? word : word >> 16);
  std::memcpy(at.data(), halves, std::min<std::size_t>(at.size(), sizeof halves));
}

void mutate_code(std::vector<u8>& code, bool thumb, Random& random) {
  const std::size_t step = thumb ? 2 : 4;
  const std::size_t places = code.size() / step + 1;
  const std::size_t at = step * random.below(static_cast<u32>(places));
  const auto here = code.begin() + static_cast<std::ptrdiff_t>(at);
  const std::size_t left = code.size() - at;
  const u32 roll = random.below(100);
  if (roll < 20 && left >= step) {
    change_field(std::span(code).subspan(at), thumb, random);
  } else if (roll < 30 && left >= step) {
    code.erase(here, here + static_cast<std::ptrdiff_t>(
                                step * (1 + random.below(static_cast<u32>(std::min<std::size_t>(left / step, 8))))));
  } else if (roll < 38 && left >= step) {
    // A stretch of code a second time, elsewhere.
    const std::vector<u8> copy(
        here, here + static_cast<std::ptrdiff_t>(
                         step * (1 + random.below(static_cast<u32>(std::min<std::size_t>(left / step, 12))))));
    const std::size_t to = step * random.below(static_cast<u32>(places));
    code.insert(code.begin() + static_cast<std::ptrdiff_t>(to), copy.begin(), copy.end());
  } else {
    Code fresh(thumb);
    const u32 count = random.chance(80) ? 1 : 1 + random.below(12);
    for (u32 n = 0; n < count; ++n) append(fresh, random);
    if (roll < 60) {
      const std::size_t over = std::min(left, fresh.bytes().size());
      std::copy_n(fresh.bytes().begin(), over, here);
    } else {
      code.insert(here, fresh.bytes().begin(), fresh.bytes().end());
    }
  }
}

}  // namespace

}  // namespace hypsim::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(hypsim::u8* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  using namespace hypsim;
  using namespace hypsim::fuzz;
  Random random(seed);
  const std::size_t most = std::min(max_size, Header::kSize + kMostCode);
  if (most < Header::kSize) return LLVMFuzzerMutate(data, size, max_size);
  if (size < Header::kSize) {
    for (std::size_t n = size; n < Header::kSize; ++n) data[n] = static_cast<u8>(random.word());
    size = Header::kSize;
  }
  if (random.chance(25)) {
    // The header keeps its size.
    std::array<u8, Header::kSize> header;
    std::copy_n(data, header.size(), header.begin());
    LLVMFuzzerMutate(header.data(), header.size(), header.size());
    std::copy_n(header.begin(), header.size(), data);
    if (random.chance(50)) return size;
  }
  std::vector<u8> code(data + Header::kSize, data + size);
  const u32 count = 1 + (random.chance(40) ? random.below(6) : 0);
  for (u32 n = 0; n < count; ++n) mutate_code(code, (data[1] & Header::kThumb) != 0, random);
  code.resize(std::min(code.size(), most - Header::kSize));
  std::copy(code.begin(), code.end(), data + Header::kSize);
  return Header::kSize + code.size();
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/differential/sequence.h"

#include <cstring>
#include <stdexcept>

namespace hypsim::fuzz {

namespace {

constexpr u32 kSvcA32 = 0xEF000E0D;
constexpr u32 kSvcT16 = 0xDF0D;
constexpr u32 kNopA32 = 0xE320F000, kNopT16 = 0xBF00, kNopT32 = 0xF3AF8000;

/// The immediate of a T32 B, BL or BLX: S:J1:J2 as ARM DDI 0406C A8.8.18 T4 scrambles them.
u32 wide_thumb_offset(u32 word, u32 offset) {
  const u32 s = bit(offset, 31), i1 = bit(offset, 23), i2 = bit(offset, 22);
  const u32 j1 = (i1 ^ 1) ^ s, j2 = (i2 ^ 1) ^ s;
  return (word & 0xF800D000) | s << 26 | bits(offset, 21, 12) << 16 | j1 << 13 | j2 << 11 | bits(offset, 11, 1);
}

/// Points a branch at `target`.
u32 resolve(Isa isa, const Insn& insn, u32 address, u32 target) {
  const isa::Line* line = find_line(isa, insn.word, insn.length);
  if (line == nullptr) throw std::logic_error("fuzz: a branch that does not decode");
  const std::string_view f = line->function;
  const u32 w = insn.word;
  if (f == "arm_B" || f == "arm_BL_imm") return (w & 0xFF000000) | (((target - address - 8) >> 2) & 0xFFFFFF);
  if (f == "arm_BLX_imm") {
    const u32 offset = FUZZ_STUB_T32 - address - 8;
    return (w & 0xFE000000) | bit(offset, 1) << 24 | ((offset >> 2) & 0xFFFFFF);
  }
  const u32 offset = target - address - 4;
  if (f == "thumb16_B_cond") return (w & 0xFF00) | ((offset >> 1) & 0xFF);
  if (f == "thumb16_B") return (w & 0xF800) | ((offset >> 1) & 0x7FF);
  if (f == "thumb16_CBZ" || f == "thumb16_CBNZ") {
    // The end may lie before PC + 4: such a branch falls through to the instruction after the next.
    const u32 forward = static_cast<i32>(offset) < 0 ? 0 : offset;
    return (w & 0xFD07) | bit(forward, 6) << 9 | bits(forward, 5, 1) << 3;
  }
  if (f == "thumb32_B_cond")
    return (w & 0xFBC0D000) | bit(offset, 31) << 26 | bit(offset, 19) << 11 | bit(offset, 18) << 13 |
           bits(offset, 17, 12) << 16 | bits(offset, 11, 1);
  if (f == "thumb32_B" || f == "thumb32_BL_imm") return wide_thumb_offset(w, offset);
  if (f == "thumb32_BLX_imm") return wide_thumb_offset(w, FUZZ_STUB_A32 - ((address + 4) & ~3u)) & ~1u;
  throw std::logic_error("fuzz: unknown branch " + std::string(f));
}

void append(std::vector<u8>& code, u32 word, unsigned length, bool thumb) {
  if (thumb && length == 4) word = word << 16 | word >> 16;
  for (unsigned i = 0; i < length; ++i) code.push_back(static_cast<u8>(word >> (8 * i)));
}

}  // namespace

std::vector<u32> Sequence::offsets() const {
  std::vector<u32> at{0};
  for (const Insn& insn : insns) at.push_back(at.back() + insn.length);
  return at;
}

std::vector<u8> Sequence::code() const {
  const auto at = offsets();
  const bool thumb = isa == Isa::Thumb;
  std::vector<u8> bytes;
  for (std::size_t i = 0; i < insns.size(); ++i) {
    u32 word = insns[i].word;
    if (insns[i].skip >= 0) {
      std::size_t target = std::min(i + 1 + static_cast<std::size_t>(insns[i].skip), insns.size());
      while (target < insns.size() && insns[target].joined) ++target;
      word = resolve(isa, insns[i], address() + at[i], address() + at[target]);
    }
    append(bytes, word, insns[i].length, thumb);
  }
  append(bytes, thumb ? kSvcT16 : kSvcA32, thumb ? 2 : 4, thumb);
  if (bytes.size() > FUZZ_SLOT_SIZE) throw std::logic_error("fuzz: a sequence is too long for its slot");
  return bytes;
}

void Sequence::make_nop(std::size_t i) {
  insns[i].skip = -1;
  insns[i].word = isa == Isa::A32 ? kNopA32 : insns[i].length == 2 ? kNopT16 : kNopT32;
}

bool Sequence::is_nop(std::size_t i) const {
  Sequence other = *this;
  other.make_nop(i);
  return other.insns[i].word == insns[i].word;
}

u32 field_of(const isa::Line& line, u32 word, char letter) {
  const std::size_t width = std::strlen(line.bits);
  u32 value = 0;
  for (std::size_t i = 0; i < width; ++i)
    if (line.bits[i] == letter) value = value << 1 | bit(word, static_cast<unsigned>(width - 1 - i));
  return value;
}

u32 with_field(const isa::Line& line, u32 word, char letter, u32 value) {
  const std::size_t width = std::strlen(line.bits);
  for (std::size_t i = width; i-- > 0;) {
    if (line.bits[i] != letter) continue;
    const u32 mask = 1u << (width - 1 - i);
    word = (value & 1) != 0 ? word | mask : word & ~mask;
    value >>= 1;
  }
  return word;
}

unsigned field_width(const isa::Line& line, char letter) {
  unsigned n = 0;
  for (const char* p = line.bits; *p != 0; ++p) n += *p == letter;
  return n;
}

const isa::Line* find_line(Isa isa, u32 word, unsigned length) {
  if (isa == Isa::A32) return isa::find_a32(word);
  return length == 2 ? isa::find_t16(word) : isa::find_t32(word);
}

}  // namespace hypsim::fuzz

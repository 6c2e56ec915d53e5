// SPDX-License-Identifier: Apache-2.0
// One differential test: an initial state and a short sequence of instructions.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/arch.h"
#include "sim/cpu/isa/decode.h"
#include "tests/differential/layout.h"

namespace hypsim::fuzz {

enum class Isa : u8 { A32, Thumb };
/// What a run is about: instructions of one set; of both: translation tables and permissions, Advanced SIMD, system
/// instructions, stage 2, code across page ends.
enum class Kind : u8 { A32, Thumb, Memory, Simd, System, Stage2, Pages };

struct Insn {
  u32 word = 0;  ///< A32 word, T16 halfword, or T32 with the first halfword in bits 31:16
  u8 length = 4;
  i8 skip = -1;         ///< a branch within the sequence: how many instructions it jumps over; -1: not one
  bool joined = false;  ///< belongs to the instruction before it: no branch leads here
};

struct Sequence {
  u64 number = 0;       ///< of the test within its seed
  u32 slot = 0;         ///< where its code lies
  u32 straddle = 0;     ///< Kind::Pages: bytes of it in front of the page end; 0: the slot is not of that kind
  u32 second_page = 0;  ///< Kind::Pages: permissions of the page behind it, as a small page's descriptor has them
  Isa isa = Isa::A32;
  std::array<u32, 15> registers{};
  u32 cpsr = 0;
  u32 sctlr = 0;  ///< bits set on top of the runtime's
  u32 dacr = 5;
  u32 fpscr = 0;
  u32 hcr = 0, hstr = 0, hcptr = 0;  ///< bits set on top of the runtime's
  u32 resume = 0;                    ///< TEST_RESUME
  std::vector<Insn> insns;

  Mode mode() const { return static_cast<Mode>(cpsr & 0x1F); }
  u32 address() const;
  bool privileged() const { return mode() != Mode::User; }
  /// Byte offsets of the instructions, and of the end behind them.
  std::vector<u32> offsets() const;
  /// The code as bytes, branches resolved, ended by SVC.
  std::vector<u8> code() const;
  /// The sequence with instruction `i` made a NOP of the same length.
  void make_nop(std::size_t i);
  bool is_nop(std::size_t i) const;
};

/// The bits of a field letter of a table line, joined.
u32 field_of(const isa::Line& line, u32 word, char letter);
u32 with_field(const isa::Line& line, u32 word, char letter, u32 value);
unsigned field_width(const isa::Line& line, char letter);

/// The line of an instruction word, or null.
const isa::Line* find_line(Isa isa, u32 word, unsigned length);

constexpr u32 slot_address(u32 slot) { return FUZZ_SLOTS + slot * FUZZ_SLOT_SIZE; }

/// Whether Hyp and Monitor mode stand above the sequences.
constexpr bool layered(Kind kind) { return kind == Kind::System || kind == Kind::Stage2; }
/// Whether the sequences are about random translation tables.
constexpr bool about_memory(Kind kind) { return kind == Kind::Memory || kind == Kind::Stage2; }

/// Tests that run in one image. All tests of a batch share the translation tables.
constexpr u64 batch_size(Kind kind) {
  return kind == Kind::Pages ? FUZZ_PAGE_PAIRS : about_memory(kind) ? 2048 : FUZZ_CAPACITY;
}

/// Where the code of a sequence across a page end starts.
constexpr u32 straddling_address(u32 slot, u32 straddle) { return FUZZ_PAIRS_VA + slot * 0x2000 + 0x1000 - straddle; }
inline u32 Sequence::address() const { return straddle != 0 ? straddling_address(slot, straddle) : slot_address(slot); }

/// How the regions of the page-table fuzz are divided: the last sixteen are one supersection, eight have tables, in
/// which every fourth group of sixteen pages is one large page; the others are sections.
constexpr bool region_has_table(u32 region) { return region < 48 && region % 6 == 5; }
constexpr bool is_large_page(u32 page) { return (page / 16) % 4 == 3; }

}  // namespace hypsim::fuzz

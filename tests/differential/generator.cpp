// SPDX-License-Identifier: Apache-2.0
#include "tests/differential/generator.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace hypsim::fuzz {

namespace {

constexpr unsigned kLongest = FUZZ_SLOT_SIZE - 16;  // bytes of a sequence; groups of instructions may pass it by 12

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}
bool starts_with_one_of(std::string_view name, std::initializer_list<std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view p) { return name.starts_with(p); });
}

Group group_of(const isa::Line& line) {
  const std::string_view function = line.function;
  const std::string_view op = function.substr(function.find('_') + 1);
  if (function == "vfp_unallocated") return Group::None;
  if (starts_with_one_of(function, {"neon_VLD_", "neon_VST_"})) return Group::SimdMemory;
  if (starts_with_one_of(function, {"neon_", "simd_"})) return Group::Simd;
  if (function.starts_with("vfp_")) return Group::Vfp;
  // These come in prepared groups, or not at all.
  if (is_one_of(op, {"HVC", "SMC", "WFI", "WFE", "ENTERX", "LEAVEX", "IT", "TBB", "TBH", "ERET", "SUBS_PC_LR"}))
    return Group::None;
  if (starts_with_one_of(op, {"LDREX", "STREX", "RFE", "MRS_banked", "MSR_banked"})) return Group::None;
  if (starts_with_one_of(op, {"MRS", "MSR"})) return Group::Status;
  if (is_one_of(op, {"MCR", "MRC", "CDP", "MCRR", "MRRC", "STC", "LDC", "MCR2", "MRC2", "CDP2", "MCRR2", "MRRC2",
                     "STC2", "LDC2"}))
    return Group::Coprocessor;
  if (starts_with_one_of(op, {"LDM", "STM", "PUSH", "POP"})) return Group::Multiple;
  if (starts_with_one_of(op, {"LDR", "STR", "SWP", "PL", "preload"})) return Group::LoadStore;
  if (is_one_of(op, {"B", "B_cond", "BL_imm", "BLX_imm", "BX", "BLX_reg", "BXJ", "CBZ", "CBNZ"})) return Group::Branch;
  if (starts_with_one_of(op, {"CPS", "SETEND", "SRS", "SVC", "UDF", "BKPT", "hint", "memory_hint", "NOP", "YIELD",
                              "SEV", "DBG", "CLREX", "DSB", "DMB", "ISB"}))
    return Group::System;
  if (starts_with_one_of(op, {"MUL", "MLA", "MLS", "UM", "SM", "SDIV", "UDIV", "USAD"})) return Group::Multiply;
  const bool media =
      starts_with_one_of(op, {"SADD",  "SASX",  "SSAX", "SSUB", "QADD", "QASX", "QSAX", "QSUB", "QD",  "SHADD", "SHASX",
                              "SHSAX", "SHSUB", "UADD", "UASX", "USAX", "USUB", "UQ",   "UH",   "PKH", "SEL",   "SXT",
                              "UXT",   "SSAT",  "USAT", "REV",  "RBIT", "CLZ",  "BF",   "SBFX", "UBFX"});
  return media ? Group::Media : Group::Alu;
}

/// Shares in percent, in the order of Group.
using Shares = std::array<u8, static_cast<std::size_t>(Group::Count)>;
constexpr Shares kInstructionShares = {0, 33, 10, 14, 22, 6, 4, 3, 2, 1, 5};
constexpr Shares kMemoryShares = {0, 11, 0, 0, 60, 16, 7, 1, 1, 0, 4};
constexpr Shares kSystemShares = {0, 50, 0, 0, 18, 0, 10, 6, 6, 3, 4, 3};
constexpr Shares kSimdShares = {0, 6, 0, 0, 4, 0, 2, 0, 1, 0, 12, 57, 18};

/// An address of the region page at one of its places; `across`: at the end of a small page instead, if it is one.
u32 region_address(Random& random, u32 offset, bool across) {
  const u32 region = random.chance(50) ? 6 * random.below(8) + 5 : random.below(FUZZ_REGION_COUNT);
  const u32 base = FUZZ_REGION_VA + (region << 20);
  if (region >= 48) return (base & 0xFF000000) | (FUZZ_REGION & 0x00FFF000) | offset;
  if (!region_has_table(region)) return base + offset;
  const u32 page = random.below(256);
  if (is_large_page(page)) return base + ((page & ~15u) << 12) + offset;
  return base + (page << 12) + (across && page % 16 != 15 ? 0x1000 - random.below(12) : offset);
}

/// Sequences of system instructions stay in their mode, which decides what banked accesses may name.
bool changes_mode(const isa::Line& line, u32 word) {
  const std::string_view function = line.function;
  const std::string_view op = function.substr(function.find('_') + 1);
  if (op == "CPS") return field_of(line, word, 'M') != 0;
  if (starts_with_one_of(op, {"MSR"})) return field_of(line, word, 'R') == 0 && (field_of(line, word, 'm') & 1) != 0;
  return false;
}

bool undefined_in_part(std::string_view function) {
  return function.ends_with("_scalar") || function.ends_with("_VLDM") || function.ends_with("_VSTM");
}

/// Links of other modes, which banked accesses read, are addresses in the sequence: there is no branching to registers.
bool branches_to_register(const isa::Line& line) {
  const std::string_view function = line.function;
  return is_one_of(function.substr(function.find('_') + 1), {"BX", "BXJ", "BLX_reg"});
}

bool user_bank_mode(Mode m) { return m == Mode::User || m == Mode::System; }

}  // namespace

Generator::Generator(Kind kind, u64 seed) : kind_(kind), seed_(seed) {
  sort_lines(isa::a32_conditional_table(), a32_);
  sort_lines(isa::a32_unconditional_table(), a32_);
  sort_lines(isa::t16_table(), t16_);
  sort_lines(isa::t32_table(), t32_);
}

void Generator::sort_lines(const isa::Table& table, Groups& groups) {
  for (const auto& line : table.lines()) groups[static_cast<std::size_t>(group_of(line))].push_back(&line);
}

void Generator::initial_state(Sequence& s, Plan& plan, Random& random) const {
  static constexpr Mode kModes[] = {Mode::User,   Mode::User, Mode::User,       Mode::User,
                                    Mode::User,   Mode::User, Mode::Supervisor, Mode::Supervisor,
                                    Mode::System, Mode::Irq,  Mode::Fiq,        Mode::Abort};
  s.cpsr = static_cast<u32>(random.pick(kModes)) | 0x1C0;
  if (s.isa == Isa::Thumb) s.cpsr |= 1u << 5;
  if (random.chance(12)) s.cpsr |= 1u << 9;
  s.cpsr |= random.word() & 0xF80F0000;
  // SCTLR.A in blocks, since a change costs QEMU its TLB; SCTLR.SW always, since QEMU has no such control.
  if ((s.number >> 6 & 3) == 3) s.sctlr |= 1u << 1;

  // FPSCR: rounding mode, flush to zero, default NaN.
  if (random.chance(50)) s.fpscr = random.word() & (kind_ == Kind::Simd ? 0xFFC00000 : 0xF3C00000);

  std::array<u8, 15> order{};
  for (u8 i = 0; i < 15; ++i) order[i] = i;
  for (u32 i = 14; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
  // T16 forms reach R0 to R7, and push and pop use SP: two pointers low, SP one more often than not.
  std::ranges::copy_n(order.begin(), 4, plan.pointers.begin());
  std::ranges::copy_n(order.begin() + 4, 2, plan.small.begin());
  std::ranges::copy_n(order.begin() + 6, 2, plan.targets.begin());
  if (random.chance(70) && !plan.is_pointer(13)) {
    for (auto* group : {&plan.small, &plan.targets})
      for (u8& r : *group)
        if (r == 13) r = plan.pointers[0];
    plan.pointers[0] = 13;
  }

  static constexpr u32 kCorners[] = {0,          1,          2,      0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 0x80008000,
                                     0x7FFF7FFF, 0x00FF00FF, 0xFFFF, 0x80,       31,         32};
  for (u32& r : s.registers) r = random.chance(25) ? random.pick(kCorners) : random.word();
  for (const u8 p : plan.pointers) {
    u32 address;
    if (about_memory(kind_)) {
      address = region_address(random, random.below(1024), random.chance(15));
    } else {
      // Near the page ends of the scratch area, where permissions change, and in its middle.
      static constexpr u32 kCentres[] = {0x1000, 0x1000, 0x1000, 0x1000, 0x1000, 0x1000, 0x0800, 0x0800,
                                         0x1800, 0x1800, 0x0C00, 0x0600, 0x2000, 0x3000, 0x4000};
      address = FUZZ_SCRATCH_VA + random.pick(kCentres) - 128 + random.below(256);
    }
    if (random.chance(65)) address &= ~(random.chance(40) ? 7u : 3u);
    s.registers[p] = address;
  }
  for (const u8 r : plan.small) s.registers[r] = random.below(random.chance(20) ? 256 : 64);
  for (const u8 r : plan.targets) {
    s.registers[r] = random.chance(50) ? u32{FUZZ_FAR_STUB_A32} : u32{FUZZ_FAR_STUB_T32 | 1};
    if (about_memory(kind_) && random.chance(85)) {
      s.registers[r] = region_address(random, random.chance(50) ? 0x400 : 0x801, false);
    }
  }
  if (about_memory(kind_)) {
    s.dacr = 1;
    for (u32 d = 1; d < 16; ++d) s.dacr |= (random.chance(8) ? 0u : random.chance(15) ? 3u : 1u) << (2 * d);
  }
}

Group Generator::pick_group(Random& random) const {
  const Shares& shares = about_memory(kind_)     ? kMemoryShares
                         : kind_ == Kind::Simd   ? kSimdShares
                         : kind_ == Kind::System ? kSystemShares
                                                 : kInstructionShares;
  u32 roll = random.below(100);
  for (std::size_t g = 0; g < shares.size(); ++g) {
    if (roll < shares[g]) return static_cast<Group>(g);
    roll -= shares[g];
  }
  return Group::Alu;
}

/// Gives the fields values that lead somewhere more often than random ones do.
u32 Generator::shape(const isa::Line& line, u32 word, const Sequence& s, const Plan& plan, Random& random) const {
  const std::string_view function = line.function;
  const std::string_view op = function.substr(function.find('_') + 1);
  const bool t16 = function.starts_with("thumb16");
  const bool vfp = function.starts_with("vfp_");
  const bool thumb = s.isa == Isa::Thumb;
  const Group group = group_of(line);
  if (group == Group::Simd || group == Group::SimdMemory) return shape_simd(line, word, plan, random);
  const bool memory = group == Group::LoadStore || group == Group::Multiple || (vfp && field_width(line, 'i') != 0);

  for (const char* p = "ndmathlu"; *p != 0; ++p) {
    if (field_width(line, *p) != 4) continue;
    u32 r = field_of(line, word, *p);
    if ((r == 15 && random.chance(88)) || (r == 13 && thumb && random.chance(80))) r = random.below(13);
    word = with_field(line, word, *p, r);
  }
  const auto register_like = [&](char letter) {
    const unsigned width = field_width(line, letter);
    return width == 4 || (t16 && width == 3);
  };
  const auto set_register = [&](char letter, u32 r) {
    if (register_like(letter) && (field_width(line, letter) == 4 || r < 8)) word = with_field(line, word, letter, r);
  };
  // An address of the sequence in a branch target would lead back, or into the middle of an instruction.
  const bool reads_pc = op.starts_with("ADR") || (register_like('n') && field_of(line, word, 'n') == 15) ||
                        (register_like('m') && field_of(line, word, 'm') == 15);
  // Results spare the pointers more often than not; among the regions, the branch targets too: they hold any data.
  for (const char letter : {'d', 't', 'h', 'l', 'u'}) {
    for (unsigned i = 0; i < 3 && register_like(letter) && plan.is_pointer(field_of(line, word, letter)); ++i)
      set_register(letter, random.below(t16 ? 8 : 13));
    for (unsigned i = 0; i < 9 && (about_memory(kind_) || reads_pc) && register_like(letter) &&
                         plan.is_target(field_of(line, word, letter));
         ++i)
      set_register(letter, random.below(t16 ? 8 : 13));
  }
  if (memory) {
    if (random.chance(97)) {
      u32 base = random.pick(plan.pointers);
      if (t16)
        for (const u8 p : plan.pointers)
          if (p < 8 && (base >= 8 || random.chance(50))) base = p;
      set_register('n', base);
    }
    if (group == Group::LoadStore && random.chance(90)) set_register('m', random.pick(plan.small));
    if (field_width(line, 'i') >= 8 && random.chance(95))
      word = with_field(line, word, 'i', field_of(line, word, 'i') & 0x3F);
    if (field_width(line, 'v') == 5 && random.chance(85)) word = with_field(line, word, 'v', random.below(3));
    if ((op.starts_with("LDRD") || op.starts_with("STRD")) && !thumb)
      word = with_field(line, word, 't', field_of(line, word, 't') & ~1u);
    if (group == Group::Multiple && (about_memory(kind_) || random.chance(80))) {
      // Short lists, the pointers mostly spared.
      u32 list = field_of(line, word, 'l') & random.word();
      for (const u8 p : plan.pointers)
        if (random.chance(75)) list &= ~(1u << p);
      if (field_width(line, 'l') == 16 && random.chance(75)) list &= 0x7FFF;
      if (about_memory(kind_))
        for (const u8 target : plan.targets) list &= ~(1u << target);
      word = with_field(line, word, 'l', list);
    }
    if (vfp && field_width(line, 'i') == 8 &&
        (op.starts_with("VLDM") || op.starts_with("VSTM") || op.starts_with("VP")))
      word = with_field(line, word, 'i', random.below(9) << field_of(line, word, 's'));
  }
  // A computed branch must not read the PC, or it could come back for ever.
  if (group == Group::Alu && register_like('d') && field_of(line, word, 'd') == 15) {
    if (random.chance(60) || op.starts_with("ADR")) set_register('d', random.below(13));
    for (const char letter : {'n', 'm'})
      // Nor LR, which may hold a place of the sequence.
      if (register_like(letter) && field_of(line, word, letter) >= 14) set_register(letter, random.pick(plan.targets));
  }
  if (is_one_of(op, {"BX", "BLX_reg", "BXJ"})) set_register('m', random.pick(plan.targets));
  // The mode, and with it the state byte, is written with valid values alone, of modes that have an SPSR.
  static constexpr u32 kValid[] = {0x11, 0x12, 0x13, 0x17, 0x1B};
  if (op == "MSR_imm") {
    word = with_field(line, word, 'm', random.below(15) + 1);
    if (s.privileged() && (field_of(line, word, 'm') & 1) != 0)
      word = with_field(line, word, 'v', random.pick(kValid) | (random.chance(50) ? 0xC0u : 0u));
  }
  if (op == "MSR_reg" && (s.privileged() || random.chance(50)))
    word = with_field(line, word, 'm', field_of(line, word, 'm') & 0xE);
  if (op == "CPS" || op == "SRS") {
    word = with_field(line, word, 'm', random.pick(kValid));
    if (op == "CPS" && field_of(line, word, 'M') == 0) word = with_field(line, word, 'm', 0);
  }
  if (op.starts_with("SRS") && !op.ends_with("SRS")) word = with_field(line, word, 'm', random.pick(kValid));
  if (is_one_of(op, {"VMSR", "VMRS"})) word = with_field(line, word, 'r', 1);
  if (field_width(line, 'k') == 4 && field_of(line, word, 'k') >= 8 && group == Group::Coprocessor)
    word = with_field(line, word, 'k', random.below(8));
  return word;
}

/// Registers that make most operands legal, and base registers that point somewhere.
u32 Generator::shape_simd(const isa::Line& line, u32 word, const Plan& plan, Random& random) const {
  const bool memory = group_of(line) == Group::SimdMemory;
  if (memory) {
    word = with_field(line, word, 'n', random.pick(plan.pointers));
    // Offset by a register, by what was transferred, or none.
    const u32 m = random.chance(30) ? random.pick(plan.small) : random.chance(50) ? 13 : 15;
    word = with_field(line, word, 'm', m);
    if (random.chance(80)) word = with_field(line, word, 'a', 0);
    return word;
  }
  if (field_width(line, 's') == 2 && field_of(line, word, 's') == 3 && random.chance(80))
    word = with_field(line, word, 's', random.below(3));
  const bool quad = field_of(line, word, 'Q') != 0;
  for (const char letter : {'d', 'n', 'm'})
    if (random.chance(quad ? 98 : 85)) word = with_field(line, word, letter, field_of(line, word, letter) & ~1u);
  return word;
}

bool Generator::random_insn(const Sequence& s, const Plan& plan, Random& random, bool in_it, bool last_in_it,
                            unsigned length, Insn& insn) const {
  const Groups& groups = s.isa == Isa::A32 ? a32_ : length == 2 ? t16_ : t32_;
  for (unsigned attempt = 0; attempt < 100; ++attempt) {
    const Group group = pick_group(random);
    // Hyp mode has no translation here that would keep its stores and branches from the runtime.
    const bool bare = s.mode() == Mode::Hyp || bit(s.hcr, 27);  // TGE: no translation for PL0 either
    if (bare && group != Group::Alu && group != Group::Status) continue;
    // QEMU reports Advanced SIMD that HCPTR.TCP10 traps as VFP: HSR.TA clear. ARM DDI 0406C B3.13.6
    if (s.hcptr != 0 && group == Group::Simd) continue;
    const Lines& lines = groups[static_cast<std::size_t>(group)];
    if (lines.empty()) continue;
    const isa::Line& line = *lines[random.below(static_cast<u32>(lines.size()))];
    if (std::string_view(line.function) == "simd_unallocated" && !random.chance(20)) continue;
    u32 word = line.pattern.canonical_value | (random.word() & ~line.pattern.canonical_mask);
    if (length == 2) word &= 0xFFFF;
    if (s.isa == Isa::A32 && line.bits[0] == 'c')
      word = (word & 0x0FFFFFFF) | (random.chance(65) ? 14u : random.below(15)) << 28;
    word = shape(line, word, s, plan, random);
    const isa::Line* found = find_line(s.isa, word, length);
    // A special case of the line may have come up: then it must be canonical, too.
    if (found == nullptr || group_of(*found) == Group::None) continue;
    if (about_memory(kind_) && group_of(*found) == Group::Vfp && field_width(*found, 'i') != 8) continue;
    if ((word & found->pattern.canonical_mask) != found->pattern.canonical_value) continue;
    if (excluded({s.isa, *found, word, length, in_it, last_in_it, s.mode()}) != nullptr) continue;
    // The stubs that BLX leads to are out of its reach there.
    if (kind_ == Kind::Pages && std::string_view(found->function).ends_with("BLX_imm")) continue;
    // Nor does it trap what transfers of scalars and of several registers leave UNDEFINED. ARM DDI 0406C B1.14.12
    if (s.hcptr != 0 && undefined_in_part(found->function)) continue;
    if (kind_ == Kind::System && (changes_mode(*found, word) || branches_to_register(*found))) continue;
    insn = {word, static_cast<u8>(length), -1, false};
    const std::string_view f = found->function;
    if (group_of(*found) == Group::Branch &&
        (f.ends_with("_B") || f.ends_with("_imm") || f.ends_with("_cond") || f.ends_with("Z")))
      insn.skip = static_cast<i8>(random.below(4) + (f.ends_with("Z") ? 1 : 0));  // CBZ cannot reach the next
    return true;
  }
  return false;
}

void Generator::append_it_block(Sequence& s, const Plan& plan, Random& random) const {
  const u32 count = random.below(4) + 1;
  const u32 cond = random.below(15);
  u32 mask = 0;
  for (u32 i = 1; i < count; ++i) mask = mask << 1 | (cond == 14 ? 0 : random.below(2));
  // ARM DDI 0406C A8.8.54: the low bits of the conditions, then a one.
  mask = cond == 14 ? 0 : mask;
  mask = (mask << 1 | 1) << (4 - count);
  s.insns.push_back({0xBF00 | cond << 4 | mask, 2, -1, false});
  for (u32 i = 0; i < count; ++i) {
    Insn insn;
    if (!random_insn(s, plan, random, true, i + 1 == count, random.chance(50) ? 2 : 4, insn))
      insn = {0xBF00, 2, -1, false};
    s.insns.push_back(insn);
  }
}

void Generator::append_exclusive_pair(Sequence& s, const Plan& plan, Random& random) const {
  const bool a32 = s.isa == Isa::A32;
  const u32 n = random.pick(plan.pointers);
  const u32 form = random.below(4);  // word, doubleword, byte, halfword
  const u32 t = a32 ? random.below(6) * 2 : random.below(13);
  const u32 t2 = a32 ? t + 1 : (t + 1 + random.below(11)) % 13;
  u32 d = random.below(13);
  while (d == t || d == t2 || d == n) d = (d + 1) % 13;
  if (n == t || n == t2 || (!a32 && n == 13)) return;
  const u32 value = random.chance(50) || form == 1 ? t : (d + 1) % 13;
  if (value == d) return;
  if (a32) {
    s.insns.push_back({0xE1900F9F | form << 21 | n << 16 | t << 12, 4, -1, false});
    if (random.chance(30)) s.insns.push_back({0xE2800001 | t << 16 | t << 12, 4, -1, false});
    s.insns.push_back(
        {(random.chance(85) ? 0xE1800F90u : 0x01800F90u) | form << 21 | n << 16 | d << 12 | value, 4, -1, false});
    s.insns.push_back({0xF57FF01F, 4, -1, false});
    return;
  }
  const u32 base = n << 16 | t << 12;
  static constexpr u32 kLoads[] = {0xE8500F00, 0xE8D0007F, 0xE8D00F4F, 0xE8D00F5F};
  s.insns.push_back({kLoads[form] | base | (form == 1 ? t2 << 8 : 0), 4, -1, false});
  const u32 to = n << 16 | value << 12;
  switch (form) {
    case 0: s.insns.push_back({0xE8400000 | to | d << 8, 4, -1, false}); break;
    case 1: s.insns.push_back({0xE8C00070 | to | t2 << 8 | d, 4, -1, false}); break;
    case 2: s.insns.push_back({0xE8C00F40 | to | d, 4, -1, false}); break;
    default: s.insns.push_back({0xE8C00F50 | to | d, 4, -1, false}); break;
  }
  s.insns.push_back({0xF3BF8F2F, 4, -1, false});
}

void load_constant(Sequence& s, u32 d, u32 value) {
  for (const bool top : {false, true}) {
    const u32 v = top ? value >> 16 : value & 0xFFFF;
    if (s.isa == Isa::A32) {
      s.insns.push_back({(top ? 0xE3400000u : 0xE3000000u) | (v >> 12) << 16 | d << 12 | (v & 0xFFF), 4, -1, false});
    } else {
      s.insns.push_back({(top ? 0xF2C00000u : 0xF2400000u) | (v >> 12) << 16 | bit(v, 11) << 26 | bits(v, 10, 8) << 12 |
                             d << 8 | (v & 0xFF),
                         4, -1, false});
    }
  }
}

/// TBB or TBH over a table of 0, 1, 2, 3, with three T16 instructions to skip.
void Generator::append_table_branch(Sequence& s, const Plan& plan, Random& random) const {
  const u32 n = random.below(13), m = (n + 1 + random.below(11)) % 13;
  const bool halfwords = random.chance(50);
  s.insns.push_back({0xB650, 2, -1, false});  // SETEND LE: so are the tables
  load_constant(s, n, FUZZ_CONSTANTS + (halfwords ? 0x810 : 0x800));
  s.insns.push_back({0xF2400000 | m << 8 | random.below(4), 4, -1, false});  // MOVW
  s.insns.push_back({0xE8D0F000 | n << 16 | (halfwords ? 1u << 4 : 0) | m, 4, -1, false});
  for (unsigned i = 0; i < 3; ++i) {
    Insn insn;
    if (!random_insn(s, plan, random, false, false, 2, insn) || insn.skip >= 0) insn = {0xBF00, 2, -1, false};
    s.insns.push_back(insn);
  }
}

/// RFE from the frames of the constant page: pairs of a stub's address and a CPSR, four bytes off for the IB and DA
/// forms.
void Generator::append_rfe(Sequence& s, const Plan&, Random& random) const {
  const u32 n = random.below(13);
  u32 address = FUZZ_CONSTANTS + 0x100 + random.below(64) * 8;
  const u32 p = random.below(2), u = random.below(2), w = random.below(2);
  if (s.isa == Isa::A32) {
    if (p == u) address += p != 0 ? 0u - 4 : 4u;    // IB reads from 4 above, DA from 4 below
    s.insns.push_back({0xF1010000, 4, -1, false});  // SETEND LE: so are the frames
    load_constant(s, n, address);
    s.insns.push_back({0xF8100A00 | p << 24 | u << 23 | w << 21 | n << 16, 4, -1, false});
  } else {
    s.insns.push_back({0xB650, 2, -1, false});
    load_constant(s, n, address);
    s.insns.push_back({(u != 0 ? 0xE990C000u : 0xE810C000u) | w << 21 | n << 16, 4, -1, false});
  }
}

/// ERET, or T32 SUBS PC, LR, with a stub for its target: LR may hold a place of the sequence.
void Generator::append_eret(Sequence& s, const Plan&, Random& random) const {
  load_constant(s, 14, FUZZ_FAR_STUB_A32);
  if (s.isa == Isa::A32) {
    s.insns.push_back({0xE160006E, 4, -1, false});
  } else {
    s.insns.push_back({0xF3DE8F00 | random.below(8) * 2, 4, -1, false});
  }
}

void Generator::append(Sequence& s, const Plan& plan, Random& random) const {
  const bool thumb = s.isa == Isa::Thumb;
  if (kind_ == Kind::System && !random.chance(thumb ? 7 : 0)) return append_system(s, plan, random);
  const u32 roll = random.below(1000);
  if (kind_ == Kind::System) return append_it_block(s, plan, random);
  if (roll < 20) return append_exclusive_pair(s, plan, random);
  if (thumb && roll < 100) return append_it_block(s, plan, random);
  if (thumb && roll < 110) return append_table_branch(s, plan, random);
  if (roll >= 994 && s.privileged() && !user_bank_mode(s.mode()))
    return roll < 997 ? append_rfe(s, plan, random) : append_eret(s, plan, random);
  Insn insn;
  if (random_insn(s, plan, random, false, false, thumb && random.chance(45) ? 2 : 4, insn)) s.insns.push_back(insn);
}

Sequence Generator::make(u64 number) const {
  Random random(seed_ * 4 + static_cast<u64>(kind_), number);
  Sequence s;
  s.number = number;
  s.slot = static_cast<u32>(number % batch_size(kind_));
  const bool either = kind_ != Kind::A32 && kind_ != Kind::Thumb;
  s.isa = kind_ == Kind::A32 || (either && random.chance(50)) ? Isa::A32 : Isa::Thumb;
  Plan plan;
  initial_state(s, plan, random);
  if (kind_ == Kind::System) system_state(s, random);
  if (kind_ == Kind::Stage2) s.hcr = 1;
  if (kind_ == Kind::Pages) {
    // Permissions as APX:AP[1:0] and XN of a small page, or no page.
    static constexpr u32 kSecond[] = {0x232, 0x233, 0x012, 0x022, 0x032, 0x002, 0};
    s.straddle = 2 * random.below(40) + (s.isa == Isa::A32 ? 4 : 2);
    if (s.isa == Isa::A32) s.straddle &= ~3u;
    s.second_page = random.chance(30) ? 0x232u : random.pick(kSecond);
    s.resume = random.below(6);
  }
  const u32 length = about_memory(kind_) ? 4 + random.below(5) : 8 + random.below(17);
  while (s.insns.size() < length && s.offsets().back() < kLongest - 28) {
    const std::size_t before = s.insns.size();
    append(s, plan, random);
    for (std::size_t i = before + 1; i < s.insns.size(); ++i) s.insns[i].joined = true;
  }
  return s;
}

}  // namespace hypsim::fuzz

// SPDX-License-Identifier: Apache-2.0
// Sequences of system instructions: system registers under Hyp's traps, banked MRS and MSR, calls, waits, and code that
// changes itself.
#include "tests/differential/generator.h"
#include "tests/differential/known_system.h"

namespace hypsim::fuzz {

namespace {

void put(Sequence& s, u32 word) { s.insns.push_back({word, 4, -1, false}); }

/// A register that is neither SP, LR nor PC.
u32 low(Random& random) { return random.below(13); }

/// The condition in front of an A32 instruction; T32 has none.
u32 condition(const Sequence& s, Random& random) {
  return s.isa == Isa::Thumb ? 14u : random.chance(80) ? 14u : random.below(14);
}

/// MCR, MRC, MCRR and MRRC: the same words in A32 and T32, but for the condition.
u32 access_word(const sysreg::Encoding& at, bool read, u32 t, u32 t2, u32 cond) {
  if (at.wide)
    return cond << 28 | 0x0C400000 | u32{read} << 20 | t2 << 16 | t << 12 | u32{at.cp} << 8 | u32{at.opc1} << 4 |
           at.crm;
  return cond << 28 | 0x0E000010 | u32{at.opc1} << 21 | u32{read} << 20 | u32{at.crn} << 16 | t << 12 |
         u32{at.cp} << 8 | u32{at.opc2} << 5 | at.crm;
}

}  // namespace

void Generator::system_state(Sequence& s, Random& random) {
  static constexpr Mode kModes[] = {Mode::User, Mode::User, Mode::Supervisor, Mode::Supervisor, Mode::System,
                                    Mode::Irq,  Mode::Fiq,  Mode::Abort,      Mode::Hyp,        Mode::Hyp};
  s.cpsr = (s.cpsr & ~0x1Fu) | static_cast<u32>(random.pick(kModes));
  s.hcr = 1u << 7 | 1u << 4;  // a virtual interrupt is pending, so that WFI does not wait
  if (random.chance(60)) s.hcr |= controls_of_hcr(random.word() & random.word() & mask32(26, 13));
  if (s.mode() == Mode::User && random.chance(15)) s.hcr |= 1u << 27;  // TGE
  // HSTR: T0 to T3, T5 to T13, T15
  if (random.chance(25)) s.hstr = random.word() & random.word() & 0xBFEF;
  if (random.chance(15)) s.hcptr = 0xC00;
  const bool quiet = s.hstr == 0 && !bit(s.hcr, 26);
  s.resume = (quiet ? random.below(6) : 0) | random.below(8) << 8;
}

void Generator::append_register_access(Sequence& s, Random& random) const {
  const auto rows = sysreg::all_rows();
  for (unsigned attempt = 0; attempt < 100; ++attempt) {
    const sysreg::Row& row = *rows[random.below(static_cast<u32>(rows.size()))];
    const bool read = random.chance(50);
    if (excluded(row, read) != nullptr || trapped_before_undefined(row, read, s.mode(), s.hstr)) continue;
    const u32 t = low(random);
    // QEMU's cache maintenance does not translate: it gets an address that does not abort.
    if ((row.flags & sysreg::kCacheMaintenance) != 0)
      load_constant(s, t, (s.mode() == Mode::Hyp ? FUZZ_SCRATCH : FUZZ_SCRATCH_VA) + random.below(0x1000));
    put(s, access_word(row.at, read, t, (t + 1 + random.below(11)) % 13, condition(s, random)));
    // PAR without its attributes and fault status: QEMU has no attributes. ARM DDI 0406C B4.1.112
    if (read && std::string_view(row.name).starts_with("PAR"))
      put(s, s.isa == Isa::A32 ? 0xE7CA009F | t << 12 : 0xF36F004A | t << 8);  // BFC t, #1, #10
    return;
  }
}

void Generator::append_banked(Sequence& s, Random& random) const {
  for (unsigned attempt = 0; attempt < 100; ++attempt) {
    const u32 r = random.below(2), sysm = random.below(32);
    if (banked_unpredictable(s.mode(), r, sysm)) continue;
    const bool read = random.chance(50);
    const u32 n = low(random), m1 = sysm & 15, m = sysm >> 4;
    // A saved status is a valid one: QEMU keeps reserved bits.
    if (!read && r != 0) load_constant(s, n, (random.word() & 0xF80F03C0) | 0x1D3);
    if (s.isa == Isa::A32) {
      const u32 cond = condition(s, random) << 28;
      put(s, read ? cond | 0x01000200 | r << 22 | m1 << 16 | n << 12 | m << 8
                  : cond | 0x0120F200 | r << 22 | m1 << 16 | m << 8 | n);
    } else {
      put(s,
          read ? 0xF3E08020 | r << 20 | m1 << 16 | n << 8 | m << 4 : 0xF3808020 | r << 20 | n << 16 | m1 << 8 | m << 4);
    }
    return;
  }
}

void Generator::append_call(Sequence& s, Random& random) const {
  const bool a32 = s.isa == Isa::A32;
  const u32 cond = condition(s, random) << 28, roll = random.below(6), imm = random.below(0x10000);
  switch (roll) {
    case 0:
      if (s.privileged())
        put(s, a32 ? 0xE1400070 | (imm >> 4) << 8 | (imm & 15) : 0xF7E08000 | (imm >> 12) << 16 | (imm & 0xFFF));
      break;
    case 1: put(s, a32 ? cond | 0x01600070 | (imm & 15) : 0xF7F08000 | (imm & 15) << 16); break;
    case 2:
      if (a32)
        put(s, cond | 0x0F000000 | (imm & 0xFFF));
      else
        s.insns.push_back({0xDF00 | (imm & 0x7F), 2, -1, false});
      break;
    case 3:  // WFI: virtual interrupts wake PL1 and PL0 alone, and not under TGE, where TWI ends it, and the test
      if (s.mode() == Mode::Hyp) break;
      if (bit(s.hcr, 27)) s.hcr |= 1u << 13, s.resume = 0;
      put(s, a32 ? cond | 0x0320F003 : 0xF3AF8003);
      break;
    case 4:  // SEV, then WFE, which so never waits
      put(s, a32 ? 0xE320F004 : 0xF3AF8004);
      put(s, a32 ? 0xE320F002 : 0xF3AF8002);
      break;
    default:
      if (a32)
        put(s, 0xE7F000F0 | (imm & 15));  // UDF
      else
        s.insns.push_back({0xDE00 | (imm & 0xFF), 2, -1, false});
      break;
  }
}

/// Stores another instruction over one that follows, through the writable alias of the slots, with the maintenance of
/// ARM DDI 0406C A3.5.4.
void Generator::append_self_modifying(Sequence& s, const Plan& plan, Random& random) const {
  if (s.offsets().back() > 40 || s.mode() == Mode::Hyp || !s.privileged()) return;
  Insn before, after;
  if (!random_insn(s, plan, random, false, false, 4, before) || before.skip >= 0) return;
  if (!random_insn(s, plan, random, false, false, 4, after) || after.skip >= 0) return;
  if (s.isa == Isa::Thumb && (s.offsets().back() & 3) != 0) s.insns.push_back({0xBF00, 2, -1, false});
  const bool a32 = s.isa == Isa::A32;
  put(s, a32 ? 0xF1010000 : 0xF3AF8000);  // SETEND LE, which T32 has in two bytes
  if (!a32) s.insns.back() = {0xB650, 2, -1, false}, s.insns.push_back({0xBF00, 2, -1, false});
  // Where the instruction is, its alias, the new one; none of them a place that indirect branches go to.
  std::array<u32, 3> r{};
  for (u32 n = 0, i = 0; i < 3; ++n)
    if (!plan.is_target(n)) r[i++] = n;
  constexpr u32 kBehind = 10 * 4;  // from the address after this ADR to the target
  put(s, a32 ? 0xE28F0000 | r[0] << 12 | (kBehind - 4) : 0xF20F0000 | r[0] << 8 | kBehind);
  put(s, (a32 ? 0xE280045C | r[1] << 12 : 0xF10040B8 | r[1] << 8) | r[0] << 16);  // ADD #0x5C000000
  load_constant(s, r[2], a32 ? after.word : after.word << 16 | after.word >> 16);
  put(s, (a32 ? 0xE5800000 : 0xF8C00000) | r[1] << 16 | r[2] << 12);
  put(s, 0xEE070F3B | r[1] << 12);        // DCCMVAU
  put(s, a32 ? 0xF57FF04F : 0xF3BF8F4F);  // DSB
  put(s, 0xEE070F35 | r[0] << 12);        // ICIMVAU
  put(s, 0xEE070FD5);                     // BPIALL
  put(s, a32 ? 0xF57FF04F : 0xF3BF8F4F);
  put(s, a32 ? 0xF57FF06F : 0xF3BF8F6F);  // ISB
  s.insns.push_back(before);
}

void Generator::append_system(Sequence& s, const Plan& plan, Random& random) const {
  const u32 roll = random.below(100);
  if (roll < 35) return append_register_access(s, random);
  if (roll < 55) return append_banked(s, random);
  if (roll < 75) return append_call(s, random);
  if (roll < 79) return append_self_modifying(s, plan, random);
  Insn insn;
  if (random_insn(s, plan, random, false, false, s.isa == Isa::Thumb && random.chance(45) ? 2 : 4, insn))
    s.insns.push_back(insn);
}

}  // namespace hypsim::fuzz

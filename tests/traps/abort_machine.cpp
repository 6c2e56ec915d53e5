// SPDX-License-Identifier: Apache-2.0
#include "tests/traps/abort_machine.h"

namespace hypsim::traps {
namespace {

// Physical places. RAM is 0x40000000 to 0x40100000; what is under test ends in RAM's first megabyte.
constexpr u32 kCode = 0x40001000;  // the instruction ends here
constexpr u32 kVectors = 0x40008000;
constexpr u32 kShort0 = 0x40010000 + 0x30000, kShort1 = kShort0 + 0x4000;
constexpr u32 kShort2 = 0x40020000;  // second level: IPA 0xC0020000 leads to it as well
constexpr u32 kLong0 = 0x40028000, kLong1 = 0x40021000, kLong2 = 0x40022000, kLong3 = 0x40023000;
constexpr u32 kHyp = 0x40029000;
constexpr u32 kS2Top = 0x40030000, kS2Second = 0x40031000, kS2Third = 0x40032000;
constexpr u32 kNowhere = 0x20000000;  // no memory
constexpr u32 kToTables =
    0x80000000;  // what an IPA of RAM adds to be looked up under test (0xC0000000 less 0x40000000)

// Long descriptors
constexpr u64 kTable = 3, kAf = 1u << 10;
constexpr u64 kNormal1 = 0, kDevice1 = 1 << 2;  // MAIR attributes 0: Normal, write-back; 1: Device
constexpr u64 kNormal2 = 0xF << 2, kDevice2 = 1 << 2;

}  // namespace

/// TTBR0 covers the lower 2 GB (TTBCR.N = 1) and maps RAM to itself; TTBR1 has what is under test, at 0x80010000.
void AbortMachine::build_short(const Planted& setup) {
  const Stage1& s = setup.s1;
  const bool ptw1 = setup.s2_enabled() && setup.s2.walk_level == 1,
             ptw2 = setup.s2_enabled() && setup.s2.walk_level == 2;
  constexpr u32 kSection = 0x2 | 3u << 10 | 1u << 12 | 3u << 2;  // AP 011, TEX 001 C B: Normal, write-back
  put32(kShort0 + (0x400 << 2), 0x40000000 | kSection);
  const u32 domain = s.plant == Plant::Domain || s.manager ? 5 : 0;
  const u32 ap = s.plant == Plant::AccessFlag ? s.ap & ~1u : s.ap;
  const u32 out = s.plant == Plant::External ? kNowhere : setup.s2_enabled() ? 0xC0000000u : 0x40000000u;
  u32 first = 0;
  if (s.level == 1 && s.plant != Plant::Translation) {
    first = out | 0x2 | domain << 5 | (ap & 3) << 10 | (ap >> 2) << 15 | (s.device ? 1u << 2 : 1u << 12 | 3u << 2) |
            (s.xn ? 1u << 4 : 0) | (s.pxn ? 1u : 0);
  } else if (s.level == 2) {
    const u32 table = s.plant == Plant::WalkExternal ? kNowhere : kShort2 + (ptw2 ? kToTables : 0);
    first = table | 1 | domain << 5 | (s.pxn ? 1u << 2 : 0);
    const u32 page = 0x2 | (ap & 3) << 4 | (ap >> 2) << 9 | (s.device ? 1u << 2 : 1u << 6 | 3u << 2) | (s.xn ? 1u : 0);
    for (u32 i = 0; i < 256; ++i) put32(kShort2 + 4 * i, s.plant == Plant::Translation ? 0 : (out + (i << 12)) | page);
  }
  put32(kShort1 + (0x800 << 2), first);
  SystemRegisters& r = start.sys;
  for (const Security bank : {Security::NonSecure, Security::Secure}) {
    r.ttbr0[bank] = kShort0;
    r.ttbr1[bank] = s.level == 1 && s.plant == Plant::WalkExternal ? kNowhere : kShort1 + (ptw1 ? kToTables : 0);
    r.ttbcr[bank] = 1;
    r.dacr[bank] = 1 | (s.manager ? 3u << 10 : 0);  // domain 0 client; 5 none, or manager
    r.sctlr[bank] |= 1 | (s.plant == Plant::AccessFlag ? 1u << 29 : 0);
  }
}

/// The chain to 0x80010000 from entry `index` of `top`, whose other entries the caller has made.
void AbortMachine::build_long(const Planted& setup, u32 top, u32 second, u32 third, unsigned index) {
  const Stage1& s = setup.s1;
  const bool in_s2 = setup.s2_enabled();
  const auto table = [&](unsigned level, u32 at) {
    if (s.plant == Plant::WalkExternal && s.level == level) return u64{kNowhere} | kTable;
    return (u64{at} + (in_s2 && setup.s2.walk_level == level ? kToTables : 0)) | kTable;
  };
  const bool hyp = setup.place == Place::Hyp;
  const u64 base = s.plant == Plant::External ? 0 : in_s2 ? 0xC0000000u : 0x40000000u;
  const u64 leaf = base | (s.device ? kDevice1 : kNormal1) | u64{hyp ? s.ap | 1 : s.ap} << 6 |
                   (s.plant == Plant::AccessFlag ? 0 : kAf) | (s.xn ? u64{1} << 54 : 0) |
                   (s.pxn && !hyp ? u64{1} << 53 : 0);
  const bool none = s.plant == Plant::Translation;
  put64(top + 8 * index, s.level > 1 ? table(2, second) : none ? 0 : leaf | 1);
  for (u32 i = 0; i < 512 && s.level > 1; ++i)
    put64(second + 8 * i, s.level > 2 ? table(3, third) : none ? 0 : (leaf + (u64{i} << 21)) | 1);
  for (u32 i = 0; i < 512 && s.level > 2; ++i) put64(third + 8 * i, none ? 0 : (leaf + (u64{i} << 12)) | 3);
}

/// IPA 0x40000000 to itself; 0xC0000000, which is under test, to the same RAM.
void AbortMachine::build_stage2(const Stage2& s) {
  constexpr u64 kIdentity = 0x40000000 | 1 | kAf | 3 << 6 | kNormal2;
  for (u32 i = 0; i < 4; ++i) put64(kS2Top + 8 * i, 0);
  put64(kS2Top, (kIdentity & ~u64{0x40000000}));  // where no memory is
  put64(kS2Top + 8, kIdentity);
  const u64 base = s.plant == Plant::External ? 0 : 0x40000000;
  const u64 leaf = base | (s.plant == Plant::AccessFlag ? 0 : kAf) | u64{s.hap} << 6 |
                   (s.device ? kDevice2 : kNormal2) | (s.xn ? u64{1} << 54 : 0);
  const bool none = s.plant == Plant::Translation;
  const auto table = [&](unsigned level, u32 at) {
    return (s.plant == Plant::WalkExternal && s.level == level ? kNowhere : at) | kTable;
  };
  put64(kS2Top + 24, s.level > 1 ? table(2, kS2Second) : none ? 0 : leaf | 1);
  for (u32 i = 0; i < 512 && s.level > 1; ++i)
    put64(kS2Second + 8 * i, s.level > 2 ? table(3, kS2Third) : none ? 0 : (leaf + (u64{i} << 21)) | 1);
  for (u32 i = 0; i < 512 && s.level > 2; ++i) put64(kS2Third + 8 * i, none ? 0 : (leaf + (u64{i} << 12)) | 3);
}

void AbortMachine::prepare(const Planted& setup) {
  start = CpuState{};
  SystemRegisters& r = start.sys;
  const bool secure = setup.place == Place::SPl0 || setup.place == Place::SPl1;
  start.mode = setup.place == Place::Hyp                                   ? Mode::Hyp
               : setup.place == Place::NsPl0 || setup.place == Place::SPl0 ? Mode::User
                                                                           : Mode::Supervisor;
  start.set_nzcv(0);
  r.scr = (secure ? 0 : 1) | (setup.scr_ea ? 1u << 3 : 0);
  r.hcr = (setup.s2_enabled() ? 1 : 0) | (setup.s2.ptw ? 1u << 2 : 0) | (setup.tge ? 1u << 27 : 0);
  r.sctlr.bank[0] = r.sctlr.bank[1] = 0x00C50878 | (setup.check_alignment ? 2 : 0);
  r.hsctlr = 0x30C50878 | (setup.check_alignment ? 2 : 0);
  r.nsacr = 0xC00;
  r.cpacr = 0x00F00000;
  r.fpexc = 1u << 30;
  r.vbar.bank[0] = kVectors;
  r.vbar.bank[1] = kVectors + 0x100;
  r.hvbar = kVectors + 0x200;
  r.mvbar = kVectors + 0x300;
  r.mair0.bank[0] = r.mair0.bank[1] = r.hmair0 = 0x04FF;
  for (const Security bank : {Security::NonSecure, Security::Secure}) {
    r.ttbcr[bank] = setup.eae ? 1u << 31 : 0;
    r.dfsr[bank] = r.ifsr[bank] = r.dfar[bank] = r.ifar[bank] = kUntouched;
  }
  r.hsr = r.hpfar = kUntouched;

  const Stage1& s1 = setup.s1;
  if (s1.format == Format::Short) build_short(setup);
  if (s1.format == Format::Long) {
    const bool hyp = setup.place == Place::Hyp;
    constexpr u64 kIdentity = 0x40000000 | 1 | kAf | 1 << 6;
    if (hyp) {
      put64(kHyp + 8, kIdentity);
      build_long(setup, kHyp, kLong2, kLong3, 2);
      r.httbr = kHyp;
      r.htcr = 0x80000000;
      r.hsctlr |= 1;
    } else {
      put64(kLong0 + 8, kIdentity);
      build_long(setup, kLong1, kLong2, kLong3, 0);
      const bool ptw1 = setup.s2_enabled() && setup.s2.walk_level == 1;
      for (const Security bank : {Security::NonSecure, Security::Secure}) {
        r.ttbr0[bank] = kLong0;
        r.ttbr1[bank] = s1.level == 1 && s1.plant == Plant::WalkExternal ? kNowhere : kLong1 + (ptw1 ? kToTables : 0);
        r.ttbcr[bank] = 1u << 31 | 1u << 16 | 1;  // T1SZ = T0SZ = 1: 2 GB each
        r.sctlr[bank] |= 1;
      }
    }
  }
  if (!secure) r.ttbcr[Security::Secure] = setup.secure_eae ? 1u << 31 : 0;
  // Where the access ends, for exclusive stores to succeed.
  output_ = setup.s1.plant != Plant::External
                ? setup.s2_enabled() && setup.s2.plant == Plant::External ? 0u : 0x40000000u
            : s1.format == Format::Long ? 0u
                                        : kNowhere;
  if (setup.s2_enabled()) {
    build_stage2(setup.s2);
    r.vttbr = kS2Top;
    r.vtcr = 0x80000040;  // from level 1, 32-bit IPA
  }
}

void AbortMachine::change_next_page(bool stage2, bool nowhere) {
  constexpr u32 kNext = 0x11, kGone = kNowhere | kNext << 12;
  if (nowhere) output_ = kNowhere;
  const auto long_leaf = [&](u32 at) {
    const u64 attributes = machine_.bus.word(at) & 0xFFF;
    put64(at, nowhere ? kGone | attributes : 0);
  };
  if (stage2) return long_leaf(kS2Third + 8 * kNext);
  const u32 page = kShort2 + 4 * kNext;
  put32(page, nowhere ? kGone | (machine_.bus.word(page) & 0xFFF) : 0);
  long_leaf(kLong3 + 8 * kNext);
}

void AbortMachine::run(const Access& access, u32 va) {
  Core& core = machine_.core;
  CpuState& s = core.state();
  s = start;
  const bool fetch = access.kind == 'f';
  const u32 length = access.word.isa == trap::Isa::T16 ? 2 : 4;
  const u32 at = fetch ? va : kCode - length;
  const u32 pa = fetch ? 0x40000000 | (va & 0xFFFFF) : at;
  s.thumb = access.word.isa != trap::Isa::A32;
  s.pc() = at;
  s.slot[1] = va;
  s.monitor = {true, PhysAddr((output_ | (va & 0xFFFFF)) & ~63u), 8};
  u8 bytes[4];
  const u32 word =
      access.word.isa == trap::Isa::T32 ? access.word.word >> 16 | access.word.word << 16 : access.word.word;
  std::memcpy(bytes, &word, 4);
  u8* code = machine_.bus.at(pa, length);
  if (std::memcmp(code, bytes, length) != 0) {
    std::memcpy(code, bytes, length);
    core.invalidate_code(PhysAddr(pa), length);
  }
  core.mmu().reset();
  watcher_.seen = false;
  core.debugger_changed_state(true);
  machine_.run(1);
}

}  // namespace hypsim::traps

// SPDX-License-Identifier: Apache-2.0
// A flat memory for walks, builders for every kind of table, and an Mmu on top.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <unordered_map>
#include <vector>

#include "sim/mmu/mmu.h"

namespace hypsim::test {

struct FlatMemory final : WalkMemory {
  struct Read {
    u64 pa;
    unsigned size;
    MemAttr attr;
    Security security;
    bool stage2;
  };
  std::unordered_map<u64, u32> words;
  std::set<u64> aborts;
  std::vector<Read> log;

  void set32(u64 pa, u32 v) { words[pa] = v; }
  void set64(u64 pa, u64 v) {
    words[pa] = static_cast<u32>(v);
    words[pa + 4] = static_cast<u32>(v >> 32);
  }
  u32 get32(u64 pa) const {
    const auto it = words.find(pa);
    return it == words.end() ? 0 : it->second;
  }
  bool fetch(u64 pa, unsigned size, u64& value) const {
    if (aborts.count(pa)) return false;
    value = get32(pa);
    if (size == 8) value |= u64{get32(pa + 4)} << 32;
    return true;
  }
  bool read_descriptor(PhysAddr pa, unsigned size, const MemAttr& attr, Security security, bool stage2,
                       u64& value) override {
    log.push_back({pa.value, size, attr, security, stage2});
    return fetch(pa.value, size, value);
  }
};

// Descriptor fields, named as in the manual
namespace sd {  // short descriptors
constexpr u32 kSection = 2, kSuper = 2 | 1u << 18, kSmall = 2, kLarge = 1, kTable = 1;
constexpr u32 kApSection(u32 ap) { return ((ap & 3) << 10) | ((ap >> 2) << 15); }
constexpr u32 kApPage(u32 ap) { return ((ap & 3) << 4) | ((ap >> 2) << 9); }
constexpr u32 kWbWaSection = 1u << 12 | 3u << 2;  // TEX=001 C=1 B=1
constexpr u32 kWbWaSmall = 1u << 6 | 3u << 2;
constexpr u32 kWbWaLarge = 1u << 12 | 3u << 2;
constexpr u32 kSectionNg = 1u << 17, kPageNg = 1u << 11, kSectionXn = 1u << 4, kSectionPxn = 1, kSmallXn = 1,
              kLargeXn = 1u << 15, kTablePxn = 1u << 2, kTableNs = 1u << 3, kSectionNs = 1u << 19;
constexpr u32 kDomain(u32 d) { return d << 5; }
}  // namespace sd
namespace ld {  // long descriptors
constexpr u64 kBlock = 1, kTable = 3, kPage = 3;
constexpr u64 kAf = 1u << 10, kNg = 1u << 11, kNs = 1u << 5;
constexpr u64 kXn = u64{1} << 54, kPxn = u64{1} << 53, kContiguous = u64{1} << 52;
constexpr u64 kNsTable = u64{1} << 63, kXnTable = u64{1} << 60, kPxnTable = u64{1} << 59;
constexpr u64 kApTable(u64 v) { return v << 61; }
constexpr u64 kAp(u64 ap21) { return ap21 << 6; }
constexpr u64 kSh(u64 sh) { return sh << 8; }
constexpr u64 kIndex(u64 i) { return i << 2; }
constexpr u64 kHap(u64 v) { return v << 6; }     // stage 2: 1 read, 2 write
constexpr u64 kS2Attr(u64 v) { return v << 2; }  // stage 2 MemAttr
constexpr u64 kS2Normal = kS2Attr(0xF), kS2Rw = kHap(3);
}  // namespace ld

constexpr Security kNs = Security::NonSecure;
constexpr Security kS = Security::Secure;

class MmuTest : public ::testing::Test {
 protected:
  explicit MmuTest(const MmuConfig& config = {}) : mmu(regs, mem, config) {}

  static constexpr u64 kShortL1 = 0x0010'0000;
  static constexpr u64 kLongL1 = 0x0020'0000;
  static constexpr u64 kHypL1 = 0x0030'0000;
  static constexpr u64 kStage2 = 0x0040'0000;

  SystemRegisters regs;
  FlatMemory mem;
  Mmu mmu;
  u64 next_table = 0x0100'0000;

  u64 new_table(u64 size = 0x1000) {
    next_table = (next_table + size - 1) & ~(size - 1);
    const u64 t = next_table;
    next_table += size;
    return t;
  }

  // ---- short descriptors ----
  void short_on(Security s = kNs) {
    regs.ttbr0[s] = kShortL1;
    regs.sctlr[s] |= 1u << sctlr::M;
    regs.dacr[s] = 0x5555'5555;
  }
  u64 short_l1(u32 va) const { return kShortL1 + ((va >> 20) << 2); }
  void section(u32 va, u64 pa, u32 extra = sd::kApSection(3) | sd::kWbWaSection) {
    mem.set32(short_l1(va), static_cast<u32>(pa & 0xFFF0'0000) | sd::kSection | extra);
  }
  void supersection(u32 va, u64 pa, u32 extra = sd::kApSection(3) | sd::kWbWaSection) {
    const u32 d = static_cast<u32>(pa & 0xFF00'0000) | static_cast<u32>(bits(pa, 35, 32) << 20) |
                  static_cast<u32>(bits(pa, 39, 36) << 5) | sd::kSuper | extra;
    for (u32 i = 0; i < 16; ++i) mem.set32(short_l1((va & 0xFF00'0000) + (i << 20)), d);
  }
  // The second-level table over `va`, made on first use.
  u64 short_l2(u32 va, u32 table_extra = 0) {
    u32 d = mem.get32(short_l1(va));
    if ((d & 3) != sd::kTable) d = static_cast<u32>(new_table(0x400));
    mem.set32(short_l1(va), (d & ~0x3FFu) | sd::kTable | table_extra);
    return (d & ~0x3FFu) + (((va >> 12) & 0xFF) << 2);
  }
  void small(u32 va, u32 pa, u32 extra = sd::kApPage(3) | sd::kWbWaSmall, u32 table_extra = 0) {
    mem.set32(short_l2(va, table_extra), (pa & ~0xFFFu) | sd::kSmall | extra);
  }
  void large(u32 va, u32 pa, u32 extra = sd::kApPage(3) | sd::kWbWaLarge) {
    for (u32 i = 0; i < 16; ++i) {
      mem.set32(short_l2((va & ~0xFFFFu) + (i << 12)), (pa & ~0xFFFFu) | sd::kLarge | extra);
    }
  }

  // ---- long descriptors ----
  void long_on(Security s = kNs) {
    regs.ttbr0[s] = kLongL1;
    regs.ttbcr[s] = 1u << ttbcr::EAE;
    regs.mair0[s] = 0x00'44'04'FF;  // 0 WB RWA, 1 Device, 2 NC, 3 SO
    regs.sctlr[s] |= 1u << sctlr::M;
  }
  void hyp_on() {
    regs.httbr = kHypL1;
    regs.hmair0 = 0x00'44'04'FF;
    regs.hsctlr |= 1u << sctlr::M;
  }
  void stage2_on(u8 vmid = 1) {
    regs.vttbr = kStage2 | (u64{vmid} << 48);
    regs.vtcr = 1u << 6;  // SL0=1: first lookup at level 1; T0SZ=0: 32 bits
    regs.hcr |= 1u << hcr::VM;
  }
  // Puts `descriptor` at `level` of the tree at `root` (a level-1 table), making tables with `table_extra` on the way.
  u64 put(u64 root, u64 address, unsigned level, u64 descriptor, u64 table_extra = 0) {
    u64 table = root;
    for (unsigned l = 1; l < level; ++l) {
      const u64 slot = table + (bits(address, l == 1 ? 39 : 38 - 9 * (l - 1), 39 - 9 * l) << 3);
      u64 d = 0;
      mem.fetch(slot, 8, d);
      if ((d & 3) != ld::kTable) d = new_table();
      table = d & mask64(39, 12);
      mem.set64(slot, table | ld::kTable | table_extra);
    }
    const u64 slot = table + (bits(address, level == 1 ? 39 : 47 - 9 * level, 39 - 9 * level) << 3);
    mem.set64(slot, descriptor);
    return slot;
  }
  void lmap(u32 va, u64 pa, unsigned level = 3, u64 extra = ld::kAp(1), u64 table_extra = 0, u64 root = kLongL1) {
    put(root, va, level, pa | (level == 3 ? ld::kPage : ld::kBlock) | ld::kAf | extra, table_extra);
  }
  void s2map(u64 ipa, u64 pa, unsigned level = 3, u64 extra = ld::kS2Rw | ld::kS2Normal | ld::kAf) {
    put(kStage2, ipa, level, pa | (level == 3 ? ld::kPage : ld::kBlock) | extra);
  }
  // Identity 2 MB blocks of stage 2 over all tables the tests build.
  void s2_tables() {
    for (u64 a = 0; a < 0x0200'0000; a += 0x20'0000) s2map(a, a, 2);
  }

  Translation rd(u32 va, bool privileged = true, Regime r = Regime::Pl10NonSecure) {
    return mmu.translate(VirtAddr(va), AccessKind::Read, r, privileged);
  }
  Translation unaligned(u32 va) {
    return mmu.translate(VirtAddr(va), AccessKind::Read, Regime::Pl10NonSecure, true, false);
  }
  Translation wr(u32 va, bool privileged = true, Regime r = Regime::Pl10NonSecure) {
    return mmu.translate(VirtAddr(va), AccessKind::Write, r, privileged);
  }
  Translation ex(u32 va, bool privileged = true, Regime r = Regime::Pl10NonSecure) {
    return mmu.translate(VirtAddr(va), AccessKind::Fetch, r, privileged);
  }
  unsigned tlbi(TlbOp op, u32 rt = 0, Security issuer = kNs) {
    return mmu.maintain(make_tlb_maintenance(op, rt, issuer, mmu.current_vmid()));
  }
  unsigned flush_all() { return tlbi(TlbOp::TLBIALLNSNH) + tlbi(TlbOp::TLBIALLH) + tlbi(TlbOp::TLBIALL, 0, kS); }
};

#define EXPECT_FAULT(t, k, lvl)             \
  do {                                      \
    const Translation t_ = (t);             \
    EXPECT_EQ(t_.fault.kind, FaultKind::k); \
    EXPECT_EQ(t_.fault.level, (lvl));       \
  } while (0)

#define EXPECT_PA(t, address)                                                        \
  do {                                                                               \
    const Translation t_ = (t);                                                      \
    EXPECT_TRUE(t_.ok()) << "fault " << static_cast<int>(t_.fault.kind) << " level " \
                         << static_cast<int>(t_.fault.level);                        \
    EXPECT_EQ(t_.pa.value, u64{address});                                            \
  } while (0)

}  // namespace hypsim::test

// SPDX-License-Identifier: Apache-2.0
// The debugger reads and writes what an address leads to, whatever the guest itself may do there.
#include "sim/debug/address_space.h"

#include <gtest/gtest.h>

#include "tests/support/flat_machine.h"

namespace hypsim::debug {
namespace {

using test::FlatMachine;

struct OneCore final : DebugTarget {
  explicit OneCore(FlatMachine& m) : machine(m) {}
  unsigned core_count() const override { return 1; }
  Core& core(unsigned) override { return machine.core; }
  bool debug_read(PhysAddr pa, void* data, u32 size, unsigned, Security) override {
    const u8* at = machine.bus.at(pa.value, size);
    if (at != nullptr) std::memcpy(data, at, size);
    return at != nullptr;
  }
  bool debug_write(PhysAddr pa, const void* data, u32 size, unsigned, Security) override {
    u8* at = machine.bus.at(pa.value, size);
    if (at != nullptr) std::memcpy(at, data, size);
    return at != nullptr;
  }
  void reconsider(unsigned) override {}
  void request_end() override {}
  FlatMachine& machine;
};

constexpr u32 kFirst = FlatMachine::kRam + 0x4000, kStage2 = FlatMachine::kRam + 0x8000;
constexpr u32 kWord = FlatMachine::kRam + 0x1230;
constexpr u32 kPage = 0x12300000, kIpa = 0x80000000, kTableIpa = 0xC0000000;

TEST(AddressSpaces, NeedNoPermission) {
  for (u32 rest = 0; rest < 16; ++rest) {
    const bool stage2 = bit(rest, 0), no_domain = bit(rest, 1), no_rights = bit(rest, 2),
               no_stage2_rights = bit(rest, 3);
    SCOPED_TRACE(rest);
    FlatMachine m;
    OneCore target(m);
    AddressSpaces spaces(target);
    SystemRegisters& r = m.core.state().sys;
    r.scr = 1;
    r.ttbr0[Security::NonSecure] = stage2 ? kFirst + (kTableIpa - FlatMachine::kRam) : kFirst;
    r.dacr[Security::NonSecure] = no_domain ? 0 : 1;
    r.sctlr[Security::NonSecure] |= 1;
    m.bus.set_word(kFirst + (kPage >> 20) * 4, (stage2 ? kIpa : FlatMachine::kRam) | 2u | (no_rights ? 0 : 3u << 10));
    if (stage2) {
      // Blocks of 1 GB: a walk must be able to read its tables, so these have one of their own.
      constexpr u32 kBlock = FlatMachine::kRam | 1u | 1u << 10 | 0xFu << 2, kReadWrite = 3u << 6;
      m.bus.set_word(kStage2 + 8 * (kIpa >> 30), kBlock | (no_stage2_rights ? 0 : kReadWrite));
      m.bus.set_word(kStage2 + 8 * (kTableIpa >> 30), kBlock | kReadWrite);
      r.vttbr = kStage2;
      r.vtcr = 0x80000040;
      r.hcr = 1;
    }
    m.bus.set_word(kWord, 0xC0FFEE00 + rest);
    for (const Space space : {Space::Current, Space::Pl1, Space::Guest}) {
      if (space == Space::Guest && !stage2) continue;
      u32 word = 0;
      EXPECT_EQ(spaces.read(m.core, space, kPage + 0x1230, &word, 4), 4u) << space_name(space);
      EXPECT_EQ(word, 0xC0FFEE00 + rest) << space_name(space);
      EXPECT_EQ(spaces.write(m.core, space, kPage + 0x1234, &word, 4), 4u);
      EXPECT_EQ(m.bus.word(kWord + 4), word);
      m.bus.set_word(kWord + 4, 0);
      EXPECT_EQ(spaces.read(m.core, space, kPage + 0x100000, &word, 4), 0u) << "no translation";
    }
  }
}

}  // namespace
}  // namespace hypsim::debug

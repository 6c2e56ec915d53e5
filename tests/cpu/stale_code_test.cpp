// SPDX-License-Identifier: Apache-2.0
// Code that changes: whoever changes it and whichever part of an instruction, what runs after the maintenance that the
// architecture asks for is what memory holds, and what runs before it is what the instruction cache has. ARM DDI 0406C
// A3.5.4, B2.2.9
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/engines.h"
#include "tests/support/timed_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam;
constexpr u32 kLoop = 0xEAFFFFFE;       // b .
constexpr u32 kTable = 0x80000;         // offset of the translation table
constexpr u32 kSection = 0x11C0E;       // TEX=001 C=B=1 AP=11 S=1
constexpr u32 kVectors = 0x40000;       // offset of the vectors
constexpr u32 kFunction = 0x12000;      // offset of an A32 function; on a bus without grants from there on
constexpr u32 kAcross = kFunction - 2;  // of a T32 instruction that the end of a page divides

/// RAM of which the core is granted what lies below kFunction and above its page, and if asked for that page as well.
class Memory final : public Bus {
 public:
  explicit Memory(bool grants) : grants_(grants) {}
  BusReply read(PhysAddr pa, void* data, u32 size, const BusAttr& attr, Cycles now) override {
    return ram.read(pa, data, size, attr, now);
  }
  BusReply write(PhysAddr pa, const void* data, u32 size, const BusAttr& attr, Cycles now) override {
    return ram.write(pa, data, size, attr, now);
  }
  DmiRegion dmi(PhysAddr pa, Security security) override {
    const DmiRegion all = ram.dmi(pa, security);
    if (grants_ || all.size == 0) return all;
    const u64 offset = pa.value - kRam;
    if (offset < kFunction) return {all.base, kFunction, all.host, true};
    constexpr u32 kBehind = kFunction + kPageSize;
    if (offset < kBehind) return {};
    return {all.base + kBehind, all.size - kBehind, all.host + kBehind, true};
  }

  FlatBus ram{kRam, 1 << 20};

 private:
  bool grants_;
};

struct Machine {
  Machine(const Engine& engine, bool icache, bool grants = true)
      : shared(a15_timing()),
        bus(grants),
        counter(62'500'000, 1'000'000'000),
        timer(counter),
        core(config(engine), bus, timer, cluster) {
    for (u32 i = 0; i < 4096; ++i) bus.ram.set_word(kRam + kTable + 4 * i, i << 20 | kSection);
    core.state().switch_mode(Mode::Supervisor);
    auto& sys = core.state().sys;
    sys.ttbr0[Security::Secure] = kRam + kTable;
    sys.dacr[Security::Secure] = 1;
    sys.vbar[Security::Secure] = kRam + kVectors;
    u32& control = sys.sctlr[Security::Secure];
    control = with_bits(control | 1u << sctlr::M | 1u << sctlr::C | 1u << sctlr::Z, sctlr::I, sctlr::I, icache);
    core.state_changed();
  }
  CoreConfig config(const Engine& engine) {
    CoreConfig c;
    c.generate_code = engine.generate;
    c.hot_visits = 2;
    if (engine.timed) {
      c.timing = &a15_timing();
      c.shared_memory = &shared;
    }
    return c;
  }
  void code(u32 offset, std::initializer_list<u32> words) {
    for (const u32 w : words) {
      bus.ram.set_word(kRam + offset, w);
      offset += 4;
    }
  }
  /// Runs from `offset` to a branch to itself.
  void run_from(u32 offset) {
    core.state().thumb = false;
    core.set_pc(kRam + offset);
    core.set_step_limit(core.steps() + 2000);
    ASSERT_EQ(core.run(Cycles(~u64{0})), StopReason::DeadLoop);
  }
  u32& reg(unsigned n) { return core.state().slot[n]; }

  SharedMemoryTiming shared;
  Memory bus;
  SystemCounter counter;
  GenericTimer timer;
  NoCluster cluster;
  Core core;
};

// --- who changes, and what makes it visible

enum class Writer { Core, OtherCore, Device, Debugger };
constexpr std::pair<Writer, const char*> kWriters[] = {{Writer::Core, "the core itself"},
                                                       {Writer::OtherCore, "another core"},
                                                       {Writer::Device, "a device"},
                                                       {Writer::Debugger, "a debugger"}};

constexpr u32 kCallOften = 0, kStore = 0x100, kMaintain = 0x200;  // routines of the guest

void routines(Machine& m) {
  m.code(kCallOften, {0xE3A08008,  // mov r8, #8
                      0xE12FFF34,  // blx r4
                      0xE2588001,  // subs r8, r8, #1
                      0x1AFFFFFC,  // bne -2
                      kLoop});
  m.code(kStore, {0xE1C570B0, kLoop});  // strh r7, [r5]
}

void change(Machine& m, Writer writer, u32 offset, u16 halfword) {
  const PhysAddr pa(kRam + offset);
  switch (writer) {
    case Writer::Core:
      m.reg(5) = kRam + offset;
      m.reg(7) = halfword;
      m.run_from(kStore);
      break;
    case Writer::OtherCore:
      m.core.receive_store(pa);
      m.bus.ram.set_halfword(pa.value, halfword);
      break;
    case Writer::Device:
      m.bus.ram.set_halfword(pa.value, halfword);
      m.core.receive_change(pa, 2);
      break;
    case Writer::Debugger: EXPECT_TRUE(m.core.debug_write(kRam + offset, &halfword, 2)); break;
  }
}

struct Maintenance {
  const char* name;
  u32 word;        ///< 0: broadcast by another core
  u32 offset = 0;  ///< of the address in R5
};
constexpr Maintenance kMaintenance[] = {{"ICIALLU", 0xEE070F15},
                                        {"ICIALLUIS", 0xEE070F11},
                                        {"ICIMVAU of the first half", 0xEE075F35, kAcross},
                                        {"ICIMVAU of the second half", 0xEE075F35, kAcross + 2},
                                        {"another core's", 0}};

void maintain(Machine& m, const Maintenance& how) {
  if (how.word == 0) return m.core.receive_icache_maintenance(sysreg::CacheOp::IcAllInvalidate, {});
  m.reg(5) = kRam + how.offset;
  m.code(kMaintain, {how.word, 0xF57FF04F, 0xF57FF06F, kLoop});  // dsb, isb
  m.core.invalidate_code(PhysAddr(kRam + kMaintain), 4);
  m.run_from(kMaintain);
}

/// MOVW R0, #value at kAcross: its halves.
u16 first_half(u32 value) { return static_cast<u16>(0xF240 | value >> 12); }
u16 second_half(u32 value) { return static_cast<u16>(value & 0xFF); }

u32 call(Machine& m, u32 address) {
  m.reg(4) = address;
  m.run_from(kCallOften);
  return m.reg(0);
}

void put_across(Machine& m, u32 value) {
  m.bus.ram.set_halfword(kRam + kAcross, first_half(value));
  m.bus.ram.set_halfword(kRam + kAcross + 2, second_half(value));
  m.bus.ram.set_halfword(kRam + kAcross + 4, 0x4770);  // bx lr
  m.code(kFunction + 0x40, {0xE3A00007, 0xE12FFF1E});  // mov r0, #7; bx lr
}

TEST(StaleCode, AnInstructionAcrossAPageEndIsOfBothPages) {
  for (const Engine& engine : kEngines)
    for (const auto& [writer, who] : kWriters)
      for (const Maintenance& how : kMaintenance)
        for (const bool second : {false, true})
          for (const bool neighbours : {false, true}) {
            SCOPED_TRACE(testing::Message() << engine.name << ", " << who << ", " << how.name << ", half " << second
                                            << ", code of its own in the second page " << neighbours);
            Machine m(engine, true);
            routines(m);
            u32 value = 0x1011;
            put_across(m, value);
            for (unsigned round = 0; round < 4; ++round) {
              if (neighbours) {
                ASSERT_EQ(call(m, kRam + kFunction + 0x40), 7u);
              }
              ASSERT_EQ(call(m, kRam + kAcross + 1), value);
              const u32 before = value;
              value = second ? value + 1 : value + 0x1000;
              change(m, writer, second ? kAcross + 2 : kAcross, second ? second_half(value) : first_half(value));
              ASSERT_EQ(call(m, kRam + kAcross + 1), writer == Writer::Debugger ? value : before)
                  << "the instruction cache has the old code; who debugs sees to it";
              maintain(m, how);
              ASSERT_EQ(call(m, kRam + kAcross + 1), value);
            }
          }
}

// The first page holds code all the time; the second one takes stores before it does.
TEST(StaleCode, AnInstructionAcrossAPageEndBehindOthers) {
  for (const Engine& engine : kEngines) {
    SCOPED_TRACE(engine.name);
    Machine m(engine, true);
    routines(m);
    put_across(m, 0x1011);
    m.bus.ram.set_halfword(kRam + kAcross - 2, 0xBF00);  // nop
    for (unsigned round = 0; round < 4; ++round) {
      change(m, Writer::Core, kFunction + 0x80, 0);
      ASSERT_EQ(call(m, kRam + kAcross - 2 + 1), 0x1011u + round);
      change(m, Writer::Core, kAcross + 2, second_half(0x1012 + round));
      maintain(m, kMaintenance[0]);
    }
  }
}

// --- memory of which nobody tells

TEST(StaleCode, CodeThatCameOverTheBusIsReadAgainAfterMaintenance) {
  for (const Engine& engine : kEngines)
    for (const Maintenance& how : kMaintenance)
      for (const bool across : {false, true}) {
        SCOPED_TRACE(testing::Message() << engine.name << ", " << how.name << ", across the page end " << across);
        Machine m(engine, true, false);
        routines(m);
        for (u32 value = 1; value < 5; ++value) {
          const auto put = [&](u32 v) {
            if (across) {
              put_across(m, v);
            } else {
              m.code(kFunction, {0xE3A00000 | v, 0xE12FFF1E});
            }
          };
          const u32 address = across ? kRam + kAcross + 1 : kRam + kFunction;
          put(value);
          if (value > 1) maintain(m, how);
          ASSERT_EQ(call(m, address), value);
          put(value + 1);
          ASSERT_EQ(call(m, address), value) << "what the instruction cache has";
        }
      }
}

// --- the instruction cache off

struct Synchronisation {
  const char* name;
  u32 words[2];
};
constexpr Synchronisation kSynchronisations[] = {{"DSB, ISB", {0xF57FF04F, 0xF57FF06F}},
                                                 {"CP15DSB, CP15ISB", {0xEE070F9A, 0xEE070F95}},
                                                 {"DSB, SVC and its return", {0xF57FF04F, 0xEF000000}}};

// Every fourth of 48 turns stores the other instruction, so that the turns between find all their blocks known.
constexpr u32 kSum = 1 + 6 * 4 * 16 + 5 * 4 * 1 + 3 * 1;

TEST(StaleCode, WithTheInstructionCacheOffAChangeIsSeenAfterSynchronisation) {
  for (const Engine& engine : kEngines)
    for (const Synchronisation& how : kSynchronisations)
      for (const bool grants : {true, false}) {
        SCOPED_TRACE(testing::Message() << engine.name << ", " << how.name << ", granted " << grants);
        Machine m(engine, false, grants);
        m.reg(3) = kRam + kFunction;
        m.reg(4) = 0xE2811001;  // add r1, r1, #1
        m.reg(5) = 0xE2811010;  // add r1, r1, #16
        m.code(0, {0xE3A00030,  // mov r0, #48
                   0xE12FFF33,  // blx r3
                   0xE3100003,  // tst r0, #3
                   0x05835000,  // streq r5, [r3]
                   how.words[0], how.words[1],
                   0xE3100003,  // tst r0, #3
                   0x01A06004,  // moveq r6, r4
                   0x01A04005,  // moveq r4, r5
                   0x01A05006,  // moveq r5, r6
                   0xE2500001,  // subs r0, r0, #1
                   0x1AFFFFF4,  // bne -10
                   kLoop});
        m.code(kVectors + 8, {0xE1B0F00E});  // movs pc, lr
        m.code(kFunction, {0xE2811001, 0xE12FFF1E});
        m.run_from(0);
        EXPECT_EQ(m.reg(1), kSum);
      }
}

TEST(StaleCode, WithTheInstructionCacheOffAnExceptionHandlerRunsWhatWasStored) {
  for (const Engine& engine : kEngines) {
    SCOPED_TRACE(engine.name);
    Machine m(engine, false);
    m.reg(3) = kRam + kVectors + 0x100;
    m.reg(4) = 0xE2811010;
    m.reg(5) = 0xE2811001;
    m.code(0, {0xE3A00030,  // mov r0, #48
               0xE3100003,  // tst r0, #3
               0x05835000,  // streq r5, [r3]
               0x01A06004,  // moveq r6, r4
               0x01A04005,  // moveq r4, r5
               0x01A05006,  // moveq r5, r6
               0xF57FF04F,  // dsb
               0xEF000000,  // svc #0
               0xE2500001,  // subs r0, r0, #1
               0x1AFFFFF6,  // bne -8
               kLoop});
    m.code(kVectors + 8, {0xEA00003C});                  // b +0x100
    m.code(kVectors + 0x100, {0xE2811001, 0xE1B0F00E});  // add r1, r1, #1; movs pc, lr
    m.run_from(0);
    // Turns 48 to 45 add 1, the next four 16, and so on.
    EXPECT_EQ(m.reg(1), 6u * 4 * (1 + 16));
  }
}

TEST(StaleCode, WithTheInstructionCacheOffAnExceptionReturnsToWhatWasStored) {
  for (const Engine& engine : kEngines) {
    SCOPED_TRACE(engine.name);
    Machine m(engine, false);
    m.reg(3) = kRam + kFunction;
    m.reg(4) = 0xE2811001;
    m.reg(5) = 0xE2811010;
    m.code(0, {0xE3A00030,  // mov r0, #48
               0xE12FFF33,  // blx r3
               0xEF000000,  // svc #0
               0xE3100003,  // tst r0, #3
               0x01A06004,  // moveq r6, r4
               0x01A04005,  // moveq r4, r5
               0x01A05006,  // moveq r5, r6
               0xE2500001,  // subs r0, r0, #1
               0x1AFFFFF7,  // bne -7
               kLoop});
    m.code(kVectors + 8, {0xE3100003, 0x05835000, 0xF57FF04F, 0xE1B0F00E});  // tst; streq r5, [r3]; dsb; movs pc, lr
    m.code(kFunction, {0xE2811001, 0xE12FFF1E});
    m.run_from(0);
    EXPECT_EQ(m.reg(1), kSum);
  }
}

// --- the store of blocks

Block block_at(u64 pa) {
  Block b;
  b.pa = PhysAddr(pa);
  b.va = VirtAddr(static_cast<u32>(pa));
  b.ops.resize(2);
  b.insns.resize(1);
  return b;
}
Block block_across(u64 pa, u64 second) {
  Block b = block_at(pa);
  b.straddles = true;
  b.second_page = PhysAddr(second);
  return b;
}

bool held(const BlockCache& cache, u32 pa) { return cache.find(PhysAddr(pa), pa, BlockContext{}.key()) != nullptr; }

TEST(BlockCache, ABlockOfTwoPagesGoesWithEither) {
  for (const u64 dropped : {0x1000, 0x5000}) {
    BlockCache cache(1 << 20);
    cache.insert(block_at(0x1100));
    cache.insert(block_at(0x5100));
    const u64 without = cache.bytes();
    cache.insert(block_across(0x1FFE, 0x5000));
    cache.insert(block_across(0x7FFE, 0x1000));
    EXPECT_EQ(cache.size(), 4u);
    cache.mark_modified(PhysAddr(dropped));
    cache.drop_modified();
    EXPECT_FALSE(held(cache, 0x1FFE));
    EXPECT_EQ(held(cache, 0x1100), dropped != 0x1000);
    EXPECT_EQ(held(cache, 0x5100), dropped != 0x5000);
    EXPECT_EQ(held(cache, 0x7FFE), dropped != 0x1000);
    EXPECT_EQ(cache.holds_code(PhysAddr(0x1000)), dropped != 0x1000);
    EXPECT_EQ(cache.holds_code(PhysAddr(0x7000)), dropped != 0x1000);
    EXPECT_LT(cache.bytes(), without + (dropped == 0x1000 ? 0 : 1000));
    cache.drop_all();
    EXPECT_EQ(cache.bytes(), 0u);
    EXPECT_EQ(cache.size(), 0u);
  }
}

TEST(BlockCache, APageThatOnlyEndsABlockGoesWithIt) {
  BlockCache cache(1 << 20);
  cache.insert(block_across(0x1FFE, 0x5000));
  EXPECT_TRUE(cache.holds_code(PhysAddr(0x5000)));
  cache.mark_modified(PhysAddr(0x5FFC));
  EXPECT_TRUE(cache.any_modified());
  cache.drop(PhysAddr(0x1000), 1);
  EXPECT_FALSE(cache.holds_code(PhysAddr(0x5000)));
  EXPECT_FALSE(cache.any_modified());
  EXPECT_EQ(cache.bytes(), 0u);
  cache.insert(block_across(0x1FFE, 0x1000));  // two pages of virtual memory, one of physical
  cache.drop(PhysAddr(0x1000), 1);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(BlockCache, ARangeMarksThePagesThatItTouches) {
  for (const u64 last : {u64{0x2000}, u64{0x4FFF}, (u64{1} << 40) - 1}) {
    BlockCache cache(1 << 20);
    for (const u64 page : {0x1000, 0x2000, 0x4000, 0x5000}) cache.insert(block_at(page));
    EXPECT_TRUE(cache.holds_code(PhysAddr(0x1FFF), PhysAddr(last)));
    EXPECT_FALSE(cache.holds_code(PhysAddr(0x6000), PhysAddr(last + 0x6000)));
    cache.mark_modified(PhysAddr(0x1FFF), PhysAddr(last));
    cache.drop_modified();
    EXPECT_FALSE(cache.holds_code(PhysAddr(0x1000)));
    EXPECT_FALSE(cache.holds_code(PhysAddr(0x2000)));
    EXPECT_EQ(cache.holds_code(PhysAddr(0x4000)), last < 0x4000);
    EXPECT_EQ(cache.holds_code(PhysAddr(0x5000)), last < 0x5000);
  }
}

TEST(BlockCache, UnwatchedPagesWaitForMaintenance) {
  BlockCache cache(1 << 20);
  Block b = block_at(0x1000);
  b.unwatched = true;
  cache.insert(b);
  EXPECT_FALSE(cache.any_modified());
  EXPECT_TRUE(cache.any_doubtful());
  cache.drop_modified();
  EXPECT_TRUE(cache.holds_code(PhysAddr(0x1000)));
  cache.drop_doubtful();
  EXPECT_FALSE(cache.holds_code(PhysAddr(0x1000)));
  EXPECT_FALSE(cache.any_doubtful());
}

}  // namespace
}  // namespace hypsim::test

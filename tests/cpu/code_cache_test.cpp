// SPDX-License-Identifier: Apache-2.0
// Translated code is bounded, and what has been forgotten shows in nothing but speed: the same programs with hardly any
// room, with the default and with more than they need.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <optional>

#include "sim/base/error.h"
#include "tests/support/engines.h"
#include "tests/support/timed_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam;
constexpr u64 kRamBytes = 2 << 20;
constexpr u32 kTable = 0x100000;  // offset of the translation table
constexpr u32 kPages = 0x10000;   // of pages of code
constexpr u32 kLoop = 0xEAFFFFFE;
constexpr u32 kReturn = 0xE12FFF1E;  // bx lr

// --- sizes

TEST(CodeMemory, TheTotalIsSharedByTheCores) {
  for (const u32 cores : {1, 2, 4}) {
    const CodeMemory m = CodeMemory::of_one(u64{64} << 20, cores);
    EXPECT_EQ((m.translations + m.host_code + m.schedules) * cores, u64{64} << 20);
    EXPECT_EQ(m.translations, 2 * m.host_code);
  }
}

/// An environment variable for as long as this lives.
class Variable {
 public:
  explicit Variable(const char* value) {
    if (const char* const was = std::getenv(kName)) was_ = was;
    set(value);
  }
  ~Variable() { set(was_ ? was_->c_str() : nullptr); }

 private:
  static constexpr const char* kName = "HYPSIM_CODE_CACHE";
  static void set(const char* value) {
    if (value != nullptr) {
      setenv(kName, value, 1);
    } else {
      unsetenv(kName);
    }
  }
  std::optional<std::string> was_;
};

TEST(CodeMemory, TheEnvironmentGivesTheDefault) {
  const auto total = [](u64 asked) {
    const CodeMemory m = CodeMemory::of_one(asked, 1);
    return m.translations + m.host_code + m.schedules;
  };
  {
    const Variable none(nullptr);
    EXPECT_EQ(total(0), CodeMemory::kDefault);
  }
  const Variable two("2MiB");
  EXPECT_EQ(total(0), u64{2} << 20);
  EXPECT_EQ(total(u64{8} << 20), u64{8} << 20) << "who asks for a size gets it";
  const Variable bad("2 elephants");
  EXPECT_THROW(FlatMachine m, InputError);
  EXPECT_EQ(total(u64{8} << 20), u64{8} << 20);
}

// --- the store of blocks

Block block_at(u64 pa, std::size_t insns) {
  Block b;
  b.pa = PhysAddr(pa);
  b.va = VirtAddr(static_cast<u32>(pa));
  b.ops.resize(insns + 1);
  b.insns.resize(insns);
  return b;
}

TEST(BlockCache, HoldsWhatItsBytesSayAndNoMore) {
  constexpr u64 kMost = 256 << 10;
  BlockCache cache(kMost);
  u64 pa = 0;
  for (;; pa += 128) {
    const Block b = block_at(pa, 32);
    if (!cache.takes(b)) break;
    EXPECT_EQ(cache.insert(b)->ops.capacity(), b.ops.size());
    ASSERT_LE(cache.bytes(), kMost);
  }
  EXPECT_GT(cache.bytes(), kMost - 4096);
  const u64 full = cache.bytes();
  cache.drop(PhysAddr(0), 1);
  EXPECT_FALSE(cache.holds_code(PhysAddr(0)));
  EXPECT_LT(cache.bytes(), full);
  EXPECT_TRUE(cache.takes(block_at(0, 32)));
  cache.drop_all();
  EXPECT_EQ(cache.bytes(), 0u);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(BlockCache, ForgetsEverything) {
  BlockCache cache(1 << 20);
  Block* const block = cache.insert(block_at(0x1000, 3));
  cache.jump(0x1000).block = block;
  cache.mark_modified(PhysAddr(0x1000));
  EXPECT_EQ(cache.find(PhysAddr(0x1000), 0x1000, block->context.key()), block);
  const u32 key = block->context.key();
  cache.forget();
  EXPECT_EQ(cache.jump(0x1000).block, nullptr);
  EXPECT_EQ(cache.find(PhysAddr(0x1000), 0x1000, key), nullptr);
  EXPECT_FALSE(cache.holds_code(PhysAddr(0x1000)));
  EXPECT_FALSE(cache.any_modified());
  EXPECT_EQ(cache.bytes(), 0u);
}

// --- programs

/// The first is a quarter of the least total: it holds about fifty blocks.
constexpr u64 kSizes[] = {CodeMemory::kLeast, 0, u64{2} << 30};

struct End {
  u32 registers[16];
  u64 retired, cycles;
  CycleStack stack;
  bool operator==(const End&) const = default;
};

/// Hears of every block that is run.
class Recorder final : public Observer {
 public:
  void block(const Moment& moment, const BlockEvent& event) override {
    sum = (sum ^ (moment.now.value * 7 + moment.insns * 3 + event.pc + event.insns)) * 0x9E3779B97F4A7C15ull;
  }
  bool wants_blocks() const override { return observed; }
  u64 sum = 0;
  bool observed = false;
};

/// The program's end with each amount of room must be the same; engines of one mode agree too.
void at_all_sizes(const std::function<void(FlatMachine&)>& program) {
  std::optional<End> ends[2];
  for (const Engine& engine : kEngines) {
    for (const u64 size : kSizes) {
      SCOPED_TRACE(testing::Message() << engine.name << ", " << size << " bytes");
      SharedMemoryTiming shared(a15_timing());
      CoreConfig config;
      config.cores = 4;  // it gets a quarter
      config.code_cache = size;
      config.generate_code = engine.generate;
      config.hot_visits = 3;
      if (engine.timed) {
        config.timing = &a15_timing();
        config.shared_memory = &shared;
      }
      FlatMachine m(kRamBytes, config);
      for (u32 i = 0; i < 4096; ++i) m.bus.set_word(kRam + kTable + 4 * i, i << 20 | 0x11C0E);
      auto& sys = m.core.state().sys;
      sys.ttbr0[Security::Secure] = kRam + kTable;
      sys.dacr[Security::Secure] = 1;
      sys.sctlr[Security::Secure] |= 1u << sctlr::M | 1u << sctlr::C | 1u << sctlr::Z | 1u << sctlr::I;
      sys.vbar[Security::Secure] = kRam + 0x1000;
      m.core.state_changed();
      program(m);
      End end{};
      std::copy_n(m.core.state().slot, 16, end.registers);
      end.retired = m.core.retired();
      end.cycles = m.core.now().value;
      end.stack = m.core.cycle_stack();
      auto& reference = ends[engine.timed];
      if (!reference) reference = end;
      EXPECT_EQ(end.retired, reference->retired);
      EXPECT_EQ(end.cycles, reference->cycles);
      EXPECT_TRUE(end == *reference);
    }
  }
}

/// `pages` pages of code, each a chain of blocks that branch to the next, ends in a return and is called in turn
/// `turns` times. R1 counts what was done.
void call_pages(FlatMachine& m, u32 pages, u32 turns) {
  m.reg(0) = turns;
  m.reg(3) = kRam + kPages;
  m.reg(5) = pages;
  m.code({0xE1A04003,  // mov r4, r3
          0xE1A06005,  // mov r6, r5
          0xE12FFF34,  // blx r4
          0xE2844A01,  // add r4, r4, #0x1000
          0xE2566001,  // subs r6, r6, #1
          0x1AFFFFFB,  // bne -3
          0xE2500001,  // subs r0, r0, #1
          0x1AFFFFF7,  // bne -7
          kLoop});
  for (u32 page = 0; page < pages; ++page) {
    const u32 offset = kPages + page * 0x1000;
    for (u32 block = 0; block < 8; ++block)
      m.code({0xE2811001,   // add r1, r1, #1
              0xE0222001,   // eor r2, r2, r1
              0xE0877102,   // add r7, r7, r2, lsl #2
              0xEA000003},  // b +3
             offset + 32 * block);
    m.code({kReturn}, offset + 32 * 8);
  }
  m.run(u64{60} * pages * turns + 100);
}

TEST(CodeCache, LoopsOverMoreCodeThanFits) {
  at_all_sizes([](FlatMachine& m) {
    call_pages(m, 60, 12);
    EXPECT_EQ(m.reg(0), 0u);
    EXPECT_EQ(m.reg(1), 60u * 12 * 8);
  });
}

TEST(CodeCache, ObserverHearsOfTheSameBlocks) {
  std::optional<u64> sums[2];
  at_all_sizes([&](FlatMachine& m) {
    Recorder recorder;
    recorder.observed = true;
    m.core.set_observer(&recorder);
    call_pages(m, 40, 6);
    m.core.set_observer(nullptr);
    auto& sum = sums[m.core.timing_model() != nullptr];
    if (!sum) sum = recorder.sum;
    EXPECT_EQ(recorder.sum, *sum);
  });
}

TEST(CodeCache, OneCopyAtManyAddresses) {
  at_all_sizes([](FlatMachine& m) {
    // Megabytes 0x100 to 0x1FF are all the one with the code.
    for (u32 i = 0x100; i < 0x200; ++i) m.bus.set_word(kRam + kTable + 4 * i, kRam | 0x11C0E);
    m.reg(0) = 256;
    m.reg(4) = 0x10000000 + kPages;
    m.code({0xE12FFF34,  // blx r4
            0xE2844601,  // add r4, r4, #0x100000
            0xE2500001,  // subs r0, r0, #1
            0x1AFFFFFB,  // bne -3
            kLoop});
    for (u32 n = 0; n < 64; ++n) m.code({0xE2811001, 0xEAFFFFFF}, kPages + 8 * n);  // add r1, r1, #1; b +0
    m.code({kReturn}, kPages + 8 * 64);
    m.run(256 * 200);
    EXPECT_EQ(m.reg(1), 256u * 64);
  });
}

TEST(CodeCache, CodeThatChangesAndIsMaintained) {
  at_all_sizes([](FlatMachine& m) {
    // Each turn writes the first instruction of each page, maintains and calls it.
    m.reg(0) = 8;
    m.reg(3) = kRam + kPages;
    m.reg(8) = 0xE2811001;  // add r1, r1, #1
    m.reg(9) = 0xE2811010;  // add r1, r1, #16
    m.code({0xE1A04003,     // mov r4, r3
            0xE3A06028,     // mov r6, #40
            0xE5848000,     // str r8, [r4]
            0xEE074F35,     // mcr p15, 0, r4, c7, c5, 1   ICIMVAU
            0xF57FF04F,     // dsb
            0xF57FF06F,     // isb
            0xE12FFF34,     // blx r4
            0xE2844A01,     // add r4, r4, #0x1000
            0xE2566001,     // subs r6, r6, #1
            0x1AFFFFF7,     // bne -7
            0xE0288009,     // eor r8, r8, r9
            0xE0299008,     // eor r9, r9, r8
            0xE0288009,     // eor r8, r8, r9
            0xE2500001,     // subs r0, r0, #1
            0x1AFFFFF0,     // bne -14
            kLoop});
    for (u32 page = 0; page < 40; ++page) {
      for (u32 n = 0; n < 10; ++n) m.code({0xE2822001, 0xEAFFFFFF}, kPages + page * 0x1000 + 4 + 8 * n);
      m.code({kReturn}, kPages + page * 0x1000 + 4 + 80);
    }
    m.run(8 * 40 * 60);
    EXPECT_EQ(m.reg(0), 0u);
    EXPECT_EQ(m.reg(1), 40u * 4 * 17);
  });
}

TEST(CodeCache, ExceptionsInBetween) {
  at_all_sizes([](FlatMachine& m) {
    m.code({0xE1B0F00E}, 0x1008);  // movs pc, lr
    m.code({0xE25EF004}, 0x1018);  // subs pc, lr, #4
    for (u32 page = 0; page < 50; ++page) {
      const u32 at = kPages + page * 0x1000;
      for (u32 n = 0; n < 6; ++n) m.code({0xE2811001, 0xEF000000, 0xE5132004}, at + 12 * n);  // svc; ldr r2, [r3, #-4]
      m.code({kReturn}, at + 72);
    }
    m.core.state().mask_i = false;
    m.core.state_changed();
    m.reg(0) = 6;
    m.reg(3) = kRam + kPages;
    m.reg(13) = kRam + 0x8000;
    m.code({0xE1A04003,  // mov r4, r3
            0xE3A06032,  // mov r6, #50
            0xE321F01F,  // msr cpsr_c, #System
            0xE12FFF34,  // blx r4
            0xE2844A01,  // add r4, r4, #0x1000
            0xE2566001,  // subs r6, r6, #1
            0x1AFFFFFB,  // bne -3
            0xE2500001,  // subs r0, r0, #1
            0x1AFFFFF6,  // bne -8
            kLoop});
    for (unsigned n = 0; n < 200; ++n) {
      m.core.set_lines(n % 5 == 0, false, false, false);
      m.run(40);
      m.core.set_lines(false, false, false, false);
      m.run(23);
    }
    EXPECT_EQ(m.reg(0), 0u);
    EXPECT_EQ(m.reg(1), 6u * 50 * 6);
  });
}

}  // namespace
}  // namespace hypsim::test

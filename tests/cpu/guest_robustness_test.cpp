// SPDX-License-Identifier: Apache-2.0
// A guest can never crash the simulator: random code on random machines. Each episode is a fresh machine whose memory
// holds random code and random translation tables; its system registers are set at random through the register table,
// as a guest's own writes would set them, and it is started over and over in a random mode and state. What a run does
// is of no interest here; that it comes back, with a state that is one, is.
//
// HYPSIM_ROBUSTNESS_SEED and HYPSIM_ROBUSTNESS_EPISODES replay a single episode, or run for longer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "sim/cpu/pipeline/shared_memory.h"
#include "sim/cpu/sysreg/table.h"
#include "tests/cpu/guest_words.h"
#include "tests/support/flat_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam;
constexpr u32 kRamBytes = 2u << 20;
constexpr u32 kTables = kRam + kRamBytes - 0x40000;  // 256 KB of translation tables at the end
constexpr unsigned kStarts = 40;                     // of one machine
constexpr u64 kStepInsns = 60, kStepCycles = 4000;

u64 setting(const char* name, u64 otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 0) : otherwise;
}

class Episode {
 public:
  Episode(u64 seed, const TimingConfig* timing, SharedMemoryTiming* shared)
      : rng_(seed), m_(kRamBytes, config(timing, shared)), table_kind_(below(rng_, 5)) {
    for (u32 at = 0; at < kRamBytes; at += kPageSize) fill_page(at);
  }

  void run() {
    for (unsigned start = 0; start < kStarts; ++start) {
      random_registers();
      random_state();
      for (unsigned steps = 0; steps < 8; ++steps) {
        m_.core.set_lines(chance(rng_, 20), chance(rng_, 20), chance(rng_, 20), chance(rng_, 20));
        if (chance(rng_, 5)) m_.core.raise_async_abort();
        if (chance(rng_, 20)) m_.core.set_event();
        m_.core.set_step_limit(m_.core.steps() + kStepInsns);
        const StopReason stop = m_.core.run(Cycles(m_.core.now().value + kStepCycles));
        check();
        if (stop == StopReason::VectorAbort || stop == StopReason::DeadLoop) break;
        if (stop == StopReason::Waiting) m_.core.advance_idle(Cycles(m_.core.now().value + 10));
      }
      look_at_it();
    }
  }

  u64 retired() const { return m_.core.retired(); }

 private:
  static CoreConfig config(const TimingConfig* timing, SharedMemoryTiming* shared) {
    CoreConfig c;
    c.timing = timing;
    c.shared_memory = shared;
    c.cbar = 0x2C000000;
    return c;
  }

  /// Code, mostly; tables behind kTables.
  void fill_page(u32 at) {
    const bool tables = kRam + at >= kTables;
    const u32 kind = tables && table_kind_ < 3 ? table_kind_ : below(rng_, 3);
    for (u32 i = 0; i < kPageSize; i += 4) {
      u32 word;
      if (tables) {
        word = chance(rng_, 10) ? any32(rng_)
               : kind == 0      ? short_section()
               : kind == 1      ? short_table()
                                : long_descriptor(i);
      } else {
        word = kind == 0 ? random_thumb(rng_) : random_a32(rng_);
      }
      m_.bus.set_word(kRam + at + i, word);
    }
  }

  u32 in_ram(u32 alignment) { return kRam + below(rng_, kRamBytes / alignment) * alignment; }
  u32 in_tables(u32 alignment) { return kTables + below(rng_, (kRam + kRamBytes - kTables) / alignment) * alignment; }

  /// Sections and supersections onto the RAM, or what is left of the encodings.
  u32 short_section() { return chance(rng_, 80) ? in_ram(1u << 20) | (any32(rng_) & 0x3FFFC) | 2 : any32(rng_); }
  /// First-level tables and second-level pages share an encoding of bits 1:0 that suits neither alone.
  u32 short_table() {
    if (chance(rng_, 50)) return in_tables(1024) | (any32(rng_) & 0x3FC) | 1;
    return in_ram(kPageSize) | (any32(rng_) & 0xFFC) | 2;
  }
  /// Low words: tables, blocks and pages; high words: mostly small.
  u32 long_descriptor(u32 offset) {
    if ((offset & 4) != 0) return chance(rng_, 85) ? 0 : chance(rng_, 50) ? any32(rng_) & 0xFFF00000 : any32(rng_);
    if (chance(rng_, 40)) return in_tables(kPageSize) | 3;
    if (chance(rng_, 50)) return in_ram(kPageSize) | (any32(rng_) & 0xFFC) | 0x403;
    return in_ram(2u << 20) | (any32(rng_) & 0xFFC) | 0x401;
  }

  u64 value_for(const std::string_view name) {
    if (name.find("TTBR") != name.npos) {
      const u64 table = chance(rng_, 85) ? in_tables(0x4000) | (any32(rng_) & 0x7F) : any32(rng_);
      return table | (chance(rng_, 90) ? u64{any32(rng_) & 0xFF} << 48 : rng_() << 32);
    }
    if (name == "DACR" && chance(rng_, 60)) return chance(rng_, 50) ? 0x55555555 : ~u32{0};
    if (name.find("VBAR") != name.npos) return chance(rng_, 90) ? in_ram(32) : any32(rng_);
    const u64 any = rng_();
    switch (below(rng_, 4)) {
      case 0: return any & rng_() & rng_();  // few bits
      case 1: return any | rng_();           // many
      default: return any;
    }
  }

  /// Every writable register, as code in Monitor, Hyp or PL1 mode would write it. Operations (CRn 7 and 8) are left to
  /// the random code, since they may abort, and only an instruction can.
  void random_registers() {
    CpuState& s = m_.core.state();
    const bool all = chance(rng_, 30);
    for (const sysreg::Row* row : sysreg::all_rows()) {
      if (row->write == sysreg::kNobody || !chance(rng_, all ? 90 : 25)) continue;
      if ((row->flags & (sysreg::kTlbMaintenance | sysreg::kCacheMaintenance)) != 0 || row->at.crn == 7 ||
          row->at.crn == 8)
        continue;
      s.switch_mode(Mode::Monitor);
      s.sys.scr = (s.sys.scr & ~1u) | below(rng_, 2);
      hyp::CoprocAccess access;
      access.cp = row->at.cp;
      access.form = row->at.wide ? hyp::CoprocForm::Mcrr : hyp::CoprocForm::Mcr;
      access.opc1 = row->at.opc1;
      access.crn = row->at.crn;
      access.crm = row->at.crm;
      access.opc2 = row->at.opc2;
      u64 value = value_for(row->name);
      sysreg::access(m_.core.services(), row, access, value);
    }
    if (chance(rng_, 40)) {  // no translation at all: code runs longest then
      s.sys.sctlr[Security::Secure] &= ~(1u << sctlr::M);
      s.sys.sctlr[Security::NonSecure] &= ~(1u << sctlr::M);
      s.sys.hsctlr &= ~(1u << sctlr::M);
      s.sys.hcr &= ~(1u << hcr::VM | 1u << hcr::DC);
    }
    for (u64& d : s.d) d = rng_();
  }

  u32 random_cpsr(bool hyp_allowed, bool monitor_allowed) {
    static constexpr Mode kModes[] = {Mode::User,       Mode::User,       Mode::Fiq,   Mode::Irq,
                                      Mode::Supervisor, Mode::Supervisor, Mode::Abort, Mode::Hyp,
                                      Mode::Undefined,  Mode::System,     Mode::Hyp,   Mode::Monitor};
    Mode mode;
    do {
      mode = kModes[below(rng_, std::size(kModes))];
    } while ((mode == Mode::Hyp && !hyp_allowed) || (mode == Mode::Monitor && !monitor_allowed));
    u32 cpsr = (any32(rng_) & ~(psr::M | psr::J | psr::T | psr::E | psr::IT)) | static_cast<u32>(mode);
    if (chance(rng_, 20)) cpsr |= psr::E;
    if (chance(rng_, 45)) {
      cpsr |= psr::T;
      if (chance(rng_, 30)) cpsr |= any32(rng_) & psr::IT;
    }
    return cpsr;
  }

  void random_state() {
    CpuState& s = m_.core.state();
    s.switch_mode(Mode::Monitor);
    for (u32& r : s.bank_sp) r = random_register();
    for (u32& r : s.bank_lr) r = random_register();
    for (u32& r : s.fiq_r8_12) r = random_register();
    for (u32& r : s.spsr) r = chance(rng_, 80) ? random_cpsr(true, chance(rng_, 50)) : any32(rng_);
    s.elr_hyp = random_register();
    if (chance(rng_, 65)) {
      s.sys.scr |= 1u << scr::NS;
    } else {
      s.sys.scr &= ~(1u << scr::NS);
    }
    // By an exception return, which applies the rules for illegal states; then registers of the mode it chose.
    exception_return(s, in_ram(2), chance(rng_, 90) ? random_cpsr(s.sys.scr_ns(), !s.sys.scr_ns()) : any32(rng_));
    for (unsigned n = 0; n < 15; ++n) s.slot[n] = random_register();
    m_.core.state_changed();
  }

  u32 random_register() {
    switch (below(rng_, 8)) {
      case 0: return any32(rng_);
      case 1: return below(rng_, 256);
      case 2: return random_cpsr(true, true);
      default: return in_ram(chance(rng_, 70) ? 8 : 1);
    }
  }

  /// What must hold after any guest code whatever.
  void check() {
    const CpuState& s = m_.core.state();
    ASSERT_TRUE(is_valid_mode(static_cast<u32>(s.mode))) << "mode " << static_cast<u32>(s.mode);
    ASSERT_FALSE(s.mode == Mode::Hyp && !s.sys.scr_ns()) << "Hyp mode in Secure state";
    ASSERT_EQ(s.pc() & (s.thumb ? 1u : 3u), 0u) << "PC";
    ASSERT_TRUE(s.thumb || s.itstate == 0) << "ITSTATE in A32";
    const CycleStack& stack = m_.core.cycle_stack();
    ASSERT_EQ(std::accumulate(stack.begin(), stack.end(), u64{0}), m_.core.now().value);
  }

  /// What debuggers and crash reports ask of a core in any state.
  void look_at_it() {
    u8 bytes[64];
    for (unsigned i = 0; i < 4; ++i) {
      const u32 va = random_register();
      m_.core.debug_read(va, bytes, sizeof bytes);
      if (chance(rng_, 30)) m_.core.debug_write(va, bytes, 8);
    }
    ASSERT_NE(m_.core.register_dump().find("CPSR"), std::string::npos);
    ASSERT_LE(m_.core.taken_exceptions().size(), Core::kHistory);
    for (const sysreg::Row* row : sysreg::all_rows())
      if (chance(rng_, 5)) sysreg::peek(m_.core.services(), *row, m_.core.state().security());
  }

  Rng rng_;
  FlatMachine m_;
  u32 table_kind_;  ///< 0 to 2: every page of tables has the entries of fill_page's kind; else each its own
};

/// Episodes until `insns` instructions have retired.
void robust(u64 first_seed, u64 insns, const TimingConfig* timing) {
  const u64 episodes = setting("HYPSIM_ROBUSTNESS_EPISODES", 0);
  u64 seed = setting("HYPSIM_ROBUSTNESS_SEED", first_seed);
  u64 retired = 0;
  for (u64 n = 0; episodes != 0 ? n < episodes : retired < insns; ++n, ++seed) {
    SCOPED_TRACE(testing::Message() << "HYPSIM_ROBUSTNESS_SEED=" << seed << " HYPSIM_ROBUSTNESS_EPISODES=1");
    if (episodes != 0) std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed));
    std::unique_ptr<SharedMemoryTiming> shared;
    if (timing != nullptr) shared = std::make_unique<SharedMemoryTiming>(*timing);
    Episode episode(seed, timing, shared.get());
    episode.run();
    if (testing::Test::HasFatalFailure()) return;
    retired += episode.retired();
  }
}

TEST(GuestRobustness, Functional) { robust(1, 1'200'000, nullptr); }

TEST(GuestRobustness, Timed) {
  const TimingConfig timing = load_timing_config(HYPSIM_TIMING_FILE, 1700);
  robust(1'000'001, 1'000'000, &timing);
}

}  // namespace
}  // namespace hypsim::test

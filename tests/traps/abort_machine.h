// SPDX-License-Identifier: Apache-2.0
// A bare core with translation tables that hold one planted fault, and one access through them.
#pragma once

#include "tests/support/flat_machine.h"
#include "tests/traps/abort_rules.h"

namespace hypsim::traps {

class AbortMachine {
 public:
  static constexpr u32 kUntouched = 0x5EED0000;  ///< what fault registers hold before
  static constexpr u64 kTableIpa = 0xC0020000;   ///< where stage-1 tables stand that are under test

  struct Planted {
    Place place = Place::NsPl1;
    Stage1 s1;
    Stage2 s2;
    bool scr_ea = false, tge = false, check_alignment = false;
    bool eae = false;         ///< TTBCR.EAE where stage 1 is off
    bool secure_eae = false;  ///< TTBCR.EAE of Secure state, where that is not the state under test
    bool s2_enabled() const { return s2.on && (place == Place::NsPl0 || place == Place::NsPl1); }
    /// The virtual page under test, and stage 1's output for it.
    u32 va() const {
      return s1.format != Format::Off ? 0x80010000 : s1.plant == Plant::External ? 0x20010000 : 0xC0010000;
    }
    u64 ipa() const { return 0xC0010000; }
  };

  AbortMachine() : machine_(1 << 20), watcher_(machine_.core) { machine_.core.set_observer(&watcher_); }

  /// Builds the tables; then run() as often as wanted.
  void prepare(const Planted& setup);
  /// Takes the page after va()'s away, from stage 1 or stage 2, whose leaves must be pages, or has it end where no
  /// memory is.
  void change_next_page(bool stage2, bool nowhere);
  /// Executes `access` with R1 = `va`, or fetches from `va`.
  void run(const Access& access, u32 va);

  bool taken() const { return watcher_.seen; }
  const ExceptionEvent& event() const { return watcher_.event; }
  CpuState& state() { return machine_.core.state(); }
  test::FlatMachine& machine() { return machine_; }
  /// Where in RAM's address space, or outside, exclusive stores will find their reservation. prepare() sets it.
  void set_output(u32 base) { output_ = base; }
  /// The state that run() starts from, for tests that change more than a setup says.
  CpuState start;

 private:
  struct Watcher final : Observer {
    explicit Watcher(Core& c) : core(c) {}
    void exception(const Moment&, const ExceptionEvent& e) override {
      if (seen) return;
      seen = true;
      event = e;
      core.request_stop();
    }
    Core& core;
    ExceptionEvent event{};
    bool seen = false;
  };

  void put32(u32 at, u32 v) { machine_.bus.set_word(at, v); }
  void put64(u32 at, u64 v) {
    put32(at, static_cast<u32>(v));
    put32(at + 4, static_cast<u32>(v >> 32));
  }
  void build_short(const Planted& s);
  void build_long(const Planted& s, u32 top, u32 second, u32 third, unsigned index);
  void build_stage2(const Stage2& s);

  test::FlatMachine machine_;
  Watcher watcher_;
  u32 output_ = 0;
};

}  // namespace hypsim::traps

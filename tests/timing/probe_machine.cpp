// SPDX-License-Identifier: Apache-2.0
#include "tests/timing/probe_machine.h"

#include <stdexcept>

namespace hypsim::test {

namespace {

// Short descriptors: Normal memory, write-back and write-allocate, full access. ARM DDI 0406C B3.5.1
constexpr u32 kSection = 1u << 12 | 3u << 10 | 3u << 2 | 2;
constexpr u32 kDeviceSection = 3u << 10 | 1u << 2 | 2;
constexpr u32 kSmallPage = 1u << 6 | 3u << 4 | 3u << 2 | 2;
constexpr u32 kTable = ProbeMachine::kRam + 0x100000;
constexpr u32 kRegionTables = ProbeMachine::kRam + 0x120000;
constexpr u32 kWalkAttributes = 1u << 6 | 1u << 3;  // TTBR0: walks write-back and write-allocate

CoreConfig core_config(bool timed, const TimingConfig& timing, SharedMemoryTiming& shared) {
  CoreConfig c;
  if (timed) {
    c.timing = &timing;
    c.shared_memory = &shared;
  }
  return c;
}

}  // namespace

ProbeMachine::ProbeMachine(const std::string& elf, bool timed, const TimingConfig& timing)
    : timing_(timing),
      shared_(timing_),
      bus_(kRam, 48 << 20, kDevice, Cycles(timing_.gic_access)),
      counter_(62'500'000, 1'700'000'000),
      timer_(counter_),
      core_(core_config(timed, timing_, shared_), bus_, timer_, cluster_),
      second_(core_config(timed, timing_, shared_), bus_, timer_, cluster_),
      image_(load_elf(elf)) {
  for (const auto& segment : image_.segments)
    std::memcpy(bus_.ram().at(segment.base.value, static_cast<u32>(segment.bytes.size())), segment.bytes.data(),
                segment.bytes.size());
  make_tables();
  start(core_);
  start(second_);
}

void ProbeMachine::start(Core& core) {
  auto& s = core.state();
  s.sys.scr = 1u << scr::NS | 1u << scr::HCE;
  s.sys.ttbr0[Security::NonSecure] = kTable | kWalkAttributes;
  s.sys.dacr[Security::NonSecure] = 1;
  s.sys.sctlr[Security::NonSecure] |= 1u << sctlr::M | 1u << sctlr::C | 1u << sctlr::Z | 1u << sctlr::I;
  s.sys.hsctlr |= 1u << sctlr::I;
  s.sys.nsacr = 3u << 10;  // CP10 and CP11
  s.sys.cpacr = 0xFu << 20;
  s.sys.fpexc = 1u << 30;
  s.sys.hvbar = image_.symbols.address_of("hyp_vectors").value();
  s.switch_mode(Mode::Supervisor);
  core.state_changed();
}

void ProbeMachine::make_tables() {
  FlatBus& ram = bus_.ram();
  for (u32 mb = 0; mb < 48; ++mb) {
    const u32 pa = kRam + (mb << 20);
    ram.set_word(kTable + 4 * (pa >> 20), pa | kSection);
  }
  ram.set_word(kTable + 4 * (kDevice >> 20), kDevice | kDeviceSection);
  for (u32 page = 0; page < 1024; ++page) {
    const u32 table = kPageTables + 1024 * (page / 256);
    ram.set_word(kTable + 4 * ((kPages >> 20) + page / 256), table | 1);
    ram.set_word(table + 4 * (page % 256), (kLarge + page * kPageSize) | kSmallPage);
    const u32 region = page / 32, region_table = kRegionTables + 1024 * region;
    ram.set_word(kTable + 4 * ((kRegions >> 20) + region), region_table | 1);
    ram.set_word(region_table + 4 * (page % 32), (kLarge + page * kPageSize) | kSmallPage);
  }
}

void ProbeMachine::enter_guest(const char* vectors) {
  // Stage 2, long descriptors: Normal memory, read and write, access flag set. ARM DDI 0406C B3.6.2
  constexpr u32 kStage2 = kRam + 0x128000, kBlock = 1u << 10 | 3u << 8 | 3u << 6 | 0xFu << 2 | 1;
  for (u32 gb = 0; gb < 4; ++gb) {
    bus_.ram().set_word(kStage2 + 8 * gb, gb << 30 | kBlock);
    bus_.ram().set_word(kStage2 + 8 * gb + 4, 0);
  }
  auto& s = core_.state();
  s.sys.vtcr = 1u << 31 | 1u << 6 | 3u << 12 | 1u << 10 | 1u << 8;  // start at level 1, walks write-back
  s.sys.vttbr = u64{1} << 48 | kStage2;
  s.sys.hcr |= 1;
  s.sys.hvbar = image_.symbols.address_of(vectors).value();
  core_.state_changed();
}

ProbeMachine::Run ProbeMachine::run_on(Core& core, const char* symbol, u32 turns, u32 r1, u32 r3) {
  auto& s = core.state();
  s.slot[0] = turns;
  s.slot[1] = r1;
  s.slot[2] = 0x12345;
  s.slot[3] = r3;
  s.slot[14] = image_.symbols.address_of("stop").value();
  core.set_pc(image_.symbols.address_of(symbol).value());
  const u64 start = core.now().value;
  const u64 missed = core.timing_model() != nullptr ? core.timing_model()->pmu_event(0x10) : 0;
  if (core.run(Cycles(~u64{0})) != StopReason::DeadLoop)
    throw std::runtime_error(std::string(symbol) + " did not come to its end");
  return {core.now().value - start, core.timing_model() != nullptr ? core.timing_model()->pmu_event(0x10) - missed : 0};
}

double ProbeMachine::slope(const char* symbol, u32 turns, u32 r1, u32 r3) {
  // The predictor has to have seen both ends, or the difference would hold what they surprise it with.
  for (unsigned warm = 0; warm < 2; ++warm) run(symbol, turns * (1 + warm), r1, r3);
  const u64 once = run(symbol, turns, r1, r3).cycles;
  const u64 twice = run(symbol, 2 * turns, r1, r3).cycles;
  return (static_cast<double>(twice) - static_cast<double>(once)) / turns;
}

void ProbeMachine::ring(const std::vector<Place>& places) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    const u32 next = places[(i + 1) % places.size()].va;
    std::memcpy(bus_.ram().at(places[i].pa, 4), &next, 4);
  }
}

}  // namespace hypsim::test

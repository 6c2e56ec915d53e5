// SPDX-License-Identifier: Apache-2.0
#include "tests/timing/probes.h"

#include <fmt/format.h>

#include <cmath>

#include "tests/timing/probe_machine.h"

namespace hypsim::test {

namespace {

using Place = ProbeMachine::Place;

constexpr u32 kTurns = 4096;
constexpr const char* k7Cpu = "7-cpu.com, Exynos 5250 at 1.7 GHz";
constexpr const char* kTi = "TI AM572x, lmbench at 1.5 GHz";
constexpr const char* kGcc = "GCC cortex-a15.md";

/// One line in each of 1024 pages, no two in one L2 set: misses L1D, hits L2.
u32 line_of(u32 page) { return page / 16 % 64 * 64; }

struct Prober {
  const std::string& elf;
  std::vector<Probe> probes{};

  double slope(const char* symbol, u32 turns, u32 r1 = 0, u32 r3 = 0) const {
    return ProbeMachine(elf, true).slope(symbol, turns, r1, r3);
  }
  /// Cycles a load of a chain through `places`.
  double chase(const std::vector<Place>& places, u32 turns) const {
    ProbeMachine machine(elf, true);
    machine.ring(places);
    return machine.slope("chase", turns, places[0].va) / 8;
  }
  /// Cycles a load of 1024 lines, each once in an order without order.
  double scattered() const {
    ProbeMachine machine(elf, true);
    const u32 table = ProbeMachine::kDense + 0x20000;
    u32 line = 1;
    for (u32 i = 0; i < 1024; ++i) {
      machine.ram().set_word(table + 4 * i, line * 64);
      line = (line * 5 + 167) & 1023;  // visits all
    }
    return machine.slope("scattered", 8, ProbeMachine::kDense, table) / 1024;
  }
  void input(const char* name, double model, double published, const char* source) {
    probes.push_back({name, model, published, source, Evidence::Input});
  }
  void compared(const char* name, double model, double published, const char* source) {
    probes.push_back({name, model, published, source, Evidence::Compared});
  }
  void calibrated(const char* name, double model, std::optional<double> published, const char* source) {
    probes.push_back({name, model, published, source, Evidence::Calibrated});
  }
  void unpublished(const char* name, double model) { probes.push_back({name, model, {}, "-", Evidence::None}); }

  void memory();
  void coherence();
  void translation();
  void arithmetic();
  void floating_point();
  void control();
  void system();
};

void Prober::memory() {
  const auto dense = [](u32 lines) {
    std::vector<Place> places;
    for (u32 i = 0; i < lines; ++i) places.push_back({ProbeMachine::kDense + i * 64, ProbeMachine::kDense + i * 64});
    return places;
  };
  const double l1 = chase({{ProbeMachine::kDense, ProbeMachine::kDense}}, kTurns);
  input("load to use, L1D hit", l1, 4, k7Cpu);
  {
    ProbeMachine machine(elf, true);
    machine.ring({{ProbeMachine::kDense, ProbeMachine::kDense}});
    input("load multiple of 4 words to use", machine.slope("chase_multiple", kTurns, ProbeMachine::kDense) / 8, 5,
          kGcc);
  }
  const u32 crossing = ProbeMachine::kDense + 0x3E;
  input("load across a 64-byte line, on top", chase({{crossing, crossing}}, kTurns) - l1, 1, k7Cpu);
  input("load to use, L2 hit", chase(dense(1024), 512), 21, k7Cpu);
  std::vector<Place> large, other_rows;
  const u32 row = a15_timing().dram_row_bytes, banks = a15_timing().dram_banks;
  for (u32 i = 0; i < 262144; ++i) {
    const u32 va = ProbeMachine::kLarge + i * 64, n = i * 64 / row;
    large.push_back({va, va});
    // A line of a row, one of another row of its bank, the next line of the first: the TLB has both pages.
    const u32 other = va + row * (banks - 1);
    if (n % banks != 0 && n / banks % 2 == 0) other_rows.insert(other_rows.end(), {{va, va}, {other, other}});
  }
  input("load to use, DRAM, another row each time (21 cycles + 110 ns)", chase(other_rows, 32768), 21 + 187, k7Cpu);
  unpublished("load to use, DRAM, the same row", chase(large, 32768));
  input("independent loads from L2, a line each",
        slope("stream", 1024, ProbeMachine::kDense, ProbeMachine::kDense + 65536) / 8, 8, k7Cpu);
  compared("independent loads from L2, random lines", scattered(), 9, k7Cpu);
  unpublished("load and store of a line each, in L2",
              slope("stream_update", 1024, ProbeMachine::kDense, ProbeMachine::kDense + 65536) / 8);
  unpublished("independent loads from DRAM, a line each", slope("stream", 16384, ProbeMachine::kLarge, ~0u) / 8);
  unpublished("load and store of a line each, in DRAM", slope("stream_update", 16384, ProbeMachine::kLarge, ~0u) / 8);
  unpublished("store and load of the same word, dependent", slope("store_to_load", kTurns, ProbeMachine::kDense) / 8);
  unpublished("load and store, the store's address made of what was loaded",
              slope("load_behind_store", kTurns, ProbeMachine::kDense) / 8);
  unpublished("load of a line from DRAM, 16 that hit behind it",
              slope("misses_and_hits", 16384, ProbeMachine::kLarge) / 4);
  unpublished("stores, a line each, in L2",
              slope("store_lines", 1024, ProbeMachine::kDense, ProbeMachine::kDense + 65536) / 8);
  unpublished("stores, a line each, in DRAM", slope("store_lines", 16384, ProbeMachine::kLarge, ~0u) / 8);
}

void Prober::coherence() {
  constexpr u32 kLines = 64, turns = kLines / 8;
  ProbeMachine machine(elf, true);
  std::vector<Place> ring;
  for (u32 i = 0; i < kLines; ++i) ring.push_back({ProbeMachine::kDense + i * 64, ProbeMachine::kDense + i * 64});
  machine.ring(ring);
  const auto cost = [&](const char* probe, const char* others) {
    // The end of a run may still have something under way: the next one pays for it.
    constexpr unsigned kWarm = 8, kRuns = 16;
    u64 cycles = 0;
    for (unsigned run = 0; run < kWarm + kRuns; ++run) {
      if (others != nullptr) machine.run_second(others, turns, ProbeMachine::kDense, ~0u);
      const u64 spent = machine.run(probe, turns, ProbeMachine::kDense, ~0u).cycles;
      if (run >= kWarm) cycles += spent;
    }
    return static_cast<double>(cycles) / kRuns / kLines;
  };
  const double hit = cost("chase", nullptr), posted = cost("store_lines_and_wait", nullptr);
  unpublished("load to use, another core has written the line", cost("chase", "store_lines") - hit + 4);
  unpublished("store and DSB, another core has read the line, on top", cost("store_lines_and_wait", "chase") - posted);
  unpublished("store and DSB, another core has written the line, on top",
              cost("store_lines_and_wait", "store_lines") - posted);
}

void Prober::translation() {
  std::vector<Place> near, pages, regions, packed;
  for (u32 i = 0; i < 64; ++i)
    near.push_back({ProbeMachine::kDense + i * (kPageSize + 64), ProbeMachine::kDense + i * (kPageSize + 64)});
  for (u32 i = 0; i < 1024; ++i) {
    packed.push_back({ProbeMachine::kDense + i * 64, ProbeMachine::kDense + i * 64});
    pages.push_back(
        {ProbeMachine::kPages + i * kPageSize + line_of(i), ProbeMachine::kLarge + i * kPageSize + line_of(i)});
    const u32 region = i % 32, page = i / 32, k = region * 32 + page;
    regions.push_back({ProbeMachine::kRegions + (region << 20) + page * kPageSize + line_of(k),
                       ProbeMachine::kLarge + k * kPageSize + line_of(k)});
  }
  const double l1 = chase({{ProbeMachine::kDense, ProbeMachine::kDense}}, kTurns);
  const double l2 = chase(packed, 512), walked = chase(pages, 512);
  input("L1 TLB miss, L2 TLB hit, on top", chase(near, 512) - l1, 12, k7Cpu);
  unpublished("independent L1 TLB misses, L2 TLB hits",
              slope("pages", 1024, ProbeMachine::kDense, ProbeMachine::kDense + 64 * (kPageSize + 64)) / 8);
  input("L2 TLB miss, descriptor in L2, on top", walked - l2, 30, k7Cpu);
  compared("miss of the walk cache too, on top of that", chase(regions, 512) - walked, 20, k7Cpu);
  const u32 scratch = ProbeMachine::kDense;
  compared("walk that reaches DRAM (100 ns), on top",
           slope("cold_walk", kTurns, ProbeMachine::kPages, ProbeMachine::kPageTables) -
               slope("cold_walk", kTurns, ProbeMachine::kPages, scratch),
           170, k7Cpu);
}

void Prober::arithmetic() {
  compared("add, dependent", slope("alu_chain", kTurns) / 24, 1.0, kTi);
  input("add, independent", slope("alu_independent", kTurns) / 30, 0.5, "GCC cortex-a15.md: two pipes");
  input("add with a constant shift, dependent", slope("alu_shift_chain", kTurns) / 24, 2, kGcc);
  input("add with a register shift, dependent", slope("alu_shift_register_chain", kTurns) / 12, 2, kGcc);
  compared("MUL, dependent", slope("mul_chain", kTurns) / 16, 3.1, kTi);
  input("MUL, independent", slope("mul_independent", kTurns) / 20, 1, "GCC cortex-a15.md: one multiplier");
  input("MLA, dependent by the sum", slope("mla_chain", kTurns) / 16, 3, kGcc);
  input("SMULL, dependent", slope("smull_chain", kTurns) / 16, 4, kGcc);
  input("UDIV, dependent", slope("udiv_chain", kTurns) / 8, 9, kGcc);
  unpublished("UDIV, independent", slope("udiv_independent", kTurns) / 8);
  unpublished("MUL, dependent, in another register and block each", slope("chain_through_blocks", kTurns) / 16);
  unpublished("MUL, a chain of 32 in four blocks before a CP15 read", slope("chain_run_once", kTurns) / 32);
  unpublished("SMULL, ADD and two moves, a ring of three registers", slope("ring_of_three", kTurns) / 6);
  unpublished("LDR, MUL, MUL, ADD, STR, a chain anew each turn",
              slope("overlapping_turns", kTurns, ProbeMachine::kDense));
  unpublished("16 MULs in a chain anew each turn, 30 ADDs beside it, a turn", slope("chain_and_work", kTurns));
  compared("SDIV, dependent", slope("sdiv_chain", kTurns) / 8, 10, kGcc);
}

void Prober::floating_point() {
  constexpr const char* kGccNeon = "GCC cortex-a15-neon.md";
  constexpr const char* kDivision = "GCC cortex-a15-neon.md: as the division, which TI measured";
  const auto chain = [this](const char* symbol) { return slope(symbol, kTurns) / 8; };
  input("VADD.F32, dependent", chain("vadd_chain_f32"), 5.0, kTi);
  input("VADD.F64, dependent", chain("vadd_chain_f64"), 5.0, kTi);
  input("VADD.F32, independent", slope("vadd_independent", kTurns) / 20, 0.5, "GCC cortex-a15-neon.md: two pipes");
  input("VMUL.F32, dependent", chain("vmul_chain_f32"), 6.0, kTi);
  input("VMUL.F64, dependent", chain("vmul_chain_f64"), 6.0, kTi);
  unpublished("VMUL.F64, independent", slope("vmul_independent", kTurns) / 20);
  input("VMLA.F32, dependent by the sum", chain("vmla_chain_f32"), 6, kGccNeon);
  input("VMLA.F64, dependent by the sum", chain("vmla_chain_f64"), 11, kGccNeon);
  input("VDIV.F32, dependent", chain("vdiv_chain_f32"), 18.0, kTi);
  input("VDIV.F64, dependent", chain("vdiv_chain_f64"), 32, kTi);
  input("VSQRT.F32, dependent", chain("vsqrt_chain_f32"), 18.0, kDivision);
  input("VSQRT.F64, dependent", chain("vsqrt_chain_f64"), 32, kDivision);
}

void Prober::control() {
  ProbeMachine random(elf, true), steady(elf, true);
  random.run("branches", 1000, 0, 1);
  steady.run("branches", 1000, 0, 0);
  const auto a = random.run("branches", 20000, 0, 1), b = steady.run("branches", 20000, 0, 0);
  compared("mispredicted branch, on top",
           static_cast<double>(a.cycles - b.cycles) / static_cast<double>(a.mispredictions - b.mispredictions), 16,
           "LLVM Cortex-A57 model, the nearest published");
  unpublished("call and return, predicted", (slope("call_return", kTurns) - slope("empty", kTurns)) / 4);
}

void Prober::system() {
  const double empty = slope("empty", kTurns);
  calibrated("HVC and ERET, nothing between", slope("hypercall", kTurns) - empty, 27, "ASPLOS 2014 trap row");
  calibrated("CP15 read", slope("read_cp15", kTurns) / 8, {}, "from the v9 hypercall row");
  calibrated("CP15 write", slope("write_cp15", kTurns) / 8, {}, "from the v9 hypercall row");
  calibrated("banked register read", slope("read_banked", kTurns) / 8, {}, "from the v9 hypercall row");
  calibrated("device read, GIC frame", slope("device_read", kTurns, ProbeMachine::kDevice) / 4, {},
             "from the vgic hypercall row");
  unpublished("4 device writes and DSB, GIC frame", slope("device_write", kTurns, ProbeMachine::kDevice));
  unpublished("ISB", slope("isb_only", kTurns) / 8);
  unpublished("DSB, nothing outstanding", slope("dsb_only", kTurns) / 8);
  unpublished("DMB", slope("dmb_only", kTurns) / 8);
  unpublished("TLBIMVA", slope("tlb_flush", kTurns) / 8);
}

const char* text_of(Evidence e) {
  switch (e) {
    case Evidence::Input: return "input, reproduced";
    case Evidence::Compared: return "evidence";
    case Evidence::Calibrated: return "calibrated";
    case Evidence::None: return "no published value";
  }
  return "";
}

}  // namespace

std::optional<long> Probe::error_permille() const {
  if (!published) return {};
  return std::lround((model - *published) / *published * 1000);
}

std::vector<Probe> run_probes(const std::string& elf) {
  Prober prober{elf};
  prober.memory();
  prober.coherence();
  prober.translation();
  prober.arithmetic();
  prober.floating_point();
  prober.control();
  prober.system();
  return std::move(prober.probes);
}

std::string probe_table(const std::vector<Probe>& probes) {
  std::string out =
      "| Operation | Model, cycles | Published | Error | Source of the published value | Stands as "
      "|\n|---|---:|---:|---:|---|---|\n";
  for (const Probe& p : probes) {
    const auto error = p.error_permille();
    out += fmt::format(
        "| {} | {:.1f} | {} | {} | {} | {} |\n", p.name, p.model, p.published ? fmt::format("{:g}", *p.published) : "-",
        error ? fmt::format("{:+.1f} %", static_cast<double>(*error) / 10) : "-", p.source, text_of(p.evidence));
  }
  return out;
}

}  // namespace hypsim::test

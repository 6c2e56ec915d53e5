// SPDX-License-Identifier: Apache-2.0
// Runs random sequences on two cores at once, one with the interpreter and one with the code generator, and compares
// registers, time and its resources every few instructions, and memory at the end. Functional and timed mode.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "sim/cpu/pipeline/shared_memory.h"
#include "sim/cpu/pipeline/timing_config.h"
#include "tests/differential/generator.h"
#include "tests/differential/image.h"
#include "tests/support/end_port.h"
#include "tests/support/flat_machine.h"

namespace hypsim::fuzz {

namespace {

struct Machine {
  Machine(const Image& image, const CoreConfig& config)
      : bus(FUZZ_RAM, FUZZ_RAM_SIZE),
        counter(62'500'000, 1'000'000'000),
        timer(counter),
        core(config, bus, timer, cluster) {
    std::memcpy(bus.at(FUZZ_RAM, 1), image.bytes.data(), image.bytes.size());
    core.set_semihosting(&end);
    core.state().switch_mode(Mode::Supervisor);
    core.set_pc(FUZZ_RAM);
  }
  StopReason run(u64 limit) {
    core.set_step_limit(limit);
    return core.run(Cycles(~u64{0}));
  }

  test::FlatBus bus;
  SystemCounter counter;
  GenericTimer timer;
  test::NoCluster cluster;
  test::EndPort end;
  Core core;
};

/// What differs between two cores; empty if nothing does.
std::string difference(const Machine& a, const Machine& b) {
  const CpuState& x = a.core.state();
  const CpuState& y = b.core.state();
  std::string text;
  const auto compare = [&text](const std::string& name, u64 m, u64 n) {
    if (m != n) text += fmt::format("  {}: {:#x} interpreted, {:#x} generated\n", name, m, n);
  };
  for (unsigned r = 0; r <= ir::kPc; ++r) compare(fmt::format("R{}", r), x.slot[r], y.slot[r]);
  compare("CPSR", x.cpsr(), y.cpsr());
  compare("instructions", a.core.retired(), b.core.retired());
  compare("cycles", a.core.now().value, b.core.now().value);
  for (unsigned i = 0; i < kResources; ++i)
    compare(resource_name(static_cast<Resource>(i)), a.core.cycle_stack()[i], b.core.cycle_stack()[i]);
  for (unsigned i = 0; i < 32; ++i) compare(fmt::format("D{}", i), x.d[i], y.d[i]);
  compare("monitor", x.monitor.exclusive, y.monitor.exclusive);
  compare("DFSR", x.sys.dfsr[Security::Secure], y.sys.dfsr[Security::Secure]);
  compare("DFAR", x.sys.dfar[Security::Secure], y.sys.dfar[Security::Secure]);
  return text;
}

/// Tests whose instructions never end stop a run early; the machines must agree on that too.
bool agree(Kind kind, u64 seed, u64 first, u32 count, const std::vector<u8>& runtime, const TimingConfig* timing,
           u32 hot) {
  const Generator generator(kind, seed);
  std::vector<Sequence> sequences;
  for (u32 i = 0; i < count; ++i) {
    sequences.push_back(generator.make(first + i));
    sequences.back().slot = i;
  }
  const Image image = build_image(kind, seed, sequences, runtime);

  CoreConfig config;
  config.timing = timing;
  std::unique_ptr<SharedMemoryTiming> shared_a, shared_b;
  if (timing != nullptr) {
    shared_a = std::make_unique<SharedMemoryTiming>(*timing);
    shared_b = std::make_unique<SharedMemoryTiming>(*timing);
  }
  config.shared_memory = shared_a.get();
  const auto a = std::make_unique<Machine>(image, config);
  config.shared_memory = shared_b.get();
  config.generate_code = true;
  config.hot_visits = hot;
  const auto b = std::make_unique<Machine>(image, config);

  constexpr u64 kEndless = 200'000;  // many times what a test takes with its runtime
  Random steps(seed, first);
  u32 index = 0;
  u64 index_since = 0;
  while (true) {
    const u64 limit = a->core.retired() + 1 + steps.below(steps.chance(5) ? 2000 : 60);
    const u64 before = a->core.retired();
    const u32 pc = a->core.state().pc();
    const StopReason stop = a->run(limit);
    const StopReason other = b->run(limit);
    std::string text = difference(*a, *b);
    if (stop != other)
      text +=
          fmt::format("  stop reason: {} interpreted, {} generated\n", static_cast<int>(stop), static_cast<int>(other));
    if (!text.empty()) {
      fmt::print(stderr, "seed {}, tests {}..{}, {}, hot after {}: test {}, from {:#x}, {} to {} instructions\n{}",
                 seed, first, first + count - 1, timing ? "timed" : "functional", hot,
                 first + a->bus.word(FUZZ_PARAMETERS + PARAM_INDEX), pc, before, a->core.retired(), text);
      const u32 at = a->bus.word(FUZZ_PARAMETERS + PARAM_INDEX);
      for (const u32 i : {at - 1, at}) {
        if (i >= count) continue;
        for (const Insn& insn : sequences[i].insns) {
          const isa::Line* line = find_line(sequences[i].isa, insn.word, insn.length);
          fmt::print(stderr, "  test {}: {:0{}x} {}\n", first + i, insn.word, 2 * insn.length, line ? line->name : "?");
        }
      }
      return false;
    }
    if (stop != StopReason::InsnLimit) break;
    const u32 now = a->bus.word(FUZZ_PARAMETERS + PARAM_INDEX);
    if (now != index) {
      index = now;
      index_since = a->core.retired();
    } else if (a->core.retired() - index_since > kEndless) {
      break;
    }
  }
  if (std::memcmp(a->bus.at(FUZZ_RAM, 1), b->bus.at(FUZZ_RAM, 1), FUZZ_RAM_SIZE) != 0) {
    fmt::print(stderr, "seed {}, tests {}..{}, hot after {}: memory differs at the end\n", seed, first,
               first + count - 1, hot);
    return false;
  }
  return true;
}

}  // namespace

}  // namespace hypsim::fuzz

int main(int argc, char** argv) {
  using namespace hypsim;
  CLI::App app{"Compares the interpreter with the code generator on random sequences."};
  u64 seed = 1;
  u32 tests = 1000;
  app.add_option("--seed", seed, "of the sequences")->capture_default_str();
  app.add_option("--tests", tests, "sequences of each kind")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  std::ifstream in(HYPSIM_FUZZ_RUNTIME, std::ios::binary);
  const std::vector<u8> runtime((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const TimingConfig timing = load_timing_config(HYPSIM_TIMING_FILE, 1700);
  constexpr u32 kBatch = 250;
  u64 runs = 0;
  for (const fuzz::Kind kind : {fuzz::Kind::A32, fuzz::Kind::Thumb, fuzz::Kind::Memory, fuzz::Kind::Simd,
                                fuzz::Kind::System, fuzz::Kind::Stage2, fuzz::Kind::Pages}) {
    for (u32 first = 0; first < tests; first += kBatch) {
      const u32 count = std::min(kBatch, tests - first);
      // Compiled at once, soon (so that both engines mix), and as by default.
      const u32 hot = (first / kBatch) % 3 == 0 ? 1 : (first / kBatch) % 3 == 1 ? 3 : CoreConfig{}.hot_visits;
      for (const TimingConfig* mode : {static_cast<const TimingConfig*>(nullptr), &timing}) {
        if (!fuzz::agree(kind, seed, first, count, runtime, mode, hot)) return 1;
        ++runs;
      }
    }
  }
  fmt::print("engines agree: {} sequences of each kind in {} runs\n", tests, runs);
}

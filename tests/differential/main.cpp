// SPDX-License-Identifier: Apache-2.0
// Random instruction sequences on hypsim and on QEMU: registers, flags, banks, fault registers and memory compared.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/differential/generator.h"
#include "tests/differential/report.h"

namespace {

using namespace hypsim;
using namespace hypsim::fuzz;

struct Options {
  u64 seed = 1;
  u64 first = 0;
  u64 count = 1000;
  u64 instructions = 0;
  unsigned max_failures = 5;
  bool list = false;
  bool everything = false;
  Kind kind = Kind::A32;
  std::string runtime = HYPSIM_FUZZ_RUNTIME;
  std::string qemu = HYPSIM_FUZZ_QEMU;
};

struct Totals {
  u64 sequences = 0, instructions = 0, endless = 0, failures = 0;
  std::array<u64, 32> ends{};  ///< by vector
  std::map<std::string, u64> explained;
};

std::vector<u8> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Instructions of the runtime round a test: measured with sequences of no instruction but SVC.
class RuntimeCost {
 public:
  RuntimeCost(Kind kind, std::span<const u8> runtime) {
    const u64 one = measure(kind, runtime, 1), many = measure(kind, runtime, 17);
    each_ = (many - one) / 16;
    once_ = one - each_;
  }
  u64 of(u64 tests) const { return once_ + each_ * tests; }

 private:
  static u64 measure(Kind kind, std::span<const u8> runtime, u32 tests) {
    std::vector<Sequence> sequences(tests);
    for (auto& s : sequences) s.cpsr = 0x1D0;
    return run_on_hypsim(build_image(kind, 0, sequences, runtime)).retired - tests;
  }
  u64 once_ = 0, each_ = 0;
};

/// Runs one batch; a sequence that does not end is emptied, and the batch run again.
void run_batch(const Bench& bench, const RuntimeCost& cost, const Options& options, std::vector<Sequence> sequences,
               Totals& totals) {
  Image image;
  Outcome ours;
  while (true) {
    image = build_image(bench.kind, bench.seed, sequences, bench.runtime);
    ours = run_on_hypsim(image);
    if (!ours.endless) break;
    if (*ours.endless >= sequences.size()) throw std::runtime_error("hypsim does not get through the runtime");
    if (sequences[*ours.endless].insns.empty())
      throw std::runtime_error(
          fmt::format("test {} does not end on hypsim although it is empty", sequences[*ours.endless].number));
    sequences[*ours.endless].insns.clear();
    ++totals.endless;
  }
  const Outcome theirs = bench.qemu.run(image);
  totals.sequences += sequences.size();
  // What handlers execute is not counted; the way out of Hyp mode is longer than the one that RuntimeCost measures.
  constexpr u64 kEndInHyp = 11;
  u64 outside = cost.of(sequences.size());
  for (const Record& record : ours.records) outside += record.at(REC_RETURNS) + (record.kind() > 7 ? kEndInHyp : 0);
  totals.instructions += ours.retired > outside ? ours.retired - outside : 0;
  if (theirs.records.empty()) {
    if (sequences.size() == 1) {
      ++totals.failures;
      fmt::print("test {} ends on hypsim but not on QEMU\n", sequences[0].number);
      return;
    }
    // Somewhere in here: look into both halves.
    const auto middle = sequences.begin() + static_cast<std::ptrdiff_t>(sequences.size() / 2);
    run_batch(bench, cost, options, {sequences.begin(), middle}, totals);
    run_batch(bench, cost, options, {middle, sequences.end()}, totals);
    return;
  }
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    ++totals.ends[ours.records[i].kind() & 31];
    if (ours.records[i] == theirs.records[i]) continue;
    if (const auto* rule = explained(sequences[i], ours.records[i], theirs.records[i])) {
      ++totals.explained[rule->reason];
      continue;
    }
    if (++totals.failures <= options.max_failures)
      fmt::print("{}\n",
                 describe(bench, sequences[i], minimise(bench, sequences[i]), ours.records[i], theirs.records[i]));
  }
}

Totals run(const Options& options) {
  const Generator generator(options.kind, options.seed);
  if (options.list) {
    for (u64 number = options.first; number < options.first + options.count; ++number)
      fmt::print("test {}\n{}\n\n", number, listing(generator.make(number)));
    return {};
  }
  const auto runtime = read_file(options.runtime);
  Qemu qemu(options.qemu);
  const Bench bench{options.kind, options.seed, qemu, runtime};
  const RuntimeCost cost(options.kind, runtime);

  Totals totals;
  const u64 batch = batch_size(options.kind);
  u64 number = options.first;
  const auto enough = [&] {
    return options.instructions != 0 ? totals.instructions >= options.instructions
                                     : number >= options.first + options.count;
  };
  while (!enough()) {
    u64 end = (number / batch + 1) * batch;
    if (options.instructions == 0) end = std::min(end, options.first + options.count);
    std::vector<Sequence> sequences;
    for (; number < end; ++number) sequences.push_back(generator.make(number));
    run_batch(bench, cost, options, std::move(sequences), totals);
  }

  fmt::print("{}, seed {}: {} sequences, {} instructions executed and compared, {} different\n", name_of(options.kind),
             options.seed, totals.sequences, totals.instructions, totals.failures);
  fmt::print("  ended by Undefined {}, SVC {}, Prefetch Abort {}, Data Abort {}\n", totals.ends[kUndefined],
             totals.ends[kSvc], totals.ends[kPrefetchAbort], totals.ends[kDataAbort]);
  if (totals.endless != 0) fmt::print("  {} sequences left out: endless loops\n", totals.endless);
  u64 in_hyp = 0;
  for (unsigned vector = 8; vector < totals.ends.size(); ++vector) in_hyp += totals.ends[vector];
  if (in_hyp != 0) fmt::print("  ended in Hyp or Monitor mode: {}\n", in_hyp);
  for (const auto& [reason, count] : totals.explained) fmt::print("  {} known differences: {}\n", count, reason);
  std::fflush(stdout);
  return totals;
}

/// Every kind with its share of the instructions, in percent.
int run_everything(Options options) {
  static constexpr std::pair<Kind, u32> kShares[] = {{Kind::A32, 20},  {Kind::Thumb, 20},  {Kind::Memory, 8},
                                                     {Kind::Simd, 22}, {Kind::System, 15}, {Kind::Stage2, 3},
                                                     {Kind::Pages, 12}};
  const u64 wanted = options.instructions;
  u64 instructions = 0, failures = 0;
  for (const auto& [kind, share] : kShares) {
    options.kind = kind;
    options.instructions = std::max<u64>(1, wanted * share / 100);
    const Totals totals = run(options);
    instructions += totals.instructions;
    failures += totals.failures;
  }
  fmt::print("everything: {} instructions executed and compared, {} sequences different\n", instructions, failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Runs random instruction sequences on hypsim and on QEMU and compares what they leave behind."};
  const std::map<std::string, Kind> kinds{{"a32", Kind::A32},    {"thumb", Kind::Thumb},   {"memory", Kind::Memory},
                                          {"simd", Kind::Simd},  {"system", Kind::System}, {"stage2", Kind::Stage2},
                                          {"pages", Kind::Pages}};
  app.add_option("--isa", options.kind,
                 "a32, thumb, memory (both sets against random translation tables), simd, system, stage2 or pages "
                 "(code across page ends)")
      ->transform(CLI::CheckedTransformer(kinds));
  app.add_option("--seed", options.seed, "seed");
  app.add_option("--first", options.first, "number of the first test");
  app.add_option("--count", options.count, "number of tests");
  app.add_option("--instructions", options.instructions, "run whole batches until so many instructions were executed");
  app.add_option("--max-failures", options.max_failures, "failures to minimise and print");
  app.add_flag("--everything", options.everything, "all kinds, which share --instructions");
  app.add_flag("--list", options.list, "print the tests and run nothing");
  app.add_option("--qemu", options.qemu, "qemu-system-arm");
  CLI11_PARSE(app, argc, argv);
  try {
    return options.everything ? run_everything(options) : run(options).failures == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "differential_fuzz: {}\n", error.what());
    return 2;
  }
}

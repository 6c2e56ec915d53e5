// SPDX-License-Identifier: Apache-2.0
// The cross-check: every class of encodings x trap controls x modes on hypsim and on QEMU; each difference must have a
// reason.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>

#include "firmware/traps/engine.h"
#include "tests/traps-qemu/differences.h"
#include "tests/traps-qemu/machines.h"

namespace {

using namespace hypsim;
using namespace hypsim::cross;

struct Options {
  std::string image = HYPSIM_CROSS_IMAGE;
  std::string qemu = HYPSIM_CROSS_QEMU;
  unsigned max_failures = 20;
  bool list = false;
  std::size_t first = 0, count = ~std::size_t{0};
};

// The mode, A, I, F, T and E bits; flags are the instruction's.
constexpr u32 kPsrBits = 0x3FF;

bool taken_to_hyp(const CrossResult& r) { return (r.vector & 0xF00) == WORLD_HYP; }

bool same(const CrossResult& a, const CrossResult& b) {
  return a.vector == b.vector && a.return_address == b.return_address && ((a.cpsr ^ b.cpsr) & kPsrBits) == 0 &&
         ((a.spsr ^ b.spsr) & kPsrBits) == 0 && (!taken_to_hyp(a) || a.hsr == b.hsr);
}

std::string text(const CrossResult& r) {
  const std::string hsr = taken_to_hyp(r) ? fmt::format(", HSR {:#010x}", r.hsr) : "";
  return fmt::format("vector {:#05x}, return {:#x}, SPSR {:#x}, CPSR {:#x}{}", r.vector, r.return_address, r.spsr,
                     r.cpsr, hsr);
}

int cross_check(const Options& options) {
  Cases cases = make_cases();
  const std::size_t first = std::min(options.first, cases.list.size());
  const std::size_t count = std::min(options.count, cases.list.size() - first);
  cases.list = {cases.list.begin() + static_cast<std::ptrdiff_t>(first),
                cases.list.begin() + static_cast<std::ptrdiff_t>(first + count)};
  if (options.list) {
    for (const Case& c : cases.list)
      fmt::print("{} [{}, {}] {}\n", c.text, mode_name(c.words), c.words.thumb != 0 ? "T32" : "A32",
                 cases.settings[c.words.setting].name);
    return 0;
  }
  const auto fatal =
      std::erase_if(cases.list, [&](const Case& c) { return kills_qemu(c, cases.settings[c.words.setting]); });
  const auto ours = run_on_hypsim(cases, options.image);
  const auto theirs = run_on_qemu(cases, options.image, options.qemu);

  std::map<const Difference*, u64> explained;
  u64 equal = 0, failures = 0;
  for (std::size_t i = 0; i < cases.list.size(); ++i) {
    const Case& c = cases.list[i];
    const Setting& setting = cases.settings[c.words.setting];
    if (same(ours[i], theirs[i])) {
      ++equal;
      continue;
    }
    const Difference* reason = nullptr;
    for (const Difference& d : differences())
      if (d.applies(c, setting, ours[i], theirs[i])) {
        reason = &d;
        break;
      }
    if (reason != nullptr) {
      ++explained[reason];
    } else if (++failures <= options.max_failures) {
      fmt::print("{:08x} {} [{}, {}], {}\n  hypsim: {}\n  QEMU:   {}\n", c.words.insn, c.text, mode_name(c.words),
                 c.words.thumb != 0 ? "T32" : "A32", setting.name, text(ours[i]), text(theirs[i]));
    }
  }
  fmt::print("{} cases tried, {} the same, {} known differences, {} unexplained\n", cases.list.size(), equal,
             cases.list.size() - equal - failures, failures);
  fmt::print("{} more would end QEMU with a failed assertion: {}\n", fatal, kKillsQemu);
  bool stale = false;
  for (const Difference& d : differences()) {
    fmt::print("{:7} {} (ARM DDI 0406C {}; right: {})\n", explained[&d], d.reason, d.section, d.right);
    if (explained[&d] == 0 && options.first == 0 && options.count == ~std::size_t{0}) stale = true;
  }
  if (stale) fmt::print("a difference was not met: the list is out of date\n");
  return failures == 0 && !stale ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{
      "Runs one of each class of instructions, trap controls and modes on hypsim and on QEMU and compares what comes "
      "of it."};
  app.add_option("--max-failures", options.max_failures, "unexplained differences to print");
  app.add_flag("--list", options.list, "print the cases and run nothing");
  app.add_option("--first", options.first, "number of the first case");
  app.add_option("--count", options.count, "cases to run: a part of the whole");
  app.add_option("--qemu", options.qemu, "qemu-system-arm");
  app.add_option("--image", options.image, "the replay image");
  CLI11_PARSE(app, argc, argv);
  try {
    return cross_check(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "traps_crosscheck: {}\n", error.what());
    return 2;
  }
}

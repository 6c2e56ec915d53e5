// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/end_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "sim/debug/registers.h"
#include "sim/host/standard_streams.h"

namespace hypsim {

namespace {

constexpr std::size_t kShortHistory = 4, kLongHistory = 16;  // exceptions that are shown of each core

/// Nothing can go on: the registers are of interest.
bool crashed(const RunResult& result) { return result.reason == "deadlock" || result.reason == "vector-abort"; }

std::string reason_line(const MpCore& mpcore, const RunResult& result) {
  const std::string amounts = fmt::format("{} instructions, {} cycles", result.insns, result.cycles.value);
  const std::string& reason = result.reason;
  if (reason == "exit")
    return result.guest_code == 0 ? "" : fmt::format("the guest ended with code {}", result.guest_code);
  if (reason == "deadlock") return "every core waits or loops on the spot, and no event will end it";
  if (reason == "vector-abort")
    return fmt::format("core {}: the vector of an exception could not be fetched", mpcore.end_core());
  if (reason == "end-of-time") return "simulated time has come to its end after " + amounts;
  if (reason == "reboot") return "the guest asked for a reboot after " + amounts;
  if (reason == "watchdog") return "reset by the watchdog after " + amounts;
  if (reason == "interrupted") return "interrupted after " + amounts;
  if (!ended_abnormally(result)) return "";
  const u64 barren = reason == "max-insns" ? result.steps - result.insns : 0;
  return fmt::format("stopped by --{} after {} instructions{}, {} cycles", reason, result.insns,
                     barren != 0 ? fmt::format(" and {} exceptions taken without executing one", barren) : "",
                     result.cycles.value);
}

/// "name+0x12 (0x40200012)". A hypervisor's guest does not share the image's names.
std::string place(const SymbolTable& symbols, u32 address, bool in_guest) {
  const std::string number = fmt::format("{:#010x}", address);
  return in_guest || symbols.find(address) == nullptr ? number
                                                      : fmt::format("{} ({})", symbols.describe(address), number);
}

/// Interrupt inputs that are up, and whether the core takes them.
std::string pending(Core& core) {
  const hyp::InterruptLines lines = core.services().interrupt_lines();
  struct Input {
    bool up;
    const char* name;
    u32 mask;  // in CPSR
    const char* bit;
  };
  const u32 cpsr = core.state().cpsr();
  std::string text;
  for (const Input& i : {Input{lines.irq, "IRQ", psr::I, "I"}, Input{lines.fiq, "FIQ", psr::F, "F"},
                         Input{lines.virq, "virtual IRQ", psr::I, "I"}, Input{lines.vfiq, "virtual FIQ", psr::F, "F"},
                         Input{lines.async_abort, "asynchronous abort", psr::A, "A"}})
    if (i.up)
      text += fmt::format("{}{}{}", text.empty() ? "; pending: " : ", ", i.name,
                          (cpsr & i.mask) != 0 ? fmt::format(" (CPSR.{} is 1)", i.bit) : "");
  return text;
}

std::string doing(const MpCore& mpcore, const Core& core) {
  if (core.waiting()) return core.waiting_for_event() ? "waits for an event (WFE)" : "waits for an interrupt (WFI)";
  return mpcore.loops_on_the_spot(core.index()) ? "loops on the spot" : "runs";
}

std::string exceptions(const Core& core, const SymbolTable& symbols, std::size_t most) {
  std::string text;
  for (const Core::Taken& t : core.taken_exceptions()) {
    if (most-- == 0) break;
    text += fmt::format("  cycle {}: {}, returns to {}, vector {:#010x}, SPSR {:#010x}", t.cycle,
                        exception_name(t.event.kind), place(symbols, t.event.return_address, t.event.from_guest),
                        t.event.vector, t.event.spsr);
    text += t.event.to == Mode::Hyp ? fmt::format(", HSR {:#010x}\n", t.event.hsr) : "\n";
  }
  return text.empty() ? text : "last exceptions, newest first:\n" + text;
}

/// Where every core stood.
std::string cores(Simulation& simulation, const RunResult& result) {
  MpCore& mpcore = simulation.platform().mpcore();
  const SymbolTable& symbols = simulation.image().symbols;
  std::string text;
  for (unsigned i = 0; i < mpcore.core_count(); ++i) {
    Core& core = mpcore.core(i);
    text += fmt::format("core {} at {}, {}{}", i, place(symbols, core.state().pc(), core.in_guest()),
                        debug::mode_name(core.state().mode),
                        core.state().security() != Security::Secure   ? ""
                        : simulation.options().entry == Entry::Secure ? ", Secure"
                                                                      : ", Secure (boot shim)");
    if (core.in_guest()) text += fmt::format(" of vm {}", core.state().sys.vttbr >> 48 & 0xFF);
    text += fmt::format("; {}{}\n", doing(mpcore, core), pending(core));
    if (crashed(result)) text += core.register_dump() + "\n";
    text += exceptions(core, symbols, crashed(result) ? kLongHistory : kShortHistory);
  }
  return text;
}

}  // namespace

bool ended_abnormally(const RunResult& result) {
  constexpr std::array<std::string_view, 4> kOther = {"exit", "power-off", "reboot", kOutputError};
  return std::find(kOther.begin(), kOther.end(), result.reason) == kOther.end();
}

void explain_end(Simulation& simulation, const RunResult& result) {
  std::string text;
  if (const std::string line = reason_line(simulation.platform().mpcore(), result); !line.empty())
    text = fmt::format("hypsim: {}\n", line);
  if (ended_abnormally(result)) text += cores(simulation, result);
  if (simulation.at_a_terminal())
    text +=
        fmt::format("hypsim: {} instructions, {} cycles, {:.6f} s of guest time, {:.1f} s of host time\n", result.insns,
                    result.cycles.value,
                    static_cast<double>(result.cycles.value) / static_cast<double>(simulation.description().clock_hz),
                    simulation.host_seconds());
  if (!text.empty()) host::print_error(text);
}

}  // namespace hypsim

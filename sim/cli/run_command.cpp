// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "sim/base/error.h"
#include "sim/cli/commands.h"
#include "sim/cli/delivery.h"
#include "sim/cli/end_report.h"
#include "sim/cli/option_values.h"
#include "sim/cli/printed.h"
#include "sim/cli/run_report.h"
#include "sim/cli/simulation.h"
#include "sim/host/output_file.h"
#include "sim/text/printable.h"
#include "sim/trace/instruction_trace.h"

namespace hypsim {

nlohmann::ordered_json run_report(const Simulation& simulation, const RunResult& result) {
  nlohmann::ordered_json report;
  report["hypsim"] = HYPSIM_VERSION;
  report["platform"] = simulation.description().name;
  report["image"] = text::printable(simulation.options().image);
  report["mode"] = simulation.options().functional ? "functional" : "timed";
  for (const std::string& setting : simulation.options().settings)
    report["settings"].push_back(text::printable(setting));
  report["reason"] = result.reason;
  if (result.guest_ended) report["guest_exit_code"] = result.guest_code;
  report["instructions"] = result.insns;
  if (result.reason == "max-insns") report["steps"] = result.steps;
  report["cycles"] = result.cycles.value;
  report["cores"] = nlohmann::ordered_json::array();
  for (const CoreResult& core : result.cores) {
    nlohmann::ordered_json entry;
    entry["instructions"] = core.insns;
    entry["cycles"] = core.cycles.value;
    entry["pc"] = fmt::format("{:#010x}", core.pc);
    entry["mode"] = fmt::format("{:#04x}", static_cast<unsigned>(core.mode));
    entry["secure"] = core.secure;
    entry["waiting"] = core.waiting;
    for (unsigned i = 0; i < kResources; ++i)
      if (core.stack[i]) entry["cycle_stack"][resource_name(static_cast<Resource>(i))] = core.stack[i];
    report["cores"].push_back(entry);
  }
  return report;
}

namespace {

struct RunCommandOptions {
  RunOptions run;
  std::string trace;  ///< file; empty: none
  trace::TraceOptions traced;
};

/// A trace that cannot be written ends the run; one that nobody reads any more does not. Without a file it goes to
/// standard error, if the run does not end well.
RunResult run_traced(Simulation& simulation, const RunCommandOptions& options, Delivery& delivery) {
  std::optional<host::OutputStream> file;
  if (!options.trace.empty()) file.emplace(options.trace, "--trace");
  std::string kept;
  const auto write = [&](const std::string& text) {
    if (!file) {
      kept += text;
      return true;
    }
    bool wanted = false;
    delivery.add([&] { wanted = file->write(text); });
    if (delivery.failed()) simulation.lose_output();
    return wanted;
  };
  const SymbolTable& symbols = simulation.image().symbols;
  trace::InstructionTrace trace(options.traced, write, [&](u32 address) {
    return symbols.find(address) != nullptr ? symbols.describe(address) : std::string();
  });
  simulation.attach(trace);
  RunResult result = simulation.run();
  trace.finish();
  if (file && !delivery.failed()) delivery.add([&] { file->finish(); });
  if (delivery.failed()) result.reason = kOutputError;
  if (simulation.exit_code(result) != kExitOk) host::print_error(kept);
  return result;
}

}  // namespace

Command add_run_command(CLI::App& app) {
  CLI::App* run = app.add_subcommand("run", "Run a guest image to its end");
  const auto options = std::make_shared<RunCommandOptions>();
  add_run_options(*run, options->run);
  CLI::Option* trace =
      run->add_option("--trace", options->trace,
                      "write every instruction, exception, return and write of a world-switch register to a file")
          ->check(file_name())
          ->type_name("FILE");
  add_number(*run, "--trace-from", options->traced.from, {}, "leave out the first N instructions of each core")
      ->needs(trace);
  add_number(*run, "--trace-count", options->traced.count, {.low = 1},
             "end the trace, not the run, after N instructions")
      ->needs(trace);
  add_number(
      *run, "--trace-last", options->traced.last, {.low = 1, .high = trace::InstructionTrace::kMostLast},
      "keep the last N lines of the trace alone: for the file of --trace, or without one for standard error when "
      "the run does not end well")
      ->excludes("--trace-count");
  run->footer(
      "Exit code: 0 the guest ended with 0; 2 bad input, or output that could not be written; 3 the guest failed, a\n"
      "limit was reached, or Ctrl-C ended the run; 130 a second Ctrl-C. Of several, 2 comes before 3.\n"
      "Examples:\n"
      "  hypsim run --semihosting worldswitch-vgic.elf\n"
      "  hypsim run --functional --platform vexpress-a15 --entry svc zImage --initrd initrd.gz --append "
      "\"console=ttyAMA0\"\n"
      "  hypsim run --entry secure --load guest.bin@0x44000000 --max-insns 1000000 monitor.elf\n"
      "  hypsim run --json --timeout 60 hypervisor.elf > result.json\n"
      "  hypsim run --semihosting --trace trace.txt --trace-from 100000 --trace-count 5000 worldswitch-vgic.elf\n"
      "  hypsim run --trace-last 50 --max-insns 1000000000 hypervisor.elf   # how it came to where it stands\n"
      "  hypsim run --gdb unix:gdb.sock --gdb-wait hypervisor.elf   # gdb-multiarch -ex 'target remote gdb.sock'");
  return {run, [options] {
            host::FileRoles files;
            files.output("--trace", options->trace);
            Simulation simulation(options->run, files);
            Delivery delivery;
            const RunResult result = options->trace.empty() && options->traced.last == 0
                                         ? simulation.run()
                                         : run_traced(simulation, *options, delivery);
            explain_end(simulation, result);
            if (options->run.json) delivery.add([&] { host::print_out(json_text(run_report(simulation, result))); });
            return delivery.exit_code(simulation.exit_code(result));
          }};
}

}  // namespace hypsim

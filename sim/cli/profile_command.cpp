// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/base/error.h"
#include "sim/cli/commands.h"
#include "sim/cli/run_report.h"
#include "sim/cli/simulation.h"
#include "sim/profile/report.h"

namespace hypsim {

namespace {

constexpr const char* kMarkerSection = ".hypsim.markers";

profile::PhaseMap phase_map(const Image& image, bool by_symbol) {
  profile::PhaseMap phases;
  if (by_symbol) phases.use_symbols_as_phases();
  for (const Symbol& symbol : image.symbols.symbols()) phases.add_symbol(symbol.address, symbol.name);
  phases.finish();
  return phases;
}

/// Names the rows by the lines "<id> <name>" of the image's marker section.
void name_rows(const Image& image, profile::WorldSwitchProfile& profile) {
  const Section* section = image.section(kMarkerSection);
  if (section == nullptr) return;
  std::istringstream lines(std::string(section->bytes.begin(), section->bytes.end()));
  std::string line;
  while (std::getline(lines, line)) {
    while (!line.empty() && line.back() == '\0') line.pop_back();
    line.erase(0, line.find_first_not_of('\0'));
    if (line.empty()) continue;
    std::istringstream fields(line);
    u32 id = 0;
    std::string name;
    if (!(fields >> id >> name))
      throw InputError(fmt::format("{}: section {}: line \"{}\" is not \"<id> <name>\"; correct the image's markers", image.file,
                                   kMarkerSection, line));
    profile.name_row(id, name);
  }
}

}  // namespace

Command add_profile_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("profile", "Run a guest image and account for its world switches");
  const auto options = std::make_shared<RunOptions>();
  const auto by_symbol = std::make_shared<std::string>("named");
  add_run_options(*command, *options);
  command->add_option("--phases", *by_symbol, "named: symbols such as cp15.save name the phases of the switch; symbols: every function is a phase")
      ->check(CLI::IsMember({"named", "symbols"}))
      ->capture_default_str();
  command->footer(
      "Prints, after the guest's console, the cost of each marked micro-operation, of each round trip out of a guest by\n"
      "cause and VMID with its phases, and of the whole run by resource. docs/profile.md says how to read it.\n"
      "Exit code: as hypsim run.\n"
      "Examples:\n"
      "  hypsim profile --semihosting worldswitch-v9.elf\n"
      "  hypsim profile --semihosting --json worldswitch-vgic.elf > profile.json\n"
      "  hypsim profile --phases symbols --max-insns 50000000 hypervisor.elf");
  return {command, [options, by_symbol] {
            Simulation simulation(*options);
            profile::WorldSwitchProfile profile(phase_map(simulation.image(), *by_symbol == "symbols"));
            name_rows(simulation.image(), profile);
            simulation.attach(profile);
            const RunResult result = simulation.run();
            for (unsigned i = 0; i < result.cores.size(); ++i)
              profile.finish({static_cast<u8>(i), Vmid(0), false, result.cores[i].cycles, result.cores[i].insns, &result.cores[i].stack});
            explain_end(result);
            if (options->json) {
              nlohmann::ordered_json report = run_report(simulation, result);
              report["profile"] = profile::to_json(profile);
              print_out(report.dump(2) + "\n");
            } else {
              print_out("\n" + profile::to_text(profile));
            }
            return simulation.exit_code(result);
          }};
}

}  // namespace hypsim

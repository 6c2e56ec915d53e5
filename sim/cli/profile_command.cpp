// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "sim/base/error.h"
#include "sim/cli/code_image.h"
#include "sim/cli/commands.h"
#include "sim/cli/delivery.h"
#include "sim/cli/end_report.h"
#include "sim/cli/option_values.h"
#include "sim/cli/printed.h"
#include "sim/cli/run_report.h"
#include "sim/cli/simulation.h"
#include "sim/host/output_file.h"
#include "sim/profile/budget.h"
#include "sim/profile/compare.h"
#include "sim/profile/profile_file.h"
#include "sim/profile/report.h"
#include "sim/profile/report_html.h"
#include "sim/text/number.h"
#include "sim/text/printable.h"

namespace hypsim {

namespace {

using nlohmann::ordered_json;

constexpr const char* kMarkerSection = ".hypsim.markers";
constexpr std::size_t kLongestRowName = 200;

struct ProfileOptions {
  RunOptions run;
  std::string phases = "named";
  std::string csv, html, budget, from;
  std::vector<std::string> compare;  ///< two files, or none
  bool lines = false;
  bool refill_tail = false;
};

profile::PhaseMap phase_map(const Image& image, bool by_symbol) {
  profile::PhaseMap phases;
  if (by_symbol) phases.use_symbols_as_phases();
  const std::vector<Symbol>& symbols = image.symbols.symbols();
  u64 end = 0;
  for (const CodeRange& range : image.symbols.code()) {
    if (end != range.begin) phases.add_gap(static_cast<u32>(end));
    end = range.end;
    phases.add_symbol(range.begin, range.symbol->name);
    // Another name of the place may have a phase.
    for (std::size_t i = static_cast<std::size_t>(range.symbol - symbols.data()) + 1;
         i < symbols.size() && symbols[i].address == range.begin; ++i)
      if (symbols[i].function || symbols[i].label) phases.add_symbol(range.begin, symbols[i].name);
  }
  if (end >> 32 == 0) phases.add_gap(static_cast<u32>(end));
  phases.finish();
  return phases;
}

/// Names the rows by the lines "<id> <name>" of the image's marker section.
void name_rows(const Image& image, profile::WorldSwitchProfile& profile) {
  const Section* section = image.section(kMarkerSection);
  if (section == nullptr) return;
  std::istringstream lines(std::string(section->bytes.begin(), section->bytes.end()));
  const auto bad = [&](const std::string& what) {
    return InputError(
        fmt::format("{}: section {}: {}; correct the image's markers", image.names_file, kMarkerSection, what));
  };
  std::string line;
  std::size_t names = 0;
  while (std::getline(lines, line)) {
    while (!line.empty() && line.back() == '\0') line.pop_back();
    line.erase(0, line.find_first_not_of('\0'));
    if (line.empty()) continue;
    std::istringstream fields(line);
    std::string id, name;
    const bool whole = static_cast<bool>(fields >> id >> name);
    const std::optional<u64> number = text::parse_number(id);
    if (!whole || !number || *number > ~u32{0})
      throw bad(fmt::format("line \"{}\" is not \"<id> <name>\"", text::shown(line)));
    if (name.size() > kLongestRowName)
      throw bad(fmt::format("a name of {} bytes is longer than {}", name.size(), kLongestRowName));
    if (++names > profile::WorldSwitchProfile::kMostRows)
      throw bad(fmt::format("more than {} names", profile::WorldSwitchProfile::kMostRows));
    profile.name_row(static_cast<u32>(*number), text::printable(name));
  }
}

int compare_files(const ProfileOptions& options) {
  const ordered_json a = profile::read_profile(options.compare[0]), b = profile::read_profile(options.compare[1]);
  const ordered_json comparison = profile::compare(a, b);
  host::print_out(options.run.json ? json_text(comparison) : profile::comparison_text(comparison));
  return kExitOk;
}

/// A budget against a profile that was taken before.
int check_file(const ProfileOptions& options) {
  const ordered_json budget = profile::read_budget(options.budget);
  const ordered_json report = profile::read_profile(options.from);
  const profile::BudgetResult result = profile::check_budget(report["profile"], budget, options.budget);
  host::print_out(options.run.json ? json_text(profile::to_json(result)) : profile::to_text(result));
  return result.over.empty() ? kExitOk : kExitFailed;
}

/// The listing reads the image once more, when a pipe has nothing left.
void check_listing(const std::string& image) {
  if (host::named_descriptor(image) || (std::filesystem::exists(image) && !std::filesystem::is_regular_file(image)))
    throw InputError(
        fmt::format("--html: {} is no regular file, and the listing needs to read it again; name one", image));
}

int profile_run(const ProfileOptions& options) {
  if (!options.html.empty()) check_listing(options.run.symbols.empty() ? options.run.image : options.run.symbols);
  const std::optional<ordered_json> budget =
      options.budget.empty() ? std::nullopt : std::optional(profile::read_budget(options.budget));
  host::FileRoles files;
  files.input("--budget", options.budget);
  files.output("--csv", options.csv);
  files.output("--html", options.html);
  Simulation simulation(options.run, files);
  const Image& image = simulation.image();
  profile::CodeImage code;
  if (!options.html.empty())
    code =
        load_code_image(options.run.symbols.empty() ? image.file : options.run.symbols, image.symbols, options.lines);
  host::OutputFile csv(options.csv, "--csv"), html(options.html, "--html");

  profile::WorldSwitchProfile profile(phase_map(image, options.phases == "symbols"));
  name_rows(image, profile);
  if (html.wanted()) profile.count_code();
  if (options.refill_tail) profile.follow_refills();
  simulation.attach(profile);
  const RunResult result = simulation.run({csv.folder(), html.folder()});
  for (unsigned i = 0; i < result.cores.size(); ++i) {
    const CoreResult& core = result.cores[i];
    profile.finish({static_cast<u8>(i), Vmid(0), false, core.cycles, core.insns, &core.stack,
                    core.refills ? &*core.refills : nullptr});
  }
  explain_end(simulation, result);

  ordered_json report = run_report(simulation, result);
  report["profile"] = profile::to_json(profile);
  bool over = false;
  std::string verdict;
  if (budget) {
    const profile::BudgetResult checked = profile::check_budget(report["profile"], *budget, options.budget);
    report["budget"] = profile::to_json(checked);
    verdict = profile::to_text(checked);
    over = !checked.over.empty();
  }
  Delivery delivery;
  delivery.add([&] {
    host::print_out(options.run.json ? json_text(report)
                                     : "\n" + profile::to_text(profile) + (verdict.empty() ? "" : "\n" + verdict));
  });
  if (options.run.json && over) host::print_error("hypsim: " + verdict);
  if (csv.wanted()) delivery.add([&] { csv.write(profile::to_csv(profile)); });
  report.erase("budget");  // of which the page has none
  if (html.wanted())
    delivery.add([&] { html.write(profile::to_html(report, profile, profile::make_listing(profile.code(), code))); });
  const bool lost = result.reason == kOutputError;
  return delivery.exit_code(over && !lost ? kExitFailed : simulation.exit_code(result));
}

/// With `mode`, which runs nothing, an option that only a run uses is a mistake.
void refuse_options_of_a_run(const CLI::App& command, const std::string& mode, const std::set<std::string>& used) {
  for (const CLI::Option* option : command.get_options())
    if (option->count() != 0 && option->get_name() != mode && !used.contains(option->get_name()))
      throw InputError(fmt::format("{}: with {} nothing is run; leave it out", option->get_name(), mode));
}

int run_profile_command(const CLI::App& command, const ProfileOptions& options) {
  if (!options.compare.empty()) {
    refuse_options_of_a_run(command, "--compare", {"--json"});
    return compare_files(options);
  }
  if (!options.from.empty()) {
    if (options.budget.empty()) throw InputError("--from: there is nothing to check; add --budget FILE");
    refuse_options_of_a_run(command, "--from", {"--budget", "--json"});
    return check_file(options);
  }
  if (options.refill_tail && options.run.functional)
    throw InputError("--refill-tail: there is no timing with --functional; leave one of them out");
  if (options.run.image.empty()) throw InputError("IMAGE is required; see hypsim profile --help");
  if (options.lines && options.html.empty())
    throw InputError("--lines: only the listing of the HTML report has lines; add --html FILE");
  return profile_run(options);
}

}  // namespace

Command add_profile_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("profile", "Run a guest image and account for its world switches");
  const auto options = std::make_shared<ProfileOptions>();
  add_run_options(*command, options->run);
  command->get_option("IMAGE")->required(false);
  command
      ->add_option("--phases", options->phases,
                   "named: symbols such as cp15.save name the phases of the switch; symbols: every function is a phase")
      ->check(one_of({"named", "symbols"}))
      ->capture_default_str();
  command->add_option("--html", options->html, "also write a report with pictures, in one file that needs nothing else")
      ->check(file_name())
      ->type_name("FILE");
  command->add_flag("--refill-tail", options->refill_tail,
                    "also say what guests miss in TLBs, caches and predictor because of each round trip");
  command->add_flag("--lines", options->lines, "name source lines in the listing of --html (the image needs DWARF)");
  command->add_option("--csv", options->csv, "also write every bucket, a line each")
      ->check(file_name())
      ->type_name("FILE");
  command->add_option("--budget", options->budget, "compare with these limits (JSON); exit 1 if one is not kept")
      ->check(file_name())
      ->type_name("FILE");
  command
      ->add_option("--from", options->from, "check the budget against a profile taken before (JSON) instead of a run")
      ->check(file_name())
      ->type_name("FILE");
  command
      ->add_option("--compare", options->compare,
                   "say what changed from one profile (JSON) to another, and run nothing")
      ->expected(2)
      ->check(file_name())
      ->type_name("A B");
  command->footer(
      "Prints, after the guest's console, the cost of each marked micro-operation, of each round trip out of a guest "
      "by\n"
      "cause and VMID with its phases, and of the whole run by resource. docs/profile.md says how to read it.\n"
      "Exit code: as hypsim run; 1 if a limit of --budget was not kept. Of several, 2 comes before 1 before 3.\n"
      "Examples:\n"
      "  hypsim profile --semihosting worldswitch-v9.elf\n"
      "  hypsim profile --semihosting --json worldswitch-vgic.elf > profile.json\n"
      "  hypsim profile --semihosting --html report.html worldswitch-vgic.elf\n"
      "  hypsim profile --semihosting --budget budget.json worldswitch-vgic.elf\n"
      "  hypsim profile --compare before.json after.json\n"
      "  hypsim profile --phases symbols --max-insns 50000000 hypervisor.elf\n"
      "  hypsim profile --phases symbols --symbols xen-syms --dom0 vmlinuz --dom0-initrd initrd.gz xen");
  return {command, [command, options] { return run_profile_command(*command, *options); }};
}

}  // namespace hypsim

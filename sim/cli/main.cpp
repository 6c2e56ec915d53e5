// SPDX-License-Identifier: Apache-2.0
// The hypsim command. SystemC's library owns main() and calls sc_main().
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>
#include <new>
#include <systemc>
#include <vector>

#include "sim/base/error.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_codes.h"
#include "sim/cli/printed.h"
#include "sim/cli/simulation.h"
#include "sim/host/interrupt.h"
#include "sim/host/out_of_memory.h"
#include "sim/host/standard_streams.h"

namespace {

// Before main(): SystemC prints its banner there.
const int kNoBanner = setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
// And there it allocates.
const bool kArmed =
    (hypsim::host::end_when_out_of_memory(
         hypsim::kExitInput, "hypsim: the host is out of memory; use a smaller --memory\n", hypsim::restore_terminal),
     true);

// Before anything is opened: a file must not become the console.
[[gnu::constructor(101)]] void hold_streams() { hypsim::host::hold_standard_streams(); }

int fail(const std::string& line) {
  hypsim::restore_terminal();
  hypsim::host::print_error(hypsim::error_line(line));
  return hypsim::kExitInput;
}

int print(const std::string& text) {
  try {
    hypsim::host::print_out(text);
    return hypsim::kExitOk;
  } catch (const hypsim::InputError& error) {
    return fail(error.what());
  }
}

/// CLI11's own message, on one line, with where to look.
int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  std::string command = "hypsim";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    command += " " + at->get_name();
  }
  const std::vector<std::string> unknown = app.remaining();
  std::string text = app.get_subcommands().empty() && !unknown.empty()
                         ? fmt::format("unknown command \"{}\"", unknown.front())
                         : error.what();
  for (char& c : text)
    if (c == '\n') c = ' ';
  if (const std::size_t at = text.find(": At Most "); at != text.npos)
    text = text.substr(0, at) + (text.find("Most 1 required") != text.npos ? ": stands more than once; give it once"
                                                                           : ": has more values than it takes");
  return fail(fmt::format("{}; see {} --help", text, command));
}

/// "--option=" with nothing behind it: the library would take the next word.
void check_values(int argc, char* argv[]) {
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i)
    if (const std::string_view word = argv[i]; word.starts_with("--") && word.find('=') == word.size() - 1)
      throw hypsim::InputError(fmt::format("{} has no value; write it behind the equals sign, or {} ''", word,
                                           word.substr(0, word.size() - 1)));
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  using namespace hypsim;
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  install_signal_handlers();

  CLI::App app{
      "hypsim: runs Arm hypervisors on a simulated Cortex-A15 and says what their traps and world switches cost",
      "hypsim"};
  app.set_version_flag("--version", std::string("hypsim " HYPSIM_VERSION));
  app.require_subcommand(1);
  app.footer(
      "Examples:\n  hypsim run --semihosting worldswitch-v9.elf\n  hypsim trap explain wfi --preset kvm\n  hypsim run "
      "--help");
  std::vector<Command> commands;
  commands.push_back(add_run_command(app));
  commands.push_back(add_profile_command(app));
  commands.push_back(add_trap_command(app));

  try {
    check_values(argc, argv);
    app.parse(argc, argv);
    for (const Command& command : commands)
      if (command.app->parsed()) return command.action();
    return kExitOk;
  } catch (const CLI::CallForHelp&) {
    const CLI::App* shown = &app;
    while (!shown->get_subcommands().empty()) shown = shown->get_subcommands().front();
    return print(shown->help());
  } catch (const CLI::CallForVersion&) {
    return print("hypsim " HYPSIM_VERSION "\n");
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error);
  } catch (const InputError& error) {
    return fail(error.what());
  } catch (const host::Interrupted& error) {
    fail(error.what());
    return kExitGuest;
  } catch (const std::bad_alloc&) {
    host::out_of_memory();
  } catch (const sc_core::sc_report& report) {
    return fail(fmt::format("internal error in the SystemC kernel: {}", report.get_msg()));
  } catch (const std::exception& error) {
    return fail(fmt::format("internal error: {}", error.what()));
  }
}

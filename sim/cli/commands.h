// SPDX-License-Identifier: Apache-2.0
// The subcommands: each adds itself to the application and is called with what it parsed.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace hypsim {

/// A subcommand's work; returns the exit code. Throws InputError for bad input.
using CommandAction = std::function<int()>;

/// Registers a subcommand on `app`. The returned action runs it after parsing.
struct Command {
  CLI::App* app;
  CommandAction action;
};

Command add_run_command(CLI::App& app);
Command add_profile_command(CLI::App& app);
Command add_trap_command(CLI::App& app);

}  // namespace hypsim

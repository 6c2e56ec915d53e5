// SPDX-License-Identifier: Apache-2.0
// One run of a guest: the platform built, the files loaded, the cores started, the end explained.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platforms/platform.h"
#include "sim/cli/exit_codes.h"
#include "sim/cli/run_options.h"
#include "sim/cli/serial_ports.h"
#include "sim/debug/gdb_server.h"
#include "sim/host/file_roles.h"
#include "sim/loader/image.h"
#include "sim/mpcore/semihosting.h"
#include "sim/periph/virtio/user_network.h"

namespace hypsim {

constexpr const char* kOutputError = "output-error";  ///< reason of an end

struct CoreResult {
  u64 insns = 0;
  Cycles cycles{};
  u32 pc = 0;
  Mode mode = Mode::Supervisor;
  bool secure = false, waiting = false;
  CycleStack stack{};
  std::optional<RefillTail> refills;  ///< if an observer wanted them
};

struct RunResult {
  std::string reason;        ///< "exit", "power-off", "reboot", "watchdog", "deadlock", "vector-abort", "max-insns",
                             ///< "max-cycles", "end-of-time", "timeout", "interrupted", "output-error"
  bool guest_ended = false;  ///< the guest itself asked for the end
  u32 guest_code = 0;
  u64 insns = 0;
  u64 steps = 0;  ///< instructions, and exceptions taken without retiring one: what --max-insns counts
  Cycles cycles{};
  std::vector<CoreResult> cores;
};

/// Builds everything in the constructor; SystemC allows one in a process.
class Simulation {
 public:
  /// `files` are those of the command that are not the run's. Throws InputError for bad options and bad files.
  explicit Simulation(const RunOptions& options, host::FileRoles files = {});
  ~Simulation();

  Platform& platform() { return *platform_; }
  const PlatformDescription& description() const { return platform_->description(); }
  /// The image and its symbols.
  const Image& image() const { return images_.front(); }
  const RunOptions& options() const { return options_; }
  /// Observes every core; must outlive the run.
  void attach(Observer& observer);
  void attach(unsigned core, Observer& observer);

  /// Ends the run: an output of the command has failed, which was said.
  void lose_output();

  /// Runs to the end. From here on the process can open nothing by name but what the options say and an OutputFile in
  /// `reports`, which are folders.
  RunResult run(std::vector<std::string> reports = {});

  /// Somebody reads standard error as the run goes.
  bool at_a_terminal() const;
  /// What the run took of the host's time.
  double host_seconds() const { return host_seconds_; }

  /// The exit code that the result means for the command.
  int exit_code(const RunResult& result) const;

 private:
  bool output_failed() const;
  bool out_of_time() const;
  void load();
  void place_boot_files(const PlatformDescription& p);
  void place_boot_shim(const PlatformDescription& p, u64 device_tree);
  void open_debugger();
  void open_network();
  void confine(std::vector<std::string> reports);
  void start_cores(const PlatformDescription& p);
  void poll();
  void progress();
  RunResult collect();

  RunOptions options_;
  std::optional<SerialPorts> serial_;
  std::shared_ptr<virtio::UserNetwork> network_;  // null: none
  std::vector<Image> images_;                     // the first is the user's
  std::unique_ptr<Platform> platform_;
  std::unique_ptr<Semihosting> semihosting_;
  std::unique_ptr<debug::GdbServer> gdb_;
  std::chrono::steady_clock::time_point started_, last_progress_;
  bool show_progress_ = false, progress_shown_ = false;
  u32 shim_ = 0;  // where the boot shim is, if there is one
  double host_seconds_ = 0;
  bool timed_out_ = false, output_lost_ = false;
  u64 last_steps_ = 0;
};

/// Arranges that SIGINT and SIGTERM end the run in good order, and that a closed pipe is an error and not a death.
void install_signal_handlers();

}  // namespace hypsim

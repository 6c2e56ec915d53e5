// SPDX-License-Identifier: Apache-2.0
// What the commands that run a guest have in common on their command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace CLI {
class App;
}

namespace hypsim {

/// How the image is entered.
enum class Entry : u8 {
  Hyp,     ///< through the boot shim into Non-secure Hyp
  Svc,     ///< through the boot shim into Non-secure SVC
  Secure,  ///< at reset: Secure SVC, without a shim
};

struct RunOptions {
  std::string image;
  std::string bios;  ///< the image again, if it is what a flash at address 0 holds
  std::string platform = "virt-a15";
  bool functional = false;
  std::vector<std::string> settings;  ///< timing.KEY=VALUE
  std::string engine = "jit";         ///< interp or jit: how fast it runs, and nothing else
  u64 code_cache = 0;                 ///< bytes; 0: HYPSIM_CODE_CACHE, or the default
  bool semihosting = false;
  Entry entry = Entry::Hyp;
  std::vector<std::string> loads;  ///< FILE@ADDR
  std::optional<u64> at;           ///< where an image goes that does not say it itself
  std::string dtb, initrd, append;
  std::optional<u64> dtb_at;  ///< where the device tree goes; none: behind the image, see place_boot_files
  std::string symbols;        ///< ELF file that names the image's addresses; empty: the image itself
  std::string write_dtb;      ///< where the device tree goes too; empty: nowhere
  std::string dom0, dom0_initrd, dom0_append;  ///< Xen's first guest; empty: none
  std::string domu, domu_initrd, domu_append;  ///< a guest that Xen starts beside dom0; empty: none
  u64 domu_memory = 128 << 20;
  std::string psci;                  ///< smc, hvc or none; empty: smc where the shim runs
  std::string arguments;             ///< semihosting command line
  std::string file_root;             ///< folder of semihosting files; empty: none
  std::vector<std::string> serials;  ///< [NAME=]stdio, none, unix:PATH, a file name, or a backend spec
  std::vector<std::string> disks;    ///< FILE[,ro]
  std::string sd;                    ///< FILE[,ro]; empty: no card
  std::string net = "none";          ///< user, user,loopback or none
  std::string virtio_console;        ///< as the console's; empty: no such device
  std::optional<u64> entropy_seed;
  u64 memory = 0;                     ///< size of the main memory; 0: the platform's
  unsigned cores = 0;                 ///< 0: the platform's
  u64 max_insns = 0, max_cycles = 0;  ///< 0: none
  std::optional<u64> power_key;       ///< core cycle at which the power key is pressed
  double timeout = 0;                 ///< seconds of host time; 0: none
  std::string gdb;                    ///< where a debugger may connect; empty: nowhere
  bool gdb_wait = false;              ///< no instruction before a debugger has come
  bool guest_exit_code = false;
  bool json = false;
  bool sandbox = true;  ///< give up what a run does not need before the guest starts
};

/// Adds the options to a subcommand.
void add_run_options(CLI::App& app, RunOptions& options);

}  // namespace hypsim

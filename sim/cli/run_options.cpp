// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/run_options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>

#include "sim/base/error.h"
#include "sim/cli/option_values.h"
#include "sim/cpu/exec/code_memory.h"
#include "sim/text/number.h"
#include "sim/text/printable.h"

namespace hypsim {

namespace {

constexpr text::Range kMemorySizes = {u64{1} << 20, u64{1} << 40};

/// An option whose value is a size of memory.
CLI::Option* add_size(CLI::App& app, const std::string& name, u64& target, text::Range sizes, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name, [&target, name, sizes](const std::string& value) { target = text::size(value, name, sizes); }, help)
      ->type_name("SIZE");
}

/// An option whose value is a physical address.
CLI::Option* add_address(CLI::App& app, const std::string& name, std::optional<u64>& target, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name, [&target, name](const std::string& value) { target = text::number(value, name, text::bits(40)); }, help)
      ->type_name("ADDR");
}

}  // namespace

void add_run_options(CLI::App& app, RunOptions& o) {
  CLI::Option* image =
      app.add_option("IMAGE", o.image, "ELF executable, Arm zImage, or raw bytes")->required()->check(file_name());
  app.add_option("--platform", o.platform, "virt-a15, virt-a15-secure, vexpress-a15, or a platform file (JSON)")
      ->check(file_name())
      ->type_name("NAME|FILE")
      ->capture_default_str();
  app.add_flag("--functional", o.functional, "no timing model: one cycle an instruction");
  app.add_option("--set", o.settings,
                 "give a number of the timing model another value; docs/timing.md lists them (may be repeated)")
      ->type_name("timing.KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--engine", o.engine,
                 "interpret the guest's code, or generate host code for what is hot where the host is an x86-64; "
                 "results are the same")
      ->check(one_of({"interp", "jit"}))
      ->type_name("interp|jit")
      ->capture_default_str();
  add_size(app, "--code-cache", o.code_cache, {CodeMemory::kLeast, CodeMemory::kMost},
           "host memory for the translated code of all cores, which is forgotten beyond it: how fast it runs, and "
           "nothing else (default: HYPSIM_CODE_CACHE, or 160MiB)");
  CLI::Option* semihosting = app.add_flag("--semihosting", o.semihosting, "answer the guest's semihosting calls");
  const std::map<std::string, Entry> entries = {{"hyp", Entry::Hyp}, {"svc", Entry::Svc}, {"secure", Entry::Secure}};
  CLI::Option* entry =
      app.add_option_function<std::string>(
             "--entry", [&o, entries](const std::string& text) { o.entry = entries.at(text); },
             "enter the image in Non-secure Hyp, Non-secure SVC, or at reset in Secure SVC (default: hyp)")
          ->check(one_of({"hyp", "svc", "secure"}))
          ->type_name("hyp|svc|secure");
  app.add_option_function<std::string>(
         "--bios",
         [&o, image, entry](const std::string& file) {
           if (image->count() != 0)
             throw InputError("--bios " + text::shown(file) + ": it starts instead of IMAGE; leave one of them out");
           image->required(false);
           o.bios = o.image = file;
           if (entry->count() == 0) o.entry = Entry::Secure;
         },
         "instead of IMAGE: what the flash at address 0 holds, raw, which the cores enter at reset")
      ->check(file_name())
      ->type_name("FILE");
  app.add_option("--load", o.loads, "also load FILE, raw, at a physical address (may be repeated)")
      ->check(file_name())
      ->type_name("FILE@ADDR")
      ->allow_extra_args(false);
  add_number(
      app, "--at", o.at, text::bits(32),
      "where an IMAGE goes that is no ELF file, and where it starts (default: 32 KB into memory for a zImage, for "
      "raw bytes what the platform says)")
      ->type_name("ADDR");
  app.add_option(
         "--symbols", o.symbols,
         "ELF file with the symbols and markers of an image that has none (xen-syms for xen), or its debug file")
      ->check(file_name())
      ->type_name("FILE");
  app.add_option("--dtb", o.dtb, "device tree to hand to the image instead of a generated one")
      ->check(file_name())
      ->type_name("FILE");
  add_address(
      app, "--dtb-at", o.dtb_at,
      "where the device tree goes (default: behind what the image needs, from 128 MiB into memory or its middle; with "
      "--bios at its start)");
  app.add_option("--write-dtb", o.write_dtb, "also write the device tree that the image gets")
      ->check(file_name())
      ->type_name("FILE");
  app.add_option("--initrd", o.initrd, "initial RAM disk")->check(file_name())->type_name("FILE");
  app.add_option("--append", o.append, "command line of the image (/chosen/bootargs, with --dom0 xen,xen-bootargs)")
      ->type_name("TEXT");
  app.add_option("--dom0", o.dom0, "the image is Xen: kernel of its first guest")
      ->check(file_name())
      ->type_name("FILE");
  app.add_option("--dom0-initrd", o.dom0_initrd, "initial RAM disk of dom0")->check(file_name())->type_name("FILE");
  app.add_option("--dom0-append", o.dom0_append, "command line of dom0")->type_name("TEXT");
  CLI::Option* domu =
      app.add_option("--domu", o.domu, "kernel of a guest that Xen starts beside dom0; its console (ttyAMA0) is Xen's")
          ->check(file_name())
          ->type_name("FILE");
  app.add_option("--domu-initrd", o.domu_initrd, "initial RAM disk of that guest")
      ->check(file_name())
      ->type_name("FILE");
  app.add_option("--domu-append", o.domu_append, "command line of that guest")->type_name("TEXT");
  add_size(app, "--domu-memory", o.domu_memory, kMemorySizes, "memory of that guest")
      ->needs(domu)
      ->default_str(text::size_text(o.domu_memory));
  app.add_option("--psci", o.psci,
                 "how the generated device tree says PSCI is called; hvc needs --entry svc (default: smc, none with "
                 "--entry secure)")
      ->check(one_of({"smc", "hvc", "none"}))
      ->type_name("smc|hvc|none");
  app.add_option("--args", o.arguments, "command line that semihosting hands to the guest")
      ->needs(semihosting)
      ->type_name("TEXT");
  app.add_option("--files", o.file_root, "folder whose files semihosting may open; none without it")
      ->needs(semihosting)
      ->check(file_name())
      ->type_name("FOLDER");
  app.add_option(
         "--serial", o.serials,
         "console UART: stdio (input from a terminal alone, the default), none, a file for its output, or a socket "
         "for both; with NAME another UART of the platform (may be repeated; default: none)")
      ->check(file_name())
      ->type_name("[NAME=]stdio|none|FILE|unix:PATH")
      ->allow_extra_args(false);
  app.add_option("--disk", o.disks,
                 "virtio block device over a raw image; ,ro: the guest cannot write it (may be repeated)")
      ->check(file_name())
      ->type_name("FILE[,ro]")
      ->allow_extra_args(false);
  app.add_option("--sd", o.sd, "SD card over a raw image in the board's slot (vexpress-a15); ,ro: it is locked")
      ->check(file_name())
      ->type_name("FILE[,ro]");
  app.add_option("--net", o.net,
                 "virtio network device with a network of the host's user, or none; ,loopback: the guest reaches the "
                 "host itself too")
      ->check(one_of({"user", "user,loopback", "none"}))
      ->type_name("user[,loopback]|none")
      ->capture_default_str();
  app.add_option("--virtio-console", o.virtio_console, "virtio console (hvc0), as --serial")
      ->check(file_name())
      ->type_name("stdio|none|FILE|unix:PATH");
  add_number(app, "--entropy-seed", o.entropy_seed, {}, "seed of the virtio entropy device (default: the platform's)");
  add_size(app, "--memory", o.memory, kMemorySizes, "size of the main memory, for example 512MiB");
  add_number(app, "--cores", o.cores, {1, 4}, "number of cores")->type_name("1-4");
  add_number(app, "--power-key", o.power_key, {}, "somebody presses the board's power key at core cycle N");
  add_number(app, "--max-insns", o.max_insns, {.low = 1},
             "stop after exactly N instructions of all cores, exceptions taken without executing one included");
  add_number(app, "--max-cycles", o.max_cycles, {.low = 1},
             "stop every core at its first instruction that would start at cycle N or later");
  app.add_option_function<std::string>(
         "--timeout", [&o](const std::string& text) { o.timeout = text::seconds(text, "--timeout"); },
         "stop after so much host time, whatever the run waits for then: 60, 1.5, 500ms, 10min")
      ->type_name("SECONDS");
  CLI::Option* gdb =
      app.add_option(
             "--gdb", o.gdb,
             "let GDB connect: a Unix socket, or a port on 127.0.0.1 (0: any free one) for every user of this machine")
          ->check(file_name())
          ->type_name("unix:PATH|PORT");
  app.add_flag("--gdb-wait", o.gdb_wait, "run no instruction before GDB has connected")->needs(gdb);
  app.add_option("--exit-code", "guest: pass the guest's exit code through (0-255)")
      ->check(one_of({"guest"}))
      ->needs(semihosting)
      ->type_name("guest")
      ->each([&o](const std::string&) { o.guest_exit_code = true; });
  app.add_flag_callback(
      "--no-sandbox", [&o] { o.sandbox = false; },
      "keep every right of the host's user while the guest runs: for those who debug hypsim itself (docs/security.md)");
  app.add_flag("--json", o.json,
               "print the result as JSON on standard output; the console then goes to standard error");
}

}  // namespace hypsim

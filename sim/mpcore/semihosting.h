// SPDX-License-Identifier: Apache-2.0
// Semihosting: the guest asks the simulator for a console, an exit code, its command line and a clock.
// ARM DUI 0471 chapter 8 "Semihosting"; the extensions of version 2.0.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/cpu/core.h"
#include "sim/host/folder.h"
#include "sim/periph/serial_backend.h"

namespace hypsim {

struct SemihostingConfig {
  std::string command_line;          ///< what SYS_GET_CMDLINE answers
  SerialBackend* console = nullptr;  ///< :tt; null drops output and has no input
  std::string file_root;             ///< folder whose files the guest may open (--files); empty: files are refused
  u64 core_hz = 1'700'000'000;       ///< frequency of Core::now()
  u32 start_time = 1'420'070'400;    ///< SYS_TIME at cycle 0, seconds since 1970; fixed, so that runs repeat
  u32 heap_base = 0, heap_limit = 0, stack_base = 0, stack_limit = 0;  ///< SYS_HEAPINFO
};

class Semihosting final : public SemihostingPort {
 public:
  /// Opens the folder of files; throws InputError if there is none.
  explicit Semihosting(const SemihostingConfig& config);
  ~Semihosting() override;

  bool call(Core& core, u32 op, u32 parameter, u32& result) override;

  /// The memory the guest should use, once the loader knows it.
  void set_memory(u32 heap_base, u32 heap_limit, u32 stack_base, u32 stack_limit);

  bool exited() const { return exited_; }
  /// What the guest passed to SYS_EXIT_EXTENDED; SYS_EXIT gives 0 for ADP_Stopped_ApplicationExit and 1 for any other
  /// reason.
  u32 exit_code() const { return exit_code_; }
  /// Closes what the guest left open. False with errno if a file may not be what the guest wrote.
  bool close_files();
  /// Operations of no meaning here, each once, as text for a warning; the last stands for all that are not named.
  std::vector<std::string> refusals() const;

 private:
  struct File;
  struct Guest;

  u32 open(Guest& guest, u32 block);
  u32 open_host(const std::string& name, u32 mode, int& descriptor);
  u32 close(u32 handle);
  u32 write(Guest& guest, u32 block);
  u32 read(Guest& guest, u32 block);
  u32 seek(Guest& guest, u32 block);
  u32 length(u32 handle);
  u32 command_line(Guest& guest, u32 block);
  u32 fail(u32 error_number);
  u32 refuse(const std::string& what);
  File* file(u32 handle);
  void emit(const u8* data, std::size_t size);

  SemihostingConfig config_;
  std::optional<host::Folder> folder_;
  std::vector<std::unique_ptr<File>> files_;  // handle - 1
  u32 errno_ = 0;
  bool exited_ = false;
  u32 exit_code_ = 0;
  std::vector<std::string> refusals_;  // at most kMostRefusals
  u64 more_refusals_ = 0;
};

}  // namespace hypsim

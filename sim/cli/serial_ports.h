// SPDX-License-Identifier: Apache-2.0
// The serial ports of a run and what is at their other ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platforms/platform.h"
#include "sim/cli/run_options.h"
#include "sim/host/file_roles.h"
#include "sim/periph/serial_backend.h"

namespace hypsim {

class SerialPorts {
 public:
  /// Decides which port goes where. Throws InputError for a port that the platform does not have, one that stands
  /// twice, and two that want standard output.
  SerialPorts(const RunOptions& options, const PlatformDescription& platform);

  /// Names the files that open() writes.
  void name_files(host::FileRoles& files) const;
  /// With `json` standard output belongs to the result.
  void open(bool json);
  /// Hands the ports to the platform.
  void connect(PlatformOptions& options) const;

  /// The console's, which semihosting has too.
  SerialBackend* console() const { return ports_.front().backend.get(); }
  bool failed() const;
  void flush();
  void finish();
  /// Whether somebody may type.
  bool input() const;
  /// Sends what is buffered and waits a moment for somebody to type.
  void wait_for_input();
  /// Folders whose files go at the end.
  std::vector<std::string> removed() const;

 private:
  enum class Place : u8 { Console, Uart, Virtio };
  struct Port {
    Place place;
    std::string name;    // of the UART; empty if the platform has no console
    std::string option;  // for messages
    std::string spec;    // stdio, none, unix:PATH, FILE, or what make_serial_backend takes
    std::unique_ptr<SerialBackend> backend;
  };
  void add_uart(const std::string& text, const PlatformDescription& platform);

  std::vector<Port> ports_;  // the console first
  bool console_named_ = false;
};

}  // namespace hypsim

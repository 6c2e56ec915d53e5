// SPDX-License-Identifier: Apache-2.0
// A serial port whose other end is whoever connects to a Unix socket.
#pragma once

#include <string>

#include "sim/host/unix_listener.h"
#include "sim/periph/serial_backend.h"

namespace hypsim {

/// One at a time; the next waits its turn. What goes out while nobody is there is kept, the last kKept bytes of it.
class SocketBackend final : public SerialBackend {
 public:
  static constexpr std::size_t kKept = 64 << 10;

  /// Throws InputError for a path where no socket can be.
  explicit SocketBackend(const std::string& path);
  ~SocketBackend() override;

  void write(const u8* data, std::size_t size) override;
  std::size_t read(u8* data, std::size_t max) override;
  void flush() override;
  void finish() override;
  int waits_on() const override { return client_ >= 0 ? client_ : listener_.descriptor(); }

 private:
  bool has_client();
  void drop_client();

  host::UnixListener listener_;
  int client_ = -1;
  std::string output_;  // nobody has it yet
  std::string said_;    // by those who have left
};

}  // namespace hypsim

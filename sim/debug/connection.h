// SPDX-License-Identifier: Apache-2.0
// Where a debugger comes in: one listening socket, on the loopback interface or in the file system, and one client.
#pragma once

#include <string>
#include <string_view>

#include "sim/base/types.h"

namespace hypsim::debug {

/// A listening socket; at most one client at a time, the next one waits its turn.
class Connection {
 public:
  /// `spec`: a TCP port on 127.0.0.1 (0: any free one), or "unix:PATH". Throws InputError for a bad one or one that is
  /// taken.
  explicit Connection(const std::string& spec);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// For a message: "127.0.0.1:1234" or the path; and what GDB's `target remote` takes.
  const std::string& address() const { return address_; }

  bool has_client() const { return client_ >= 0; }
  /// Takes a client that waits, if there is none yet. Waits for up to `milliseconds`.
  bool accept(int milliseconds);
  /// What the client has sent, after waiting for up to `milliseconds`; empty if nothing. Drops a client that has left.
  std::string receive(int milliseconds);
  /// Drops a client that does not take it.
  void send(std::string_view bytes);
  void drop_client();

 private:
  int listener_ = -1;
  int client_ = -1;
  std::string address_;
  std::string path_;  // of a Unix socket, to be removed
};

}  // namespace hypsim::debug

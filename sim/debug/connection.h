// SPDX-License-Identifier: Apache-2.0
// Where a debugger comes in: one listening socket, on the loopback interface or in the file system, and one client.
// Those who connect and are none keep nobody out and cost a bounded memory and time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/types.h"
#include "sim/host/unix_listener.h"

namespace hypsim::debug {

/// A listening socket; at most one client at a time, the next one waits its turn. A client is who sends a whole packet;
/// some may try at a time, for a while.
class Connection {
 public:
  /// Who has not sent a packet by then is sent away.
  static constexpr std::chrono::seconds kOpeningTime{5};
  /// Who takes nothing of an answer for so long has died.
  static constexpr std::chrono::seconds kSendTime{10};
  /// How many may try at a time; one more takes the place of the first.
  static constexpr std::size_t kMaxCallers = 8;

  /// `spec`: a TCP port on 127.0.0.1 (0: any free one), or "unix:PATH". Throws InputError for a bad one or one that is
  /// taken.
  /// `interrupted`: the user wants hypsim to end, which ends every wait.
  explicit Connection(const std::string& spec, std::function<bool()> interrupted = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// For a message: "127.0.0.1:1234" or the path; and what GDB's `target remote` takes.
  const std::string& address() const { return address_; }

  bool has_client() const { return client_ >= 0; }
  /// Whether there is a client, or somebody has become one. Waits for up to `milliseconds` for somebody to say
  /// something.
  bool accept(int milliseconds);
  /// What the client has sent, beginning with its first packet, after waiting for up to `milliseconds`; empty if
  /// nothing. Drops a client that has left.
  std::string receive(int milliseconds);
  /// Drops a client that does not take it.
  void send(std::string_view bytes);
  void drop_client();

 private:
  /// Somebody who has connected and may become the client.
  struct Caller {
    int fd;
    std::chrono::steady_clock::time_point since;
    std::string said;
  };

  void listen_at(const std::string& spec);
  void take_callers();
  bool hear(Caller& caller);

  std::function<bool()> interrupted_;
  int listener_ = -1;
  int client_ = -1;
  std::string first_;  // what the client said before it was one; not yet received
  std::vector<Caller> callers_;
  std::optional<host::UnixListener> unix_;  // whose descriptor listener_ is
  std::string address_;
};

}  // namespace hypsim::debug

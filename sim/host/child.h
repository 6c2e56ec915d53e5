// SPDX-License-Identifier: Apache-2.0
// A process for work that this one must survive.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace hypsim::host {

/// A process forked from this one. It has in common with it one socket of packets (SOCK_SEQPACKET), which ends with
/// either side, and nothing else: descriptors 0 to 2 are /dev/null, all others are closed. It gains no privileges, has
/// those of a user alone, leaves no core file, is left alone by the terminal's signals, and dies with this process.
///
/// Fork while there is one thread, and before there is memory that is shared.
class Child {
 public:
  /// `work` runs in the child with its end of the socket; what it returns is the exit code. Throws std::system_error.
  explicit Child(const std::function<int(int socket)>& work);
  /// Kills it.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int socket() const { return socket_; }
  pid_t pid() const { return pid_; }
  /// Kills it unless it has ended, and says how it ended: "exit code 1", "signal 11, Segmentation fault".
  std::string end();

 private:
  int socket_ = -1;
  pid_t pid_ = -1;  // -1: has ended
};

}  // namespace hypsim::host

// SPDX-License-Identifier: Apache-2.0
// A Unix socket that somebody may connect to.
#pragma once

#include <string>

namespace hypsim::host {

/// Listens while it lives, for its owner alone: whoever reaches it owns what is behind it. Removes its file at the end.
class UnixListener {
 public:
  /// `what` begins its messages. A socket file that a dead process left behind is replaced; anything else in the way is
  /// an InputError.
  UnixListener(const std::string& path, const std::string& what, int backlog);
  ~UnixListener();
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;

  /// Does not block.
  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }

 private:
  int descriptor_ = -1;
  std::string path_;
};

}  // namespace hypsim::host

// SPDX-License-Identifier: Apache-2.0
// A raw disk image that a guest reads and writes.
#pragma once

#include <string>

#include "sim/base/types.h"

namespace hypsim::host {

/// Open while it lives, and for writing in no other run. What a write brought is in the file when it returns, so the
/// end of this process, however it comes, loses nothing.
class DiskImage {
 public:
  static constexpr u64 kSector = 512;

  /// `option` begins its messages. Throws InputError naming `path` if it is no regular file of whole sectors, or cannot
  /// be opened, or another run has it.
  DiskImage(const std::string& option, const std::string& path, bool read_only);
  ~DiskImage();
  DiskImage(const DiskImage&) = delete;
  DiskImage& operator=(const DiskImage&) = delete;

  bool read_only() const { return read_only_; }
  u64 sectors() const { return sectors_; }
  /// All of it, or false: the host refuses, or the file has been cut short.
  bool read(u64 at, void* data, u64 size);
  bool write(u64 at, const void* data, u64 size);
  /// Puts what was written on the host's disk.
  bool flush();

 private:
  int file_ = -1;
  bool read_only_;
  u64 sectors_ = 0;
};

}  // namespace hypsim::host

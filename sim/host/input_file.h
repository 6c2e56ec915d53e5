// SPDX-License-Identifier: Apache-2.0
// Files that a command reads: regular ones, FIFOs, and descriptors as a shell hands them over (/dev/fd/63).
#pragma once

#include <string>
#include <vector>

#include "sim/base/types.h"

namespace hypsim::host {

constexpr u64 kTextLimit = u64{64} << 20;  ///< bytes of a JSON file

/// One file, open. What it throws is InputError naming the file, and Interrupted where Ctrl-C ends a wait.
class InputFile {
 public:
  /// Throws if it is missing, a folder, a device, or unreadable.
  explicit InputFile(std::string path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Appends what comes next until `bytes` has `size` bytes, or the file ends.
  void read(std::vector<u8>& bytes, std::size_t size);
  /// Appends the rest. Throws if `bytes` would come to have more than `limit`; of a regular file nothing is read then.
  void read_rest(std::vector<u8>& bytes, u64 limit);

 private:
  std::string path_;
  int fd_ = -1;
  u64 size_ = 0;  // of a regular file, as far as it is known
};

/// A whole file of at most `limit` bytes.
std::vector<u8> read_file(const std::string& path, u64 limit);
std::string read_text(const std::string& path, u64 limit = kTextLimit);

}  // namespace hypsim::host

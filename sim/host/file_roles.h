// SPDX-License-Identifier: Apache-2.0
// What the files of one command are to it, so that none of its outputs destroys an input or another output.
#pragma once

#include <string>
#include <vector>

#include "sim/base/types.h"

namespace hypsim::host {

/// Files are told apart by device and inode, so other spellings and links deceive nobody. Devices, terminals and FIFOs
/// may be named more than once. Standard output and standard error are outputs from the start.
class FileRoles {
 public:
  FileRoles();
  /// `option` names the file in messages; an empty path is no file.
  void input(const std::string& option, const std::string& path) { add(option, path, false); }
  void output(const std::string& option, const std::string& path) { add(option, path, true); }
  /// Throws InputError naming two files that are one. To be called before an output is opened.
  void check() const;

 private:
  struct Role {
    std::string what;
    u64 device, inode;
    std::string name;  // of a file that does not exist yet, in the folder of that inode
    bool output, descriptor;
  };
  void add(const std::string& option, const std::string& path, bool output);

  std::vector<Role> roles_;
};

}  // namespace hypsim::host

// SPDX-License-Identifier: Apache-2.0
// What a process gives up once it has opened what it needs, so that whoever takes it over gets little. seccomp(2),
// landlock(7)
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sim/base/types.h"

namespace hypsim::host {

/// What stays within reach besides the descriptors that are open. Empty names are none.
struct Sandbox {
  std::string files;                 ///< folder beneath which regular files are read, written and made
  std::vector<std::string> reports;  ///< folders in which an OutputFile is to be written
  std::vector<std::string> removed;  ///< folders from which files are removed
  pid_t child = -1;                  ///< process that may be killed
};

/// What the kernel took on.
struct Confinement {
  bool calls = false;  ///< the rest of the system calls is refused; one that starts a program kills
  bool files = false;  ///< the rest of the files is out of reach
};

/// For the rest of this process's life; nothing is said where the kernel has it not. Without `calls` new processes and
/// sockets stay possible, without `files` any file is in reach of a process that has `files`, `reports` or `removed`,
/// and none of another. There must be one thread, and no sanitizer that starts others.
Confinement enter(const Sandbox& sandbox);

}  // namespace hypsim::host

// SPDX-License-Identifier: Apache-2.0
// What a process may still ask of the kernel: a list of system calls, from which there is no way back. seccomp(2)
#pragma once

#include <span>
#include <vector>

#include "sim/base/types.h"

namespace hypsim::host {

/// A condition on an argument of a system call.
struct ArgumentIs {
  unsigned argument;  ///< 0 to 5
  u64 value;
  u64 mask = 0xFFFF'FFFF;  ///< bits of it that count; ints are 32 bits wide
  bool negated = false;    ///< the argument is not `value`; takes no mask
};

struct SyscallRule {
  enum class Answer : u8 {
    Allow,
    Refuse,   ///< fails with EACCES
    Emulate,  ///< raises SIGSYS: a handler gives the answer
    Kill,     ///< ends the process
  };
  const char* name;  ///< one that this machine does not have is passed over
  Answer answer = Answer::Allow;
  std::vector<ArgumentIs> conditions = {};  ///< all must hold; at most one an argument
};

/// What becomes of a call that no rule names.
enum class Otherwise : u8 {
  Kill,
  Refuse,   ///< EACCES
  Missing,  ///< ENOSYS: the C library knows what to do on a kernel that lacks a call
};

/// From here on this process and what it starts make these calls alone; several rules of one name are alternatives.
/// False if the kernel has no such filters: then nothing changes. Needs PR_SET_NO_NEW_PRIVS, which it sets.
bool restrict_syscalls(std::span<const SyscallRule> rules, Otherwise otherwise);

}  // namespace hypsim::host

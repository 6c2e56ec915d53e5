// SPDX-License-Identifier: Apache-2.0
#include "sim/host/seccomp.h"

#include <seccomp.h>

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>

namespace hypsim::host {

namespace {

u32 action(SyscallRule::Answer answer) {
  switch (answer) {
    case SyscallRule::Answer::Allow: break;
    case SyscallRule::Answer::Refuse: return SCMP_ACT_ERRNO(EACCES);
    case SyscallRule::Answer::Emulate: return SCMP_ACT_TRAP;
  }
  return SCMP_ACT_ALLOW;
}

scmp_arg_cmp compare(const ArgumentIs& c) {
  if (c.negated) return {c.argument, SCMP_CMP_NE, c.value, 0};
  return {c.argument, SCMP_CMP_MASKED_EQ, c.mask, c.value};
}

}  // namespace

bool restrict_syscalls(std::span<const SyscallRule> rules, Otherwise otherwise) {
  const u32 rest = otherwise == Otherwise::Kill ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EACCES);
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(rest), seccomp_release);
  if (!filter) return false;
  for (const SyscallRule& rule : rules) {
    const int number = seccomp_syscall_resolve_name(rule.name);
    if (number == __NR_SCMP_ERROR) continue;
    std::vector<scmp_arg_cmp> conditions;
    for (const ArgumentIs& c : rule.conditions) conditions.push_back(compare(c));
    const int failed = seccomp_rule_add_array(filter.get(), action(rule.answer), number,
                                              static_cast<unsigned>(conditions.size()), conditions.data());
    // Calls that exist elsewhere alone, such as socketcall, are known by name and cannot be ruled.
    if (failed && failed != -EDOM) throw std::logic_error(std::string("restrict_syscalls: ") + rule.name);
  }
  return seccomp_load(filter.get()) == 0;
}

}  // namespace hypsim::host

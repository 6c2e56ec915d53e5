// SPDX-License-Identifier: Apache-2.0
#include "sim/host/seccomp.h"

#include <seccomp.h>

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>

namespace hypsim::host {

namespace {

/// What libseccomp says of a kernel whose filters can end a process, since Linux 4.14. Where seccomp(2) is refused it
/// says less.
constexpr unsigned kEndsProcesses = 3;

u32 action(SyscallRule::Answer answer) {
  switch (answer) {
    case SyscallRule::Answer::Allow: break;
    case SyscallRule::Answer::Refuse: return SCMP_ACT_ERRNO(EACCES);
    case SyscallRule::Answer::Emulate: return SCMP_ACT_TRAP;
    case SyscallRule::Answer::Kill: return SCMP_ACT_KILL_PROCESS;
  }
  return SCMP_ACT_ALLOW;
}

u32 action(Otherwise otherwise) {
  switch (otherwise) {
    case Otherwise::Kill: break;
    case Otherwise::Refuse: return SCMP_ACT_ERRNO(EACCES);
    case Otherwise::Missing: return SCMP_ACT_ERRNO(ENOSYS);
  }
  return SCMP_ACT_KILL_PROCESS;
}

scmp_arg_cmp compare(const ArgumentIs& c) {
  if (c.negated) return {c.argument, SCMP_CMP_NE, c.value, 0};
  return {c.argument, SCMP_CMP_MASKED_EQ, c.mask, c.value};
}

}  // namespace

bool restrict_syscalls(std::span<const SyscallRule> rules, Otherwise otherwise) {
  if (seccomp_api_get() < kEndsProcesses) return false;
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(action(otherwise)), seccomp_release);
  if (!filter) return false;
  // Before Linux 5.16 a filter costs its process speculation past stores unless it says otherwise.
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_SSB, 1);
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

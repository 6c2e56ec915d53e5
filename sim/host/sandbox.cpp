// SPDX-License-Identifier: Apache-2.0
#include "sim/host/sandbox.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>

#include "sim/host/io.h"
#include "sim/host/seccomp.h"

namespace hypsim::host {

namespace {

// Rights that the kernel's headers of Debian 12 do not name.
constexpr u64 kTruncate = u64{1} << 14;
constexpr u64 kDeviceControl = u64{1} << 15;

/// All rights that the kernel can withhold; 0 if it knows no such thing.
u64 known_rights() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return 0;
  u64 rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kDeviceControl;
  return rights;
}

/// A folder that is not there needs no rule: nothing can be opened in it.
void allow(int rules, const std::string& folder, u64 rights) {
  if (folder.empty()) return;
  const int fd = open(folder.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  const landlock_path_beneath_attr rule{rights, fd};
  syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  calls().close(fd);
}

bool restrict_files(const Sandbox& s) {
  const u64 known = known_rights();
  if (known == 0) return false;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = known;
  const int rules = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (rules < 0) return false;
  const u64 write = (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | kTruncate) & known;
  allow(rules, s.files, write | LANDLOCK_ACCESS_FS_READ_FILE);
  for (const std::string& folder : s.reports) allow(rules, folder, write | LANDLOCK_ACCESS_FS_REMOVE_FILE);
  for (const std::string& folder : s.removed) allow(rules, folder, LANDLOCK_ACCESS_FS_REMOVE_FILE);
  const bool done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  calls().close(rules);
  return done;
}

bool any(const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(), [](const std::string& folder) { return !folder.empty(); });
}

using enum SyscallRule::Answer;

void add(std::vector<SyscallRule>& rules, SyscallRule::Answer answer, std::initializer_list<const char*> names) {
  for (const char* name : names) rules.push_back({name, answer});
}

/// Calls that take the name of a file.
void add_names(std::vector<SyscallRule>& rules, const Sandbox& s) {
  const bool reports = any(s.reports);
  add(rules, !s.files.empty() || reports ? Allow : Refuse, {"open", "openat", "openat2", "creat"});
  add(rules, reports ? Allow : Refuse, {"rename", "renameat", "renameat2", "fchown", "fchmod"});
  add(rules, reports || any(s.removed) ? Allow : Refuse, {"unlink", "unlinkat"});
  add(rules, Allow,
      {"access", "faccessat", "faccessat2", "getcwd", "lstat", "newfstatat", "readlink", "readlinkat", "stat",
       "statx"});
}

/// Memory may not become executable: generated code has been mapped. Of what acts on other processes little is left,
/// and a terminal takes no input from here.
void add_conditions(std::vector<SyscallRule>& rules, const Sandbox& s) {
  rules.push_back({"mmap", Allow, {{2, 0, PROT_EXEC}}});
  rules.push_back({"mprotect", Allow, {{2, 0, PROT_EXEC}}});
  rules.push_back({"mmap", Refuse, {{2, PROT_EXEC, PROT_EXEC}}});
  rules.push_back({"mprotect", Refuse, {{2, PROT_EXEC, PROT_EXEC}}});
  rules.push_back({"tgkill", Allow, {{0, static_cast<u64>(getpid())}}});  // abort()
  if (s.child > 0) rules.push_back({"kill", Allow, {{0, static_cast<u64>(s.child)}}});
  rules.push_back({"setsockopt", Allow, {{1, IPPROTO_TCP}, {2, TCP_NODELAY}}});
  for (u64 request : {TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, FIONREAD})
    rules.push_back({"ioctl", Allow, {{1, request}}});
  for (u64 command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL})
    rules.push_back({"fcntl", Allow, {{1, command}}});
}

bool restrict_calls(const Sandbox& s) {
  std::vector<SyscallRule> rules;
  add(rules, Kill, {"execve", "execveat"});
  add_names(rules, s);
  add_conditions(rules, s);
  // Files that are open, and sockets: those of --gdb and of the user network's process.
  add(rules, Allow,
      {"close", "close_range", "dup", "dup2", "dup3", "fallocate", "fdatasync", "fstat", "fsync", "ftruncate",
       "lseek"});
  add(rules, Allow, {"pread64", "preadv", "pwrite64", "pwritev", "read", "readv", "write", "writev"});
  add(rules, Allow, {"poll", "ppoll", "pselect6", "select"});
  add(rules, Allow, {"accept", "accept4", "getsockname", "getsockopt", "recvfrom", "sendto", "shutdown"});
  // Memory, time, who and where this is, signals, and the end.
  add(rules, Allow, {"brk", "madvise", "mincore", "mremap", "munmap"});
  add(rules, Allow, {"clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep", "time", "times"});
  add(rules, Allow, {"getegid", "geteuid", "getgid", "getpid", "getppid", "gettid", "getuid"});
  add(rules, Allow,
      {"futex", "getcpu", "getrandom", "getrusage", "sched_getaffinity", "sched_yield", "sysinfo", "uname"});
  add(rules, Allow,
      {"pause", "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend",
       "sigaltstack", "wait4", "waitid", "exit", "exit_group"});
  return restrict_syscalls(rules, Otherwise::Missing);
}

}  // namespace

Confinement enter(const Sandbox& sandbox) {
  Confinement done;
  done.files = restrict_files(sandbox);  // the filter of calls has no place for its own
  done.calls = restrict_calls(sandbox);
  return done;
}

}  // namespace hypsim::host

// SPDX-License-Identifier: Apache-2.0
// What the process of the user network may still do.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <type_traits>
#include <vector>

#include "sim/host/seccomp.h"
#include "sim/periph/virtio/user_network_child.h"

namespace hypsim::virtio {

namespace {

constexpr rlim_t kMaxMemory = 128u << 20;  // beyond what it has when it starts
constexpr rlim_t kMaxDescriptors = 256;

int g_resolv_conf = -1;

#if defined(__x86_64__) || defined(__aarch64__)
/// openat() and newfstatat() of any path mean /etc/resolv.conf, where libslirp looks for the name server.
void emulate(int, siginfo_t* info, void* context) {
  if (info->si_code <= 0) return;  // sent by somebody
  mcontext_t& cpu = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  greg_t& result = cpu.gregs[REG_RAX];
  const auto first = cpu.gregs[REG_RDI], third = cpu.gregs[REG_RDX], fourth = cpu.gregs[REG_R10];
#else
  auto& result = cpu.regs[0];
  const auto first = cpu.regs[0], third = cpu.regs[2], fourth = cpu.regs[3];
#endif
  long answer = 0;
  if (info->si_syscall == SYS_openat) {
    answer = dup(g_resolv_conf);
    if (answer >= 0) lseek(static_cast<int>(answer), 0, SEEK_SET);
  } else {
    // stdio asks for an open file in this way. The C library's fstat() would come here again.
    const bool open_file = fourth & AT_EMPTY_PATH;
    answer = syscall(SYS_fstat, open_file ? static_cast<int>(first) : g_resolv_conf, third);
  }
  result = static_cast<std::remove_reference_t<decltype(result)>>(answer < 0 ? -ENOENT : answer);
}

bool install_emulation() {
  struct sigaction action {};
  action.sa_sigaction = emulate;
  action.sa_flags = SA_SIGINFO;
  return sigaction(SIGSYS, &action, nullptr) == 0;
}
#else
// Files are out of its reach, and 10.0.2.3 does not answer.
bool install_emulation() { return false; }
#endif

void limit(decltype(RLIMIT_AS) what, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(what, &both);
}

#if !defined(__SANITIZE_ADDRESS__)
/// Bytes of address space in use.
rlim_t memory_in_use() {
  rlim_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    unsigned long value = 0;
    if (std::fscanf(file, "%lu", &value) == 1) pages = value;
    std::fclose(file);
  }
  return pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}
#endif

std::vector<host::SyscallRule> rules(bool emulation) {
  using enum host::SyscallRule::Answer;
  const host::SyscallRule::Answer file = emulation ? Emulate : Refuse;
  const u64 self = static_cast<u64>(getpid());
  std::vector<host::SyscallRule> list = {
      // Sockets of the Internet, TCP, UDP and echo requests; not raw ones, which the library tries for those.
      {"socket", Allow, {{0, AF_INET}, {1, SOCK_STREAM, 0xF}, {2, 0}}},
      {"socket", Allow, {{0, AF_INET}, {1, SOCK_DGRAM, 0xF}, {2, 0}}},
      {"socket", Allow, {{0, AF_INET}, {1, SOCK_DGRAM, 0xF}, {2, IPPROTO_ICMP}}},
      {"socket", Refuse, {{0, AF_INET}, {1, SOCK_RAW, 0xF}}},
      {"socket", Refuse, {{.argument = 0, .value = AF_INET, .negated = true}}},
      {"setsockopt", Allow, {{1, SOL_SOCKET}}},
      {"setsockopt", Allow, {{1, IPPROTO_IP}}},
      {"setsockopt", Allow, {{1, IPPROTO_TCP}}},
      {"ioctl", Allow, {{1, FIONREAD}}},
      {"ioctl", Allow, {{1, FIONBIO}}},
      {"ioctl", Refuse, {{1, TCGETS}}},
      // Memory, never executable.
      {"mmap", Allow, {{2, 0, PROT_EXEC}}},
      {"mprotect", Allow, {{2, 0, PROT_EXEC}}},
      {"tgkill", Allow, {{0, self}}},  // abort()
      {"openat", file},
      {"newfstatat", file},
  };
  for (u64 command : {F_GETFD, F_SETFD, F_GETFL, F_SETFL}) list.push_back({"fcntl", Allow, {{1, command}}});
  for (const char* name :
       {"bind",         "connect",     "sendto",        "recvfrom",       "sendmsg",   "recvmsg",    "getsockname",
        "getpeername",  "getsockopt",  "shutdown",      "close",          "dup",       "read",       "write",
        "readv",        "writev",      "lseek",         "fstat",          "poll",      "ppoll",      "brk",
        "munmap",       "mremap",      "madvise",       "futex",          "getrandom", "getpid",     "gettid",
        "rt_sigreturn", "sigaltstack", "clock_gettime", "rt_sigprocmask", "exit",      "exit_group", "restart_syscall"})
    list.push_back({name});
  return list;
}

}  // namespace

void confine_user_network() {
  g_resolv_conf = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);
#if !defined(__SANITIZE_ADDRESS__)  // which reserves more than there is
  limit(RLIMIT_AS, memory_in_use() + kMaxMemory);
#endif
  limit(RLIMIT_NOFILE, kMaxDescriptors);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NPROC, 0);
  // A kernel without filters leaves a process that has nothing open and no privileges.
  if (!host::restrict_syscalls(rules(install_emulation()), host::Otherwise::Kill)) return;
}

}  // namespace hypsim::virtio

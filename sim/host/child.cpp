// SPDX-License-Identifier: Apache-2.0
#include "sim/host/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "sim/host/io.h"

namespace hypsim::host {

namespace {

constexpr int kSocket = 3;  // of the child

/// Root's child is no root: whatever it asks for beyond what a user may is refused.
void drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  syscall(SYS_capset, &header, none);
}

/// Everything the child has from its parent and must not have.
void leave_parent(int socket, pid_t parent) {
  for (int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  drop_capabilities();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // it died before the line above
  // The socket goes out of the way first, in case it is one of those that are replaced.
  const int kept = fcntl(socket, F_DUPFD, kSocket + 1);
  const int null = open("/dev/null", O_RDWR);
  if (kept < 0 || null < 0) _exit(1);
  for (int fd : {0, 1, 2}) dup2(null, fd);
  dup2(kept, kSocket);
  closefrom(kSocket + 1);
}

}  // namespace

Child::Child(const std::function<int(int socket)>& work) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) {
    const int error = errno;
    calls().close(ends[0]);
    calls().close(ends[1]);
    throw std::system_error(error, std::generic_category(), "fork");
  }
  if (pid_ == 0) {
    int code = 1;
    try {
      leave_parent(ends[1], parent);
      code = work(kSocket);
    } catch (...) {
    }
    _exit(code);
  }
  calls().close(ends[1]);
  socket_ = ends[0];
}

Child::~Child() {
  end();
  calls().close(socket_);
}

std::string Child::end() {
  if (pid_ < 0) return {};
  kill(pid_, SIGKILL);  // of no effect on one that has ended
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  return fmt::format("signal {}, {}", WTERMSIG(status), strsignal(WTERMSIG(status)));
}

}  // namespace hypsim::host

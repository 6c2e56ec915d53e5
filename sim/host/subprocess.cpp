// SPDX-License-Identifier: Apache-2.0
#include "sim/host/subprocess.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/base/error.h"
#include "sim/host/io.h"

namespace hypsim::host {

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kCannotRun = 127;
constexpr std::chrono::milliseconds kPause{2};  // between two looks at a child that has closed its output

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw InputError(fmt::format("a pipe: {}; close some files", strerror(errno)));
    read = ends[0];
    write = ends[1];
  }
  ~Pipe() {
    calls().close(read);
    close_write();
  }
  void close_write() {
    if (write >= 0) calls().close(write);
    write = -1;
  }
};

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(static_cast<__rlimit_resource_t>(resource), &both);
}

/// Bytes of address space that this process has: a copy of it starts with them.
u64 own_address_space() {
  u64 pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<u64>(sysconf(_SC_PAGESIZE));
}

// In the child, which may call nothing but what a signal handler may.
void confine(const ChildLimits& limits) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, static_cast<rlim_t>(limits.time.count()));
  limit(RLIMIT_AS, limits.memory);
  limit(RLIMIT_FSIZE, limits.file);
  for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ, SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE})
    signal(number, SIG_DFL);
}

/// Reads until the child closes its end. False if it was too slow or wrote too much.
bool take_output(int fd, const ChildLimits& limits, Clock::time_point deadline, ChildResult& result) {
  char buffer[65536];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd ready{fd, POLLIN, 0};
    const int seen = ::poll(&ready, 1, static_cast<int>(std::max<i64>(left.count(), 0)));
    if (seen < 0 && errno == EINTR) continue;
    if (seen <= 0) {
      result.failure = fmt::format("it took more than {} s", limits.time.count());
      return false;
    }
    const ssize_t n = calls().read(fd, buffer, sizeof buffer);
    if (n == 0) return true;
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) {
      result.failure = strerror(errno);
      return false;
    }
    if (result.output.size() + static_cast<std::size_t>(n) > limits.output) {
      result.failure = fmt::format("it wrote more than {} bytes", limits.output);
      return false;
    }
    result.output.append(buffer, static_cast<std::size_t>(n));
  }
}

ChildResult finish(pid_t child, Pipe& pipe, const ChildLimits& limits) {
  pipe.close_write();
  ChildResult result;
  const Clock::time_point deadline = Clock::now() + limits.time;
  bool there = take_output(pipe.read, limits, deadline, result);
  int status = 0;
  pid_t ended = 0;
  while (there && (ended = waitpid(child, &status, WNOHANG)) == 0) {
    there = Clock::now() < deadline;
    if (!there) result.failure = fmt::format("it took more than {} s", limits.time.count());
    ::poll(nullptr, 0, static_cast<int>(kPause.count()));
  }
  if (ended <= 0) {
    kill(-child, SIGKILL);
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (result.failure.empty() && WIFSIGNALED(status)) result.failure = fmt::format("{}", strsignal(WTERMSIG(status)));
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

[[noreturn]] void cannot_start() {
  throw InputError(fmt::format("a process cannot be started: {}; end some others", strerror(errno)));
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  return all;
}

}  // namespace

ChildResult run_program(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                        const std::string& folder, const ChildLimits& limits) {
  Pipe pipe;
  const std::vector<char*> words = pointers(argv), variables = pointers(environment);
  const pid_t child = fork();
  if (child < 0) cannot_start();
  if (child == 0) {
    confine(limits);
    const int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(pipe.write, 1) < 0 || dup2(1, 2) < 0 || chdir(folder.c_str()) != 0)
      _exit(kCannotRun);
    close_range(3, ~0u, 0);
    execve(words[0], words.data(), variables.data());
    _exit(kCannotRun);
  }
  return finish(child, pipe, limits);
}

ChildResult run_copy(const std::function<void(int output)>& work, int keep, const ChildLimits& wanted) {
  Pipe pipe;
  ChildLimits limits = wanted;
  limits.memory += own_address_space();
  const pid_t child = fork();
  if (child < 0) cannot_start();
  if (child == 0) {
    confine(limits);
    const int null = open("/dev/null", O_RDWR);
    if (null < 0) _exit(kCannotRun);
    for (const int fd : {0, 1, 2}) dup2(null, fd);
    const auto [low, high] = std::minmax(pipe.write, keep);
    for (const auto& [first, last] :
         {std::pair{3, low - 1}, std::pair{low + 1, high - 1}, std::pair{high + 1, INT_MAX}})
      if (first <= last) close_range(static_cast<unsigned>(std::max(first, 3)), static_cast<unsigned>(last), 0);
    limit(RLIMIT_NOFILE, 1);  // which is none: 0 is taken. poll() wants one
    work(pipe.write);
    _exit(0);
  }
  return finish(child, pipe, limits);
}

std::string find_program(const std::string& name) {
  namespace fs = std::filesystem;
  const auto runs = [](const std::string& path) { return access(path.c_str(), X_OK) == 0 && !fs::is_directory(path); };
  if (name.find('/') != std::string::npos) return runs(name) ? fs::absolute(name).string() : "";
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const fs::path program = fs::absolute(folder.empty() ? "." : folder) / name; runs(program))
      return program.string();
  return "";
}

}  // namespace hypsim::host

// SPDX-License-Identifier: Apache-2.0
#include "sim/host/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>

#include "sim/base/error.h"
#include "sim/host/child.h"
#include "sim/host/output_file.h"
#include "tests/support/temporary_folder.h"

namespace hypsim::host {
namespace {

using test::TemporaryFolder;

// Sanitizers look at an object that is thrown through a pipe, which is refused.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr int kUnknown = 77;  // exit code: the kernel has not what a test is about

/// How a process ends that enters the sandbox and does `work`, whose result is its exit code.
std::string fate(const Sandbox& sandbox, const std::function<int(Confinement)>& work) {
  Child child([&](int) { return work(enter(sandbox)); });
  char byte;
  EXPECT_EQ(recv(child.socket(), &byte, 1, 0), 0) << "it ends without a word";
  return child.end();
}

/// The same for what needs both halves.
std::string whole_fate(const Sandbox& sandbox, const std::function<int()>& work) {
  return fate(sandbox, [&](Confinement c) { return c.calls && c.files ? work() : kUnknown; });
}

#define EXPECT_FATE(how, what)                                                                         \
  do {                                                                                                 \
    const std::string came = what;                                                                     \
    if (came == "exit code 77") GTEST_SKIP() << "this kernel knows no seccomp filters or no Landlock"; \
    EXPECT_EQ(came, how) << "the exit code is the line";                                               \
  } while (false)

// Of a child: ends it with the number of the line that did not hold.
#define HOLDS(...) \
  if (!(__VA_ARGS__)) return __LINE__ & 0xFF

bool opens(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

bool fails(long result) { return result == -1 && (errno == EACCES || errno == ENOSYS); }

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Sandbox, NothingCanBeOpenedStartedOrMadeExecutable) {
  EXPECT_FATE(
      "exit code 0", fate({}, [](Confinement c) {
        if (!c.calls) return kUnknown;
        HOLDS(fails(open("/etc/passwd", O_RDONLY)));
        HOLDS(fails(open("/tmp/hypsim-sandbox", O_WRONLY | O_CREAT, 0600)));
        HOLDS(fails(syscall(SYS_open, "/dev/null", O_RDONLY)));
        HOLDS(fails(mkdir("/tmp/hypsim-sandbox", 0700)));
        HOLDS(fails(symlink("/etc", "/tmp/hypsim-sandbox")));
        HOLDS(fails(unlink("/tmp/hypsim-sandbox")));
        HOLDS(fails(truncate("/tmp/hypsim-sandbox", 0)));
        HOLDS(fails(fork()));
        HOLDS(fails(socket(AF_INET, SOCK_STREAM, 0)));
        HOLDS(fails(socket(AF_UNIX, SOCK_STREAM, 0)));
        HOLDS(fails(connect(3, nullptr, 0)));
        HOLDS(fails(ptrace(PTRACE_ATTACH, getppid(), 0, 0)));
        HOLDS(fails(kill(getppid(), 0)));
        HOLDS(fails(syscall(SYS_tgkill, getppid(), getppid(), 0)));
        HOLDS(fails(ioctl(0, TIOCSTI, "x")));
        for (long call : {SYS_mount, SYS_init_module, SYS_bpf, SYS_io_uring_setup, SYS_userfaultfd, SYS_memfd_create,
                          SYS_process_vm_writev, SYS_perf_event_open, SYS_keyctl, SYS_clone3, SYS_unshare})
          HOLDS(fails(syscall(call, 0, 0, 0, 0, 0, 0)));
        HOLDS(mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
        void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        HOLDS(page != MAP_FAILED);
        HOLDS(fails(mprotect(page, 4096, PROT_READ | PROT_EXEC)));
        return 0;
      }));
}

TEST(Sandbox, StartingAProgramEndsTheProcess) {
  char name[] = "/bin/true";
  char* words[] = {name, nullptr};
  EXPECT_FATE("signal 31, Bad system call",
              fate({}, [&](Confinement c) { return c.calls ? execv(name, words) : kUnknown; }));
}

TEST(Sandbox, WhatIsOpenGoesOn) {
  const TemporaryFolder folder;
  const std::string path = (folder / "disk").string();
  EXPECT_FATE("exit code 0", [&] {
    Child child([&](int) {
      const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
      int ends[2];
      if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 1;
      if (!enter({}).calls) return kUnknown;
      char text[5] = {};
      HOLDS(pwrite(fd, "words", 5, 0) == 5 && pread(fd, text, 5, 0) == 5 && ftruncate(fd, 3) == 0);
      HOLDS(fdatasync(fd) == 0 && lseek(fd, 0, SEEK_END) == 3);
      struct stat info {};
      HOLDS(fstat(fd, &info) == 0 && info.st_size == 3);
      HOLDS(stat(path.c_str(), &info) == 0);
      const int copy = dup(fd);
      HOLDS(copy >= 0 && fcntl(copy, F_GETFD) == 0 && close(copy) == 0);
      HOLDS(send(ends[0], "x", 1, MSG_NOSIGNAL) == 1 && recv(ends[1], text, 1, 0) == 1);
      pollfd ready{ends[0], POLLIN | POLLOUT, 0};
      HOLDS(poll(&ready, 1, 1) == 1);
      HOLDS(!isatty(fd) && errno == ENOTTY);
      std::signal(SIGUSR1, [](int) {});
      HOLDS(raise(SIGUSR1) == 0);
      timespec now{};
      HOLDS(clock_gettime(CLOCK_MONOTONIC, &now) == 0 && time(nullptr) > 0);
      constexpr std::size_t kMuch = std::size_t{64} << 20;
      volatile char* much = static_cast<char*>(std::malloc(kMuch));
      HOLDS(much != nullptr);
      much[kMuch - 1] = 1;
      std::free(const_cast<char*>(much));
      void* page = mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      HOLDS(page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0 && munmap(page, 4096) == 0);
      if (kSanitized) return 0;
      try {
        throw InputError("caught");
      } catch (const InputError&) {
        return 0;
      }
      return 1;
    });
    char byte;
    EXPECT_EQ(recv(child.socket(), &byte, 1, 0), 0);
    return child.end();
  }());
}

TEST(Sandbox, AbortStillAborts) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer makes an exit code of it";
  EXPECT_FATE("signal 6, Aborted", fate({}, [](Confinement c) -> int {
                if (!c.calls) return kUnknown;
                std::abort();
              }));
}

TEST(Sandbox, OneProcessCanBeEnded) {
  EXPECT_FATE("exit code 0", [&] {
    Child child([](int) {
      const pid_t other = fork();
      if (other == 0) {
        alarm(60);
        pause();
        _exit(0);
      }
      if (!enter({.child = other}).calls) {
        kill(other, SIGKILL);
        return kUnknown;
      }
      HOLDS(fails(kill(getppid(), 0)));
      HOLDS(fails(kill(0, 0)));
      HOLDS(kill(other, SIGKILL) == 0 && waitpid(other, nullptr, 0) == other);
      return 0;
    });
    char byte;
    EXPECT_EQ(recv(child.socket(), &byte, 1, 0), 0);
    return child.end();
  }());
}

TEST(Sandbox, FilesOfOneFolder) {
  const TemporaryFolder given, other;
  std::ofstream((other / "secret").string()) << "secret";
  std::ofstream((given / "old").string()) << "old";
  ASSERT_EQ(symlink((other / "secret").string().c_str(), (given / "link").string().c_str()), 0);
  ASSERT_EQ(mkdir((given / "inner").string().c_str(), 0700), 0);
  EXPECT_FATE("exit code 0", whole_fate({.files = given.name()}, [&] {
                HOLDS(opens((given / "old").string(), O_RDWR) && opens((given / "old").string(), O_RDWR | O_TRUNC));
                HOLDS(opens((given / "new").string(), O_WRONLY | O_CREAT | O_EXCL));
                HOLDS(opens((given / "inner/new").string(), O_WRONLY | O_CREAT | O_EXCL));
                HOLDS(!opens((given / "link").string(), O_RDONLY) && errno == EACCES);
                HOLDS(!opens((other / "secret").string(), O_RDONLY) && errno == EACCES);
                HOLDS(!opens((other / "secret").string(), O_WRONLY) && errno == EACCES);
                HOLDS(!opens((other / "new").string(), O_WRONLY | O_CREAT) && errno == EACCES);
                HOLDS(!opens("/dev/null", O_WRONLY) && errno == EACCES);
                HOLDS(fails(std::rename((given / "old").string().c_str(), (given / "moved").string().c_str())));
                HOLDS(fails(unlink((given / "old").string().c_str())));
                HOLDS(fails(mkdir((given / "made").string().c_str(), 0700)));
                HOLDS(fails(symlink("/etc", (given / "etc").string().c_str())));
                HOLDS(fails(chmod((given / "old").string().c_str(), 0777)));
                return 0;
              }));
}

TEST(Sandbox, ReportsAreWrittenWhereTheyBelong) {
  const TemporaryFolder given, other;
  std::ofstream((given / "old.html").string()) << "old";
  EXPECT_FATE("exit code 0", [&] {
    Child child([&](int) {
      OutputFile old((given / "old.html").string(), "--html"), made((given / "new.csv").string(), "--csv");
      OutputFile out_of_reach((other / "new").string(), "--csv"), device("/dev/null", "--csv");
      HOLDS(device.folder().empty());
      const Confinement c = enter({.reports = {old.folder(), made.folder(), device.folder()}});
      if (!c.calls || !c.files) return kUnknown;
      old.write("replaced");
      made.write("made");
      device.write("gone");
      HOLDS(!opens("/etc/passwd", O_RDONLY));
      if (kSanitized) return 0;
      try {
        out_of_reach.write("no");
        return 1;
      } catch (const InputError&) {
      }
      return 0;
    });
    char byte;
    EXPECT_EQ(recv(child.socket(), &byte, 1, 0), 0);
    return child.end();
  }());
  EXPECT_EQ(text_of((given / "old.html").string()), "replaced");
  EXPECT_EQ(text_of((given / "new.csv").string()), "made");
}

TEST(Sandbox, ASocketFileCanBeRemoved) {
  const TemporaryFolder given, other;
  for (const TemporaryFolder* folder : {&given, &other}) std::ofstream((*folder / "gdb.sock").string()) << "";
  EXPECT_FATE("exit code 0", whole_fate({.removed = {given.name()}}, [&] {
                HOLDS(unlink((given / "gdb.sock").string().c_str()) == 0);
                HOLDS(fails(unlink((other / "gdb.sock").string().c_str())));
                HOLDS(!opens((given / "new").string(), O_WRONLY | O_CREAT) && errno == EACCES);
                return 0;
              }));
}

}  // namespace
}  // namespace hypsim::host

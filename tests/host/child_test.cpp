// SPDX-License-Identifier: Apache-2.0
#include "sim/host/child.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sim/host/seccomp.h"

namespace hypsim::host {
namespace {

/// The exit code of a child, or minus the signal that ended it.
std::string fate(const std::function<int()>& work) {
  Child child([&](int) { return work(); });
  char byte;
  EXPECT_EQ(recv(child.socket(), &byte, 1, 0), 0) << "it ends without a word";
  return child.end();
}

TEST(Child, TalksAndEnds) {
  Child child([](int socket) {
    char text[8] = {};
    const ssize_t n = recv(socket, text, sizeof text, 0);
    send(socket, text, static_cast<std::size_t>(n), 0);
    return 3;
  });
  char text[8] = {};
  ASSERT_EQ(send(child.socket(), "ping", 4, MSG_NOSIGNAL), 4);
  ASSERT_EQ(recv(child.socket(), text, sizeof text, 0), 4);
  EXPECT_STREQ(text, "ping");
  EXPECT_EQ(recv(child.socket(), text, sizeof text, 0), 0);
  EXPECT_EQ(child.end(), "exit code 3");
  EXPECT_EQ(child.end(), "") << "said once";
}

TEST(Child, SaysHowItEnded) {
  EXPECT_EQ(fate([] { return 0; }), "exit code 0");
  EXPECT_EQ(fate([]() -> int { throw 1; }), "exit code 1");
  EXPECT_EQ(fate([] { return std::signal(SIGSEGV, SIG_DFL), raise(SIGSEGV); }), "signal 11, Segmentation fault");
  Child child([](int) { return pause(); });
  EXPECT_EQ(child.end(), "signal 9, Killed");
}

TEST(Child, HasNothingOfItsParents) {
  const int kept = dup2(1, 100);  // without close-on-exec
  ASSERT_EQ(kept, 100);
  EXPECT_EQ(fate([] {
              for (int fd = 4; fd < 200; ++fd)
                if (dup(fd) >= 0) return 1;
              if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return 2;
              for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) raise(signal);
              return 0;
            }),
            "exit code 0");
  close(kept);
}

/// With what a program needs to end, and what the sanitizers need to look on.
bool only(std::vector<SyscallRule> rules, Otherwise otherwise) {
  for (const char* name : {"exit_group", "rt_sigreturn", "rt_sigprocmask", "sigaltstack", "gettid", "mmap", "munmap"})
    rules.push_back({name});
  return restrict_syscalls(rules, otherwise);
}

TEST(Seccomp, WhatIsNotNamedKillsOrIsRefused) {
  EXPECT_EQ(fate([] { return only({}, Otherwise::Kill) ? static_cast<int>(syscall(SYS_getppid)) : 99; }),
            "signal 31, Bad system call");
  EXPECT_EQ(fate([] {
              if (!only({{"getppid"}}, Otherwise::Refuse)) return 99;
              if (syscall(SYS_getppid) < 0) return 1;
              return syscall(SYS_getpgid, 0) == -1 && errno == EACCES ? 0 : 2;
            }),
            "exit code 0");
}

TEST(Seccomp, RulesOfOneNameAreAlternatives) {
  EXPECT_EQ(fate([] {
              using enum SyscallRule::Answer;
              if (!only({{"socket", Allow, {{0, AF_INET}, {1, SOCK_DGRAM, 0xF}}},
                         {"socket", Allow, {{0, AF_INET}, {1, SOCK_STREAM, 0xF}}},
                         {"socket", Refuse, {{.argument = 0, .value = AF_INET, .negated = true}}}},
                        Otherwise::Kill))
                return 99;
              if (socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0) return 1;
              if (socket(AF_INET, SOCK_STREAM, 0) < 0) return 2;
              if (socket(AF_UNIX, SOCK_STREAM, 0) != -1 || errno != EACCES) return 3;
              return socket(AF_INET, SOCK_RAW, 1);
            }),
            "signal 31, Bad system call");
}

void answer(int, siginfo_t*, void*) { _exit(42); }

TEST(Seccomp, EmulatedCallsRaiseASignal) {
  EXPECT_EQ(fate([] {
              struct sigaction action {};
              action.sa_sigaction = answer;
              action.sa_flags = SA_SIGINFO;
              sigaction(SIGSYS, &action, nullptr);
              if (!only({{"getppid", SyscallRule::Answer::Emulate}, {"no such call"}}, Otherwise::Kill)) return 99;
              return static_cast<int>(syscall(SYS_getppid));
            }),
            "exit code 42");
}

}  // namespace
}  // namespace hypsim::host

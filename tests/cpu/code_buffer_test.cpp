// SPDX-License-Identifier: Apache-2.0
// Generated code is never writable where it runs, on hosts that refuse one or the other way to map it twice too, and
// child processes have none of it.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "sim/cpu/jit/code_buffer.h"
#include "tests/support/flat_machine.h"

namespace hypsim::test {
namespace {

/// Lines of /proc/self/maps of which `what` holds, by their permissions and all of the text.
template <class What>
unsigned mappings(What what) {
  std::ifstream maps("/proc/self/maps");
  unsigned n = 0;
  for (std::string line; std::getline(maps, line);) {
    const std::size_t space = line.find(' ');
    n += what(line.substr(space + 1, 4), line) ? 1 : 0;
  }
  return n;
}
unsigned writable_and_executable() {
  return mappings([](const std::string& p, const std::string&) { return p[1] == 'w' && p[2] == 'x'; });
}
/// Shared memory that can run: only ours.
unsigned shared_and_executable() {
  return mappings([](const std::string& p, const std::string&) { return p[2] == 'x' && p[3] == 's'; });
}

/// The sum of 1 to 100 by a hot loop, on cores that may generate code.
u32 sum_in_a_loop() {
  CoreConfig config;
  config.generate_code = true;
  config.hot_visits = 2;
  FlatMachine m(1 << 20, config);
  m.core.state().sys.sctlr[Security::Secure] |= 1u << sctlr::I;
  m.core.state_changed();
  m.code({0xE3A00064,    // mov r0, #100
          0xE0811000,    // add r1, r1, r0
          0xE2500001,    // subs r0, r0, #1
          0x1AFFFFFC,    // bne -2
          0xEAFFFFFE});  // b .
  m.run(400);
  EXPECT_EQ(writable_and_executable(), 0u);
  return m.reg(1);
}

/// Runs `body` in a child; its result is the exit code.
int in_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// From now on these system calls fail.
bool refuse(std::initializer_list<unsigned> calls) {
  std::vector<sock_filter> program = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<u32>(offsetof(seccomp_data, nr)))};
  for (const unsigned call : calls) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter = {static_cast<unsigned short>(program.size()), program.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(CodeBuffer, IsWrittenInOnePlaceAndRunsInAnother) {
  const unsigned before = shared_and_executable();
  const auto buffer = jit::CodeBuffer::create(1 << 20);
  ASSERT_NE(buffer, nullptr);
  EXPECT_EQ(shared_and_executable(), before + 1);
  EXPECT_EQ(writable_and_executable(), 0u);
  EXPECT_EQ(buffer->room(), 1u << 20);
  const u8* const runs = buffer->cursor();
  const u8 code[] = {0xB8, 42, 0, 0, 0, 0xC3};  // mov eax, 42; ret
  EXPECT_NE(buffer->writable(runs), runs);
  std::copy(std::begin(code), std::end(code), buffer->writable(runs));
  EXPECT_EQ(reinterpret_cast<int (*)()>(reinterpret_cast<std::uintptr_t>(runs))(), 42);
  buffer->take(sizeof(code));
  EXPECT_EQ(buffer->cursor(), runs + 16);
  buffer->keep();
  buffer->take(100);
  buffer->clear();
  EXPECT_EQ(buffer->cursor(), runs + 16);
}

TEST(CodeBuffer, ChildrenHaveNone) {
  const auto buffer = jit::CodeBuffer::create(1 << 20);
  ASSERT_NE(buffer, nullptr);
  const auto of_code = [] {
    return mappings([](const std::string&, const std::string& line) { return line.find("hypsim-code") != line.npos; });
  };
  EXPECT_EQ(of_code(), 2u);
  EXPECT_EQ(in_child([&] { return static_cast<int>(of_code()); }), 0);
}

TEST(CodeBuffer, CoresMapNothingWritableAndExecutable) { EXPECT_EQ(sum_in_a_loop(), 5050u); }

TEST(CodeBuffer, WithoutFilesInMemoryAnonymousMemoryIsMappedTwice) {
  EXPECT_EQ(in_child([] {
              if (!refuse({SYS_memfd_create})) return 2;
              const auto buffer = jit::CodeBuffer::create(1 << 20);
              if (buffer == nullptr || shared_and_executable() != 1 || writable_and_executable() != 0) return 3;
              if (in_child([] { return static_cast<int>(shared_and_executable()); }) != 0) return 4;
              return sum_in_a_loop() == 5050 ? 0 : 5;
            }),
            0);
}

TEST(CodeBuffer, WithoutEitherEverythingIsInterpreted) {
  EXPECT_EQ(in_child([] {
              if (!refuse({SYS_memfd_create, SYS_mremap})) return 2;
              if (jit::CodeBuffer::create(1 << 20) != nullptr || shared_and_executable() != 0) return 3;
              return sum_in_a_loop() == 5050 ? 0 : 4;
            }),
            0);
}

TEST(CodeBuffer, ACoreThatRunsNeedsNoNewMappings) {
  // What comes later: a process that may make nothing executable any more.
  EXPECT_EQ(in_child([] {
              CoreConfig config;
              config.generate_code = true;
              config.hot_visits = 2;
              FlatMachine m(1 << 20, config);
              m.core.state().sys.sctlr[Security::Secure] |= 1u << sctlr::I;
              m.core.state_changed();
              m.code({0xE3A00064, 0xE0811000, 0xE2500001, 0x1AFFFFFC, 0xEAFFFFFE});
              if (!refuse({SYS_memfd_create, SYS_mprotect})) return 2;
              m.run(400);
              return m.reg(1) == 5050 ? 0 : 3;
            }),
            0);
}

TEST(CodeBuffer, NothingCanBeMadeOfNothing) { EXPECT_EQ(jit::CodeBuffer::create(100), nullptr); }

}  // namespace
}  // namespace hypsim::test

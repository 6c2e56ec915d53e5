// SPDX-License-Identifier: Apache-2.0
#include "sim/host/subprocess.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <new>

#include "sim/host/io.h"
#include "tests/support/temporary_folder.h"

namespace hypsim::host {
namespace {

using namespace std::chrono_literals;

ChildResult shell(const std::string& script, const ChildLimits& limits = {}) {
  return run_program({"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin", "A=b"}, "/", limits);
}
void say(int fd, const std::string& text) {
  if (!write_all(fd, text.data(), text.size())) _exit(9);
}

TEST(Program, GetsWhatItWasGivenAndNothingElse) {
  const ChildResult result = shell("echo $A; pwd; cat; echo error >&2; exit 3");
  EXPECT_EQ(result.output, "b\n/\nerror\n");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.failure, "");
  const int mine = dup(0);  // without O_CLOEXEC
  EXPECT_EQ(shell("ls /proc/self/fd | wc -l").output, "4\n") << "0, 1, 2 and the one of ls";
  close(mine);
}

TEST(Program, ThatCannotBeRunEndsWith127) {
  EXPECT_EQ(run_program({"/no/such"}, {}, "/").exit_code, 127);
  EXPECT_EQ(run_program({"/bin/true"}, {}, "/no/such").exit_code, 127);
}

TEST(Program, IsEndedWithItsChildren) {
  const ChildResult slow = shell("echo $$; sleep 1000 & sleep 1000", {.time = 1s});
  EXPECT_EQ(slow.failure, "it took more than 1 s");
  for (int i = 0; i < 500 && kill(-std::atoi(slow.output.c_str()), 0) == 0; ++i) usleep(10'000);
  EXPECT_NE(kill(-std::atoi(slow.output.c_str()), 0), 0) << "nobody is left of its group";
  EXPECT_EQ(shell("exec >&- 2>&-; sleep 1000", {.time = 1s}).failure, "it took more than 1 s");
  EXPECT_EQ(shell("yes", {.output = 100'000}).failure, "it wrote more than 100000 bytes");
  EXPECT_NE(shell("kill -ABRT $$").failure, "");
}

TEST(Copy, HandsBackWhatItWrites) {
  const std::string text(1'000'000, 'x');
  const ChildResult result = run_copy([&](int output) { say(output, text); }, -1);
  EXPECT_EQ(result.output, text);
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.exit_code, 0);
}

TEST(Copy, DiesAlone) {
  EXPECT_EQ(run_copy([](int) { abort(); }, -1).failure, "Aborted");
  EXPECT_EQ(run_copy([](int) { raise(SIGSEGV); }, -1).failure, "Segmentation fault");
  EXPECT_EQ(run_copy([](int) { _exit(5); }, -1).exit_code, 5);
  EXPECT_EQ(run_copy([](int) { pause(); }, -1, {.time = 1s}).failure, "it took more than 1 s");
  EXPECT_NE(run_copy(
                [](int) {
                  for (volatile bool on = true; on;) {
                  }
                },
                -1, {.time = 1s})
                .failure,
            "");
}

TEST(Copy, HasNoFilesButItsOwn) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "kept", 4), 4);
  const ChildResult result = run_copy(
      [&](int output) {
        char text[4] = {};
        say(output, read_all(ends[0], text, 4) == 4 ? std::string(text, 4) : "none");
        char byte;
        const bool closed = write(ends[1], "x", 1) < 0 && errno == EBADF;
        const bool shut = open("/dev/null", O_RDONLY) < 0 && errno == EMFILE;
        say(output, read(0, &byte, 1) == 0 && write(1, "x", 1) == 1 && closed && shut ? " yes" : " no");
      },
      ends[0]);
  EXPECT_EQ(result.output, "kept yes");
  for (const int fd : ends) close(fd);
}

TEST(Programs, AreFoundOnThePath) {
  test::TemporaryFolder folder;
  const std::string before = std::getenv("PATH");
  EXPECT_TRUE(find_program("sh").ends_with("/sh"));
  EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
  EXPECT_EQ(find_program("no-such-program"), "");
  EXPECT_EQ(find_program("/tmp"), "") << "a folder";
  std::filesystem::create_symlink("/bin/sh", folder / "mine");
  setenv("PATH", ("/no/such::" + folder.name()).c_str(), 1);
  EXPECT_EQ(find_program("mine"), (folder / "mine").string());
  setenv("PATH", before.c_str(), 1);
}

}  // namespace
}  // namespace hypsim::host

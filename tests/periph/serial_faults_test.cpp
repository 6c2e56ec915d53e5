// SPDX-License-Identifier: Apache-2.0
// What becomes of a console when the host's calls fail.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/host/io.h"
#include "sim/periph/serial_backend.h"

namespace hypsim {
namespace {

constexpr int kShort = 0;

std::string written;
int fault = kShort;
bool lasting = false;

ssize_t faulty_write(int fd, const void* data, std::size_t size) {
  if (fd == STDERR_FILENO) return ::write(fd, data, size);
  if (fault != kShort) {
    errno = lasting ? fault : std::exchange(fault, kShort);
    return -1;
  }
  const std::size_t n = size > 3 ? 3 : size;
  written.append(static_cast<const char*>(data), n);
  return static_cast<ssize_t>(n);
}

struct SerialFaults : testing::Test {
  host::Calls real = host::calls();
  int ends[2] = {};
  SerialFaults() {
    EXPECT_EQ(pipe(ends), 0);
    written.clear();
    host::calls().write = faulty_write;
  }
  ~SerialFaults() override {
    host::calls() = real;
    close(ends[0]);
    close(ends[1]);
  }
  /// What the run's report says after a console of two lines with `error`.
  std::string failure(int error, bool always) {
    written.clear();
    fault = error;
    lasting = always;
    FdBackend console("'the console'", ends[1], ends[0], FdBackend::Ownership::Borrow);
    testing::internal::CaptureStderr();
    for (const char* line : {"hypervisor\n", "guest\n"})
      console.write(reinterpret_cast<const u8*>(line), std::strlen(line));
    console.finish();
    testing::internal::GetCapturedStderr();
    return console.failure();
  }
};

TEST_F(SerialFaults, ShortInterruptedAndEarlyWritesLoseNothing) {
  for (const int error : {kShort, EINTR, EAGAIN}) {
    EXPECT_EQ(failure(error, false), "") << std::strerror(error);
    EXPECT_EQ(written, "hypervisor\nguest\n") << std::strerror(error);
  }
}

TEST_F(SerialFaults, OneErrorIsTheEnd) {
  for (const int error : {ENOSPC, EIO, EBADF}) {
    EXPECT_EQ(failure(error, false), std::string("serial: writing to 'the console' failed: ") + std::strerror(error) +
                                         ": further output of this port is dropped");
    EXPECT_EQ(written, "") << "a console with a hole would deceive";
  }
}

TEST_F(SerialFaults, ItsNameIsFitForATerminal) {
  fault = ENOSPC;
  lasting = true;
  FdBackend console("'a\x1b[2J\nb\xff'", ends[1], -1, FdBackend::Ownership::Borrow);
  testing::internal::CaptureStderr();
  console.write(reinterpret_cast<const u8*>("\n"), 1);
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_EQ(console.failure(),
            "serial: writing to 'a\\x1b[2J\\x0ab\\xff' failed: No space left on device: further "
            "output of this port is dropped");
  EXPECT_EQ(line, console.failure() + "\n");
}

TEST_F(SerialFaults, AReaderThatLeftIsNoFailure) {
  for (const int error : {EPIPE, ECONNRESET}) {
    EXPECT_EQ(failure(error, false), "");
    EXPECT_EQ(written, "");
  }
}

TEST_F(SerialFaults, AnErrorThatComesWithTheClose) {
  host::calls() = real;
  host::calls().close = [](int fd) {
    ::close(fd);
    errno = ENOSPC;
    return -1;
  };
  EXPECT_NE(failure(kShort, false).find("No space left"), std::string::npos);
  host::calls() = real;
}

TEST_F(SerialFaults, AnInputThatCannotBeReadHasEnded) {
  host::calls() = real;
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  FdBackend console("'the console'", -1, ends[0], FdBackend::Ownership::Borrow);
  u8 byte = 0;
  for (const int error : {EIO, EINTR, EAGAIN}) {
    fault = error;
    host::calls().read = [](int, void*, std::size_t) -> ssize_t {
      errno = fault;
      return -1;
    };
    EXPECT_EQ(console.read(&byte, 1), 0u);
  }
  host::calls() = real;
  EXPECT_EQ(console.read(&byte, 1), 1u) << "what was there is not lost";
}

}  // namespace
}  // namespace hypsim

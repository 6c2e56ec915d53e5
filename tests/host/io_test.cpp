// SPDX-License-Identifier: Apache-2.0
#include "sim/host/io.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace hypsim::host {
namespace {

/// What the calls of the test saw, and what they answer next.
struct Script {
  std::string written;
  int interrupted = 0;  ///< calls that answer EINTR first
  int error = 0;        ///< what each call fails with from then on
} script;

ssize_t short_write(int, const void* data, std::size_t size) {
  if (script.interrupted > 0) {
    --script.interrupted;
    errno = EINTR;
    return -1;
  }
  if (script.error != 0) {
    errno = script.error;
    return -1;
  }
  const std::size_t n = size < 3 ? size : 3;
  script.written.append(static_cast<const char*>(data), n);
  return static_cast<ssize_t>(n);
}

ssize_t short_read(int, void* data, std::size_t size) {
  const std::size_t n = std::min<std::size_t>({size, 2, script.written.size()});
  std::memcpy(data, script.written.data(), n);
  script.written.erase(0, n);
  return static_cast<ssize_t>(n);
}

struct HostIo : testing::Test {
  Calls real = calls();
  HostIo() {
    script = {};
    calls().write = short_write;
    calls().read = short_read;
  }
  ~HostIo() override { calls() = real; }
};

TEST_F(HostIo, ShortAndInterruptedWritesAreFinished) {
  script.interrupted = 2;
  EXPECT_TRUE(write_all(1, "hypervisor", 10));
  EXPECT_EQ(script.written, "hypervisor");
}

TEST_F(HostIo, AnErrorOfAWriteIsReported) {
  script.error = EIO;
  EXPECT_FALSE(write_all(1, "x", 1));
  EXPECT_EQ(errno, EIO);
}

TEST_F(HostIo, WhatWasWrittenBeforeAnErrorIsCounted) {
  calls().write = [](int, const void* data, std::size_t size) -> ssize_t {
    const std::size_t n = std::min(size, 7 - script.written.size());
    script.written.append(static_cast<const char*>(data), n);
    errno = ENOSPC;
    return n == 0 ? -1 : static_cast<ssize_t>(n);
  };
  EXPECT_EQ(write_some(1, "hypervisor", 10), 7u);
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_EQ(script.written, "hypervi");
}

TEST_F(HostIo, TheEndOfAFileIsNoError) {
  script.written = "guest";
  char data[8] = {};
  errno = EIO;
  EXPECT_EQ(read_some(0, data, sizeof data), 5u);
  EXPECT_EQ(errno, 0);
  calls().read = [](int, void*, std::size_t) -> ssize_t {
    errno = EIO;
    return -1;
  };
  EXPECT_EQ(read_some(0, data, sizeof data), 0u);
  EXPECT_EQ(errno, EIO);
}

TEST_F(HostIo, ShortReadsAreFinishedUntilTheEnd) {
  script.written = "guest";
  char data[8] = {};
  EXPECT_EQ(read_all(0, data, sizeof data), 5);
  EXPECT_STREQ(data, "guest");
}

}  // namespace
}  // namespace hypsim::host

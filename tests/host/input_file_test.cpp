// SPDX-License-Identifier: Apache-2.0
#include "sim/host/input_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <thread>

#include "sim/base/error.h"
#include "sim/host/interrupt.h"
#include "sim/host/io.h"
#include "sim/host/standard_streams.h"
#include "tests/support/temporary_folder.h"

namespace hypsim::host {
namespace {

struct Input : testing::Test {
  test::TemporaryFolder folder;
  Calls real = calls();
  ~Input() override {
    calls() = real;
    interrupted = false;
  }
  std::string file(const char* name, const std::string& text) {
    const std::string path = (folder / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  static std::string refusal(const std::function<void()>& read) {
    try {
      read();
    } catch (const InputError& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      return error.what();
    }
    ADD_FAILURE() << "was read";
    return {};
  }
};

TEST_F(Input, AFileUpToItsLimit) {
  const std::string path = file("ten", "0123456789");
  EXPECT_EQ(read_text(path, 10), "0123456789");
  const std::string what = refusal([&] { read_file(path, 9); });
  EXPECT_EQ(what.find(path + ": larger than the 9 bytes"), 0u) << what;
  EXPECT_EQ(read_text(file("none", ""), 0), "");
  EXPECT_NE(read_text("/proc/self/status").find("VmPeak"), std::string::npos) << "its size says 0";
}

unsigned reads = 0;

TEST_F(Input, ARegularFileIsJudgedBeforeItIsRead) {
  const std::string path = file("sparse", "");
  ASSERT_EQ(truncate(path.c_str(), off_t{1} << 40), 0);
  reads = 0;
  calls().read = [](int fd, void* data, std::size_t size) {
    ++reads;
    return ::read(fd, data, size);
  };
  EXPECT_NE(refusal([&] { read_file(path, 1u << 20); }).find("larger than"), std::string::npos);
  EXPECT_EQ(reads, 0u);
}

TEST_F(Input, DevicesAndFoldersAreNoFiles) {
  for (const char* path : {"/dev/zero", "/dev/null"})
    EXPECT_NE(refusal([&] { read_text(path); }).find("is a device"), std::string::npos) << path;
  EXPECT_NE(refusal([&] { read_text("/tmp"); }).find("is a directory"), std::string::npos);
  EXPECT_NE(refusal([&] { read_text("/no/such"); }).find("No such file"), std::string::npos);
}

TEST_F(Input, PipesAreReadToTheirEndAndBounded) {
  for (const bool named : {false, true}) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    std::string path = "/dev/fd/" + std::to_string(ends[0]);
    if (named) {
      path = (folder / "fifo").string();
      ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    }
    std::thread writer([&] {
      const int fd = named ? open(path.c_str(), O_WRONLY) : ends[1];
      for (int i = 0; i < 3; ++i) EXPECT_EQ(write(fd, "piece", 5), 5);
      close(fd);
    });
    EXPECT_EQ(read_text(path, 15), "piecepiecepiece");
    writer.join();
    if (named) close(ends[1]);
    close(ends[0]);
  }
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "0123456789", 10), 10);
  // The writer is still there: what is beyond the limit is not waited for.
  EXPECT_NE(refusal([&] { read_text("/dev/fd/" + std::to_string(ends[0]), 9); }).find("larger than"),
            std::string::npos);
  close(ends[0]);
  close(ends[1]);
}

TEST_F(Input, ADescriptorThatIsNotOpenIsRefused) {
  EXPECT_NE(refusal([&] { read_text("/dev/fd/999"); }).find("/dev/fd/999"), std::string::npos);
  EXPECT_EQ(named_descriptor("/dev/fd/12"), 12);
  EXPECT_EQ(named_descriptor("/proc/self/fd/3"), 3);
  EXPECT_EQ(named_descriptor("/dev/stdout"), 1);
  for (const char* other : {"/dev/fd/", "/dev/fd/-1", "/dev/fd/1x", "/dev/fd/99999999999", "/dev/fd", "1"})
    EXPECT_EQ(named_descriptor(other), std::nullopt) << other;
}

int fault = 0;

// Every read of a file may be short, interrupted, early or failing.
TEST_F(Input, FaultsOfReads) {
  const std::string path = file("text", std::string(200, 'x'));
  calls().read = [](int fd, void* data, std::size_t size) { return ::read(fd, data, size < 7 ? size : 7); };
  EXPECT_EQ(read_text(path).size(), 200u);
  for (const int error : {EINTR, EAGAIN}) {
    fault = error;
    calls().read = [](int fd, void* data, std::size_t size) -> ssize_t {
      if (fault == 0) return ::read(fd, data, size);
      errno = std::exchange(fault, 0);
      return -1;
    };
    EXPECT_EQ(read_text(path).size(), 200u) << std::strerror(error);
  }
  calls().read = [](int, void*, std::size_t) -> ssize_t {
    errno = EIO;
    return -1;
  };
  EXPECT_EQ(refusal([&] { read_text(path); }), path + ": cannot be read: Input/output error; check the disk");
}

TEST_F(Input, AnInterruptedWaitEnds) {
  const std::string path = file("text", "x");
  calls().read = [](int, void*, std::size_t) -> ssize_t {
    interrupted = true;
    errno = EINTR;
    return -1;
  };
  EXPECT_THROW(read_text(path), Interrupted);
}

}  // namespace
}  // namespace hypsim::host

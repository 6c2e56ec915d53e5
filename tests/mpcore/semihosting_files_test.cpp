// SPDX-License-Identifier: Apache-2.0
// SYS_OPEN and what follows on files of the host, called as a guest calls it, with a host that may fail.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "sim/base/error.h"
#include "sim/host/io.h"
#include "sim/mpcore/semihosting.h"
#include "tests/support/flat_machine.h"
#include "tests/support/temporary_folder.h"

namespace hypsim {
namespace {

enum : u32 { kOpen = 1, kClose = 2, kWrite = 5, kRead = 6, kSeek = 0x0A, kFlen = 0x0C, kErrno = 0x13 };
enum : u32 { kR = 0, kRPlus = 2, kW = 4, kWPlus = 6, kA = 8, kAPlus = 10 };
constexpr u32 kFailed = ~u32{0};
constexpr u32 kBlock = test::FlatMachine::kRam + 0x100;  // parameters
constexpr u32 kName = test::FlatMachine::kRam + 0x1000;
constexpr u32 kData = test::FlatMachine::kRam + 0x3000;

/// What the calls of the host answer from now on.
struct Disk {
  std::size_t room = ~std::size_t{0};  ///< bytes that may still be written, then ENOSPC
  int close_error = 0, read_error = 0;
} disk;

ssize_t write_to_disk(int fd, const void* data, std::size_t size) {
  if (disk.room == 0) {
    errno = ENOSPC;
    return -1;
  }
  const ssize_t n = ::write(fd, data, std::min(size, disk.room));
  disk.room -= static_cast<std::size_t>(std::max<ssize_t>(n, 0));
  return n;
}

ssize_t read_from_disk(int fd, void* data, std::size_t size) {
  if (disk.read_error == 0) return ::read(fd, data, size);
  errno = disk.read_error;
  return -1;
}

int close_on_disk(int fd) {
  const int result = ::close(fd);
  if (disk.close_error == 0) return result;
  errno = disk.close_error;
  return -1;
}

struct SemihostingFiles : testing::Test {
  test::TemporaryFolder folder;
  test::FlatMachine machine;
  host::Calls real = host::calls();
  Semihosting semihosting;

  SemihostingFiles() : semihosting(config(folder)) { disk = {}; }
  ~SemihostingFiles() override { host::calls() = real; }
  static SemihostingConfig config(const test::TemporaryFolder& folder) {
    SemihostingConfig c;
    c.file_root = folder.name();
    return c;
  }
  void fault_injection() {
    host::calls().write = write_to_disk;
    host::calls().read = read_from_disk;
    host::calls().close = close_on_disk;
  }

  u32 call(u32 op, std::initializer_list<u32> block) {
    u32 at = kBlock;
    for (const u32 word : block) {
      machine.bus.set_word(at, word);
      at += 4;
    }
    u32 result = 0;
    EXPECT_TRUE(semihosting.call(machine.core, op, kBlock, result));
    return result;
  }
  u32 error() { return call(kErrno, {}); }
  void poke(u32 at, const std::string& text) {
    std::copy(text.begin(), text.end(), machine.bus.at(at, static_cast<u32>(text.size())));
  }
  std::string peek(u32 at, u32 size) {
    const u8* bytes = machine.bus.at(at, size);
    return {bytes, bytes + size};
  }
  u32 open(const std::string& name, u32 mode) {
    poke(kName, name + '\0');
    return call(kOpen, {kName, mode, static_cast<u32>(name.size())});
  }
  u32 write(u32 handle, const std::string& text) {
    poke(kData, text);
    return call(kWrite, {handle, kData, static_cast<u32>(text.size())});
  }
  /// What was read, at most `size` bytes.
  std::string read(u32 handle, u32 size) { return peek(kData, size - call(kRead, {handle, kData, size})); }
  std::string content(const char* name) {
    std::ifstream in(folder / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(SemihostingFiles, TheModesAreThoseOfFopen) {
  for (const u32 binary : {0u, 1u}) {
    for (const u32 mode : {kR, kRPlus}) EXPECT_EQ(open("none", mode | binary), kFailed);
    EXPECT_EQ(error(), 2u);  // ENOENT
    const auto now = [&](u32 mode, const std::string& text) {
      std::ofstream(folder / "file") << "before";
      const u32 handle = open("file", mode | binary);
      const u32 left = write(handle, text);
      EXPECT_EQ(call(kSeek, {handle, 0}), 0u);
      const std::string seen = read(handle, 16);
      EXPECT_EQ(call(kClose, {handle}), 0u);
      return std::to_string(left) + " " + seen + " " + content("file");
    };
    EXPECT_EQ(now(kR, "abc"), "3 before before");
    EXPECT_EQ(now(kRPlus, "abc"), "0 abcore abcore");
    EXPECT_EQ(now(kW, "abc"), "0  abc");
    EXPECT_EQ(now(kWPlus, "abc"), "0 abc abc");
    EXPECT_EQ(now(kA, "abc"), "0  beforeabc");
    EXPECT_EQ(now(kAPlus, "abc"), "0 beforeabc beforeabc");
  }
  EXPECT_EQ(open("file", 12), kFailed);
  EXPECT_EQ(error(), 22u);  // EINVAL
}

TEST_F(SemihostingFiles, AFullDiskIsToldToTheGuest) {
  fault_injection();
  const u32 handle = open("out", kW);
  ASSERT_NE(handle, kFailed);
  disk.room = 1500;
  const std::string thousand(1000, 'x');
  EXPECT_EQ(write(handle, thousand), 0u);
  EXPECT_EQ(write(handle, thousand), 500u);
  EXPECT_EQ(error(), 28u);  // ENOSPC
  EXPECT_EQ(write(handle, thousand), 1000u);
  EXPECT_EQ(call(kFlen, {handle}), 1500u);
  EXPECT_EQ(call(kClose, {handle}), 0u);
  EXPECT_EQ(content("out").size(), 1500u);
}

TEST_F(SemihostingFiles, ACloseThatFailsIsToldToTheGuestAndTheHandleIsGone) {
  fault_injection();
  const u32 handle = open("out", kW);
  disk.close_error = ENOSPC;
  EXPECT_EQ(call(kClose, {handle}), kFailed);
  EXPECT_EQ(error(), 28u);
  EXPECT_EQ(call(kClose, {handle}), kFailed);
  EXPECT_EQ(error(), 9u);  // EBADF
}

TEST_F(SemihostingFiles, WhatIsLeftOpenIsClosedAtTheEndAndToldToTheUser) {
  fault_injection();
  for (const char* name : {"a", "b"}) ASSERT_NE(open(name, kW), kFailed);
  disk.close_error = EIO;
  EXPECT_FALSE(semihosting.close_files());
  EXPECT_EQ(errno, EIO);
  EXPECT_TRUE(semihosting.close_files()) << "once";
}

TEST_F(SemihostingFiles, AReadThatFailsIsToldToTheGuest) {
  std::ofstream(folder / "in") << "text";
  fault_injection();
  const u32 handle = open("in", kR);
  disk.read_error = EIO;
  EXPECT_EQ(call(kRead, {handle, kData, 4}), 4u);
  EXPECT_EQ(error(), 5u);
  disk.read_error = 0;
  EXPECT_EQ(read(handle, 4), "text");
  EXPECT_EQ(call(kRead, {handle, kData, 4}), 4u) << "the end";
}

TEST_F(SemihostingFiles, WhatTheGuestsMemoryDoesNotTakeIsReadAgain) {
  std::ofstream(folder / "in") << "text";
  const u32 handle = open("in", kR);
  EXPECT_EQ(call(kRead, {handle, 0x1000, 4}), 4u) << "no memory there";
  EXPECT_EQ(error(), 14u);  // EFAULT
  EXPECT_EQ(read(handle, 4), "text");
}

TEST_F(SemihostingFiles, LengthsAndPlacesBehindTwoGigabytes) {
  std::ofstream(folder / "big") << "x";
  const u32 handle = open("big", kRPlus);
  ASSERT_EQ(truncate((folder / "big").c_str(), off_t{0xFFFFFFFE}), 0);
  EXPECT_EQ(call(kFlen, {handle}), 0xFFFFFFFEu);
  EXPECT_EQ(call(kSeek, {handle, 0xFFFFFFFC}), 0u);
  EXPECT_EQ(write(handle, "end"), 0u);
  EXPECT_EQ(call(kFlen, {handle}), kFailed) << "no number of the operation";
  EXPECT_EQ(error(), 139u);  // newlib's EOVERFLOW
  EXPECT_EQ(call(kSeek, {handle, 0xFFFFFFFC}), 0u);
  EXPECT_EQ(read(handle, 8), "end");
}

TEST_F(SemihostingFiles, NamesAreStringsInTheGuestsMemory) {
  std::ofstream(folder / "file") << "x";
  poke(kName, std::string("file\0", 5));
  EXPECT_EQ(call(kOpen, {kName, kR, 3}), kFailed) << "longer than it says";
  EXPECT_EQ(error(), 22u);
  EXPECT_EQ(call(kOpen, {kName, kR, 5}), kFailed) << "shorter than it says";
  EXPECT_EQ(error(), 22u);
  EXPECT_EQ(call(kOpen, {kName, kR, 0xFFFFFFFF}), kFailed);
  EXPECT_EQ(error(), 91u);  // newlib's ENAMETOOLONG
  EXPECT_EQ(open(std::string(4095, 'x'), kR), kFailed);
  EXPECT_EQ(error(), 91u);
  const u32 end = test::FlatMachine::kRam + (1u << 20);
  poke(end - 4, "file");
  EXPECT_EQ(call(kOpen, {end - 4, kR, 4}), kFailed) << "its end lies in no memory";
  EXPECT_EQ(error(), 14u);
  EXPECT_EQ(open("", kR), kFailed);
  EXPECT_EQ(error(), 2u);
  EXPECT_EQ(open(".", kR), kFailed);
  EXPECT_EQ(error(), 21u);  // EISDIR
  EXPECT_NE(open("file", kR), kFailed);
}

TEST_F(SemihostingFiles, OutsideTheFolderIsRefusedAndNamedOnce) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(open("../file", kW), kFailed);
  EXPECT_EQ(error(), 13u);  // EACCES
  EXPECT_EQ(semihosting.refusals(), std::vector<std::string>{"opening a file outside the allowed folder"});
}

TEST_F(SemihostingFiles, HandlesAreBounded) {
  std::vector<u32> handles;
  while (handles.size() <= 256 && (handles.empty() || handles.back() != kFailed)) handles.push_back(open("file", kW));
  EXPECT_EQ(handles.size(), 257u);
  EXPECT_EQ(error(), 24u);  // EMFILE
  EXPECT_EQ(call(kClose, {handles[7]}), 0u);
  EXPECT_EQ(open("file", kW), handles[7]);
}

TEST(SemihostingFolder, ThatIsNotThereIsAnErrorOfTheUser) {
  SemihostingConfig config;
  config.file_root = "/no/such/folder";
  EXPECT_THROW(Semihosting{config}, InputError);
}

}  // namespace
}  // namespace hypsim

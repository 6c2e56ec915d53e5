// SPDX-License-Identifier: Apache-2.0
// What the guest sees of each fault of the host's calls.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "sim/host/io.h"
#include "sim/periph/virtio/block.h"
#include "tests/periph/virtio/guest.h"
#include "tests/support/temporary_folder.h"

namespace hypsim::virtio {
namespace {

constexpr u32 kIn = 0, kOut = 1, kFlush = 4;
constexpr u8 kOk = 0, kIoError = 1;
constexpr int kShort = 0;

struct Plan {
  const char* call = "";
  int error = 0;  ///< of errno; kShort: half of the bytes
  bool once = true;
} plan;

/// Whether `call` is to fail now.
bool strikes(const char* call) {
  if (std::strcmp(plan.call, call) != 0) return false;
  if (plan.once) plan.call = "";
  errno = plan.error;
  return true;
}

ssize_t faulty_pread(int fd, void* data, std::size_t size, off_t at) {
  if (!strikes("pread")) return ::pread(fd, data, size, at);
  return plan.error == kShort ? ::pread(fd, data, size / 2, at) : -1;
}
ssize_t faulty_pwrite(int fd, const void* data, std::size_t size, off_t at) {
  if (!strikes("pwrite")) return ::pwrite(fd, data, size, at);
  return plan.error == kShort ? ::pwrite(fd, data, size / 2, at) : -1;
}
int faulty_sync(int fd) { return strikes("fdatasync") ? -1 : ::fdatasync(fd); }

struct BlockFaults : testing::Test {
  test::TemporaryFolder folder;
  host::Calls real = host::calls();
  std::unique_ptr<Machine> machine;
  const u64 header = Machine::at(0), status = Machine::at(0x100), data = Machine::at(0x1000);
  static constexpr u64 kBytes = 1024;

  BlockFaults() {
    const std::string image = (folder / "disk.img").string();
    std::ofstream(image) << std::string(8192, 'd');
    machine = std::make_unique<Machine>(std::make_unique<Block>(image, false), 2);
    machine->start();
    host::calls().pread = faulty_pread;
    host::calls().pwrite = faulty_pwrite;
    host::calls().fdatasync = faulty_sync;
  }
  ~BlockFaults() override {
    host::calls() = real;
    plan = {};
  }
  u8 request(u32 type) {
    Machine& m = *machine;
    m.memory.put(header, type);
    m.memory.put(header + 8, u64{2});
    std::vector<Buffer> chain{{header, 16}};
    if (type != kFlush) chain.push_back({data, kBytes, type == kIn ? kWriteFlag : u16{0}});
    chain.push_back({status, 1, kWriteFlag});
    m.rings[0].offer(chain);
    m.kick();
    return m.memory.get<u8>(status);
  }
  std::string disk() {
    std::string text(kBytes, '?');
    std::ifstream file(folder / "disk.img");
    file.seekg(1024);
    file.read(text.data(), kBytes);
    return text;
  }
};

struct Row {
  u32 type;
  const char* call;
  int error;
  u8 answer;
};
constexpr Row kRows[] = {
    {kIn, "pread", kShort, kOk},       {kIn, "pread", EINTR, kOk},           {kIn, "pread", EAGAIN, kOk},
    {kIn, "pread", EIO, kIoError},     {kOut, "pwrite", kShort, kOk},        {kOut, "pwrite", EINTR, kOk},
    {kOut, "pwrite", EAGAIN, kOk},     {kOut, "pwrite", ENOSPC, kIoError},   {kOut, "pwrite", EIO, kIoError},
    {kFlush, "fdatasync", EINTR, kOk}, {kFlush, "fdatasync", EIO, kIoError}, {kFlush, "fdatasync", ENOSPC, kIoError}};

TEST_F(BlockFaults, TheGuestIsTold) {
  for (const Row& row : kRows) {
    const std::string where = std::string(row.call) + ": " + (row.error == kShort ? "short" : std::strerror(row.error));
    const std::string text(kBytes, static_cast<char>('a' + (&row - kRows)));
    machine->memory.put_text(data, text);
    if (row.type == kIn) machine->memory.put_text(data, std::string(kBytes, '?'));
    const std::string before = disk();
    plan = {row.call, row.error, row.answer == kOk};
    EXPECT_EQ(request(row.type), row.answer) << where;
    const bool done = row.answer == kOk;
    if (row.type == kIn && done) {
      EXPECT_EQ(machine->memory.text(data, kBytes), before) << where;
    } else if (row.type == kOut) {
      EXPECT_EQ(disk(), done ? text : before) << where;
    }
    plan = {};
    EXPECT_EQ(request(row.type), kOk) << where << ": the next one goes well";
  }
}

TEST_F(BlockFaults, AnImageThatWasCutShort) {
  ASSERT_EQ(truncate((folder / "disk.img").c_str(), 1500), 0);
  EXPECT_EQ(request(kIn), kIoError);
}

}  // namespace
}  // namespace hypsim::virtio

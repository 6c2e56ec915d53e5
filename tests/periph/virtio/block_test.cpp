// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/block.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/base/error.h"
#include "tests/periph/virtio/guest.h"

namespace hypsim::virtio {
namespace {

namespace fs = std::filesystem;

constexpr u32 kIn = 0, kOut = 1, kFlush = 4, kGetId = 8;
constexpr u8 kOk = 0, kIoError = 1, kUnsupported = 2, kUnset = 0xEE;
constexpr u64 kSectors = 64;
constexpr u64 kFlushFeature = u64{1} << 9, kReadOnlyFeature = u64{1} << 5;

class BlockTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/hypsim-block-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder = name;
    image = folder / "disk.img";
    std::string content;
    for (u64 s = 0; s < kSectors; ++s) content += std::string(512, static_cast<char>('A' + s % 26));
    std::ofstream(image) << content;
  }
  void TearDown() override { fs::remove_all(folder); }

  void open(bool read_only = false, unsigned version = 2) {
    machine.reset();
    machine = std::make_unique<Machine>(std::make_unique<Block>(image.string(), read_only), version);
    machine->start();
  }
  /// A request with `buffers` between header and status. Returns the status.
  u8 request(u32 type, u64 sector, const std::vector<Buffer>& buffers) {
    Machine& m = *machine;
    m.memory.put(header, type);
    m.memory.put(header + 4, u32{0});
    m.memory.put(header + 8, sector);
    m.memory.put(status, kUnset);
    std::vector<Buffer> chain{{header, 16}};
    chain.insert(chain.end(), buffers.begin(), buffers.end());
    chain.push_back({status, 1, kWriteFlag});
    m.rings[0].offer(chain);
    m.kick();
    return m.memory.get<u8>(status);
  }
  u32 used_bytes() { return machine->rings[0].used(machine->rings[0].used_index() - 1u).second; }
  std::string file() {
    std::ostringstream text;
    text << std::ifstream(image).rdbuf();
    return text.str();
  }

  fs::path folder, image;
  std::unique_ptr<Machine> machine;
  const u64 header = Machine::at(0), status = Machine::at(0x100), data = Machine::at(0x1000);
};

TEST_F(BlockTest, SaysItsSize) {
  open();
  EXPECT_EQ(machine->rd(reg::kDeviceId), 2u);
  EXPECT_EQ(machine->rd(reg::kConfig), kSectors);
  EXPECT_EQ(machine->rd(reg::kConfig + 4), 0u);
  EXPECT_EQ(machine->rd(reg::kConfig + 20), 512u);
  EXPECT_NE(machine->offered() & kFlushFeature, 0u);
  EXPECT_EQ(machine->offered() & kReadOnlyFeature, 0u);
}

TEST_F(BlockTest, ReadsAndWritesReachTheFileAtOnce) {
  for (unsigned version : {1u, 2u}) {
    open(false, version);
    EXPECT_EQ(request(kIn, 2, {{data, 512, kWriteFlag}, {data + 512, 512, kWriteFlag}}), kOk);
    EXPECT_EQ(used_bytes(), 1025u);
    EXPECT_EQ(machine->memory.text(data, 1024), std::string(512, 'C') + std::string(512, 'D'));
    const std::string text = "written by version " + std::to_string(version) + std::string(512 - 20, '.');
    machine->memory.put_text(data, text);
    EXPECT_EQ(request(kOut, 5, {{data, 100}, {data + 100, 412}}), kOk);
    EXPECT_EQ(used_bytes(), 1u);
    EXPECT_EQ(file().substr(5 * 512, 512), text) << "without a flush: the file has it when the request is done";
    EXPECT_EQ(file().size(), kSectors * 512);
    EXPECT_EQ(request(kFlush, 0, {}), kOk);
  }
}

TEST_F(BlockTest, OneTransferOverManyPieces) {
  open();
  EXPECT_EQ(request(kIn, 0, {{data, kSectors * 512, kWriteFlag}}), kOk);
  EXPECT_EQ(machine->memory.text(data, kSectors * 512), file());
}

TEST_F(BlockTest, GetId) {
  open();
  EXPECT_EQ(request(kGetId, 0, {{data, 20, kWriteFlag}}), kOk);
  EXPECT_EQ(machine->memory.text(data, 7), std::string("hypsim\0", 7));
  EXPECT_EQ(request(kGetId, 0, {{data, 4, kWriteFlag}}), kOk);
  EXPECT_EQ(used_bytes(), 5u);
}

TEST_F(BlockTest, WithoutFlushEveryWriteIsFlushed) {
  open();
  machine->start(~(kFlushFeature | kFeatureIndirect | kFeatureEventIndex));
  machine->memory.put_text(data, std::string(512, 'x'));
  EXPECT_EQ(request(kOut, 0, {{data, 512}}), kOk);
  EXPECT_EQ(file()[0], 'x');
}

TEST_F(BlockTest, WhatLiesOutsideIsAnIoError) {
  open();
  const std::string before = file();
  for (u32 type : {kIn, kOut}) {
    const u16 flags = type == kIn ? kWriteFlag : 0;
    EXPECT_EQ(request(type, kSectors, {{data, 512, flags}}), kIoError);
    EXPECT_EQ(request(type, kSectors - 1, {{data, 1024, flags}}), kIoError);
    EXPECT_EQ(request(type, ~u64{0}, {{data, 512, flags}}), kIoError);
    EXPECT_EQ(request(type, u64{1} << 55, {{data, 512, flags}}), kIoError) << "the byte offset would wrap";
    EXPECT_EQ(request(type, 0, {{data, 511, flags}}), kIoError);
    EXPECT_EQ(request(type, kSectors - 1, {{data, 512, flags}}), kOk);
  }
  EXPECT_FALSE(machine->needs_reset());
  EXPECT_EQ(file().size(), before.size());
}

TEST_F(BlockTest, UnknownRequestsAreUnsupported) {
  open();
  for (u32 type : {2u, 11u, 13u, 0xFFFF'FFFFu}) EXPECT_EQ(request(type, 0, {}), kUnsupported) << type;
}

TEST_F(BlockTest, ReadOnly) {
  open(true);
  EXPECT_NE(machine->offered() & kReadOnlyFeature, 0u);
  const std::string before = file();
  EXPECT_EQ(request(kIn, 0, {{data, 512, kWriteFlag}}), kOk);
  EXPECT_EQ(request(kOut, 0, {{data, 512}}), kIoError);
  EXPECT_EQ(request(kFlush, 0, {}), kOk);
  EXPECT_EQ(file(), before);
}

TEST_F(BlockTest, WildBuffersFailTheRequestAndWildHeadersTheDevice) {
  open();
  const std::string before = file();
  EXPECT_EQ(request(kIn, 0, {{0xFFFF'FFFF'FFFF'F000, 512, kWriteFlag}}), kIoError);
  EXPECT_EQ(request(kOut, 0, {{kMemoryBase + kMemorySize - 256, 512}}), kIoError);
  EXPECT_EQ(file(), before) << "nothing of a request that fails before its first piece is complete";
  machine->rings[0].offer({{0, 16}, {status, 1, kWriteFlag}});
  machine->kick();
  EXPECT_TRUE(machine->needs_reset());
  machine->start();
  machine->rings[0].offer({{header, 15}, {status, 1, kWriteFlag}});
  machine->kick();
  EXPECT_TRUE(machine->needs_reset());
  machine->start();
  machine->rings[0].offer({{header, 16}});
  machine->kick();
  EXPECT_TRUE(machine->needs_reset()) << "nowhere to answer";
  machine->start();
  machine->rings[0].offer({{header, 16}, {~u64{0}, 1, kWriteFlag}});
  machine->kick();
  EXPECT_TRUE(machine->needs_reset());
}

std::string refusal(const std::string& path, bool read_only = false) {
  try {
    Block block(path, read_only);
  } catch (const InputError& e) {
    return e.what();
  }
  return "accepted";
}

TEST_F(BlockTest, BadImagesAreNamedOnOneLine) {
  const auto expect = [](const std::string& message, const char* part) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  };
  expect(refusal((folder / "none").string()), "No such file");
  expect(refusal(folder.string()), "a directory");
  expect(refusal("/dev/null"), "not a regular file");
  std::ofstream(folder / "odd") << std::string(513, 'x');
  expect(refusal((folder / "odd").string()), "513 bytes are no whole sectors");
  std::ofstream(folder / "empty");
  expect(refusal((folder / "empty").string()), "0 bytes");
  open();
  expect(refusal(image.string()), "in use");
  open(true);
  EXPECT_EQ(refusal(image.string(), true), "accepted") << "many may read";
}

TEST_F(BlockTest, NoPermission) {
  chmod(image.c_str(), 0444);
  if (access(image.c_str(), W_OK) == 0) {
    EXPECT_EQ(geteuid(), 0u) << "only root may write what nobody may";
    return;
  }
  const std::string message = refusal(image.string());
  EXPECT_NE(message.find("Permission denied"), std::string::npos) << message;
  EXPECT_NE(message.find(",ro"), std::string::npos) << message;
  EXPECT_EQ(refusal(image.string(), true), "accepted");
}

}  // namespace
}  // namespace hypsim::virtio

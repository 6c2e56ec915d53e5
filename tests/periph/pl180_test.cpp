// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl180.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "sim/base/error.h"

namespace hypsim {
namespace {

constexpr u32 kPower = 0x000, kClock = 0x004, kArgument = 0x008, kCommand = 0x00C, kRespCmd = 0x010, kResponse = 0x014,
              kDataTimer = 0x024, kDataLength = 0x028, kDataCtrl = 0x02C, kDataCnt = 0x030, kStatus = 0x034,
              kClear = 0x038, kMask0 = 0x03C, kMask1 = 0x040, kFifoCnt = 0x048, kFifo = 0x080;
constexpr u32 kCmdCrcFail = 1, kDataCrcFail = 2, kCmdTimeOut = 4, kDataTimeOut = 8, kRespEnd = 1 << 6, kSent = 1 << 7,
              kDataEnd = 1 << 8, kBlockEnd = 1 << 10, kTxActive = 1 << 12, kRxActive = 1 << 13, kTxHalfEmpty = 1 << 14,
              kRxHalfFull = 1 << 15, kRxFull = 1 << 17, kTxEmpty = 1 << 18, kRxEmpty = 1 << 19, kRxAvailable = 1 << 21;
constexpr u64 kMegabyte = 1 << 20;

/// A raw image that goes at the end.
class ImageFile {
 public:
  explicit ImageFile(u64 size) {
    char name[] = "/tmp/hypsim-sd-XXXXXX";
    fd_ = mkstemp(name);
    path_ = name;
    if (ftruncate(fd_, static_cast<off_t>(size)) != 0) std::abort();
  }
  ~ImageFile() {
    close(fd_);
    unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }
  void cut(u64 size) {
    if (ftruncate(fd_, static_cast<off_t>(size)) != 0) std::abort();
  }
  std::vector<u8> at(u64 offset, std::size_t size) const {
    std::vector<u8> bytes(size);
    EXPECT_EQ(pread(fd_, bytes.data(), size, static_cast<off_t>(offset)), static_cast<ssize_t>(size));
    return bytes;
  }
  void put(u64 offset, const std::vector<u8>& bytes) {
    EXPECT_EQ(pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset)), static_cast<ssize_t>(bytes.size()));
  }

 private:
  int fd_;
  std::string path_;
};

std::vector<u8> pattern(std::size_t size, u8 seed) {
  std::vector<u8> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<u8>(seed + i * 7 + i / 256);
  return bytes;
}

/// A driver, as those of kernels are written: what it waits for is a bit of the status, and never for ever.
struct Driver {
  explicit Driver(std::unique_ptr<SdCard> card)
      : slot({.core_hz = 24'000'000, .clock_hz = 24'000'000}, std::move(card)) {
    set(kPower, 3);
    set(kClock, 1 << 8 | 1 << 10);
    set(kDataTimer, 1000);
  }
  u32 get(u32 offset) {
    u32 value = 0;
    EXPECT_TRUE(slot.read(offset, 4, value, now));
    return value;
  }
  void set(u32 offset, u32 value) { EXPECT_TRUE(slot.write(offset, 4, value, now)); }
  /// What the command brought of CmdCrcFail, CmdTimeOut, CmdRespEnd and CmdSent; cleared.
  u32 command(unsigned index, u32 argument, bool response = true, bool is_long = false) {
    set(kArgument, argument);
    set(kCommand, index | (response ? 1 << 6 : 0) | (is_long ? 1 << 7 : 0) | 1 << 10);
    const u32 flags = get(kStatus) & (kCmdCrcFail | kCmdTimeOut | kRespEnd | kSent);
    set(kClear, flags);
    EXPECT_EQ(get(kStatus) & flags, 0u);
    return flags;
  }
  u32 application(unsigned index, u32 argument) {
    EXPECT_EQ(command(55, rca), kRespEnd);
    EXPECT_EQ(get(kResponse) & (1 << 5), 1u << 5) << "APP_CMD";
    return command(index, argument);
  }
  u32 card_status() {
    EXPECT_EQ(command(13, rca), kRespEnd);
    return get(kResponse);
  }
  /// From power-up to the transfer state. The CSD, most significant word first.
  std::array<u32, 4> identify(bool high_capacity_host = true) {
    EXPECT_EQ(command(0, 0, false), kSent);
    EXPECT_EQ(command(8, 0x1AA), kRespEnd);
    EXPECT_EQ(get(kResponse), 0x1AAu);
    EXPECT_EQ(application(41, 0), kCmdCrcFail) << "an inquiry; R3 has no CRC, which the driver must know";
    EXPECT_EQ(get(kResponse) & 1u << 31, 0u);
    EXPECT_EQ(application(41, 0x00FF8000 | (high_capacity_host ? 1u << 30 : 0)), kCmdCrcFail);
    ocr = get(kResponse);
    if ((ocr & 1u << 31) == 0) return {};
    EXPECT_EQ(command(2, 0, true, true), kRespEnd);
    EXPECT_EQ(get(kRespCmd), 0x3Fu);
    EXPECT_EQ(command(3, 0), kRespEnd);
    EXPECT_EQ(get(kRespCmd), 3u);
    rca = get(kResponse) & 0xFFFF0000;
    EXPECT_NE(rca, 0u);
    EXPECT_EQ(command(9, rca, true, true), kRespEnd);
    std::array<u32, 4> csd{};
    for (u32 i = 0; i < 4; ++i) csd[i] = get(kResponse + 4 * i);
    EXPECT_EQ(command(7, rca), kRespEnd);
    EXPECT_EQ(card_status() >> 9 & 0xF, 4u) << "transfer state";
    EXPECT_EQ(application(6, 2), kRespEnd);
    EXPECT_EQ(command(16, 512), kRespEnd);
    return csd;
  }
  void start_data(u32 bytes, bool from_card) {
    set(kDataLength, bytes);
    set(kDataCtrl, 1 | (from_card ? 2 : 0) | 9 << 4);
  }
  /// The data of a transfer that has begun, until it is over.
  std::vector<u8> drain(u32 bytes) {
    std::vector<u8> data;
    while (data.size() < bytes && (get(kStatus) & (kDataTimeOut | kDataCrcFail)) == 0) {
      if ((get(kStatus) & kRxAvailable) == 0) {
        now = now + Cycles(100);
        continue;
      }
      const u32 word = get(kFifo);
      for (unsigned i = 0; i < 4 && data.size() < bytes; ++i) data.push_back(static_cast<u8>(word >> i * 8));
    }
    return data;
  }
  void fill(const std::vector<u8>& data) {
    for (std::size_t at = 0; at < data.size() && (get(kStatus) & (kDataTimeOut | kDataCrcFail)) == 0; at += 4) {
      EXPECT_NE(get(kStatus) & kTxHalfEmpty, 0u);
      u32 word = 0;
      std::memcpy(&word, &data[at], std::min<std::size_t>(4, data.size() - at));
      set(kFifo, word);
    }
  }
  u32 data_flags() {
    const u32 flags = get(kStatus) & (kDataEnd | kBlockEnd | kDataTimeOut | kDataCrcFail);
    set(kClear, flags);
    return flags;
  }

  Cycles now{1};
  Pl180 slot;
  u32 rca = 0, ocr = 0;
};

u64 capacity(const std::array<u32, 4>& csd) {
  const auto field = [&](unsigned high, unsigned low) {
    u64 value = 0;
    for (unsigned bit = low; bit <= high; ++bit) value |= u64{csd[3 - bit / 32] >> bit % 32 & 1} << (bit - low);
    return value;
  };
  if (field(127, 126) == 1) return (field(69, 48) + 1) * (512 << 10);
  return (field(73, 62) + 1) << (field(49, 47) + 2) << field(83, 80);
}

TEST(Pl180, AnEmptySlotAnswersNoCommand) {
  Driver d(nullptr);
  EXPECT_EQ(d.command(0, 0, false), kSent);
  for (const unsigned index : {8u, 55u, 1u, 5u}) EXPECT_EQ(d.command(index, 0), kCmdTimeOut) << index;
  d.start_data(512, true);
  EXPECT_EQ(d.data_flags(), 0u);
  EXPECT_EQ(d.slot.next_event(d.now), d.now + Cycles(1000));
  d.now = d.now + Cycles(1000);
  EXPECT_EQ(d.data_flags(), kDataTimeOut) << "no driver waits for ever";
  EXPECT_EQ(d.slot.next_event(d.now), kNever);
}

TEST(Pl180, WithoutPowerNoCardAnswers) {
  const ImageFile file(kMegabyte);
  Driver d(std::make_unique<SdCard>(file.path(), false));
  d.identify();
  d.set(kPower, 0);
  EXPECT_EQ(d.command(13, d.rca), kCmdTimeOut);
  d.set(kPower, 3);
  EXPECT_EQ(d.command(13, d.rca), kCmdTimeOut) << "it has forgotten who it was";
  d.rca = 0;
  d.identify();
}

TEST(Pl180, CardsOfEverySizeSayIt) {
  for (const u64 size :
       {u64{2048}, kMegabyte, 100 * kMegabyte, u64{1} << 30, (u64{1} << 30) + (512 << 10), u64{64} << 30}) {
    const ImageFile file(size);
    Driver d(std::make_unique<SdCard>(file.path(), false));
    EXPECT_EQ(capacity(d.identify()), size);
    EXPECT_EQ((d.ocr & 1u << 30) != 0, size > u64{1} << 30) << "CCS";
  }
  for (const u64 size : {u64{512}, u64{0}, u64{2049}, 8 * kMegabyte + 2048, (u64{1} << 30) + 512}) {
    const ImageFile file(size);
    EXPECT_THROW(SdCard(file.path(), false), InputError) << size;
  }
  EXPECT_THROW(SdCard("/no/such/file", false), InputError);
}

TEST(Pl180, AHighCapacityCardIsNeverReadyForAHostThatDoesNotKnowIt) {
  const ImageFile file(u64{2} << 30);
  Driver d(std::make_unique<SdCard>(file.path(), false));
  d.identify(false);
  EXPECT_EQ(d.ocr & 1u << 31, 0u);
}

TEST(Pl180, BlocksAreReadAndWrittenOneByOneAndInRows) {
  for (const u64 size : {8 * kMegabyte, u64{2} << 30}) {
    ImageFile file(size);
    Driver d(std::make_unique<SdCard>(file.path(), false));
    d.identify();
    const u32 unit = size > u64{1} << 30 ? 1 : 512;  // of addresses
    const std::vector<u8> one = pattern(512, 1), row = pattern(512 * 40, 2);
    file.put(3 * 512, one);
    for (const bool data_first : {true, false}) {  // drivers do either
      if (data_first) d.start_data(512, true);
      EXPECT_EQ(d.command(17, 3 * unit), kRespEnd);
      if (!data_first) d.start_data(512, true);
      EXPECT_EQ(d.get(kStatus) & (kRxHalfFull | kRxFull), u32{kRxHalfFull | kRxFull});
      EXPECT_EQ(d.get(kFifoCnt), 112u) << "16 words lie in the FIFO";
      EXPECT_EQ(d.get(kDataCnt), 512u - 64);
      std::vector<u8> data = d.drain(508);
      EXPECT_EQ(d.data_flags(), u32{kDataEnd | kBlockEnd}) << "the card has sent it all";
      EXPECT_EQ(d.get(kStatus) & (kRxActive | kRxAvailable), u32{kRxActive | kRxAvailable}) << "until it is read";
      EXPECT_EQ(d.data_flags(), 0u) << "told once";
      for (const u8 byte : d.drain(4)) data.push_back(byte);
      EXPECT_EQ(data, one);
      EXPECT_EQ(d.get(kStatus) & (kRxActive | kRxEmpty), u32{kRxEmpty});
      EXPECT_EQ(d.get(kFifoCnt), 0u);
      EXPECT_EQ(d.card_status() >> 9 & 0xF, 4u);
    }
    EXPECT_EQ(d.command(25, 8 * unit), kRespEnd);
    d.start_data(static_cast<u32>(row.size()), false);
    EXPECT_EQ(d.get(kStatus) & (kTxActive | kTxEmpty), u32{kTxActive | kTxEmpty});
    d.fill(row);
    EXPECT_EQ(d.data_flags(), u32{kDataEnd | kBlockEnd});
    EXPECT_EQ(d.card_status() >> 9 & 0xF, 6u) << "still receiving";
    EXPECT_EQ(d.command(12, 0), kRespEnd);
    EXPECT_EQ(file.at(8 * 512, row.size()), row);
    EXPECT_EQ(d.application(22, 0), kRespEnd);
    d.start_data(4, true);
    EXPECT_EQ(d.drain(4), (std::vector<u8>{0, 0, 0, 40})) << "blocks that were written";
    d.data_flags();
    d.start_data(static_cast<u32>(row.size()), true);
    EXPECT_EQ(d.command(18, 8 * unit), kRespEnd);
    EXPECT_EQ(d.drain(static_cast<u32>(row.size())), row);
    EXPECT_EQ(d.data_flags(), u32{kDataEnd | kBlockEnd});
    EXPECT_EQ(d.command(12, 0), kRespEnd);
    EXPECT_EQ(d.command(24, 5 * unit), kRespEnd);
    d.start_data(512, false);
    d.fill(one);
    EXPECT_EQ(d.data_flags(), u32{kDataEnd | kBlockEnd});
    EXPECT_EQ(file.at(5 * 512, 512), one);
    EXPECT_EQ(d.card_status() >> 9 & 0xF, 4u);
  }
}

TEST(Pl180, RegistersOfTheCardCanBeRead) {
  const ImageFile file(kMegabyte);
  Driver d(std::make_unique<SdCard>(file.path(), false));
  d.identify();
  d.start_data(8, true);
  EXPECT_EQ(d.application(51, 0), kRespEnd);
  EXPECT_EQ(d.drain(8), (std::vector<u8>{2, 5, 0, 0, 0, 0, 0, 0})) << "SCR: version 2, one and four lines";
  d.data_flags();
  d.start_data(64, true);
  EXPECT_EQ(d.command(6, 0x00FFFFF1), kRespEnd);
  std::vector<u8> functions = d.drain(64);
  EXPECT_EQ(functions[13], 1u) << "the default alone";
  EXPECT_EQ(functions[16], 0x0Fu) << "high speed is refused";
  d.data_flags();
  d.start_data(64, true);
  EXPECT_EQ(d.application(13, 0), kRespEnd);
  EXPECT_EQ(d.drain(64)[0], 0x80u) << "four lines";
}

TEST(Pl180, WhatTheCardRefuses) {
  ImageFile file(kMegabyte);
  Driver d(std::make_unique<SdCard>(file.path(), true));
  EXPECT_EQ(d.command(17, 0), kCmdTimeOut) << "not identified yet";
  d.identify();
  for (const unsigned index : {1u, 5u, 11u, 32u, 52u, 60u}) {
    EXPECT_EQ(d.command(index, 0), kCmdTimeOut) << index;
    EXPECT_NE(d.card_status() & 1u << 22, 0u) << index << ": ILLEGAL_COMMAND";
    EXPECT_EQ(d.card_status() & 1u << 22, 0u) << "once";
  }
  EXPECT_EQ(d.command(60, 0), kCmdTimeOut);
  d.start_data(512, true);
  EXPECT_EQ(d.command(17, 0), kRespEnd);
  EXPECT_NE(d.get(kResponse) & 1u << 22, 0u) << "what was refused before is told";
  EXPECT_EQ(d.drain(512).size(), 512u) << "and holds nothing up";
  d.data_flags();
  const auto refused = [&](unsigned index, u32 argument) {
    EXPECT_EQ(d.command(index, argument), kRespEnd);
    const u32 status = d.get(kResponse);
    d.start_data(512, index < 24);
    d.now = d.now + Cycles(1000);
    EXPECT_EQ(d.data_flags(), kDataTimeOut);
    EXPECT_EQ(d.card_status() >> 9 & 0xF, 4u);
    return status & 0xFFFF0000;
  };
  EXPECT_EQ(refused(17, 100), 1u << 30) << "ADDRESS_ERROR";
  EXPECT_EQ(refused(18, kMegabyte), 1u << 31) << "OUT_OF_RANGE";
  EXPECT_EQ(refused(24, 0), 1u << 26) << "WP_VIOLATION: it is locked";
  EXPECT_EQ(refused(25, 512), 1u << 26);
  EXPECT_EQ(d.command(16, 1024), kRespEnd);
  EXPECT_EQ(d.get(kResponse) & 1u << 29, 1u << 29) << "BLOCK_LEN_ERROR";
  EXPECT_EQ(d.command(13, d.rca, true, true), kCmdCrcFail) << "a short answer where a long one is expected";
}

TEST(Pl180, ATransferBeyondTheCardEnds) {
  ImageFile file(kMegabyte);
  Driver d(std::make_unique<SdCard>(file.path(), false));
  d.identify();
  d.start_data(1024, true);
  EXPECT_EQ(d.command(18, kMegabyte - 512), kRespEnd);
  EXPECT_EQ(d.drain(1024).size(), 512u);
  EXPECT_EQ(d.data_flags(), kDataTimeOut);
  EXPECT_EQ(d.command(12, 0), kRespEnd);
  EXPECT_EQ(d.card_status() >> 9 & 0xF, 4u);
}

TEST(Pl180, AnImageThatFailsIsAnErrorOfTheTransfer) {
  ImageFile file(kMegabyte);
  Driver d(std::make_unique<SdCard>(file.path(), false));
  d.identify();
  file.cut(1024);
  d.start_data(512, true);
  EXPECT_EQ(d.command(17, 4096), kRespEnd);
  EXPECT_EQ(d.data_flags(), kDataTimeOut);
  EXPECT_NE(d.card_status() & 1u << 19, 0u) << "ERROR";
}

TEST(Pl180, InterruptsFollowTheirMasks) {
  ImageFile file(kMegabyte);
  Driver d(std::make_unique<SdCard>(file.path(), false));
  d.identify();
  d.set(kMask0, kRespEnd | kDataEnd);
  d.set(kMask1, kRxAvailable);
  EXPECT_FALSE(d.slot.irq() || d.slot.irq1());
  d.start_data(8, true);
  d.set(kArgument, 0);
  d.set(kCommand, 17 | 1 << 6 | 1 << 10);
  EXPECT_TRUE(d.slot.irq() && d.slot.irq1());
  d.set(kClear, kRespEnd | kDataEnd);
  EXPECT_FALSE(d.slot.irq());
  d.get(kFifo);
  EXPECT_TRUE(d.slot.irq1());
  d.get(kFifo + 0x3C);
  EXPECT_FALSE(d.slot.irq1()) << "the FIFO is empty, wherever in its window it is read";
}

TEST(Pl180, ItsIdentification) {
  Driver d(nullptr);
  u32 id = 0, cell = 0;
  for (u32 i = 0; i < 4; ++i) {
    id |= d.get(0xFE0 + 4 * i) << i * 8;
    cell |= d.get(0xFF0 + 4 * i) << i * 8;
  }
  EXPECT_EQ(id, 0x00041180u);
  EXPECT_EQ(cell, 0xB105F00Du);
  EXPECT_THROW(Pl180({.core_hz = 0}, nullptr), InputError);
}

}  // namespace
}  // namespace hypsim

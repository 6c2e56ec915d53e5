// SPDX-License-Identifier: Apache-2.0
// Commands, data and registers in any order, with and without a card: a wait ends when next_event() says, whatever
// state a card is in it can be identified anew, and what is written then is read back.
#include "sim/periph/pl180.h"

#include <sys/mman.h>

#include "tests/fuzz/device.h"

namespace hypsim {
namespace {

constexpr u32 kPower = 0x000, kClock = 0x004, kArgument = 0x008, kCommand = 0x00C, kResponse = 0x014,
              kDataTimer = 0x024, kDataLength = 0x028, kDataCtrl = 0x02C, kDataCnt = 0x030, kStatus = 0x034,
              kClear = 0x038, kFifo = 0x080;
constexpr u32 kCmdCrcFail = 1u << 0, kRespEnd = 1u << 6, kSent = 1u << 7, kRxEmpty = 1u << 19, kRxAvailable = 1u << 21;

/// A sparse image of a card.
class CardFile {
 public:
  explicit CardFile(u64 size) : fd_(memfd_create("card", MFD_CLOEXEC)) { cut(size); }
  ~CardFile() { close(fd_); }
  CardFile(const CardFile&) = delete;
  CardFile& operator=(const CardFile&) = delete;

  std::string path() const { return "/proc/thread-self/fd/" + std::to_string(fd_); }
  void cut(u64 size) { fuzz::check(ftruncate(fd_, static_cast<off_t>(size)) == 0, "no room for a card"); }
  u64 size() const { return static_cast<u64>(lseek(fd_, 0, SEEK_END)); }

 private:
  int fd_;
};

class Driver {
 public:
  Driver(fuzz::Input& input, u8 kind)
      : input_(input),
        size_((kind & 4) != 0 ? kLarge : kSmall),
        file_(size_),
        has_card_((kind & 1) != 0),
        writable_((kind & 2) != 0),
        slot_({.core_hz = 24'000'000, .clock_hz = 24'000'000},
              has_card_ ? std::make_unique<SdCard>(file_.path(), !writable_) : nullptr) {
    if ((kind & 8) != 0 && has_card_) identify();
  }

  void run() {
    constexpr unsigned kMostSteps = 512;
    for (unsigned n = 0; n < kMostSteps && !input_.empty(); ++n) {
      step();
      settle();
    }
    if (!has_card_) return;
    file_.cut(size_);
    identify();
    if (writable_) write_and_read_back(input_.below(size_ / SdCard::kBlock < 65536 ? size_ / SdCard::kBlock : 65536));
    fuzz::check(file_.size() == size_, "a card that grew");
  }

 private:
  static constexpr u64 kSmall = 64 << 10, kLarge = (u64{1} << 30) + (512 << 10);

  u32 get(u32 offset) {
    u32 value = 0;
    fuzz::check(slot_.read(offset, 4, value, now_), "a register that cannot be read");
    return value;
  }
  void set(u32 offset, u32 value) { slot_.write(offset, 4, value, now_); }

  u32 command(unsigned index, u32 argument, u32 expects = 1u << 6) {
    set(kClear, ~0u);
    set(kArgument, argument);
    set(kCommand, index | expects | 1u << 10);
    return get(kStatus);
  }
  void answered(unsigned index, u32 argument, u32 expects = 1u << 6, u32 flag = kRespEnd) {
    fuzz::check((command(index, argument, expects) & flag) != 0, "no answer to CMD" + std::to_string(index));
  }

  /// To the transfer state, from any.
  void identify() {
    set(kPower, 3);
    set(kDataCtrl, 0);
    fuzz::check((command(0, 0, 0) & kSent) != 0, "CMD0 was not sent");
    answered(8, 0x1AA);
    answered(55, 0);
    answered(41, 0x40FF8000, 1u << 6, kCmdCrcFail);  // R3 has no CRC
    answered(2, 0, 3u << 6);
    answered(3, 0);
    address_ = get(kResponse) & 0xFFFF0000;
    answered(7, address_);
    answered(13, address_);
    fuzz::check((get(kResponse) >> 9 & 0xF) == 4, "a card that was selected is in another state than transfer");
  }

  void begin_data(u32 bytes, bool from_card) {
    set(kDataCtrl, 0);
    set(kDataTimer, 1000);
    set(kDataLength, bytes);
    set(kDataCtrl, 1 | (from_card ? 2 : 0) | 9 << 4);
  }

  void write_and_read_back(u32 block) {
    const u32 at = size_ == kLarge ? block : block * SdCard::kBlock;
    const auto word = [&](u32 n) { return (block + n) * 0x9E3779B9u; };
    answered(24, at);
    begin_data(SdCard::kBlock, false);
    for (u32 n = 0; n < SdCard::kBlock / 4; ++n) set(kFifo, word(n));
    answered(17, at);
    begin_data(SdCard::kBlock, true);
    for (u32 n = 0; n < SdCard::kBlock / 4; ++n) fuzz::check(get(kFifo) == word(n), "a block that reads as another");
  }

  void any_register(u8 action) {
    const auto registers = Pl180::registers();
    const u32 pick = input_.below(static_cast<u32>(registers.size()) + 1);
    const u32 offset = pick < registers.size() ? registers[pick].offset : input_.half() % (2 * Pl180::kSize);
    static constexpr unsigned kSizes[] = {4, 4, 4, 4, 1, 2, 4, 3};
    const unsigned size = kSizes[action >> 4 & 7];
    u32 value = 0;
    if ((action & 8) != 0)
      slot_.write(offset, size, (action & 0x80) != 0 ? input_.word() : input_.byte(), now_);
    else if (slot_.read(offset, size, value, now_))
      fuzz::check(size >= 4 || value >> (8 * size) == 0, "a narrow read with more bits than its size");
  }

  void any_command(u8 action) {
    static constexpr u8 kKnown[] = {0, 2, 3, 6, 7, 8, 9, 10, 12, 13, 16, 17, 18, 22, 23, 24, 25, 41, 42, 51, 55, 55};
    const u8 pick = input_.byte();
    const unsigned index = pick < 0xE0 ? kKnown[pick % sizeof kKnown] : pick & 0x3F;
    const u8 how = input_.byte();
    const u32 argument = how < 0x60   ? address_
                         : how < 0xC0 ? (how & 0x3Fu) * (size_ == kLarge ? 1 : SdCard::kBlock)
                         : how < 0xE0 ? 0x40FF8000
                                      : input_.word();
    command(index, argument, u32{action >> 4 & 3u} << 6);
  }

  /// Time passes: to the next event, or nearly, or as far as the input says. The lines move with events alone.
  void wait(u8 action) {
    const Cycles next = slot_.next_event(now_);
    fuzz::check(next > now_, "an event that is not in the future");
    const bool irq = slot_.irq(), irq1 = slot_.irq1();
    Cycles to(now_.value + (u64{input_.byte()} << (action >> 3 & 0x1F)));
    const bool early = next == kNever || to < next;
    if (!early) to = next;
    now_ = Cycles(std::min(to.value, u64{1} << 62));
    slot_.update(now_);
    if (early) fuzz::check(slot_.irq() == irq && slot_.irq1() == irq1, "a line moved without an event");
    if (!early) fuzz::check(slot_.next_event(now_) == kNever, "a data timer that expires twice");
  }

  void step() {
    const u8 action = input_.byte();
    switch (action & 7) {
      case 0: any_register(action); break;
      case 1:
      case 2: any_command(action); break;
      case 3: begin_data((action & 0x80) != 0 ? input_.half() : 4u * input_.byte(), (action & 0x10) != 0); break;
      case 4:
        for (u32 words = input_.byte(); words > 0; --words) (action & 0x10) != 0 ? void(get(kFifo)) : set(kFifo, words);
        break;
      case 5: wait(action); break;
      case 6:
        if (has_card_ && (action & 0x10) != 0) identify();
        set(kClock, input_.half());
        break;
      case 7:
        if ((action & 0x30) == 0x30) file_.cut((action & 0x40) != 0 ? size_ : u64{input_.byte()} * SdCard::kBlock);
        if ((action & 0x30) == 0x20) slot_.reset();
        break;
    }
  }

  void settle() {
    slot_.update(now_);
    const u32 status = get(kStatus);
    fuzz::check((status & kRxEmpty) == 0 || (status & kRxAvailable) == 0, "a FIFO that is empty and has data");
    fuzz::check(get(kDataCnt) <= 0xFFFF, "more data than MCIDataLength holds");
  }

  fuzz::Input& input_;
  u64 size_;
  CardFile file_;
  bool has_card_, writable_;
  Pl180 slot_;
  Cycles now_{1};
  u32 address_ = 0;
};

}  // namespace
}  // namespace hypsim

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  hypsim::fuzz::Input input(data, size);
  hypsim::Driver driver(input, input.byte());
  driver.run();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl180.h"

#include <algorithm>
#include <utility>

#include "sim/base/error.h"

namespace hypsim {

namespace {

// MCICommand, MCIDataCtrl, MCIClock, MCIPower. DDI 0172 3.3
constexpr u32 kResponse = 1u << 6, kLongResponse = 1u << 7, kCommandEnable = 1u << 10, kCommandBits = 0x7FF;
constexpr u32 kDataEnable = 1u << 0, kFromCard = 1u << 1, kStream = 1u << 2, kDataControlBits = 0xFF;
constexpr u32 kPowerOn = 3, kBypass = 1u << 10;
// MCIStatus
constexpr u32 kCmdCrcFail = 1u << 0, kDataCrcFail = 1u << 1, kCmdTimeOut = 1u << 2, kDataTimeOut = 1u << 3,
              kCmdRespEnd = 1u << 6, kCmdSent = 1u << 7, kDataEnd = 1u << 8, kDataBlockEnd = 1u << 10,
              kTxActive = 1u << 12, kRxActive = 1u << 13, kTxHalfEmpty = 1u << 14, kRxHalfFull = 1u << 15,
              kRxFull = 1u << 17, kTxEmpty = 1u << 18, kRxEmpty = 1u << 19, kRxAvailable = 1u << 21;
constexpr u32 kStaticFlags = 0x7FF;
constexpr u32 kNoIndex = 0x3F;  // MCIRespCommand of responses without one

u64 checked(u64 hz) {
  if (hz == 0) throw InputError("pl180: a frequency = 0: give one in Hz above zero");
  return hz;
}

}  // namespace

std::span<const DeviceRegister<Pl180>> Pl180::registers() {
  using D = Pl180;
  static constexpr DeviceRegister<D> table[] = {
      {0x000, "MCIPower", "power of the card: 0 off, 3 on; the rest is stored", &D::read_power, &D::write_power},
      {0x004, "MCIClock", "divider of the card's clock", &D::read_clock, &D::write_clock},
      {0x008, "MCIArgument", "argument of the next command", &D::read_argument, &D::write_argument},
      {0x00C, "MCICommand", "a command: it is sent at once", &D::read_command, &D::write_command},
      {0x010, "MCIRespCommand", "index in the last response", &D::read_resp_cmd, nullptr},
      {0x014, "MCIResponse0", "the last response", &D::read_response<0>, nullptr},
      {0x018, "MCIResponse1", "the last response", &D::read_response<1>, nullptr},
      {0x01C, "MCIResponse2", "the last response", &D::read_response<2>, nullptr},
      {0x020, "MCIResponse3", "the last response", &D::read_response<3>, nullptr},
      {0x024, "MCIDataTimer", "how long data is waited for, in clocks of the card", &D::read_data_timer,
       &D::write_data_timer},
      {0x028, "MCIDataLength", "bytes to be moved", &D::read_data_length, &D::write_data_length},
      {0x02C, "MCIDataCtrl", "starts to move data", &D::read_data_control, &D::write_data_control},
      {0x030, "MCIDataCnt", "bytes still to be moved", &D::read_data_count, nullptr},
      {0x034, "MCIStatus", "what happened, and the state of the FIFO", &D::read_status, nullptr},
      {0x038, "MCIClear", "a 1 clears what happened", nullptr, &D::write_clear},
      {0x03C, "MCIMask0", "what raises the first interrupt", &D::read_mask<0>, &D::write_mask<0>},
      {0x040, "MCIMask1", "what raises the second interrupt", &D::read_mask<1>, &D::write_mask<1>},
      {0x048, "MCIFifoCnt", "words still to be moved between FIFO and card", &D::read_fifo_count, nullptr},
      {0x080, "MCIFIFO", "data; the same up to 0x0BC", &D::read_fifo, &D::write_fifo},
      {0xFE0, "MCIPeriphID0", "part number 0x80", &D::read_id<0x80>, nullptr},
      {0xFE4, "MCIPeriphID1", "part number and designer", &D::read_id<0x11>, nullptr},
      {0xFE8, "MCIPeriphID2", "designer and revision", &D::read_id<0x04>, nullptr},
      {0xFEC, "MCIPeriphID3", "configuration", &D::read_id<0x00>, nullptr},
      {0xFF0, "MCIPCellID0", "PrimeCell identification", &D::read_id<0x0D>, nullptr},
      {0xFF4, "MCIPCellID1", "PrimeCell identification", &D::read_id<0xF0>, nullptr},
      {0xFF8, "MCIPCellID2", "PrimeCell identification", &D::read_id<0x05>, nullptr},
      {0xFFC, "MCIPCellID3", "PrimeCell identification", &D::read_id<0xB1>, nullptr},
  };
  return table;
}

Pl180::Pl180(const Pl180Config& config, std::unique_ptr<SdCard> card)
    : card_(std::move(card)), clock_(checked(config.clock_hz), checked(config.core_hz)) {
  reset();
}

void Pl180::reset() {
  if (card_) card_->reset();
  power_ = clock_control_ = argument_ = command_ = resp_cmd_ = 0;
  response_.fill(0);
  data_timer_ = data_length_ = data_control_ = data_count_ = flags_ = 0;
  mask_.fill(0);
  head_ = count_ = 0;
}

bool Pl180::receiving() const { return (data_control_ & (kDataEnable | kFromCard)) == (kDataEnable | kFromCard); }
bool Pl180::sending() const { return (data_control_ & (kDataEnable | kFromCard)) == kDataEnable; }

/// What happened, with the state of the FIFO as it is. What is sent leaves the FIFO at once.
u32 Pl180::status() const {
  u32 value = flags_;
  if (sending()) value |= kTxActive | kTxHalfEmpty | kTxEmpty;
  if (receiving()) value |= kRxActive;
  if ((data_control_ & kFromCard) != 0) {
    value |= count_ == 0 ? kRxEmpty : kRxAvailable;
    if (count_ >= kFifoWords / 2) value |= kRxHalfFull;
    if (count_ == kFifoWords) value |= kRxFull;
  }
  return value;
}

void Pl180::end_data(u32 flags) {
  flags_ |= flags;
  data_control_ &= ~kDataEnable;
}

/// From the card into the FIFO, while both can.
void Pl180::receive() {
  while (data_count_ != 0 && count_ < kFifoWords && card_ && card_->sends()) {
    u32 word = 0;
    for (unsigned i = 0; i < 4 && data_count_ != 0 && card_->sends(); ++i) {
      u8 byte = 0;
      if (!card_->send(byte)) return end_data(kDataTimeOut);
      word |= u32{byte} << i * 8;
      --data_count_;
    }
    fifo_[(head_ + count_++) % kFifoWords] = word;
  }
}

/// All data is through when the counter is zero; the data path is busy until the processor has it.
void Pl180::move() {
  if (receiving()) receive();
  if ((data_control_ & kDataEnable) == 0 || data_count_ != 0) return;
  if (!std::exchange(counted_, true)) flags_ |= kDataEnd | ((data_control_ & kStream) == 0 ? kDataBlockEnd : 0);
  if (count_ == 0) data_control_ &= ~kDataEnable;
}

void Pl180::update(Cycles now) {
  if (next_event(now) == now) end_data(kDataTimeOut);
}

/// Only a card that sends nothing, or takes nothing, is waited for; the processor has all the time it wants. A timer of
/// 0 was never set, and waits for ever.
Cycles Pl180::next_event(Cycles now) const {
  const bool ready = card_ && (receiving() ? card_->sends() : card_->takes());
  const bool moving = (data_control_ & kDataEnable) != 0 && data_count_ != 0 && count_ < kFifoWords;
  if (!moving || ready || data_timer_ == 0) return kNever;
  const u64 divider = (clock_control_ & kBypass) != 0 ? 1 : 2 * (u64{clock_control_ & 0xFF} + 1);
  const u64 ticks = clock_.ticks(now), end = since_ + data_timer_ * divider;
  return ticks >= end ? now : clock_.after(now, end - ticks);
}

bool Pl180::read(u32 offset, unsigned size, u32& value, Cycles now) {
  update(now);
  if (offset >= 0x080 && offset < 0x0C0) offset = 0x080 | (offset & 3);
  return read_register(*this, registers(), offset, size, value, now);
}

bool Pl180::write(u32 offset, unsigned size, u32 value, Cycles now) {
  update(now);
  if (offset >= 0x080 && offset < 0x0C0) offset = 0x080 | (offset & 3);
  return write_register(*this, registers(), offset, size, value, now);
}

u32 Pl180::read_power(Cycles) { return power_; }
void Pl180::write_power(u32 value, Cycles) {
  power_ = value & 0xFF;
  if (card_ && (power_ & kPowerOn) == 0) card_->reset();
}
u32 Pl180::read_clock(Cycles) { return clock_control_; }
void Pl180::write_clock(u32 value, Cycles) { clock_control_ = value & 0xFFF; }
u32 Pl180::read_argument(Cycles) { return argument_; }
void Pl180::write_argument(u32 value, Cycles) { argument_ = value; }
u32 Pl180::read_command(Cycles) { return command_; }

/// Without power no card answers. An answer of another length than expected has no right CRC, and R3, that of ACMD41,
/// has none at all, which drivers know.
void Pl180::write_command(u32 value, Cycles now) {
  command_ = value & kCommandBits;
  if ((command_ & kCommandEnable) == 0) return;
  command_ &= ~kCommandEnable;
  const unsigned index = bits(value, 5, 0);
  std::optional<SdCard::Response> answer;
  if (card_ && (power_ & kPowerOn) == kPowerOn) answer = card_->command(index, argument_);
  if ((value & kResponse) == 0) {
    flags_ |= kCmdSent;
  } else if (!answer) {
    flags_ |= kCmdTimeOut;
  } else {
    const bool is_long = (value & kLongResponse) != 0;
    const bool is_r3 = index == 41;
    flags_ |= is_long == answer->is_long && !is_r3 ? kCmdRespEnd : kCmdCrcFail;
    response_ = answer->words;
    resp_cmd_ = answer->is_long || is_r3 ? kNoIndex : index;
  }
  since_ = clock_.ticks(now);
  move();
}

u32 Pl180::read_resp_cmd(Cycles) { return resp_cmd_; }
u32 Pl180::read_data_timer(Cycles) { return data_timer_; }
void Pl180::write_data_timer(u32 value, Cycles) { data_timer_ = value; }
u32 Pl180::read_data_length(Cycles) { return data_length_; }
void Pl180::write_data_length(u32 value, Cycles) { data_length_ = value & 0xFFFF; }
u32 Pl180::read_data_control(Cycles) { return data_control_; }

void Pl180::write_data_control(u32 value, Cycles now) {
  const bool began = (value & ~data_control_ & kDataEnable) != 0;
  data_control_ = value & kDataControlBits;
  if (!began) return;
  data_count_ = data_length_;
  head_ = count_ = 0;
  counted_ = false;
  since_ = clock_.ticks(now);
  move();
}

u32 Pl180::read_data_count(Cycles) { return data_count_; }
u32 Pl180::read_status(Cycles) { return status(); }
void Pl180::write_clear(u32 value, Cycles) { flags_ &= ~(value & kStaticFlags); }
/// Drivers take it for the words between FIFO and card: what is left to read, less this, lies in the FIFO.
u32 Pl180::read_fifo_count(Cycles) { return (data_count_ + 3) / 4; }

u32 Pl180::read_fifo(Cycles now) {
  if (count_ == 0) return 0;
  const u32 word = fifo_[head_];
  head_ = (head_ + 1) % kFifoWords;
  --count_;
  since_ = clock_.ticks(now);
  move();
  return word;
}

void Pl180::write_fifo(u32 value, Cycles now) {
  if (!sending()) return;
  for (unsigned i = 0; i < 4 && data_count_ != 0; ++i) {
    if (!card_ || !card_->takes()) return end_data(kDataTimeOut);
    if (!card_->take(static_cast<u8>(value >> i * 8))) return end_data(kDataCrcFail);
    --data_count_;
  }
  since_ = clock_.ticks(now);
  move();
}

}  // namespace hypsim

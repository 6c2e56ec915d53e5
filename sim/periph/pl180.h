// SPDX-License-Identifier: Apache-2.0
// The PrimeCell Multimedia Card Interface PL180. ARM DDI 0172. Commands and data take no time on the card's bus; what
// is waited for in vain ends when the data timer says.
#pragma once

#include <array>
#include <memory>

#include "sim/base/clock.h"
#include "sim/periph/register_table.h"
#include "sim/periph/sd_card.h"

namespace hypsim {

struct Pl180Config {
  u64 core_hz = 1'000'000'000;  ///< frequency of the cycles that every method takes
  u64 clock_hz = 24'000'000;    ///< MCLK
};

class Pl180 {
 public:
  static constexpr u32 kSize = 0x1000;

  /// `card` may be null: the slot is empty. Throws InputError if a frequency is zero.
  Pl180(const Pl180Config& config, std::unique_ptr<SdCard> card);

  void reset();
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);

  /// Derives the interrupt lines at `now`; irq() is MCIINTR0, irq1() MCIINTR1.
  void update(Cycles now);
  bool irq() const { return (status() & mask_[0]) != 0; }
  bool irq1() const { return (status() & mask_[1]) != 0; }
  /// The cycle at which the data timer expires, `now` if that is over, or kNever.
  Cycles next_event(Cycles now) const;

  static std::span<const DeviceRegister<Pl180>> registers();

 private:
  static constexpr unsigned kFifoWords = 16;

  u32 read_power(Cycles now);
  void write_power(u32 value, Cycles now);
  u32 read_clock(Cycles now);
  void write_clock(u32 value, Cycles now);
  u32 read_argument(Cycles now);
  void write_argument(u32 value, Cycles now);
  u32 read_command(Cycles now);
  void write_command(u32 value, Cycles now);
  u32 read_resp_cmd(Cycles now);
  template <unsigned N>
  u32 read_response(Cycles) {
    return response_[N];
  }
  u32 read_data_timer(Cycles now);
  void write_data_timer(u32 value, Cycles now);
  u32 read_data_length(Cycles now);
  void write_data_length(u32 value, Cycles now);
  u32 read_data_control(Cycles now);
  void write_data_control(u32 value, Cycles now);
  u32 read_data_count(Cycles now);
  u32 read_status(Cycles now);
  void write_clear(u32 value, Cycles now);
  template <unsigned N>
  u32 read_mask(Cycles) {
    return mask_[N];
  }
  template <unsigned N>
  void write_mask(u32 value, Cycles) {
    mask_[N] = value & kStatusBits;
  }
  u32 read_fifo_count(Cycles now);
  u32 read_fifo(Cycles now);
  void write_fifo(u32 value, Cycles now);
  template <u8 Value>
  u32 read_id(Cycles) {
    return Value;
  }

  static constexpr u32 kStatusBits = 0x003FFFFF;

  bool receiving() const;
  bool sending() const;
  u32 status() const;
  void move();
  void receive();
  void end_data(u32 flags);

  std::unique_ptr<SdCard> card_;
  DerivedClock clock_;
  u32 power_ = 0, clock_control_ = 0, argument_ = 0, command_ = 0, resp_cmd_ = 0;
  std::array<u32, 4> response_{};
  u32 data_timer_ = 0, data_length_ = 0, data_control_ = 0, data_count_ = 0;
  u32 flags_ = 0;  // the static bits of MCIStatus
  std::array<u32, 2> mask_{};
  std::array<u32, kFifoWords> fifo_{};
  unsigned head_ = 0, count_ = 0;
  bool counted_ = false;  // MCIDataCnt has come to zero, which was told
  u64 since_ = 0;         // tick of MCLK at which the data path began to wait
};

}  // namespace hypsim

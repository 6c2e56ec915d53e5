// SPDX-License-Identifier: Apache-2.0
// The system registers of the Versatile Express motherboard with a Cortex-A15 core tile. ARM DUI 0447 chapter 4.
#pragma once

#include <array>

#include "sim/base/clock.h"
#include "sim/periph/power.h"
#include "sim/periph/register_table.h"

namespace hypsim {

struct VexpressSysregsConfig {
  u64 core_hz = 1'000'000'000;  ///< frequency of the cycles that every method takes
  u32 sys_id = 0x1190F500;      ///< SYS_ID: HBI-0190, V2M-P1
  u32 procid0 = 0x14000237;     ///< SYS_PROCID0: HBI-0237, CoreTile Express A15
  u32 mci = 0;                  ///< SYS_MCI: kCardInserted, kCardLocked
};

class VexpressSysregs {
 public:
  static constexpr u32 kSize = 0x1000;
  static constexpr u32 kFlags = 0x30;  ///< SYS_FLAGS: where secondary cores look for an address to go to
  static constexpr u32 kCardInserted = 1, kCardLocked = 2;
  static constexpr u32 kConfigControl = 0xA4;                                       ///< SYS_CFGCTRL
  static constexpr u32 kCommandShutdown = 0xC0800000, kCommandReboot = 0xC0900000;  ///< its values that end a run

  /// Throws InputError if the frequency is zero.
  explicit VexpressSysregs(const VexpressSysregsConfig& config);

  void reset();
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);

  /// What SYS_CFGCTRL asked for; it stays until reset.
  PowerRequest power_request() const { return power_request_; }

  /// The block has no interrupt and no event of its own.
  void update(Cycles) {}
  bool irq() const { return false; }
  Cycles next_event(Cycles) const { return kNever; }

  static std::span<const DeviceRegister<VexpressSysregs>> registers();

 private:
  u32 read_id(Cycles now);
  u32 read_sw(Cycles now);
  void write_sw(u32 value, Cycles now);
  u32 read_led(Cycles now);
  void write_led(u32 value, Cycles now);
  u32 read_100hz(Cycles now);
  u32 read_24mhz(Cycles now);
  u32 read_mci(Cycles now);
  u32 read_flags(Cycles now);
  void set_flags(u32 value, Cycles now);
  void clear_flags(u32 value, Cycles now);
  u32 read_nvflags(Cycles now);
  void set_nvflags(u32 value, Cycles now);
  void clear_nvflags(u32 value, Cycles now);
  u32 read_procid0(Cycles now);
  u32 read_cfgdata(Cycles now);
  void write_cfgdata(u32 value, Cycles now);
  u32 read_cfgctrl(Cycles now);
  void write_cfgctrl(u32 value, Cycles now);
  u32 read_cfgstat(Cycles now);
  void write_cfgstat(u32 value, Cycles now);

  VexpressSysregsConfig config_;
  DerivedClock clock_24mhz_, clock_100hz_;
  u32 sw_ = 0, led_ = 0, flags_ = 0, nvflags_ = 0, cfgdata_ = 0, cfgctrl_ = 0, cfgstat_ = 0;
  std::array<u32, 16> oscillators_{};  // Hz, device numbers of the core tile's OSC function
  PowerRequest power_request_ = PowerRequest::None;
};

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/vexpress_sysregs.h"

#include "sim/base/error.h"

namespace hypsim {

namespace {

// SYS_CFGCTRL and SYS_CFGSTAT. ARM DUI 0447 4.3.14
constexpr unsigned kStart = 31, kWrite = 30;
constexpr u32 kFunctionOscillator = 1, kFunctionShutdown = 8, kFunctionReboot = 9;
constexpr u32 kComplete = 1, kError = 2;
constexpr u32 kOscillatorReset = 50'000'000;

u64 checked(u64 hz) {
  if (hz == 0) throw InputError("vexpress system registers: core frequency = 0: give a frequency in Hz above zero");
  return hz;
}

}  // namespace

std::span<const DeviceRegister<VexpressSysregs>> VexpressSysregs::registers() {
  using D = VexpressSysregs;
  static constexpr DeviceRegister<D> table[] = {
      {0x00, "SYS_ID", "board identification", &D::read_id, nullptr},
      {0x04, "SYS_SW", "user switches: stored", &D::read_sw, &D::write_sw},
      {0x08, "SYS_LED", "user LEDs: stored", &D::read_led, &D::write_led},
      {0x24, "SYS_100HZ", "free-running 100 Hz counter", &D::read_100hz, nullptr},
      {0x30, "SYS_FLAGS/SYS_FLAGSSET", "flags, cleared by reset; a 1 sets", &D::read_flags, &D::set_flags},
      {0x34, "SYS_FLAGSCLR", "a 1 clears a flag", nullptr, &D::clear_flags},
      {0x38, "SYS_NVFLAGS/SYS_NVFLAGSSET", "flags that a reset keeps; a 1 sets", &D::read_nvflags, &D::set_nvflags},
      {0x3C, "SYS_NVFLAGSCLR", "a 1 clears a non-volatile flag", nullptr, &D::clear_nvflags},
      {0x48, "SYS_MCI", "bit 0: a card is in its slot; bit 1: it is locked", &D::read_mci, nullptr},
      {0x5C, "SYS_24MHZ", "free-running 24 MHz counter", &D::read_24mhz, nullptr},
      {0x84, "SYS_PROCID0", "core tile identification", &D::read_procid0, nullptr},
      {0xA0, "SYS_CFGDATA", "data of the configuration bus", &D::read_cfgdata, &D::write_cfgdata},
      {0xA4, "SYS_CFGCTRL", "command to the configuration bus: oscillators, shutdown, reboot", &D::read_cfgctrl,
       &D::write_cfgctrl},
      {0xA8, "SYS_CFGSTAT", "bit 0 complete, bit 1 error", &D::read_cfgstat, &D::write_cfgstat},
  };
  return table;
}

VexpressSysregs::VexpressSysregs(const VexpressSysregsConfig& config)
    : config_(config), clock_24mhz_(24'000'000, checked(config.core_hz)), clock_100hz_(100, config.core_hz) {
  reset();
}

void VexpressSysregs::reset() {
  sw_ = led_ = flags_ = cfgdata_ = cfgctrl_ = cfgstat_ = 0;
  oscillators_.fill(kOscillatorReset);
  power_request_ = PowerRequest::None;
}

bool VexpressSysregs::read(u32 offset, unsigned size, u32& value, Cycles now) {
  return read_register(*this, registers(), offset, size, value, now);
}

bool VexpressSysregs::write(u32 offset, unsigned size, u32 value, Cycles now) {
  return write_register(*this, registers(), offset, size, value, now);
}

u32 VexpressSysregs::read_id(Cycles) { return config_.sys_id; }
u32 VexpressSysregs::read_sw(Cycles) { return sw_; }
void VexpressSysregs::write_sw(u32 value, Cycles) { sw_ = value & 0xFF; }
u32 VexpressSysregs::read_led(Cycles) { return led_; }
void VexpressSysregs::write_led(u32 value, Cycles) { led_ = value & 0xFF; }
u32 VexpressSysregs::read_100hz(Cycles now) { return static_cast<u32>(clock_100hz_.ticks(now)); }
u32 VexpressSysregs::read_24mhz(Cycles now) { return static_cast<u32>(clock_24mhz_.ticks(now)); }
u32 VexpressSysregs::read_mci(Cycles) { return config_.mci; }
u32 VexpressSysregs::read_flags(Cycles) { return flags_; }
void VexpressSysregs::set_flags(u32 value, Cycles) { flags_ |= value; }
void VexpressSysregs::clear_flags(u32 value, Cycles) { flags_ &= ~value; }
u32 VexpressSysregs::read_nvflags(Cycles) { return nvflags_; }
void VexpressSysregs::set_nvflags(u32 value, Cycles) { nvflags_ |= value; }
void VexpressSysregs::clear_nvflags(u32 value, Cycles) { nvflags_ &= ~value; }
u32 VexpressSysregs::read_procid0(Cycles) { return config_.procid0; }
u32 VexpressSysregs::read_cfgdata(Cycles) { return cfgdata_; }
void VexpressSysregs::write_cfgdata(u32 value, Cycles) { cfgdata_ = value; }
u32 VexpressSysregs::read_cfgctrl(Cycles) { return cfgctrl_; }
u32 VexpressSysregs::read_cfgstat(Cycles) { return cfgstat_; }
void VexpressSysregs::write_cfgstat(u32 value, Cycles) { cfgstat_ = value & (kComplete | kError); }

// A command completes at once; what no board component answers completes with an error.
void VexpressSysregs::write_cfgctrl(u32 value, Cycles) {
  cfgctrl_ = value & ~(1u << kStart);
  if (!bit(value, kStart)) return;
  const bool is_write = bit(value, kWrite);
  const u32 device = bits(value, 11, 0);
  cfgstat_ = kComplete;
  switch (bits(value, 25, 20)) {
    case kFunctionOscillator:
      if (device >= oscillators_.size())
        cfgstat_ |= kError;
      else if (is_write)
        oscillators_[device] = cfgdata_;
      else
        cfgdata_ = oscillators_[device];
      return;
    case kFunctionShutdown:
      if (is_write) power_request_ = PowerRequest::Shutdown;
      return;
    case kFunctionReboot:
      if (is_write) power_request_ = PowerRequest::Reboot;
      return;
    default: cfgstat_ |= kError; return;
  }
}

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/sp805.h"

#include "sim/base/error.h"

namespace hypsim {

namespace {

constexpr unsigned kInterruptEnable = 0, kResetEnable = 1;  // WDOGCONTROL
constexpr u32 kUnlock = 0x1ACCE551;
constexpr u32 kLockOffset = 0xC00;
constexpr unsigned kTestReset = 0, kTestInterrupt = 1;  // WDOGITOP

u64 checked(u64 hz, const char* what) {
  if (hz == 0) throw InputError(std::string("sp805: ") + what + " = 0: give a frequency in Hz above zero");
  return hz;
}

}  // namespace

std::span<const DeviceRegister<Sp805>> Sp805::registers() {
  using D = Sp805;
  static constexpr DeviceRegister<D> table[] = {
      {0x000, "WDOGLOAD", "what the count starts from; a write starts it again", &D::read_load, &D::write_load},
      {0x004, "WDOGVALUE", "the count", &D::read_value, nullptr},
      {0x008, "WDOGCONTROL", "bit 0: counts and interrupts; bit 1: resets the board", &D::read_control,
       &D::write_control},
      {0x00C, "WDOGINTCLR", "any write clears the interrupt and starts the count again", nullptr, &D::write_intclr},
      {0x010, "WDOGRIS", "interrupt before the mask", &D::read_ris, nullptr},
      {0x014, "WDOGMIS", "interrupt after the mask", &D::read_mis, nullptr},
      {kLockOffset, "WDOGLOCK", "0x1ACCE551 allows writes, anything else forbids them; reads 1 while forbidden",
       &D::read_lock, &D::write_lock},
      {0xF00, "WDOGITCR", "bit 0: WDOGITOP drives the outputs", &D::read_itcr, &D::write_itcr},
      {0xF04, "WDOGITOP", "bit 0: WDOGRES, bit 1: WDOGINT, in test mode", nullptr, &D::write_itop},
      {0xFE0, "WDOGPeriphID0", "part number 0x05", &D::read_id<0x05>, nullptr},
      {0xFE4, "WDOGPeriphID1", "part number and designer", &D::read_id<0x18>, nullptr},
      {0xFE8, "WDOGPeriphID2", "designer and revision", &D::read_id<0x14>, nullptr},
      {0xFEC, "WDOGPeriphID3", "configuration", &D::read_id<0x00>, nullptr},
      {0xFF0, "WDOGPCellID0", "PrimeCell identification", &D::read_id<0x0D>, nullptr},
      {0xFF4, "WDOGPCellID1", "PrimeCell identification", &D::read_id<0xF0>, nullptr},
      {0xFF8, "WDOGPCellID2", "PrimeCell identification", &D::read_id<0x05>, nullptr},
      {0xFFC, "WDOGPCellID3", "PrimeCell identification", &D::read_id<0xB1>, nullptr},
  };
  return table;
}

Sp805::Sp805(const Sp805Config& config)
    : clock_(checked(config.clock_hz, "clock-hz"), checked(config.core_hz, "core frequency")) {
  reset();
}

void Sp805::reset() {
  load_ = value_ = 0xFFFFFFFF;
  control_ = 0;
  since_ = 0;
  raised_ = expired_ = locked_ = irq_ = test_mode_ = false;
  test_outputs_ = 0;
}

bool Sp805::armed() const { return (control_ & 3) == 3; }

// Ticks from one zero to the next: the count stands one tick at zero and one at WDOGLOAD.
u64 Sp805::turn() const { return u64{load_} + 1; }
u64 Sp805::ticks_to_zero() const { return value_ == 0 ? turn() : value_; }

void Sp805::advance(u64 tick) {
  if (tick <= since_) return;
  u64 elapsed = tick - since_;
  since_ = tick;
  if (!bit(control_, kInterruptEnable) || expired_) return;  // after the reset the counter stands
  while (elapsed >= ticks_to_zero()) {
    elapsed -= ticks_to_zero();
    value_ = 0;
    if (raised_ && bit(control_, kResetEnable)) {
      expired_ = true;
      return;
    }
    if (raised_) {  // further turns change nothing but the count
      elapsed %= turn();
    }
    raised_ = true;
  }
  if (elapsed == 0) return;
  value_ = value_ == 0 ? static_cast<u32>(load_ - (elapsed - 1)) : static_cast<u32>(value_ - elapsed);
}

void Sp805::update(Cycles now) {
  advance(clock_.ticks(now));
  if (test_mode_ && bit(test_outputs_, kTestReset)) expired_ = true;
  irq_ = test_mode_ ? bit(test_outputs_, kTestInterrupt) : raised_ && bit(control_, kInterruptEnable);
}

Cycles Sp805::next_event(Cycles now) const {
  if (!bit(control_, kInterruptEnable) || expired_) return kNever;
  if (raised_ && !bit(control_, kResetEnable)) return kNever;
  const u64 tick = clock_.ticks(now), zero = since_ + ticks_to_zero();
  return zero > tick ? clock_.after(now, zero - tick) : now + Cycles(1);
}

bool Sp805::read(u32 offset, unsigned size, u32& value, Cycles now) {
  update(now);
  return read_register(*this, registers(), offset, size, value, now);
}

bool Sp805::write(u32 offset, unsigned size, u32 value, Cycles now) {
  update(now);
  if (locked_ && offset != kLockOffset) {
    u32 ignored = 0;
    return read_register(*this, registers(), offset, size, ignored, now);  // refuses what a write would refuse
  }
  if (!write_register(*this, registers(), offset, size, value, now)) return false;
  update(now);
  return true;
}

u32 Sp805::read_load(Cycles) { return load_; }
void Sp805::write_load(u32 value, Cycles now) {
  load_ = value_ = value;
  since_ = clock_.ticks(now);
}
u32 Sp805::read_value(Cycles) { return value_; }
u32 Sp805::read_control(Cycles) { return control_; }
// Enabling the counter starts it from WDOGLOAD. ARM DDI 0270 3.3.3
void Sp805::write_control(u32 value, Cycles now) {
  if (bit(value, kInterruptEnable) && !bit(control_, kInterruptEnable)) {
    value_ = load_;
    since_ = clock_.ticks(now);
  }
  control_ = value & 3;
}
void Sp805::write_intclr(u32, Cycles now) {
  raised_ = false;
  value_ = load_;
  since_ = clock_.ticks(now);
}
u32 Sp805::read_ris(Cycles) { return raised_; }
u32 Sp805::read_mis(Cycles) { return raised_ && bit(control_, kInterruptEnable); }
u32 Sp805::read_lock(Cycles) { return locked_; }
void Sp805::write_lock(u32 value, Cycles) { locked_ = value != kUnlock; }
u32 Sp805::read_itcr(Cycles) { return test_mode_; }
void Sp805::write_itcr(u32 value, Cycles) { test_mode_ = bit(value, 0); }
void Sp805::write_itop(u32 value, Cycles) { test_outputs_ = value & 3; }

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl031.h"

#include "sim/base/error.h"

namespace hypsim {

namespace {

u64 checked(u64 hz) {
  if (hz == 0) throw InputError("pl031: core frequency = 0: give a frequency in Hz above zero");
  return hz;
}

}  // namespace

std::span<const DeviceRegister<Pl031>> Pl031::registers() {
  using D = Pl031;
  static constexpr DeviceRegister<D> table[] = {
      {0x000, "RTCDR", "the time in seconds", &D::read_dr, nullptr},
      {0x004, "RTCMR", "the time that raises the interrupt", &D::read_mr, &D::write_mr},
      {0x008, "RTCLR", "a write sets the time", &D::read_lr, &D::write_lr},
      {0x00C, "RTCCR", "bit 0: running, as firmware has started it; nothing stops it again", &D::read_cr, nullptr},
      {0x010, "RTCIMSC", "interrupt mask: 1 lets it through", &D::read_imsc, &D::write_imsc},
      {0x014, "RTCRIS", "interrupt before the mask", &D::read_ris, nullptr},
      {0x018, "RTCMIS", "interrupt after the mask", &D::read_mis, nullptr},
      {0x01C, "RTCICR", "a 1 clears the interrupt", nullptr, &D::write_icr},
      {0xFE0, "RTCPeriphID0", "part number 0x31", &D::read_id<0x31>, nullptr},
      {0xFE4, "RTCPeriphID1", "part number and designer", &D::read_id<0x10>, nullptr},
      {0xFE8, "RTCPeriphID2", "designer and revision 1", &D::read_id<0x14>, nullptr},
      {0xFEC, "RTCPeriphID3", "configuration", &D::read_id<0x00>, nullptr},
      {0xFF0, "RTCPCellID0", "PrimeCell identification", &D::read_id<0x0D>, nullptr},
      {0xFF4, "RTCPCellID1", "PrimeCell identification", &D::read_id<0xF0>, nullptr},
      {0xFF8, "RTCPCellID2", "PrimeCell identification", &D::read_id<0x05>, nullptr},
      {0xFFC, "RTCPCellID3", "PrimeCell identification", &D::read_id<0xB1>, nullptr},
  };
  return table;
}

Pl031::Pl031(const Pl031Config& config) : start_(config.start), clock_(1, checked(config.core_hz)) { reset(); }

// Reset leaves the time of day alone on silicon; here it returns to the configured start, counted from cycle 0.
void Pl031::reset() {
  offset_ = start_;
  match_ = load_ = 0;
  enabled_ = raised_ = irq_ = false;
  seen_ = 0;
}

// The interrupt rises in the second that meets the match: was it one of those since the last look?
void Pl031::update(Cycles now) {
  const u64 elapsed = clock_.ticks(now);
  if (elapsed > seen_) {
    const u32 seconds_before_match = match_ - (offset_ + static_cast<u32>(seen_)) - 1;
    if (elapsed - seen_ > seconds_before_match) raised_ = true;
    seen_ = elapsed;
  }
  irq_ = raised_ && enabled_;
}

Cycles Pl031::next_event(Cycles now) const {
  if (raised_ || !enabled_) return kNever;
  const u32 distance = match_ - seconds(now);
  return clock_.after(now, distance == 0 ? u64{1} << 32 : distance);
}

bool Pl031::read(u32 offset, unsigned size, u32& value, Cycles now) {
  update(now);
  return read_register(*this, registers(), offset, size, value, now);
}

bool Pl031::write(u32 offset, unsigned size, u32 value, Cycles now) {
  update(now);
  if (!write_register(*this, registers(), offset, size, value, now)) return false;
  update(now);
  return true;
}

u32 Pl031::read_dr(Cycles now) { return seconds(now); }
u32 Pl031::read_mr(Cycles) { return match_; }
void Pl031::write_mr(u32 value, Cycles now) {
  match_ = value;
  if (match_ == seconds(now)) raised_ = true;
}
u32 Pl031::read_lr(Cycles) { return load_; }
void Pl031::write_lr(u32 value, Cycles now) {
  load_ = value;
  offset_ = value - static_cast<u32>(clock_.ticks(now));
  if (match_ == value) raised_ = true;
}
u32 Pl031::read_cr(Cycles) { return 1; }
u32 Pl031::read_imsc(Cycles) { return enabled_; }
void Pl031::write_imsc(u32 value, Cycles) { enabled_ = bit(value, 0); }
u32 Pl031::read_ris(Cycles) { return raised_; }
u32 Pl031::read_mis(Cycles) { return raised_ && enabled_; }
void Pl031::write_icr(u32 value, Cycles) {
  if (bit(value, 0)) raised_ = false;
}

}  // namespace hypsim

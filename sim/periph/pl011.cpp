// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl011.h"

#include "sim/base/error.h"

namespace hypsim {

namespace {

// UARTFR. ARM DDI 0183 3.3.3
constexpr u32 kCts = 1u << 0, kDsr = 1u << 1, kDcd = 1u << 2, kBusy = 1u << 3, kRxfe = 1u << 4, kTxff = 1u << 5,
              kRxff = 1u << 6, kTxfe = 1u << 7, kRi = 1u << 8;
// UARTLCR_H, UARTCR. ARM DDI 0183 3.3.7, 3.3.8
constexpr unsigned kFen = 4;
constexpr unsigned kUarten = 0, kLbe = 7, kTxe = 8, kRxe = 9, kDtr = 10, kRts = 11, kOut1 = 12, kOut2 = 13;
// UARTIMSC, RIS, MIS, ICR. ARM DDI 0183 3.3.10
constexpr u32 kRim = 1u << 0, kCtsm = 1u << 1, kDcdm = 1u << 2, kDsrm = 1u << 3;
constexpr u32 kRx = 1u << 4, kTx = 1u << 5, kRt = 1u << 6, kOe = 1u << 10;
constexpr u32 kAllInterrupts = 0x7FF;
// UARTDR, UARTRSR
constexpr u16 kDataOverrun = 1u << 11;
constexpr u32 kStatusOverrun = 1u << 3, kStatusOfCharacter = 7;

constexpr unsigned kTriggerLevels[8] = {2, 4, 8, 12, 14, 14, 14, 14};  // UARTIFLS, of 16 entries

}  // namespace

std::span<const DeviceRegister<Pl011>> Pl011::registers() {
  using D = Pl011;
  static constexpr DeviceRegister<D> table[] = {
      {0x000, "UARTDR", "data: a read takes the oldest character with its errors, a write sends one", &D::read_dr,
       &D::write_dr},
      {0x018, "UARTFR", "flags: FIFO full and empty, busy", &D::read_fr, nullptr},
      {0x004, "UARTRSR/UARTECR", "errors of the character read last; any write clears them", &D::read_rsr,
       &D::write_ecr},
      {0x020, "UARTILPR", "IrDA low-power divisor: stored", &D::read_ilpr, &D::write_ilpr},
      {0x024, "UARTIBRD", "baud rate divisor, integer part", &D::read_ibrd, &D::write_ibrd},
      {0x028, "UARTFBRD", "baud rate divisor, 64ths", &D::read_fbrd, &D::write_fbrd},
      {0x02C, "UARTLCR_H", "line control: word length, parity, FIFO enable", &D::read_lcr_h, &D::write_lcr_h},
      {0x030, "UARTCR", "control: UART, transmit and receive enable, loopback", &D::read_cr, &D::write_cr},
      {0x034, "UARTIFLS", "FIFO levels that raise the interrupts", &D::read_ifls, &D::write_ifls},
      {0x038, "UARTIMSC", "interrupt mask: 1 lets an interrupt through", &D::read_imsc, &D::write_imsc},
      {0x03C, "UARTRIS", "interrupt status before the mask", &D::read_ris, nullptr},
      {0x040, "UARTMIS", "interrupt status after the mask", &D::read_mis, nullptr},
      {0x044, "UARTICR", "a 1 clears that interrupt", nullptr, &D::write_icr},
      {0x048, "UARTDMACR", "DMA control: stored", &D::read_dmacr, &D::write_dmacr},
      {0xFE0, "UARTPeriphID0", "part number 0x11", &D::read_id<0x11>, nullptr},
      {0xFE4, "UARTPeriphID1", "part number and designer", &D::read_id<0x10>, nullptr},
      {0xFE8, "UARTPeriphID2", "designer and revision r1p1", &D::read_id<0x14>, nullptr},
      {0xFEC, "UARTPeriphID3", "configuration", &D::read_id<0x00>, nullptr},
      {0xFF0, "UARTPCellID0", "PrimeCell identification", &D::read_id<0x0D>, nullptr},
      {0xFF4, "UARTPCellID1", "PrimeCell identification", &D::read_id<0xF0>, nullptr},
      {0xFF8, "UARTPCellID2", "PrimeCell identification", &D::read_id<0x05>, nullptr},
      {0xFFC, "UARTPCellID3", "PrimeCell identification", &D::read_id<0xB1>, nullptr},
  };
  return table;
}

Pl011::Pl011(const Pl011Config& config, SerialBackend& backend) : config_(config), backend_(&backend) {
  if (config.core_hz == 0 || config.clock_hz == 0)
    throw InputError("pl011: clock frequency = 0: give a frequency in Hz above zero");
  reset();
}

void Pl011::reset() {
  rx_ = tx_ = Fifo{};
  rsr_ = ilpr_ = ibrd_ = fbrd_ = lcr_h_ = imsc_ = ris_ = dmacr_ = divisor_ = 0;
  cr_ = 1u << kTxe | 1u << kRxe;
  ifls_ = 0x12;
  timeout_ = kNever;
  irq_ = overrun_ = false;
  if (!config_.enabled_at_reset) return;
  cr_ |= 1u << kUarten;
  lcr_h_ = 3u << 5 | 1u << kFen;
  const u64 divisor = config_.clock_hz * 4 / 115200;  // 64ths of UARTCLK / (16 * baud)
  ibrd_ = static_cast<u32>(divisor / 64) & 0xFFFF;
  fbrd_ = static_cast<u32>(divisor % 64);
  divisor_ = ibrd_ * 64 + fbrd_;
}

bool Pl011::read(u32 offset, unsigned size, u32& value, Cycles now) {
  update(now);
  if (!read_register(*this, registers(), offset, size, value, now)) return false;
  update(now);
  return true;
}

bool Pl011::write(u32 offset, unsigned size, u32 value, Cycles now) {
  update(now);
  if (!write_register(*this, registers(), offset, size, value, now)) return false;
  update(now);
  return true;
}

void Pl011::update(Cycles now) {
  if (now >= timeout_) {
    ris_ |= kRt;
    timeout_ = kNever;
  }
  irq_ = (ris_ & imsc_) != 0;
}

Cycles Pl011::next_event(Cycles) const { return (imsc_ & kRt) != 0 ? timeout_ : kNever; }

unsigned Pl011::depth() const { return bit(lcr_h_, kFen) ? 16 : 1; }
unsigned Pl011::rx_trigger() const { return bit(lcr_h_, kFen) ? kTriggerLevels[bits(ifls_, 5, 3)] : 1; }
bool Pl011::enabled(unsigned direction_bit) const { return bit(cr_, kUarten) && bit(cr_, direction_bit); }

void Pl011::poll(Cycles now) {
  update(now);
  u8 incoming[16];
  if (enabled(kRxe) && !bit(cr_, kLbe) && rx_.count < depth()) {
    const std::size_t n = backend_->read(incoming, depth() - rx_.count);
    for (std::size_t i = 0; i < n; ++i) receive(incoming[i], now);
  } else {
    backend_->flush();
  }
  update(now);
}

// The receive interrupt rises as the FIFO comes to its level, not while it is above. What an overrun loses is told with
// the next character that finds room. ARM DDI 0183 2.4, 2.8
void Pl011::receive(u16 value, Cycles now) {
  if (rx_.count == depth()) {  // only the loopback can get here: the host waits
    ris_ |= kOe;
    rsr_ |= kStatusOverrun;
    overrun_ = true;
    return;
  }
  rx_.push(overrun_ ? value | kDataOverrun : value);
  overrun_ = false;
  if (rx_.count == rx_trigger()) ris_ |= kRx;
  arm_timeout(now);
}

// 32 bit periods without a character. ARM DDI 0183 2.8
void Pl011::arm_timeout(Cycles now) {
  const DerivedClock quarter_clocks(config_.clock_hz * 4, config_.core_hz);  // a bit lasts divisor / 4 UARTCLK cycles
  timeout_ = quarter_clocks.after(now, divisor_ == 0 ? 1 : u64{divisor_} * 32);
}

// The line is infinitely fast: what is written has drained below any level by the end of the write, so each write
// raises the transmit interrupt, whatever UARTIFLS says.
void Pl011::transmit(Cycles now) {
  if (tx_.count == 0 || !enabled(kTxe)) return;
  u8 outgoing[16];
  std::size_t n = 0;
  while (tx_.count != 0) outgoing[n++] = static_cast<u8>(tx_.pop());
  if (bit(cr_, kLbe)) {
    for (std::size_t i = 0; i < n && bit(cr_, kRxe); ++i) receive(outgoing[i], now);
  } else {
    backend_->write(outgoing, n);
  }
  ris_ |= kTx;
}

u32 Pl011::read_dr(Cycles now) {
  if (rx_.count == 0) return 0;
  const u16 value = rx_.pop();
  rsr_ = (rsr_ & kStatusOverrun) | (bits<u32>(value, 11, 8) & kStatusOfCharacter);
  if (rx_.count < rx_trigger()) ris_ &= ~kRx;
  if (rx_.count == 0) {
    ris_ &= ~kRt;
    timeout_ = kNever;
  } else if ((ris_ & kRt) == 0) {
    arm_timeout(now);
  }
  return value;
}

void Pl011::write_dr(u32 value, Cycles now) {
  if (tx_.count == depth()) return;  // a full FIFO loses the character
  tx_.push(static_cast<u16>(value & 0xFF));
  transmit(now);
}

u32 Pl011::read_fr(Cycles) {
  return (rx_.count == 0 ? kRxfe : 0) | (tx_.count == depth() ? kTxff : 0) | (rx_.count == depth() ? kRxff : 0) |
         (tx_.count == 0 ? kTxfe : kBusy) | modem_inputs();
}

// The loopback feeds the modem outputs to the inputs. ARM DDI 0183 3.3.8
u32 Pl011::modem_inputs() const {
  if (!bit(cr_, kLbe)) return 0;
  return (bit(cr_, kRts) ? kCts : 0) | (bit(cr_, kDtr) ? kDsr : 0) | (bit(cr_, kOut1) ? kDcd : 0) |
         (bit(cr_, kOut2) ? kRi : 0);
}

// The three registers of the line are one, which this write updates. Another depth begins with empty FIFOs, as if all
// had been read. ARM DDI 0183 3.3.7
void Pl011::write_lcr_h(u32 value, Cycles) {
  if (bit(lcr_h_, kFen) != bit(value, kFen)) {
    rx_ = tx_ = Fifo{};
    ris_ &= ~(kRx | kRt);
    timeout_ = kNever;
    overrun_ = false;
  }
  lcr_h_ = value & 0xFF;
  divisor_ = ibrd_ * 64 + fbrd_;
}

void Pl011::write_cr(u32 value, Cycles now) {
  const u32 before = modem_inputs();
  cr_ = value & 0xFF87;
  const u32 changed = before ^ modem_inputs();
  ris_ |= (changed & kRi ? kRim : 0) | (changed & kCts ? kCtsm : 0) | (changed & kDcd ? kDcdm : 0) |
          (changed & kDsr ? kDsrm : 0);
  transmit(now);
}

// Characters that stay in the FIFO have their timeout again.
void Pl011::write_icr(u32 value, Cycles now) {
  ris_ &= ~value;
  if ((value & kRt) != 0 && timeout_ == kNever && rx_.count != 0) arm_timeout(now);
}

u32 Pl011::read_rsr(Cycles) { return rsr_; }
void Pl011::write_ecr(u32, Cycles) { rsr_ = 0; }
u32 Pl011::read_ilpr(Cycles) { return ilpr_; }
void Pl011::write_ilpr(u32 value, Cycles) { ilpr_ = value & 0xFF; }
u32 Pl011::read_ibrd(Cycles) { return ibrd_; }
void Pl011::write_ibrd(u32 value, Cycles) { ibrd_ = value & 0xFFFF; }
u32 Pl011::read_fbrd(Cycles) { return fbrd_; }
void Pl011::write_fbrd(u32 value, Cycles) { fbrd_ = value & 0x3F; }
u32 Pl011::read_lcr_h(Cycles) { return lcr_h_; }
u32 Pl011::read_cr(Cycles) { return cr_; }
u32 Pl011::read_ifls(Cycles) { return ifls_; }
void Pl011::write_ifls(u32 value, Cycles) { ifls_ = value & 0x3F; }
u32 Pl011::read_imsc(Cycles) { return imsc_; }
void Pl011::write_imsc(u32 value, Cycles) { imsc_ = value & kAllInterrupts; }
u32 Pl011::read_ris(Cycles) { return ris_; }
u32 Pl011::read_mis(Cycles) { return ris_ & imsc_; }
u32 Pl011::read_dmacr(Cycles) { return dmacr_; }
void Pl011::write_dmacr(u32 value, Cycles) { dmacr_ = value & 7; }

}  // namespace hypsim

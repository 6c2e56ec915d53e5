// SPDX-License-Identifier: Apache-2.0
// The PrimeCell UART PL011. ARM DDI 0183. Characters leave at once and arrive when poll() is called, whole and without
// errors of the line; the baud rate sets the receive timeout alone. Nobody is at the modem lines: but for the loopback
// they are as unconnected ones, and CTSEn holds nothing up.
#pragma once

#include <array>

#include "sim/base/clock.h"
#include "sim/periph/register_table.h"
#include "sim/periph/serial_backend.h"

namespace hypsim {

struct Pl011Config {
  u64 core_hz = 1'000'000'000;  ///< frequency of the cycles that every method takes
  u64 clock_hz = 24'000'000;    ///< UARTCLK
  bool enabled_at_reset =
      true;  ///< as a boot loader leaves it: UARTEN set, 8n1, FIFOs on, 115200 baud; false: as silicon
};

class Pl011 {
 public:
  static constexpr u32 kSize = 0x1000;

  /// `backend` must outlive the device. Throws InputError if a frequency is zero.
  Pl011(const Pl011Config& config, SerialBackend& backend);

  void reset();
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);
  /// Takes what the host has typed, as far as the receive FIFO has room. The one point where input enters.
  void poll(Cycles now);

  /// Derives the interrupt line at `now`; irq() is that line.
  void update(Cycles now);
  bool irq() const { return irq_; }
  /// The cycle at which the line changes of itself (the receive timeout), or kNever.
  Cycles next_event(Cycles now) const;

  /// The register list, for documentation and tests.
  static std::span<const DeviceRegister<Pl011>> registers();

 private:
  struct Fifo {
    std::array<u16, 16> data{};  // data and status bits as in UARTDR
    unsigned head = 0, count = 0;
    void push(u16 value) { data[(head + count++) % 16] = value; }
    u16 pop() {
      const u16 value = data[head];
      head = (head + 1) % 16;
      --count;
      return value;
    }
  };

  u32 read_dr(Cycles now);
  void write_dr(u32 value, Cycles now);
  u32 read_rsr(Cycles now);
  void write_ecr(u32 value, Cycles now);
  u32 read_fr(Cycles now);
  u32 read_ilpr(Cycles now);
  void write_ilpr(u32 value, Cycles now);
  u32 read_ibrd(Cycles now);
  void write_ibrd(u32 value, Cycles now);
  u32 read_fbrd(Cycles now);
  void write_fbrd(u32 value, Cycles now);
  u32 read_lcr_h(Cycles now);
  void write_lcr_h(u32 value, Cycles now);
  u32 read_cr(Cycles now);
  void write_cr(u32 value, Cycles now);
  u32 read_ifls(Cycles now);
  void write_ifls(u32 value, Cycles now);
  u32 read_imsc(Cycles now);
  void write_imsc(u32 value, Cycles now);
  u32 read_ris(Cycles now);
  u32 read_mis(Cycles now);
  void write_icr(u32 value, Cycles now);
  u32 read_dmacr(Cycles now);
  void write_dmacr(u32 value, Cycles now);
  template <u8 Value>
  u32 read_id(Cycles) {
    return Value;
  }

  unsigned depth() const;
  unsigned rx_trigger() const;
  bool enabled(unsigned direction_bit) const;
  void transmit(Cycles now);
  void receive(u16 value, Cycles now);
  u32 modem_inputs() const;
  void arm_timeout(Cycles now);

  Pl011Config config_;
  SerialBackend* backend_;
  Fifo rx_, tx_;
  u32 rsr_ = 0, ilpr_ = 0, ibrd_ = 0, fbrd_ = 0, lcr_h_ = 0, cr_ = 0, ifls_ = 0, imsc_ = 0, ris_ = 0, dmacr_ = 0;
  u32 divisor_ = 0;       // UARTIBRD and UARTFBRD as the last write of UARTLCR_H took them, in 64ths
  bool overrun_ = false;  // a character was lost, and none has come since
  Cycles timeout_ = kNever;
  bool irq_ = false;
};

}  // namespace hypsim

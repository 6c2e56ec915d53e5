// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/fault.h"

namespace hypsim {
namespace {

constexpr u32 kFsrLpae = 1u << 9;
constexpr u32 kFsrWnr = 1u << 11;
constexpr u32 kFsrExt = 1u << 12;
constexpr u32 kFsrCm = 1u << 13;

constexpr bool is_external(FaultKind kind) {
  return kind == FaultKind::SyncExternal || kind == FaultKind::SyncExternalOnWalk || kind == FaultKind::AsyncExternal;
}

constexpr u32 ext_bit(const Fault& fault) { return is_external(fault.kind) && fault.external_slave ? kFsrExt : 0; }

u32 encode_common(const Fault& fault, bool long_format) {
  if (long_format) return kFsrLpae | ext_bit(fault) | hsr_fsc(fault);
  const u32 fs = fsr_short_code(fault);
  return ext_bit(fault) | (bits(fs, 4, 4) << 10) | bits(fs, 3, 0);
}

}  // namespace

Fault alignment_fault(Regime regime) {
  Fault fault;
  fault.kind = FaultKind::Alignment;
  fault.to_hyp = regime == Regime::Hyp;
  return fault;
}

// ARM DDI 0406C B3.13.3, table of the FS encodings of the short-descriptor format
u32 fsr_short_code(const Fault& fault) {
  const bool second = fault.level >= 2;
  switch (fault.kind) {
    case FaultKind::None: return 0;
    case FaultKind::Alignment: return 0b00001;
    case FaultKind::Debug: return 0b00010;
    case FaultKind::AccessFlag: return second ? 0b00110 : 0b00011;
    case FaultKind::Translation: return second ? 0b00111 : 0b00101;
    case FaultKind::Domain: return second ? 0b01011 : 0b01001;
    case FaultKind::Permission: return second ? 0b01111 : 0b01101;
    case FaultKind::SyncExternal: return 0b01000;
    case FaultKind::SyncExternalOnWalk: return second ? 0b01110 : 0b01100;
    case FaultKind::TlbConflict: return 0b10000;
    case FaultKind::AsyncExternal: return 0b10110;
  }
  return 0;
}

// ARM DDI 0406C B3.13.4, table of the STATUS encodings of the long-descriptor format
u32 hsr_fsc(const Fault& fault) {
  const u32 level = fault.level & 3u;
  switch (fault.kind) {
    case FaultKind::None: return 0;
    case FaultKind::Translation: return 0b000100 | level;
    case FaultKind::AccessFlag: return 0b001000 | level;
    case FaultKind::Permission: return 0b001100 | level;
    case FaultKind::SyncExternal: return 0b010000;
    case FaultKind::AsyncExternal: return 0b010001;
    case FaultKind::SyncExternalOnWalk: return 0b010100 | level;
    case FaultKind::Alignment: return 0b100001;
    case FaultKind::Debug: return 0b100010;
    case FaultKind::TlbConflict: return 0b110000;
    case FaultKind::Domain: return 0b111100 | level;  // seen only in a long PAR of a short-descriptor regime
  }
  return 0;
}

u32 encode_fsr(const Fault& fault, bool long_format, bool write, bool cache_maintenance) {
  u32 fsr = encode_common(fault, long_format);
  if (write || cache_maintenance) fsr |= kFsrWnr;
  if (cache_maintenance) fsr |= kFsrCm;
  if (!long_format && fault.domain_valid) fsr |= (fault.domain & 15u) << 4;
  return fsr;
}

u32 encode_ifsr(const Fault& fault, bool long_format) { return encode_common(fault, long_format); }

u32 hsr_iss_instruction_abort(const Fault& fault) {
  return (is_external(fault.kind) && fault.external_slave ? 1u << 9 : 0) | (fault.s1ptw ? 1u << 7 : 0) | hsr_fsc(fault);
}

u32 hsr_iss_data_abort(const Fault& fault, bool write, bool cache_maintenance) {
  return hsr_iss_instruction_abort(fault) | (cache_maintenance ? 1u << 8 : 0) |
         (write || cache_maintenance ? 1u << 6 : 0);
}

u32 hpfar_value(const Fault& fault) { return static_cast<u32>(bits(fault.ipa.value, 39, 12) << 4); }

}  // namespace hypsim

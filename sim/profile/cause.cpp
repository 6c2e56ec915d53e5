// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/cause.h"

#include <fmt/format.h>

namespace hypsim::profile {

namespace {

/// The registers that HCR.TID0 and TID3 trap, by the encoding in VMRS. ARM DDI 0406C B9.3.20
const char* id_register(u32 reg) {
  switch (reg) {
    case 0: return "FPSID";
    case 6: return "MVFR1";
    case 7: return "MVFR0";
    default: return "an ID register";
  }
}

// Key: kind in bits 31:26 (an HSR.EC, or kNotSyndrome plus the exception), detail below.
constexpr u32 kDetailBits = 26;
constexpr u32 kNotSyndrome = 0x30;  // first EC value that ARMv7 leaves free; +n for Exception n

/// The part of the ISS that tells causes apart; operands such as Rt do not.
u32 detail_of(HsrEc ec, u32 iss) {
  switch (ec) {
    case HsrEc::WfiWfe: return iss & 1;
    case HsrEc::Cp15Mcr:
    case HsrEc::Cp14Mcr:
    case HsrEc::Cp10Vmrs: return iss & (mask32(19, 10) | mask32(4, 0));  // Opc2, Opc1, CRn, CRm, direction
    case HsrEc::Cp15Mcrr:
    case HsrEc::Cp14Mrrc: return iss & (mask32(19, 16) | mask32(4, 0));  // Opc1, CRm, direction
    case HsrEc::Hcptr: return iss & 0x2F;                                // TA, coproc
    case HsrEc::Svc:
    case HsrEc::Hvc: return iss & 0xFFFF;
    case HsrEc::PrefetchAbortGuest:
    case HsrEc::PrefetchAbortHyp: return iss & 0xBF;  // S1PTW, IFSC
    case HsrEc::DataAbortGuest:
    case HsrEc::DataAbortHyp: return iss & 0x1FF;  // CM, S1PTW, WnR, DFSC
    default: return 0;
  }
}

std::string status_text(u32 fsc) {
  static constexpr const char* kinds[] = {nullptr, "translation", "access flag", "permission"};
  if (fsc >= 4 && fsc < 16) return fmt::format("{} level {}", kinds[fsc >> 2], fsc & 3);
  if (fsc == 0x10) return "external abort";
  if (fsc >= 0x14 && fsc < 0x18) return fmt::format("external abort on walk level {}", fsc & 3);
  if (fsc == 0x21) return "alignment";
  return fmt::format("status {:#x}", fsc);
}

}  // namespace

Cause cause_of(const ExceptionEvent& event) {
  const bool syndrome = event.to == Mode::Hyp && event.kind != Exception::Irq && event.kind != Exception::Fiq;
  if (!syndrome) return {(kNotSyndrome + static_cast<u32>(event.kind)) << kDetailBits};
  const auto ec = static_cast<HsrEc>(event.hsr >> 26);
  return {static_cast<u32>(ec) << kDetailBits | detail_of(ec, event.hsr)};
}

std::string label(Cause cause) {
  if (cause == kOtherCause) return "other";
  const u32 kind = cause.key >> kDetailBits;
  const u32 iss = cause.key & mask32(kDetailBits - 1, 0);
  if (kind >= kNotSyndrome) return exception_name(static_cast<Exception>(kind - kNotSyndrome));
  const char* direction = (iss & 1) != 0 ? "read" : "write";
  switch (static_cast<HsrEc>(kind)) {
    case HsrEc::WfiWfe: return (iss & 1) != 0 ? "WFE" : "WFI";
    case HsrEc::Cp15Mcr:
    case HsrEc::Cp14Mcr:
      return fmt::format("CP{} {} c{} {} c{} {}", kind == static_cast<u32>(HsrEc::Cp15Mcr) ? 15 : 14, direction,
                         bits(iss, 13, 10), bits(iss, 16, 14), bits(iss, 4, 1), bits(iss, 19, 17));
    case HsrEc::Cp15Mcrr: return fmt::format("CP15 64-bit {} c{} {}", direction, bits(iss, 4, 1), bits(iss, 19, 16));
    case HsrEc::Cp14Mrrc: return fmt::format("CP14 64-bit {} c{} {}", direction, bits(iss, 4, 1), bits(iss, 19, 16));
    case HsrEc::Cp14Ldc: return "CP14 LDC/STC";
    case HsrEc::Hcptr: return bit(iss, 5) ? "SIMD access" : fmt::format("FP access, coprocessor {}", iss & 0xF);
    case HsrEc::Cp10Vmrs: return fmt::format("VMRS of {}", id_register(bits(iss, 13, 10)));
    case HsrEc::Jazelle: return "Jazelle";
    case HsrEc::Bxj: return "BXJ";
    case HsrEc::Svc: return fmt::format("SVC #{:#x}", iss);
    case HsrEc::Hvc: return fmt::format("HVC #{:#x}", iss);
    case HsrEc::Smc: return "SMC";
    case HsrEc::PrefetchAbortGuest:
      return fmt::format("stage-2 prefetch abort, {}{}", status_text(iss & 0x3F),
                         bit(iss, 7) ? ", on a stage-1 walk" : "");
    case HsrEc::PrefetchAbortHyp: return fmt::format("Hyp prefetch abort, {}", status_text(iss & 0x3F));
    case HsrEc::DataAbortGuest:
      return fmt::format("stage-2 data abort, {}, {}{}", status_text(iss & 0x3F), bit(iss, 6) ? "write" : "read",
                         bit(iss, 7) ? ", on a stage-1 walk" : "");
    case HsrEc::DataAbortHyp: return fmt::format("Hyp data abort, {}", status_text(iss & 0x3F));
    default: return fmt::format("EC {:#04x}", kind);
  }
}

}  // namespace hypsim::profile

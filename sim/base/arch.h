// SPDX-License-Identifier: Apache-2.0
// The architecture's enumerations, spelt as the manual spells them (ARM DDI 0406C).
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

/// CPSR.M. ARM DDI 0406C B1.3.1
enum class Mode : u8 {
  User = 0x10,
  Fiq = 0x11,
  Irq = 0x12,
  Supervisor = 0x13,
  Monitor = 0x16,
  Abort = 0x17,
  Hyp = 0x1A,
  Undefined = 0x1B,
  System = 0x1F,
};

constexpr bool is_valid_mode(u32 m) {
  return m == 0x10 || m == 0x11 || m == 0x12 || m == 0x13 || m == 0x16 || m == 0x17 || m == 0x1A || m == 0x1B ||
         m == 0x1F;
}

enum class Security : u8 { NonSecure = 0, Secure = 1 };

/// Translation regimes. ARM DDI 0406C B3.1
enum class Regime : u8 { Pl10NonSecure = 0, Pl10Secure = 1, Hyp = 2 };

/// What is taken, before it is known where to. ARM DDI 0406C B1.8
enum class Exception : u8 {
  Reset,
  Undefined,
  SupervisorCall,
  SecureMonitorCall,
  HypervisorCall,
  HypTrap,
  PrefetchAbort,
  DataAbort,
  Irq,
  Fiq,
  VirtualAbort,
  VirtualIrq,
  VirtualFiq,
};

constexpr const char* exception_name(Exception e) {
  constexpr const char* names[] = {"Reset",         "Undefined",      "SVC",        "SMC", "HVC",
                                   "Hyp trap",      "Prefetch Abort", "Data Abort", "IRQ", "FIQ",
                                   "Virtual Abort", "Virtual IRQ",    "Virtual FIQ"};
  return names[static_cast<unsigned>(e)];
}

/// HSR.EC. ARM DDI 0406C B3.13.6
enum class HsrEc : u8 {
  Unknown = 0x00,
  WfiWfe = 0x01,
  Cp15Mcr = 0x03,
  Cp15Mcrr = 0x04,
  Cp14Mcr = 0x05,
  Cp14Ldc = 0x06,
  Hcptr = 0x07,
  Cp10Vmrs = 0x08,
  Jazelle = 0x09,
  Bxj = 0x0A,
  Cp14Mrrc = 0x0C,
  Svc = 0x11,
  Hvc = 0x12,
  Smc = 0x13,
  PrefetchAbortGuest = 0x20,
  PrefetchAbortHyp = 0x21,
  DataAbortGuest = 0x24,
  DataAbortHyp = 0x25,
};

/// Memory types. ARM DDI 0406C A3.5
enum class MemType : u8 { StronglyOrdered = 0, Device = 1, Normal = 2 };

/// Cacheability of one level (inner or outer), in the TTBCR.IRGN encoding. ARM DDI 0406C B4.1.153
enum class Cacheability : u8 { NonCacheable = 0, WriteBackAllocate = 1, WriteThrough = 2, WriteBackNoAllocate = 3 };

/// The attributes a translation ends with.
struct MemAttr {
  MemType type = MemType::StronglyOrdered;
  Cacheability inner = Cacheability::NonCacheable;
  Cacheability outer = Cacheability::NonCacheable;
  bool shareable = true;
  bool outer_shareable = true;

  constexpr bool operator==(const MemAttr&) const = default;
  constexpr bool is_normal() const { return type == MemType::Normal; }
  constexpr bool is_cacheable() const { return is_normal() && inner != Cacheability::NonCacheable; }
};

/// Condition codes, ARM DDI 0406C A8.3.
enum class Cond : u8 { EQ, NE, CS, CC, MI, PL, VS, VC, HI, LS, GE, LT, GT, LE, AL, NV };

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/cause.h"

#include <gtest/gtest.h>

namespace hypsim::profile {
namespace {

Cause to_hyp(HsrEc ec, u32 iss, Exception kind = Exception::HypTrap) {
  ExceptionEvent e{};
  e.kind = kind;
  e.to = Mode::Hyp;
  e.hsr = static_cast<u32>(ec) << 26 | 1u << 25 | iss;
  return cause_of(e);
}

std::string text(HsrEc ec, u32 iss) { return label(to_hyp(ec, iss)); }

/// ISS of MCR and MRC: Opc2, Opc1, CRn, Rt, CRm, direction. ARM DDI 0406C B3.13.6
u32 mcr_iss(u32 opc1, u32 crn, u32 crm, u32 opc2, u32 rt, bool read) {
  return opc2 << 17 | opc1 << 14 | crn << 10 | rt << 5 | crm << 1 | (read ? 1u : 0u);
}

TEST(Cause, RegistersAreToldApartAndOperandsAreNot) {
  const Cause actlr = to_hyp(HsrEc::Cp15Mcr, mcr_iss(0, 1, 0, 1, 3, true));
  EXPECT_EQ(actlr, to_hyp(HsrEc::Cp15Mcr, mcr_iss(0, 1, 0, 1, 7, true))) << "Rt";
  EXPECT_EQ(actlr, to_hyp(HsrEc::Cp15Mcr, mcr_iss(0, 1, 0, 1, 3, true) | 0xFu << 20 | 1u << 24)) << "CV and COND";
  EXPECT_NE(actlr, to_hyp(HsrEc::Cp15Mcr, mcr_iss(0, 1, 0, 1, 3, false)));
  EXPECT_NE(actlr, to_hyp(HsrEc::Cp15Mcr, mcr_iss(0, 1, 0, 2, 3, true)));
  EXPECT_NE(actlr, to_hyp(HsrEc::Cp14Mcr, mcr_iss(0, 1, 0, 1, 3, true)));
  EXPECT_EQ(label(actlr), "CP15 read c1 0 c0 1");
  EXPECT_EQ(text(HsrEc::Cp15Mcr, mcr_iss(7, 15, 14, 6, 0, false)), "CP15 write c15 7 c14 6");
  EXPECT_EQ(text(HsrEc::Cp15Mcrr, 3u << 16 | 2u << 5 | 14u << 1 | 1), "CP15 64-bit read c14 3");
  EXPECT_EQ(to_hyp(HsrEc::Cp15Mcrr, 3u << 16 | 2u << 5 | 14u << 1),
            to_hyp(HsrEc::Cp15Mcrr, 3u << 16 | 4u << 10 | 14u << 1));
}

TEST(Cause, AbortsByStatusAndDirection) {
  constexpr u32 kIsv = 1u << 24, kWrite = 1u << 6, kWalk = 1u << 7;
  EXPECT_EQ(text(HsrEc::DataAbortGuest, kIsv | 7), "stage-2 data abort, translation level 3, read");
  EXPECT_EQ(text(HsrEc::DataAbortGuest, kWrite | 0xF), "stage-2 data abort, permission level 3, write");
  EXPECT_EQ(text(HsrEc::DataAbortGuest, kWalk | 5), "stage-2 data abort, translation level 1, read, on a stage-1 walk");
  EXPECT_EQ(to_hyp(HsrEc::DataAbortGuest, kIsv | 2u << 22 | 5u << 16 | 7), to_hyp(HsrEc::DataAbortGuest, 7))
      << "syndrome fields";
  EXPECT_NE(to_hyp(HsrEc::DataAbortGuest, 7), to_hyp(HsrEc::DataAbortGuest, 6));
  EXPECT_EQ(text(HsrEc::PrefetchAbortGuest, 9), "stage-2 prefetch abort, access flag level 1");
  EXPECT_EQ(text(HsrEc::DataAbortHyp, 0x21), "Hyp data abort, alignment");
  EXPECT_EQ(text(HsrEc::PrefetchAbortHyp, 0x10), "Hyp prefetch abort, external abort");
  EXPECT_EQ(text(HsrEc::DataAbortGuest, 0x16), "stage-2 data abort, external abort on walk level 2, read");
  EXPECT_EQ(text(HsrEc::DataAbortHyp, 0x22), "Hyp data abort, status 0x22");
}

TEST(Cause, CallsByNumber) {
  EXPECT_EQ(text(HsrEc::Hvc, 0), "HVC #0x0");
  EXPECT_EQ(text(HsrEc::Hvc, 0xEA1), "HVC #0xea1");
  EXPECT_NE(to_hyp(HsrEc::Hvc, 1), to_hyp(HsrEc::Hvc, 2));
  EXPECT_EQ(text(HsrEc::Svc, 5), "SVC #0x5");
  EXPECT_EQ(text(HsrEc::Smc, 0), "SMC");
  EXPECT_EQ(text(HsrEc::WfiWfe, 0), "WFI");
  EXPECT_EQ(text(HsrEc::WfiWfe, 1), "WFE");
  EXPECT_EQ(text(HsrEc::Hcptr, 0xA), "FP access, coprocessor 10");
  EXPECT_EQ(text(HsrEc::Hcptr, 1u << 5), "SIMD access");
  EXPECT_EQ(text(HsrEc::Bxj, 3), "BXJ");
  EXPECT_EQ(text(HsrEc::Unknown, 0), "EC 0x00");
}

TEST(Cause, InterruptsHaveNoSyndrome) {
  const Cause irq = to_hyp(HsrEc::Hvc, 4, Exception::Irq);
  EXPECT_EQ(irq, to_hyp(HsrEc::Smc, 0, Exception::Irq)) << "a stale HSR says nothing";
  EXPECT_EQ(label(irq), "IRQ");
  EXPECT_EQ(label(to_hyp(HsrEc::Hvc, 4, Exception::Fiq)), "FIQ");
}

TEST(Cause, ExceptionsToMonitorModeAreNamedByKind) {
  ExceptionEvent e{};
  e.kind = Exception::SecureMonitorCall;
  e.to = Mode::Monitor;
  e.hsr = 0x12345678;
  EXPECT_EQ(label(cause_of(e)), "SMC");
  EXPECT_NE(cause_of(e), to_hyp(HsrEc::Smc, 0)) << "executed by the monitor is not trapped to Hyp";
}

}  // namespace
}  // namespace hypsim::profile

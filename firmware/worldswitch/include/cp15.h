// SPDX-License-Identifier: Apache-2.0
// System registers behind names.
#ifndef WS_CP15_H
#define WS_CP15_H

#include <stdint.h>

#define CP15_READ(name, opc1, crn, crm, opc2)                                             \
  static inline uint32_t read_##name(void) {                                              \
    uint32_t value;                                                                       \
    __asm__ volatile("mrc p15, " #opc1 ", %0, " #crn ", " #crm ", " #opc2 : "=r"(value)); \
    return value;                                                                         \
  }
#define CP15_WRITE(name, opc1, crn, crm, opc2)                                                        \
  static inline void write_##name(uint32_t value) {                                                   \
    __asm__ volatile("mcr p15, " #opc1 ", %0, " #crn ", " #crm ", " #opc2 : : "r"(value) : "memory"); \
  }
#define CP15_RW(name, opc1, crn, crm, opc2) CP15_READ(name, opc1, crn, crm, opc2) CP15_WRITE(name, opc1, crn, crm, opc2)
#define CP15_READ64(name, opc1, crm)                                        \
  static inline uint64_t read_##name(void) {                                \
    uint64_t value;                                                         \
    __asm__ volatile("mrrc p15, " #opc1 ", %Q0, %R0, " #crm : "=r"(value)); \
    return value;                                                           \
  }
#define CP15_WRITE64(name, opc1, crm)                                                   \
  static inline void write_##name(uint64_t value) {                                     \
    __asm__ volatile("mcrr p15, " #opc1 ", %Q0, %R0, " #crm : : "r"(value) : "memory"); \
  }
#define CP15_RW64(name, opc1, crm) CP15_READ64(name, opc1, crm) CP15_WRITE64(name, opc1, crm)

CP15_READ(midr, 0, c0, c0, 0)
CP15_READ(ctr, 0, c0, c0, 1)
CP15_READ(mpidr, 0, c0, c0, 5)
CP15_RW(sctlr, 0, c1, c0, 0)
CP15_RW(actlr, 0, c1, c0, 1)
CP15_RW(cpacr, 0, c1, c0, 2)
CP15_RW(ttbcr, 0, c2, c0, 2)
CP15_WRITE(ttbr0_short, 0, c2, c0, 0)
CP15_RW64(ttbr0, 0, c2)
CP15_RW64(ttbr1, 1, c2)
CP15_RW(dacr, 0, c3, c0, 0)
CP15_RW(dfsr, 0, c5, c0, 0)
CP15_RW(ifsr, 0, c5, c0, 1)
CP15_RW(dfar, 0, c6, c0, 0)
CP15_RW(ifar, 0, c6, c0, 2)
CP15_WRITE(iciallu, 0, c7, c5, 0)
CP15_WRITE(ats1cpr, 0, c7, c8, 0)
CP15_WRITE(dccimvac, 0, c7, c14, 1)
CP15_READ(par, 0, c7, c4, 0)
CP15_READ64(par64, 0, c7)
CP15_WRITE(tlbiall, 0, c8, c7, 0)
CP15_READ(l2ctlr, 1, c9, c0, 2)
CP15_RW(mair0, 0, c10, c2, 0)
CP15_RW(mair1, 0, c10, c2, 1)
CP15_RW(vbar, 0, c12, c0, 0)
CP15_RW(contextidr, 0, c13, c0, 1)
CP15_RW(tpidrurw, 0, c13, c0, 2)
CP15_RW(tpidruro, 0, c13, c0, 3)
CP15_RW(tpidrprw, 0, c13, c0, 4)
CP15_READ(cntfrq, 0, c14, c0, 0)
CP15_RW(cntp_tval, 0, c14, c2, 0)
CP15_RW(cntp_ctl, 0, c14, c2, 1)
CP15_RW(cntv_tval, 0, c14, c3, 0)
CP15_RW(cntv_ctl, 0, c14, c3, 1)
CP15_READ64(cntpct, 0, c14)
CP15_READ64(cntvct, 1, c14)

static inline void isb(void) { __asm__ volatile("isb" : : : "memory"); }
static inline void dsb(void) { __asm__ volatile("dsb" : : : "memory"); }
static inline void dmb(void) { __asm__ volatile("dmb" : : : "memory"); }
static inline void wfi(void) { __asm__ volatile("wfi" : : : "memory"); }
static inline void irq_enable(void) { __asm__ volatile("cpsie i" : : : "memory"); }
static inline void irq_disable(void) { __asm__ volatile("cpsid i" : : : "memory"); }

static inline uint32_t mmio_read32(uint32_t address) { return *(volatile uint32_t*)address; }
static inline void mmio_write32(uint32_t address, uint32_t value) { *(volatile uint32_t*)address = value; }

#endif

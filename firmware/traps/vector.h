// SPDX-License-Identifier: Apache-2.0
// What a line of the tables says. One line is run in each of its modes and instruction sets.
#ifndef TRAPS_VECTOR_H
#define TRAPS_VECTOR_H

#include "board.h"
#include "engine.h"
#include "pages.h"

/// What a line may set before it runs and look at afterwards.
enum reg {
  R_END,
#define CP15(name, baseline, opc1, crn, crm, opc2) R_##name,
#define CP15_64(name, opc1, crm) R_##name, R_##name##_HI,
#include "registers.def"
#undef CP15
#undef CP15_64
  R_FPEXC,
  R_SCR,
  R_NSACR,     ///< only where the suite has the monitor
  R_UNMASK,    ///< CPSR.A, I and F to be clear
  R_CPSR_SET,  ///< other bits of the CPSR at entry
  R_SPSR,
  R_RETURN,
  R_RETURN_TO,  ///< after: of the exception; R_RETURN relative to the code
  R_R0,
  R_R1,
  R_R2,
  R_R3,
  R_R4,
  R_R5,
  R_R6,
  R_SP_USR,
  R_SP_IRQ,
  R_LR_IRQ,
  R_SPSR_IRQ,
  R_SPSR_SVC,
  R_LR_SVC,
  R_ELR_HYP,
  R_SGI,  ///< a Non-secure SGI to this core, an IRQ
  R_FIQ,  ///< the Secure SGI 8, a FIQ; only with the monitor
  R_GICH_HCR,
  R_GICH_VMCR,
  R_GICH_MISR,
  R_GICH_EISR,
  R_GICH_ELRSR,
  R_GICH_APR,
  R_GICH_LR0,
  R_GICH_LR1,
  R_GICH_LR2,
  R_GICH_LR3,
  R_GICD_ACTIVE,  ///< GICD_ISACTIVER0
  R_GICD_ENABLE,  ///< GICD_ISENABLER0; of the PPIs none is enabled before
  R_GICV_PMR,
  R_GICV_CTLR,
};

enum {
  USR = 1 << 0,
  FIQ = 1 << 1,
  IRQ = 1 << 2,
  SVC = 1 << 3,
  ABT = 1 << 4,
  UND = 1 << 5,
  SYS = 1 << 6,
  HYP = 1 << 7,
  S_SVC = 1 << 8,
  S_USR = 1 << 9,
  MON = 1 << 10,
  PL1 = SVC | SYS,
  ALL_PL1 = FIQ | IRQ | SVC | ABT | UND | SYS,
  GUEST = USR | SVC,
  SECURE_MODES = S_SVC | S_USR | MON,
  KINDS_OF_MODE = 11,
};
enum { A32 = 1, T32 = 2, BOTH = A32 | T32 };

enum {
  STAGE1 = 1,       ///< short descriptors (pages.c)
  STAGE1_LONG = 2,  ///< long descriptors
  STAGE2 = 4,       ///< HCR.VM
  GIC = 8,          ///< the virtual interface starts empty and is emptied afterwards
  NEEDS_MONITOR = 16,
  MAY_SUSPEND = 32,  ///< an untrapped WFI would sleep for ever
};

struct setting {
  uint8_t reg;
  uint32_t value;
};
struct look {
  uint8_t reg;
  uint32_t mask, value;
};

struct vector {
  const char* name;
  uint16_t modes;
  uint8_t isas, flags;
  uint32_t code[4];   ///< A32, and T32 where that is the same word
  uint32_t thumb[4];  ///< otherwise
  struct setting set[8];
  uint16_t vector;  ///< WORLD_ and offset, or EXECUTES_
  uint8_t at;       ///< index of the instruction that takes the exception
  uint8_t ec, has_hsr;
  uint32_t iss, iss_free;  ///< and the bits of it that are UNKNOWN
  struct look after[4];
};

#define EXECUTES_ 0xffff

#define LINE(name_, modes_, isas_, flags_, ...) \
  {.name = name_, .modes = modes_, .isas = isas_, .flags = flags_, __VA_ARGS__},
#define CODE(...) .code = {__VA_ARGS__}
#define THUMB(...) .thumb = {__VA_ARGS__}
#define SET(name, value) \
  { R_##name, (uint32_t)(value) }
#define WITH(...) .set = {__VA_ARGS__}
#define LOOK(name, mask, value) \
  { R_##name, (uint32_t)(mask), (uint32_t)(value) }
#define IS(name, value) LOOK(name, 0xffffffff, value)
#define AFTER(...) .after = {__VA_ARGS__}

#define EXECUTES .vector = EXECUTES_
#define UNDEFINED .vector = WORLD_PL1 + 0x04
#define SECURE_UNDEFINED .vector = WORLD_SECURE + 0x04
#define TAKES(world, offset) .vector = WORLD_##world + (offset)
#define HYP_VECTOR(offset, ec_, iss_) .vector = WORLD_HYP + (offset), .has_hsr = 1, .ec = (ec_), .iss = (iss_)
#define TRAPS(ec_, iss_) HYP_VECTOR(0x14, ec_, iss_)
#define HYP_UNDEFINED(ec_, iss_) HYP_VECTOR(0x04, ec_, iss_)

#define EC_UNKNOWN 0x00
#define EC_WFX 0x01
#define EC_CP15 0x03
#define EC_CP15_64 0x04
#define EC_CP14 0x05
#define EC_CP14_LDC 0x06
#define EC_HCPTR 0x07
#define EC_VMRS 0x08
#define EC_BXJ 0x0a
#define EC_CP14_64 0x0c
#define EC_SVC 0x11
#define EC_HVC 0x12
#define EC_SMC 0x13
#define EC_PABT 0x20
#define EC_PABT_HYP 0x21
#define EC_DABT 0x24
#define EC_DABT_HYP 0x25

// Instructions, unconditional, and their syndromes. ARM DDI 0406C B3.13.6
#define MCR(cp, opc1, rt, crn, crm, opc2) \
  (0xee000010u | (opc1) << 21 | (uint32_t)(crn) << 16 | (rt) << 12 | (cp) << 8 | (opc2) << 5 | (crm))
#define MRC(cp, opc1, rt, crn, crm, opc2) (MCR(cp, opc1, rt, crn, crm, opc2) | 1u << 20)
#define MCRR(cp, opc1, rt, rt2, crm) (0xec400000u | (rt2) << 16 | (rt) << 12 | (cp) << 8 | (opc1) << 4 | (crm))
#define MRRC(cp, opc1, rt, rt2, crm) (MCRR(cp, opc1, rt, rt2, crm) | 1u << 20)
#define CV (0x1eu << 20)
#define ISS_MCR(opc1, rt, crn, crm, opc2) (CV | (opc2) << 17 | (opc1) << 14 | (crn) << 10 | (rt) << 5 | (crm) << 1)
#define ISS_MRC(opc1, rt, crn, crm, opc2) (ISS_MCR(opc1, rt, crn, crm, opc2) | 1)
#define ISS_MCRR(opc1, rt, rt2, crm) (CV | (opc1) << 16 | (rt2) << 10 | (rt) << 5 | (crm) << 1)
#define ISS_MRRC(opc1, rt, rt2, crm) (ISS_MCRR(opc1, rt, rt2, crm) | 1)
#define ISS_DABT(sas, sse, srt, wnr, dfsc) \
  (1u << 24 | (uint32_t)(sas) << 22 | (uint32_t)(sse) << 21 | (uint32_t)(srt) << 16 | (uint32_t)(wnr) << 6 | (dfsc))
#define ISS_DABT_BARE(wnr, dfsc) ((uint32_t)(wnr) << 6 | (dfsc))

extern uint32_t test_slot[];  // where the code stands
#define SLOT(offset) ((uint32_t)test_slot + (offset))

#define NOP_A32 0xe320f000u
#define NOP_T16 0xbf00u

struct table {
  const char* name;
  const struct vector* vectors;
  uint32_t count;
};
extern const struct table tables[];
extern const uint32_t table_count;

bool vector_sets(const struct vector* v, enum reg reg, uint32_t bits);

#endif

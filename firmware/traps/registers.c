// SPDX-License-Identifier: Apache-2.0
#include "registers.h"

extern const uint32_t pl1_vectors[], hyp_vectors[];

#define GICD(offset) (*(volatile uint32_t*)(BOARD_GICD_BASE + (offset)))
#define GICC(offset) (*(volatile uint32_t*)(BOARD_GICC_BASE + (offset)))
#define GICH(offset) (*(volatile uint32_t*)(BOARD_GICH_BASE + (offset)))
#define GICV(offset) (*(volatile uint32_t*)(BOARD_GICV_BASE + (offset)))
#define VMCR_BASELINE 0xf84c0001u  // priority mask open, group 0 enabled

#define WRITE15(value, opc1, crn, crm, opc2) \
  __asm__ volatile("mcr p15, " #opc1 ", %0, c" #crn ", c" #crm ", " #opc2 "; isb" ::"r"(value))
#define READ15(value, opc1, crn, crm, opc2) \
  __asm__ volatile("mrc p15, " #opc1 ", %0, c" #crn ", c" #crm ", " #opc2 : "=r"(value))
#define WRITE15_64(low, high, opc1, crm) \
  __asm__ volatile("mcrr p15, " #opc1 ", %0, %1, c" #crm "; isb" ::"r"(low), "r"(high))
#define READ15_64(low, high, opc1, crm) __asm__ volatile("mrrc p15, " #opc1 ", %0, %1, c" #crm : "=r"(low), "=r"(high))

static void write_fpexc(uint32_t value) { __asm__ volatile("mcr p10, 7, %0, c8, c0, 0; isb" ::"r"(value)); }

void registers_baseline(void) {
#define CP15(name, baseline, opc1, crn, crm, opc2) WRITE15(baseline, opc1, crn, crm, opc2);
#define CP15_64(name, opc1, crm) WRITE15_64(0, 0, opc1, crm);
#include "registers.def"
#undef CP15
#undef CP15_64
  write_fpexc(1u << 30);
#define BANK(mode, number) __asm__ volatile("msr LR_" #mode ", %0" ::"r"(LR_PATTERN | (number)))
  BANK(svc, MODE_SVC);
  BANK(abt, MODE_ABT);
  BANK(und, MODE_UND);
  BANK(irq, MODE_IRQ);
  BANK(fiq, MODE_FIQ);
#undef BANK
}

void gic_start(void) {
  GICD(0x400) = 0;       // SGIs 0 to 3
  GICD(0x100) = 0xffff;  // enable SGIs
  GICD(0x000) |= 1;
  GICC(0x004) = 0xff;  // PMR
  GICC(0x000) |= 1;    // CTLR
}

void gic_baseline(void) {
  for (uint32_t i = 0; i < 4; i++) {
    GICH(0x100 + 4 * i) = 0;
  }
  GICH(0xf0) = 0;
  GICH(0x00) = 0;
  GICH(0x08) = VMCR_BASELINE;
  GICD(0x180) = 0xffff0000u;  // ICENABLER0
  GICD(0x380) = 0xffffffffu;  // ICACTIVER0
  GICD(0x280) = 0xffff0000u;  // ICPENDR0
  for (uint32_t i = 0; i < 4; i++) {
    GICD(0xf10 + 4 * i) = 0xffffffffu;  // CPENDSGIR
  }
  __asm__ volatile("dsb; isb" ::: "memory");
}

void register_write(enum reg reg, uint32_t value) {
  uint32_t low, high;
  switch (reg) {
#define CP15(name, baseline, opc1, crn, crm, opc2) \
  case R_##name:                                   \
    WRITE15(value, opc1, crn, crm, opc2);          \
    break;
#define CP15_64(name, opc1, crm)        \
  case R_##name:                        \
    READ15_64(low, high, opc1, crm);    \
    WRITE15_64(value, high, opc1, crm); \
    break;                              \
  case R_##name##_HI:                   \
    READ15_64(low, high, opc1, crm);    \
    WRITE15_64(low, value, opc1, crm);  \
    break;
#include "registers.def"
#undef CP15
#undef CP15_64
    case R_FPEXC: write_fpexc(value); break;
    case R_SP_USR: __asm__ volatile("msr SP_usr, %0" ::"r"(value)); break;
    case R_SP_IRQ: __asm__ volatile("msr SP_irq, %0" ::"r"(value)); break;
    case R_LR_IRQ: __asm__ volatile("msr LR_irq, %0" ::"r"(value)); break;
    case R_SPSR_IRQ: __asm__ volatile("msr SPSR_irq, %0" ::"r"(value)); break;
    case R_SPSR_SVC: __asm__ volatile("msr SPSR_svc, %0" ::"r"(value)); break;
    case R_LR_SVC: __asm__ volatile("msr LR_svc, %0" ::"r"(value)); break;
    case R_ELR_HYP: __asm__ volatile("msr ELR_hyp, %0" ::"r"(value)); break;
    case R_SGI: GICD(0xf00) = 2u << 24 | value; break;
    case R_GICH_HCR: GICH(0x00) = value; break;
    case R_GICH_VMCR: GICH(0x08) = value; break;
    case R_GICH_APR: GICH(0xf0) = value; break;
    case R_GICH_LR0:
    case R_GICH_LR1:
    case R_GICH_LR2:
    case R_GICH_LR3: GICH(0x100 + 4 * (reg - R_GICH_LR0)) = value; break;
    case R_GICD_ACTIVE: GICD(0x300) = value; break;
    case R_GICD_ENABLE: GICD(0x100) = value; break;
    case R_GICV_PMR: GICV(0x04) = value; break;
    case R_GICV_CTLR: GICV(0x00) = value; break;
    default: bail_out("a table sets a register that cannot be written");
  }
}

uint32_t register_read(enum reg reg) {
  uint32_t low = 0, high = 0;
  switch (reg) {
#define CP15(name, baseline, opc1, crn, crm, opc2) \
  case R_##name:                                   \
    READ15(low, opc1, crn, crm, opc2);             \
    return low;
#define CP15_64(name, opc1, crm)                              \
  case R_##name: READ15_64(low, high, opc1, crm); return low; \
  case R_##name##_HI:                                         \
    READ15_64(low, high, opc1, crm);                          \
    return high;
#include "registers.def"
#undef CP15
#undef CP15_64
    case R_SP_USR: __asm__ volatile("mrs %0, SP_usr" : "=r"(low)); return low;
    case R_SP_IRQ: __asm__ volatile("mrs %0, SP_irq" : "=r"(low)); return low;
    case R_LR_IRQ: __asm__ volatile("mrs %0, LR_irq" : "=r"(low)); return low;
    case R_LR_SVC: __asm__ volatile("mrs %0, LR_svc" : "=r"(low)); return low;
    case R_SPSR_IRQ: __asm__ volatile("mrs %0, SPSR_irq" : "=r"(low)); return low;
    case R_SPSR_SVC: __asm__ volatile("mrs %0, SPSR_svc" : "=r"(low)); return low;
    case R_ELR_HYP: __asm__ volatile("mrs %0, ELR_hyp" : "=r"(low)); return low;
    case R_GICH_HCR: return GICH(0x00);
    case R_GICH_VMCR: return GICH(0x08);
    case R_GICH_MISR: return GICH(0x10);
    case R_GICH_EISR: return GICH(0x20);
    case R_GICH_ELRSR: return GICH(0x30);
    case R_GICH_APR: return GICH(0xf0);
    case R_GICH_LR0:
    case R_GICH_LR1:
    case R_GICH_LR2:
    case R_GICH_LR3: return GICH(0x100 + 4 * (reg - R_GICH_LR0));
    case R_GICD_ACTIVE: return GICD(0x300);
    case R_GICV_PMR: return GICV(0x04);
    case R_GICV_CTLR: return GICV(0x00);
    default: bail_out("a table looks at a register that cannot be read");
  }
}

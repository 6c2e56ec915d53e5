// SPDX-License-Identifier: Apache-2.0
// Guest-visible state and behaviour that every exit must keep. HC_YIELD runs the same check in the other VMs in
// between.
#include "cp15.h"
#include "guest.h"
#include "hyp_bits.h"

#ifdef __thumb__
#define UNDEFINED_LR_OFFSET 2u
#else
#define UNDEFINED_LR_OFFSET 4u
#endif
#define DATA_ABORT_LR_OFFSET 8u
#define DFSR_SHORT_EXTERNAL 0x008u
#define FSR_LONG_EXTERNAL 0x210u
#define PAR_PATTERN 0x5a5a5000u
#define TIMER_SHARE 20000u  // 50 microseconds

// Runs one instruction that may be UNDEFINED or abort; its address is returned. The handlers go on behind it.
#define PROBE(instruction, argument)                                                           \
  ({                                                                                           \
    uint32_t p_address, p_resume;                                                              \
    register uint32_t p_r1 __asm__("r1") = (argument);                                         \
    __asm__ volatile("adr %0, 1f\n\tadr %1, 2f\n\tstr %1, [%3]\n\t.balign 4\n1:\t" instruction \
                     "\n\t.balign 4\n2:\tmov %1, #0\n\tstr %1, [%3]"                           \
                     : "=&r"(p_address), "=&r"(p_resume)                                       \
                     : "r"(p_r1), "r"(&probe_resume)                                           \
                     : "r0", "memory");                                                        \
    p_address & ~1u;                                                                           \
  })

#define BANKED_RW(name)                               \
  static inline uint32_t read_bank_##name(void) {     \
    uint32_t value;                                   \
    __asm__ volatile("mrs %0, " #name : "=r"(value)); \
    return value;                                     \
  }                                                   \
  static inline void write_bank_##name(uint32_t value) { __asm__ volatile("msr " #name ", %0" : : "r"(value)); }
BANKED_RW(r8_fiq)
BANKED_RW(r9_fiq)
BANKED_RW(r10_fiq)
BANKED_RW(r11_fiq)
BANKED_RW(r12_fiq)
BANKED_RW(SP_fiq)
BANKED_RW(LR_fiq)
BANKED_RW(SPSR_fiq)
BANKED_RW(SP_usr)
BANKED_RW(LR_usr)
BANKED_RW(SP_irq)
BANKED_RW(LR_irq)
BANKED_RW(SPSR_irq)
BANKED_RW(SP_abt)
BANKED_RW(LR_abt)
BANKED_RW(SPSR_abt)
BANKED_RW(SP_und)
BANKED_RW(LR_und)
BANKED_RW(SPSR_und)

// Load-exclusive, an exit, store-exclusive: the store must fail. With the MMU off the location is Strongly-ordered,
// where exclusives are IMPLEMENTATION DEFINED, so that guest leaves it out.
static struct result check_exclusive_monitor(void) {
  static uint32_t location;
  if (stage1_kind() == 0) {
    return PASSED;
  }
  for (uint32_t i = 0; i < 4; i++) {
    uint32_t status;
    register uint32_t r0 __asm__("r0");
    __asm__ volatile("ldrex r0, [%2]\n\t"
                         "hvc #" STRINGIFY(HC_PING) "\n\t"
                         "strex %0, r0, [%2]"
                         : "=&r"(status), "=&r"(r0) : "r"(&location) : "memory");
    EXPECT(status, 1);
  }
  return PASSED;
}

static struct result check_fiq_bank(void) {
  uint32_t mark = 0x0f100000u + (vm_number << 8);
  uint32_t spsr = (vm_number + 1) << 28 | PSR_A | PSR_I | PSR_F | PSR_USR;
  for (uint32_t i = 0; i < 2; i++) {
    write_bank_r8_fiq(mark + 8);
    write_bank_r9_fiq(mark + 9);
    write_bank_r10_fiq(mark + 10);
    write_bank_r11_fiq(mark + 11);
    write_bank_r12_fiq(mark + 12);
    write_bank_SP_fiq(mark + 13);
    write_bank_LR_fiq(mark + 14);
    write_bank_SPSR_fiq(spsr);
    HYPERCALL(HC_YIELD, 0);
    EXPECT(read_bank_r8_fiq(), mark + 8);
    EXPECT(read_bank_r9_fiq(), mark + 9);
    EXPECT(read_bank_r10_fiq(), mark + 10);
    EXPECT(read_bank_r11_fiq(), mark + 11);
    EXPECT(read_bank_r12_fiq(), mark + 12);
    EXPECT(read_bank_SP_fiq(), mark + 13);
    EXPECT(read_bank_LR_fiq(), mark + 14);
    EXPECT(read_bank_SPSR_fiq(), spsr);
  }
  return PASSED;
}

// Stack pointers of the guest's own handlers: each VM's are the same by link address, so they move a little and back.
static struct result check_banked_registers(void) {
  uint32_t shift = 8 * (vm_number + 1);
  uint32_t sp_irq = read_bank_SP_irq() - shift, sp_abt = read_bank_SP_abt() - shift;
  uint32_t sp_und = read_bank_SP_und() - shift, mark = 0xba000000u + (vm_number << 8);
  uint32_t spsr = (vm_number + 4) << 28 | PSR_A | PSR_I | PSR_USR;
  write_bank_SP_irq(sp_irq);
  write_bank_SP_abt(sp_abt);
  write_bank_SP_und(sp_und);
  write_bank_SP_usr(mark + 1);
  write_bank_LR_usr(mark + 2);
  write_bank_LR_irq(mark + 3);
  write_bank_LR_abt(mark + 4);
  write_bank_LR_und(mark + 5);
  write_bank_SPSR_irq(spsr | 1u << 27);
  write_bank_SPSR_abt(spsr);
  write_bank_SPSR_und(spsr | PSR_F);
  HYPERCALL(HC_YIELD, 0);
  EXPECT(read_bank_SP_irq(), sp_irq);
  EXPECT(read_bank_SP_abt(), sp_abt);
  EXPECT(read_bank_SP_und(), sp_und);
  EXPECT(read_bank_SP_usr(), mark + 1);
  EXPECT(read_bank_LR_usr(), mark + 2);
  EXPECT(read_bank_LR_irq(), mark + 3);
  EXPECT(read_bank_LR_abt(), mark + 4);
  EXPECT(read_bank_LR_und(), mark + 5);
  EXPECT(read_bank_SPSR_irq(), spsr | 1u << 27);
  EXPECT(read_bank_SPSR_abt(), spsr);
  EXPECT(read_bank_SPSR_und(), spsr | PSR_F);
  write_bank_SP_irq(sp_irq + shift);
  write_bank_SP_abt(sp_abt + shift);
  write_bank_SP_und(sp_und + shift);
  return PASSED;
}

static struct result check_cp15_context(void) {
  uint32_t mark = 0xc1500000u + (vm_number << 12);
  uint32_t ttbcr = read_ttbcr(), vbar = read_vbar(), sctlr = read_sctlr(), contextidr = mark | (vm_number + 1);
  uint64_t ttbr0 = read_ttbr0();
  write_contextidr(contextidr);
  isb();
  write_tpidrurw(mark + 1);
  write_tpidruro(mark + 2);
  write_tpidrprw(mark + 3);
  write_dfar(mark + 4);
  write_ifar(mark + 5);
  write_dfsr(vm_number + 1);
  write_ifsr(vm_number + 2);
  HYPERCALL(HC_YIELD, 0);
  EXPECT(read_contextidr(), contextidr);
  EXPECT(read_tpidrurw(), mark + 1);
  EXPECT(read_tpidruro(), mark + 2);
  EXPECT(read_tpidrprw(), mark + 3);
  EXPECT(read_dfar(), mark + 4);
  EXPECT(read_ifar(), mark + 5);
  EXPECT(read_dfsr(), vm_number + 1);
  EXPECT(read_ifsr(), vm_number + 2);
  EXPECT(read_ttbcr(), ttbcr);
  EXPECT(read_vbar(), vbar);
  EXPECT(read_sctlr(), sctlr);
  EXPECT((uint32_t)read_ttbr0(), (uint32_t)ttbr0);
  write_contextidr(0);
  isb();
  return PASSED;
}

static void write_par(uint32_t value) { __asm__ volatile("mcr p15, 0, %0, c7, c4, 0\n\tisb" : : "r"(value)); }

// A permission fault makes Hyp translate the address again: the guest's own PAR must outlive it.
static struct result check_par(void) {
  mmio_write32(GUEST_FAULT_IPA, 1);
  HYPERCALL(HC_PROTECT, 0);
  write_par(PAR_PATTERN);
  mmio_write32(GUEST_FAULT_IPA, 2);
  EXPECT(read_par(), PAR_PATTERN);
  EXPECT(mmio_read32(GUEST_FAULT_IPA), 2);
  return PASSED;
}

static struct result check_smc(void) {
  undefined_seen = 0;
  uint32_t address = PROBE("smc #0", 0);
  EXPECT(undefined_seen, address + UNDEFINED_LR_OFFSET);
  return PASSED;
}

static struct result check_undefined_cp15(void) {
  undefined_seen = 0;
  uint32_t address = PROBE("mrc p15, 3, r0, c15, c9, 0", 0);
  EXPECT(undefined_seen, address + UNDEFINED_LR_OFFSET);
  return PASSED;
}

// Trapped instructions under a condition: in T32 the skip must advance the IT state, or the last move is lost.
static struct result check_conditional_traps(void) {
  register uint32_t r0 __asm__("r0") = 0x55;
  uint32_t moved = 0, untouched = 0x77;
  __asm__ volatile(
      "cmp %0, %0\n\t"
      "ittt eq\n\t"
      "mrceq p15, 0, %0, c1, c0, 1\n\t"   // ACTLR
      "mrceq p15, 4, %0, c15, c0, 0\n\t"  // CBAR
      "moveq %1, #7\n\t"
      "itt ne\n\t"
      "mrcne p15, 0, %2, c1, c0, 1\n\t"
      "movne %1, #9"
      : "+r"(r0), "+r"(moved), "+r"(untouched)
      :
      : "cc", "memory");
  EXPECT(r0, 0);
  EXPECT(moved, 7);
  EXPECT(untouched, 0x77);
  return PASSED;
}

static struct result check_cp15_emulation(void) {
  uint32_t value = 1;
  write_actlr(0xffffffff);
  EXPECT(read_actlr(), GUEST_ACTLR);
  EXPECT(read_l2ctlr(), GUEST_L2CTLR);
  __asm__ volatile("mrc p15, 4, %0, c15, c0, 0"
                   : "=r"(value)
                   :
                   : "r0");  // CBAR into another register: the host answers
  EXPECT(value, 0);
  __asm__ volatile("mcr p15, 0, %0, c9, c12, 1" : : "r"(1));  // PMCNTENSET
  __asm__ volatile("mrc p15, 0, %0, c9, c12, 1" : "=r"(value));
  EXPECT(value, 0);
  uint32_t vbar = read_vbar();
  write_vbar(vbar + 0x1000);
  EXPECT(read_vbar(), vbar + 0x1000);
  write_vbar(vbar);
  isb();
  if (stage1_kind() == 2) {
    EXPECT(read_mair0(), MAIR0_VALUE);
  }
  return check_conditional_traps();
}

static struct result check_data_abort(void) {
  data_abort_seen = 0;
  uint32_t address = PROBE("ldr" WIDE " r0, [r1]", GUEST_HOLE_IPA + 8);
  EXPECT(data_abort_seen, address + DATA_ABORT_LR_OFFSET);
  EXPECT(read_dfar(), GUEST_HOLE_IPA + 8);
  EXPECT(read_dfsr(), stage1_kind() == 2 ? FSR_LONG_EXTERNAL : DFSR_SHORT_EXTERNAL);
  return PASSED;
}

static struct result check_mmio_write(void) {
  uint32_t address = GUEST_USER_IPA + 0x10, value;
  mmio_write32(address, 0x8081);
  EXPECT(mmio_read32(address), 0x8081);
  __asm__ volatile("ldrsh %0, [%1]" : "=r"(value) : "r"(address) : "memory");
  EXPECT(value, 0xffff8081);
  __asm__ volatile("ldrb %0, [%1]" : "=r"(value) : "r"(address) : "memory");
  EXPECT(value, 0x81);
  __asm__ volatile("ldrsb %0, [%1]" : "=r"(value) : "r"(address) : "memory");
  EXPECT(value, 0xffffff81);
  mmio_write32(address, 0);
  return PASSED;
}

uint32_t page_end_load(uint32_t unused, uint32_t address);
uint64_t status_across_traps(uint32_t psr);

// Write-back forms come without a syndrome: Hyp looks up the instruction, which uses PAR.
static struct result check_mmio_no_syndrome(void) {
  uint32_t address = GUEST_USER_IPA + 0x100, value;
  write_par(PAR_PATTERN);
  __asm__ volatile("ldr %0, [%1], #4" : "=&r"(value), "+r"(address) : : "memory");
  EXPECT(value, GUEST_USER_VALUE(0x100));
  EXPECT(address, GUEST_USER_IPA + 0x104);
  EXPECT(read_par(), PAR_PATTERN);
  value = 0x1234;
  __asm__ volatile("str %1, [%0, #-4]!" : "+r"(address) : "r"(value) : "memory");
  EXPECT(address, GUEST_USER_IPA + 0x100);
  EXPECT(mmio_read32(address), 0x1234);
  mmio_write32(address, 0);
  EXPECT(page_end_load(0, GUEST_USER_IPA + 0x104), GUEST_USER_VALUE(0x104));
  return PASSED;
}

// The distributor read leaves its address in HPFAR, which the permission fault does not update.
static struct result check_stage2_permission(void) {
  for (uint32_t i = 0; i < 2; i++) {
    mmio_write32(GUEST_FAULT_IPA + 16, i);
    HYPERCALL(HC_PROTECT, 0);
    EXPECT(mmio_read32(GUEST_GICD_IPA + GUEST_GICD_TYPER), GUEST_GICD_TYPER_VALUE);
    mmio_write32(GUEST_FAULT_IPA + 16, 0x600d0000 + i);
    EXPECT(mmio_read32(GUEST_FAULT_IPA + 16), 0x600d0000 + i);
  }
  return PASSED;
}

static struct result check_virtual_irq(void) {
  for (uint32_t i = 0; i < 3; i++) {
    irqs_seen = 0;
    HYPERCALL(HC_INJECT, 0);
    EXPECT(irqs_seen, 0);
    irq_enable();
    while (irqs_seen == 0) {
    }
    irq_disable();
    EXPECT(irqs_seen, 1);
    EXPECT(last_irq, GUEST_IRQ);
  }
  return PASSED;
}

// HCR.VF: the line stays up until the handler lowers it.
static struct result check_virtual_fiq(void) {
  for (uint32_t i = 0; i < 3; i++) {
    fiqs_seen = 0;
    HYPERCALL(HC_RAISE_FIQ, 0);
    EXPECT(fiqs_seen, 0);
    __asm__ volatile("cpsie f" : : : "memory");
    while (fiqs_seen == 0) {
    }
    __asm__ volatile("cpsid f" : : : "memory");
    EXPECT(fiqs_seen, 1);
  }
  return PASSED;
}

// The second interrupt comes only if ending the first one in the guest deactivated the physical one.
static struct result check_virtual_timer(void) {
  for (uint32_t i = 0; i < 3; i++) {
    irqs_seen = 0;
    write_cntv_tval(read_cntfrq() / TIMER_SHARE);
    write_cntv_ctl(1);
    isb();
    irq_enable();
    while (irqs_seen == 0) {
    }
    irq_disable();
    EXPECT(irqs_seen, 1);
    EXPECT(last_irq, GUEST_VTIMER_IRQ);
  }
  write_cntv_ctl(0);
  return PASSED;
}

// GE, IT[7:2], E and A lie in the fields x and s of a status register.
static struct result check_program_status(void) {
  static const uint32_t all = PSR_N | PSR_Q | PSR_GE | PSR_E | PSR_A;
  for (uint32_t i = 0; i < 2; i++) {
    uint32_t psr = i == 0 ? all : PSR_N;
    uint64_t seen = status_across_traps(psr);
    EXPECT((uint32_t)(seen >> 32) & all, psr);
    EXPECT((uint32_t)seen, 0x0e);
  }
  return PASSED;
}

struct result run_check(uint32_t check) {
  switch (check) {
    case CHECK_exclusive_monitor: return check_exclusive_monitor();
    case CHECK_fiq_bank: return check_fiq_bank();
    case CHECK_banked_registers: return check_banked_registers();
    case CHECK_cp15_context: return check_cp15_context();
    case CHECK_par: return check_par();
    case CHECK_smc: return check_smc();
    case CHECK_undefined_cp15: return check_undefined_cp15();
    case CHECK_cp15_emulation: return check_cp15_emulation();
    case CHECK_data_abort: return check_data_abort();
    case CHECK_mmio_write: return check_mmio_write();
    case CHECK_mmio_no_syndrome: return check_mmio_no_syndrome();
    case CHECK_stage2_permission: return check_stage2_permission();
    case CHECK_virtual_irq: return check_virtual_irq();
    case CHECK_virtual_fiq: return check_virtual_fiq();
    case CHECK_virtual_timer: return check_virtual_timer();
    case CHECK_vfp_context: return check_vfp_context();
    case CHECK_program_status: return check_program_status();
    default: return (struct result){__LINE__, check, 0};
  }
}

// SPDX-License-Identifier: Apache-2.0
// The micro-operations that a guest bounds with its own markers.
#include "cp15.h"
#include "guest.h"

static struct result run_hvc(uint32_t n) {
  EXPECT(MEASURE(ROW_hvc, "hvc #" STRINGIFY(HC_PING), n, 0), n + 1);
  return PASSED;
}

static struct result run_trap(uint32_t n) {
  EXPECT(MEASURE(ROW_trap, "mrc p15, 4, r0, c15, c0, 0", n | 0x100, 0), 0);  // CBAR
  return PASSED;
}

static struct result run_noop(uint32_t n) {
  EXPECT(HYPERCALL(HC_NOOP, n), n);
  return PASSED;
}

static struct result run_mmio_read_user(uint32_t n) {
  uint32_t offset = 0x80 + n % 8 * 4;
  EXPECT(MEASURE(ROW_mmio_read_user, "ldr" WIDE " r0, [r1]", 0, GUEST_USER_IPA + offset), GUEST_USER_VALUE(offset));
  return PASSED;
}

static struct result run_mmio_read_vgic(uint32_t n) {
  (void)n;
  uint32_t seen = MEASURE(ROW_mmio_read_vgic, "ldr" WIDE " r0, [r1]", 0, GUEST_GICD_IPA + GUEST_GICD_TYPER);
  EXPECT(seen, GUEST_GICD_TYPER_VALUE);
  return PASSED;
}

static struct result run_eoi(uint32_t n) {
  (void)n;
  HYPERCALL(HC_INJECT, 0);
  uint32_t seen = MEASURE(ROW_eoi, "ldr" WIDE " r0, [r1, #" STRINGIFY(GUEST_GICC_IAR) "]\n\t"
                                     "str" WIDE " r0, [r1, #" STRINGIFY(GUEST_GICC_EOIR) "]", 0, GUEST_GICC_IPA);
  EXPECT(seen, GUEST_IRQ);
  return PASSED;
}

static struct result run_wfi(uint32_t n) {
  (void)n;
  HYPERCALL(HC_WAKE, 0);
  MEASURE(ROW_wfi, "wfi", 0, 0);
  return PASSED;
}

static struct result run_cp15_trap(uint32_t n) {
  (void)n;
  EXPECT(MEASURE(ROW_cp15_trap, "mrc p15, 0, r0, c1, c0, 1", 0xdeadbeef, 0), GUEST_ACTLR);
  return PASSED;
}

static struct result run_stage2_fault(uint32_t n) {
  HYPERCALL(HC_UNMAP, 0);
  EXPECT(MEASURE(ROW_stage2_fault, "ldr" WIDE " r0, [r1]", n, GUEST_FAULT_IPA), 0);
  mmio_write32(GUEST_FAULT_IPA, n | 0x80000000);  // the next iteration must not see it
  return PASSED;
}

static struct result run_tlb_flush_vmid(uint32_t n) {
  (void)n;
  HYPERCALL(HC_FLIP, mmio_read32(GUEST_FLIP_IPA));
  return PASSED;
}

static struct result run_irq_exit(uint32_t n) {
  (void)n;
  uint32_t ready = HYPERCALL(HC_ARM_TICK, 0);
  EXPECT(MEASURE(ROW_irq_exit, "1: cmp r0, #0\n\tbeq 1b", ready, 0), 1);
  return PASSED;
}

static struct result run_nothing(uint32_t n) {
  (void)n;
  return PASSED;
}

static struct result (*const operations[32])(uint32_t) = {
    [ROW_hvc] = run_hvc,
    [ROW_trap] = run_trap,
    [ROW_noop_guest] = run_noop,
    [ROW_mmio_read_user] = run_mmio_read_user,
    [ROW_mmio_read_vgic] = run_mmio_read_vgic,
    [ROW_eoi] = run_eoi,
    [ROW_wfi] = run_wfi,
    [ROW_cp15_trap] = run_cp15_trap,
    [ROW_stage2_fault] = run_stage2_fault,
    [ROW_tlb_flush_vmid] = run_tlb_flush_vmid,
    [ROW_vmid_rollover] = run_nothing,
    [ROW_irq_exit] = run_irq_exit,
    [ROW_ipi] = run_ipi,
};

struct result run_measured(uint32_t row, uint32_t iterations) {
  if (row == ROW_vfp_first_use) {
    return run_vfp_first_use(iterations);
  }
  uint32_t turns = row == ROW_noop_guest ? iterations + 1 : iterations;
  for (uint32_t n = 0; n < turns; n++) {
    struct result result = operations[row](n);
    if (result.line) {
      return result;
    }
  }
  return PASSED;
}

// SPDX-License-Identifier: Apache-2.0
// The host's side of the 3.9 switch: list registers, a virtual timer whose interrupt is linked to the physical one.
#include "board.h"
#include "cp15.h"
#include "guest_machine.h"
#include "kernel.h"
#include "rows.h"

#define GICH_HCR_EN 1u
#define LR_COUNT 4u
#define LR_HW (1u << 31)
#define LR_PENDING (1u << 28)
#define LR_ACTIVE (1u << 29)
#define LR_PRIORITY (0xa0u >> 3 << 23)
#define LR_PHYSICAL(irq) ((irq) << 10)
#define LR_VIRTUAL_MASK 0x3ffu
#define CNTV_ENABLE 1u
#define CNTV_IMASK 2u
#define VFP_WORDS 64u
#define VFP_PATTERN(i) (0x40570000u + (i))
#define GICV_SIZE 0x2000u
#define PAGE_SIZE 0x1000u

uint32_t hyp_call(void* function, ...);
uint32_t hyp_vcpu_run(struct vcpu* vcpu);
void hyp_tlb_flush_vmid(struct vm* vm);
void hyp_flush_vm_context(void);
void host_vfp_enable(void);
void host_vfp_load(const uint32_t* words);
void host_vfp_store(uint32_t* words);

static bool vtimer_marked_active[CPU_COUNT];

static void boot(void) {
  uint32_t words[VFP_WORDS];
  if (hyp_call((void*)~0u) != (uint32_t)hyp_vectors) {
    fail("HVBAR is not the switch's");
  }
  gic_enable_ppi(GUEST_VTIMER_IRQ);
  for (uint32_t i = 0; i < VFP_WORDS; i++) {
    words[i] = VFP_PATTERN(i);
  }
  host_vfp_enable();
  host_vfp_load(words);
}

static bool host_intact(void) {
  uint32_t words[VFP_WORDS];
  host_vfp_store(words);
  for (uint32_t i = 0; i < VFP_WORDS; i++) {
    if (words[i] != VFP_PATTERN(i)) {
      return false;
    }
  }
  uint64_t physical = read_cntpct();
  return read_cntvct() - physical < read_cntfrq();  // CNTVOFF is 0 again
}

static int enter(struct vcpu* vcpu) { return (int)hyp_call((void*)hyp_vcpu_run, vcpu); }

static void flush_vmid(struct vm* vm) { hyp_call((void*)hyp_tlb_flush_vmid, vm); }

static void flush_context(void) { hyp_call((void*)hyp_flush_vm_context); }

static void create(struct vm* vm) {
  vm->vcpu.vgic.hcr = GICH_HCR_EN;
  vm->vcpu.timer_enabled = true;
  vm->cntvoff = read_cntpct();  // the VM's time begins now
  for (uint32_t offset = 0; offset < GICV_SIZE; offset += PAGE_SIZE) {
    stage2_map(vm, GUEST_GICC_IPA + offset, BOARD_GICV_BASE + offset, true, true);
  }
}

// --- list registers, as saved by the last exit

static uint32_t* find_list_register(struct vgic_cpu* vgic, uint32_t irq) {
  for (uint32_t i = 0; i < LR_COUNT; i++) {
    if ((vgic->lr[i] & (LR_PENDING | LR_ACTIVE)) && (vgic->lr[i] & LR_VIRTUAL_MASK) == irq) {
      return &vgic->lr[i];
    }
  }
  return 0;
}

static uint32_t* free_list_register(struct vgic_cpu* vgic) {
  for (uint32_t i = 0; i < LR_COUNT; i++) {
    if (!(vgic->lr[i] & (LR_PENDING | LR_ACTIVE))) {
      return &vgic->lr[i];
    }
  }
  return 0;
}

static bool queue(struct vgic_cpu* vgic, uint32_t value) {
  uint32_t* lr = free_list_register(vgic);
  if (!lr) {
    return false;
  }
  *lr = value | LR_PENDING | LR_PRIORITY;
  return true;
}

static bool vtimer_fired(const struct vm* vm) {
  const struct vcpu* vcpu = &vm->vcpu;
  bool counts = (vcpu->cntv_ctl & (CNTV_ENABLE | CNTV_IMASK)) == CNTV_ENABLE;
  return counts && read_cntpct() - vm->cntvoff >= vcpu->cntv_cval;
}

// The timer's interrupt stays active in the distributor while the guest has it: ending it in the guest deactivates it.
static void flush_vtimer(struct vm* vm) {
  struct vgic_cpu* vgic = &vm->vcpu.vgic;
  bool in_guest = find_list_register(vgic, GUEST_VTIMER_IRQ) != 0;
  if (!in_guest && vtimer_fired(vm)) {
    in_guest = queue(vgic, LR_HW | LR_PHYSICAL(GUEST_VTIMER_IRQ) | GUEST_VTIMER_IRQ);
  }
  if (in_guest || vtimer_marked_active[vm->cpu]) {
    gic_set_active(GUEST_VTIMER_IRQ, in_guest);
    vtimer_marked_active[vm->cpu] = in_guest;
  }
}

static void irq_flush(struct vm* vm) {
  vm->vcpu.irq_lines = vm->irq.fiq_line ? HCR_VF : 0;
  if (vm->irq.pending && !find_list_register(&vm->vcpu.vgic, vm->irq.number)) {
    vm->irq.pending = !queue(&vm->vcpu.vgic, vm->irq.number);
  }
  if (vm->vcpu.timer_enabled) {
    flush_vtimer(vm);
  }
}

static void irq_sync(struct vm* vm) { (void)vm; }

static bool cpu_interface(struct vm* vm, struct mmio* mmio) {
  (void)vm;
  (void)mmio;
  return false;
}

// As in 3.9: an access that hardware does not describe is not emulated.
static bool no_syndrome(struct vm* vm, uint32_t ipa, struct mmio* mmio) {
  (void)vm;
  (void)ipa;
  (void)mmio;
  return false;
}

static bool has_row(uint32_t row) { return row != CHECK_mmio_no_syndrome; }

const struct flavour flavour = {
    .name = "vgic",
    .vtcr = VTCR_RES1 | VTCR_SL0_L1 | TCR_WBWA_IS | VTCR_T0SZ_40BIT,
    .vttbr_x = 13,
    .hcr = VGIC_HCR_GUEST,
    .boot = boot,
    .enter = enter,
    .flush_vmid = flush_vmid,
    .flush_context = flush_context,
    .create = create,
    .irq_flush = irq_flush,
    .irq_sync = irq_sync,
    .cpu_interface = cpu_interface,
    .no_syndrome = no_syndrome,
    .has_row = has_row,
    .host_intact = host_intact,
};

// SPDX-License-Identifier: Apache-2.0
// The host's side of the 2012 switch: no VGIC, no virtual timer; interrupts are raised by HCR.VI, and the guest's CPU
// interface is emulated.
#include "cp15.h"
#include "guest_machine.h"
#include "kernel.h"
#include "rows.h"

#define PAGE_MASK 0xfffff000u
#define PC_IPA_FAILED 1u

int vcpu_enter(struct vcpu* vcpu);
void tlb_flush_vmid(struct vm* vm);
void flush_vm_context(void);

static void boot(void) {}
static void create(struct vm* vm) { (void)vm; }
static void irq_sync(struct vm* vm) { (void)vm; }
static bool host_intact(void) { return true; }

static void irq_flush(struct vm* vm) {
  struct irq_state* irq = &vm->irq;
  bool raised = irq->pending && !irq->active && irq->ctlr && irq->pmr;
  vm->vcpu.irq_lines = (raised ? HCR_VI : 0) | (irq->fiq_line ? HCR_VF : 0);
}

static uint32_t acknowledge(struct irq_state* irq) {
  if (!irq->pending || irq->active) {
    return GUEST_SPURIOUS;
  }
  irq->pending = false;
  irq->active = true;
  return irq->number;
}

static bool cpu_interface(struct vm* vm, struct mmio* mmio) {
  struct irq_state* irq = &vm->irq;
  uint32_t* reg = 0;
  switch (mmio->address - GUEST_GICC_IPA) {
    case GUEST_GICC_CTLR: reg = &irq->ctlr; break;
    case GUEST_GICC_PMR: reg = &irq->pmr; break;
    case GUEST_GICC_IAR: mmio->value = acknowledge(irq); return true;
    case GUEST_GICC_EOIR: irq->active = false; return true;
    default: mmio->value = 0; return true;
  }
  if (mmio->write) {
    *reg = mmio->value;
  } else {
    mmio->value = *reg;
  }
  return true;
}

// --- an access without syndrome: the instruction tells. Word loads and stores with write-back are what compilers make.

static bool read_guest_halfword(struct vm* vm, uint32_t ipa, uint32_t* value) {
  uint32_t page = stage2_lookup(vm, ipa & PAGE_MASK);
  if (!page || (ipa & PC_IPA_FAILED)) {
    return false;
  }
  *value = *(uint16_t*)(page | (ipa & ~PAGE_MASK));
  return true;
}

static void write_back(struct vcpu* vcpu, uint32_t rn, uint32_t immediate, bool add) {
  uint32_t* base = guest_register(vcpu, rn);
  *base = add ? *base + immediate : *base - immediate;
}

// LDR and STR (immediate), encoding A1 with write-back.
static bool decode_a32(struct vcpu* vcpu, uint32_t instruction, struct mmio* mmio) {
  bool pre = instruction >> 24 & 1, byte = instruction >> 22 & 1, wback = !pre || (instruction >> 21 & 1);
  if ((instruction >> 25 & 7) != 2 || byte || !wback) {
    return false;
  }
  mmio->write = !(instruction >> 20 & 1);
  mmio->rt = instruction >> 12 & 0xf;
  write_back(vcpu, instruction >> 16 & 0xf, instruction & 0xfff, instruction >> 23 & 1);
  return true;
}

// LDR and STR (immediate), encodings T4 and T4: write-back, 8-bit offset.
static bool decode_t32(struct vcpu* vcpu, uint32_t first, uint32_t second, struct mmio* mmio) {
  if ((first & 0xffe0) != 0xf840 || (second & 0x0900) != 0x0900) {
    return false;
  }
  mmio->write = !(first >> 4 & 1);
  mmio->rt = second >> 12 & 0xf;
  write_back(vcpu, first & 0xf, second & 0xff, second >> 9 & 1);
  return true;
}

static bool no_syndrome(struct vm* vm, uint32_t ipa, struct mmio* mmio) {
  struct vcpu* vcpu = &vm->vcpu;
  uint32_t pc_ipa2 = (vcpu->pc & ~PAGE_MASK) == 0xffe ? vcpu->pc_ipa2 : vcpu->pc_ipa + 2;
  uint32_t first, second;
  if (!read_guest_halfword(vm, vcpu->pc_ipa, &first) || !read_guest_halfword(vm, pc_ipa2, &second)) {
    return false;
  }
  mmio->address = ipa;
  mmio->size = 4;
  vcpu->hsr |= HSR_IL;  // 0 with ISV=0; all that is decoded here is 32 bits wide
  bool known =
      vcpu->cpsr & PSR_T ? decode_t32(vcpu, first, second, mmio) : decode_a32(vcpu, first | second << 16, mmio);
  mmio->value = known && mmio->write ? *guest_register(vcpu, mmio->rt) : 0;
  return known;
}

static bool has_row(uint32_t row) {
  return row != ROW_vfp_first_use && row != CHECK_vfp_context && row != CHECK_virtual_timer;
}

const struct flavour flavour = {
    .name = "v9",
    .vtcr = VTCR_RES1 | VTCR_SL0_L1 | TCR_WBWA_IS,
    .vttbr_x = 5,
    .hcr = V9_HCR_GUEST,
    .boot = boot,
    .enter = vcpu_enter,
    .flush_vmid = tlb_flush_vmid,
    .flush_context = flush_vm_context,
    .create = create,
    .irq_flush = irq_flush,
    .irq_sync = irq_sync,
    .cpu_interface = cpu_interface,
    .no_syndrome = no_syndrome,
    .has_row = has_row,
    .host_intact = host_intact,
};

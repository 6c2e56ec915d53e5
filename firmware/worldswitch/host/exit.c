// SPDX-License-Identifier: Apache-2.0
// Why a guest came back, and who answers.
#include "guest_machine.h"
#include "kernel.h"

#define PAGE_MASK 0xfffff000u
#define HPFAR_VANISHED 0xffffffffu
#define WFX_IS_WFE 1u

static int internal_error(void) {
  run_reason = RUN_INTERNAL_ERROR;
  return 0;
}

// A guest with nothing to do gives its turn to the other VMs.
static int handle_wfx(struct vm* vm) {
  bool wfe = vm->vcpu.hsr & WFX_IS_WFE;
  guest_skip(&vm->vcpu);
  if (wfe || vm->wake || vm->irq.pending) {
    vm->wake = false;
    return 1;
  }
  run_reason = RUN_YIELD;
  return 0;
}

static int handle_smc(struct vm* vm) {
  guest_inject_undefined(&vm->vcpu);
  return 1;
}

static void fill_page(struct vm* vm, uint32_t ipa, uint32_t page) {
  uint32_t offset = ipa - GUEST_RAM_IPA;
  uint32_t size = offset < vm->image_size ? vm->image_size - offset : 0;
  uint8_t* to = (uint8_t*)page;
  for (uint32_t i = 0; i < size && i < ~PAGE_MASK + 1; i++) {
    to[i] = vm->image[offset + i];
  }
  page_clean(page);
}

static int map_guest_page(struct vm* vm, uint32_t ipa) {
  uint32_t page = stage2_lookup(vm, ipa);
  if (!page) {
    page = page_alloc();
    fill_page(vm, ipa, page);
  }
  if (ipa == GUEST_FAULT_IPA) {
    vm->fault_page = page;
  }
  stage2_map(vm, ipa, page, true, false);
  return 1;
}

// Only one page is ever read-only: a permission fault anywhere else means that the address is wrong.
static int make_writable(struct vm* vm, uint32_t ipa) {
  if (ipa != GUEST_FAULT_IPA || !vm->fault_page_read_only) {
    return internal_error();
  }
  map_guest_page(vm, ipa);
  vm->fault_page_read_only = false;
  flavour.flush_vmid(vm);  // the read-only translation is still in the TLBs
  return 1;
}

static int handle_abort(struct vm* vm, bool fetch) {
  struct vcpu* vcpu = &vm->vcpu;
  uint32_t address = fetch ? vcpu->hifar : vcpu->hdfar;
  uint32_t type = vcpu->hsr & HSR_FSC_TYPE;
  if (vcpu->hpfar == HPFAR_VANISHED) {
    return 1;
  }
  if (type != HSR_FSC_TRANS && type != HSR_FSC_PERM && type != HSR_FSC_ACCESS) {
    return internal_error();
  }
  uint32_t ipa = (vcpu->hpfar & ~0xfu) << 8;
  if (ipa - GUEST_RAM_IPA < GUEST_RAM_SIZE) {
    if (type != HSR_FSC_PERM) {
      return map_guest_page(vm, ipa);
    }
    return make_writable(vm, ipa);
  }
  if (fetch) {
    guest_inject_prefetch_abort(vcpu, address);
    return 1;
  }
  return emulate_mmio(vm, ipa | (address & ~PAGE_MASK));
}

static int handle_trap(struct vm* vm) {
  struct vcpu* vcpu = &vm->vcpu;
  uint32_t ec = vcpu->hsr >> 26;
  vm->exits_by_ec[ec]++;
  if (!guest_condition_passed(vcpu)) {
    guest_skip(vcpu);
    return 1;
  }
  switch (ec) {
    case HSR_EC_WFI: return handle_wfx(vm);
    case HSR_EC_CP15_32: return emulate_cp15(vm);
    case HSR_EC_HVC: return handle_hypercall(vm);
    case HSR_EC_SMC: return handle_smc(vm);
    case HSR_EC_DABT: return handle_abort(vm, false);
    case HSR_EC_IABT: return handle_abort(vm, true);
    case HSR_EC_DABT_HYP:
    case HSR_EC_IABT_HYP: return internal_error();
    default: guest_inject_undefined(vcpu); return 1;
  }
}

int handle_exit(struct vm* vm, int code) {
  switch (code) {
    case EXIT_IRQ: return 1;
    case EXIT_HVC: return handle_trap(vm);
    default: return internal_error();
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "cp15.h"
#include "guest_machine.h"
#include "kernel.h"

#define RESET_SCTLR 0x00c50078u
#define RESET_CPSR (PSR_A | PSR_I | PSR_F | PSR_SVC)
#define MPIDR_AFF0 0xffu

struct vm vms[VM_COUNT];
struct vm light_vms[LIGHT_VM_COUNT];
struct vm second_vcpus[VM_COUNT];
static struct vfp_state host_vfp[CPU_COUNT];

extern const uint8_t guest_a32_image[], guest_a32_image_end[];
extern const uint8_t guest_t32_image[], guest_t32_image_end[];
extern const uint8_t guest_lpae_image[], guest_lpae_image_end[];
extern const uint8_t guest_light_a_image[], guest_light_a_image_end[];
extern const uint8_t guest_light_b_image[], guest_light_b_image_end[];

static void reset_vcpu(struct vm* vm) {
  struct vcpu* vcpu = &vm->vcpu;
  vcpu->vm = vm;
  vcpu->midr = read_midr();
  vcpu->mpidr = (read_mpidr() & ~MPIDR_AFF0) | vm->cpu;  // Aff0 is the vcpu's number
  vcpu->hcr = flavour.hcr;
  vcpu->cp15_a.sctlr = RESET_SCTLR;
  vcpu->pc = GUEST_RAM_IPA;
  vcpu->cpsr = RESET_CPSR;
  vcpu->host_vfp = &host_vfp[vm->cpu];
  vm->irq.number = vm->cpu ? GUEST_IPI : GUEST_IRQ;
}

static void set_image(struct vm* vm, const uint8_t* begin, const uint8_t* end) {
  vm->image = begin;
  vm->image_size = (uint32_t)(end - begin);
}

static void create_flip_pages(struct vm* vm) {
  static const uint32_t content[2] = {GUEST_FLIP_A, GUEST_FLIP_B};
  for (uint32_t i = 0; i < 2; i++) {
    vm->flip_page[i] = page_alloc();
    *(uint32_t*)vm->flip_page[i] = content[i];
    page_clean(vm->flip_page[i]);
  }
  stage2_map(vm, GUEST_FLIP_IPA, vm->flip_page[0], true, false);
}

static void create_main_vms(void) {
  set_image(&vms[0], guest_a32_image, guest_a32_image_end);
  set_image(&vms[1], guest_t32_image, guest_t32_image_end);
  set_image(&vms[2], guest_lpae_image, guest_lpae_image_end);
  for (uint32_t i = 0; i < VM_COUNT; i++) {
    vms[i].number = i;
    stage2_new_root(&vms[i]);
    reset_vcpu(&vms[i]);
    create_flip_pages(&vms[i]);
    flavour.create(&vms[i]);
  }
}

// They run on the second core.
static void create_second_vcpus(void) {
  for (uint32_t i = 0; i < VM_COUNT; i++) {
    struct vm* second = &second_vcpus[i];
    second->number = i;
    second->cpu = 1;
    second->pgd = vms[i].pgd;
    reset_vcpu(second);
    flavour.create(second);
    vms[i].second = second;
  }
}

// Many VMs on two stage-2 tables, by turns: after a roll-over a VMID goes to a VM of the other table, so that a
// translation that outlived its generation returns the other image's number.
static void create_light_vms(void) {
  for (uint32_t i = 0; i < LIGHT_VM_COUNT; i++) {
    struct vm* vm = &light_vms[i];
    vm->number = VM_COUNT + i;
    if (i < 2) {
      stage2_new_root(vm);
    } else {
      vm->pgd = light_vms[i % 2].pgd;
    }
    set_image(vm, i % 2 ? guest_light_b_image : guest_light_a_image,
              i % 2 ? guest_light_b_image_end : guest_light_a_image_end);
    reset_vcpu(vm);
  }
}

void vms_create(void) {
  create_main_vms();
  create_second_vcpus();
  create_light_vms();
}

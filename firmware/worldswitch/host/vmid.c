// SPDX-License-Identifier: Apache-2.0
// VMIDs are lent for one generation: 255 of them, 0 is the host's. When they run out, a new generation begins and every
// translation of every VMID goes away on every core.
#include "cp15.h"
#include "defects.h"
#include "kernel.h"

#define VMID_COUNT 256u

static volatile uint64_t current_generation = 1;
static uint32_t next_vmid;
static volatile uint32_t vmid_lock;

static void lock(void) {
  uint32_t taken;
  do {
    __asm__ volatile(
        "ldrex %0, [%1]\n\t"
        "teq %0, #0\n\t"
        "it eq\n\t"
        "strexeq %0, %2, [%1]"
        : "=&r"(taken)
        : "r"(&vmid_lock), "r"(1)
        : "cc", "memory");
  } while (taken != 0);
  dmb();
}

static void unlock(void) {
  dmb();
  vmid_lock = 0;
}

uint64_t vmid_generation(void) { return current_generation; }

bool need_new_vmid_gen(const struct vm* vm) { return vm->vmid_generation != current_generation; }

void update_vttbr(struct vm* vm) {
  if (!need_new_vmid_gen(vm)) {
    return;
  }
  lock();
  if (next_vmid == 0) {
    current_generation++;
    next_vmid = 1;
    if (!WS_DEFECT_ROLLOVER_NO_FLUSH) {
      on_each_cpu(flavour.flush_context);
    }
  }
  vm->vmid_generation = current_generation;
  vm->vmid = next_vmid;
  next_vmid = (next_vmid + 1) % VMID_COUNT;
  uint64_t root = (uint32_t)vm->pgd & ~((1ull << flavour.vttbr_x) - 1) & ((1ull << 40) - 1);
  vm->vttbr = root | (uint64_t)vm->vmid << 48;
  unlock();
}

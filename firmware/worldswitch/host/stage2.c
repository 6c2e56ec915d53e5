// SPDX-License-Identifier: Apache-2.0
// Stage 2, starting at level 1 (ARM DDI 0406C B3.6.6): one root entry covers 1 GB.
#include "cp15.h"
#include "kernel.h"

#define DESC_TABLE 3u
#define S2_PAGE 3u
#define S2_NORMAL_WB (0xfu << 2)
#define S2_DEVICE (1u << 2)
#define S2_READ (1u << 6)
#define S2_WRITE (2u << 6)
#define S2_SH_INNER (3u << 8)
#define S2_AF (1u << 10)
#define S2_XN (1ull << 54)
#define ROOT_ENTRIES 1024  // the largest root, of a 40-bit IPA: two concatenated tables
#define ROOT_COUNT (VM_COUNT + 2)
#define ADDRESS_MASK 0xfffff000u

static uint64_t roots[ROOT_COUNT][ROOT_ENTRIES] __attribute__((aligned(8192)));
static uint32_t root_count;

void stage2_new_root(struct vm* vm) {
  if (root_count == ROOT_COUNT) {
    fail("out of stage-2 roots");
  }
  vm->pgd = roots[root_count++];
}

static uint64_t* next_level(uint64_t* entry) {
  if (!(*entry & 1)) {
    *entry = page_alloc() | DESC_TABLE;
  }
  return (uint64_t*)((uint32_t)*entry & ADDRESS_MASK);
}

static uint64_t* leaf(struct vm* vm, uint32_t ipa) {
  uint64_t* level2 = next_level(&vm->pgd[ipa >> 30]);
  uint64_t* level3 = next_level(&level2[(ipa >> 21) & 0x1ff]);
  return &level3[(ipa >> 12) & 0x1ff];
}

void stage2_map(struct vm* vm, uint32_t ipa, uint32_t pa, bool writable, bool device) {
  uint64_t descriptor = (pa & ADDRESS_MASK) | S2_AF | S2_READ | S2_PAGE;
  descriptor |= device ? S2_DEVICE | S2_XN : S2_NORMAL_WB | S2_SH_INNER;
  *leaf(vm, ipa) = descriptor | (writable ? S2_WRITE : 0);
  dsb();
}

void stage2_unmap(struct vm* vm, uint32_t ipa) { *leaf(vm, ipa) = 0; }

uint32_t stage2_lookup(struct vm* vm, uint32_t ipa) {
  uint64_t descriptor = *leaf(vm, ipa);
  return descriptor & 1 ? (uint32_t)descriptor & ADDRESS_MASK : 0;
}

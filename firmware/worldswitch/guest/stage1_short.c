// SPDX-License-Identifier: Apache-2.0
// Identity map of 1 MB sections, short descriptors (ARM DDI 0406C B3.5).
#include "cp15.h"
#include "guest.h"

#define SECTION_SHIFT 20
#define SECTION (2u | 3u << 10)                                   // AP = 011: full access
#define SECTION_NORMAL (1u << 12 | 1u << 3 | 1u << 2 | 1u << 16)  // TEX=001 C B, shareable
#define SECTION_DEVICE (1u << 2 | 1u << 4)                        // B, XN
#define TTBR_WALK_WB 0x4au  // shareable, inner and outer write-back write-allocate
#define SCTLR_ON (1u << 12 | 1u << 11 | 1u << 2 | 1u << 0)

static uint32_t table[4096] __attribute__((aligned(16384)));

uint32_t stage1_kind(void) { return 1; }

static void map(uint32_t address, uint32_t attributes) {
  table[address >> SECTION_SHIFT] = (address & ~0xfffffu) | SECTION | attributes;
}

void stage1_enter(void) {
  write_dacr(1);
  write_ttbcr(0);
  write_ttbr0_short((uint32_t)table | TTBR_WALK_WB);
  dsb();
  write_tlbiall(0);
  dsb();
  isb();
  write_sctlr(read_sctlr() | SCTLR_ON);
  isb();
}

void stage1_enable(void) {
  map(GUEST_RAM_IPA, SECTION_NORMAL);
  map(GUEST_RAM_IPA + (1u << SECTION_SHIFT), SECTION_NORMAL);
  map(GUEST_GICD_IPA, SECTION_DEVICE);
  map(GUEST_USER_IPA, SECTION_DEVICE);
  map(GUEST_HOLE_IPA, SECTION_DEVICE);
  stage1_enter();
}

// SPDX-License-Identifier: Apache-2.0
// Identity map of 2 MB blocks, long descriptors (ARM DDI 0406C B3.6).
#include "cp15.h"
#include "guest.h"
#include "hyp_bits.h"

#define BLOCK_SHIFT 21
#define DESC_TABLE 3u
#define DESC_BLOCK 1u
#define ATTR_DEVICE (1u << 2)
#define ATTR_SH_INNER (3u << 8)
#define ATTR_AF (1u << 10)
#define ATTR_XN (1ull << 54)
#define SCTLR_ON (1u << 12 | 1u << 11 | 1u << 2 | 1u << 0)

static uint64_t root[4] __attribute__((aligned(32)));
static uint64_t low[512] __attribute__((aligned(4096)));
static uint64_t ram[512] __attribute__((aligned(4096)));

uint32_t stage1_kind(void) { return 2; }

static void map_device(uint32_t address) {
  uint32_t block = address & ~((1u << BLOCK_SHIFT) - 1);
  low[address >> BLOCK_SHIFT] = block | ATTR_AF | ATTR_DEVICE | DESC_BLOCK | ATTR_XN;
}

void stage1_enter(void) {
  write_mair0(MAIR0_VALUE);
  write_mair1(0);
  write_ttbcr(TTBCR_EAE | TTBCR_EPD1 | TCR_WBWA_IS);
  write_ttbr0((uint32_t)root);
  dsb();
  write_tlbiall(0);
  dsb();
  isb();
  write_sctlr(read_sctlr() | SCTLR_ON);
  isb();
}

void stage1_enable(void) {
  root[GUEST_GICD_IPA >> 30] = (uint32_t)low | DESC_TABLE;
  root[GUEST_RAM_IPA >> 30] = (uint32_t)ram | DESC_TABLE;
  map_device(GUEST_GICD_IPA);
  map_device(GUEST_USER_IPA);
  map_device(GUEST_HOLE_IPA);
  ram[0] = GUEST_RAM_IPA | ATTR_AF | ATTR_SH_INNER | DESC_BLOCK;
  stage1_enter();
}

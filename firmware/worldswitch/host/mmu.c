// SPDX-License-Identifier: Apache-2.0
// Identity maps of 2 MB blocks for the host and for Hyp, long descriptors (ARM DDI 0406C B3.6).
#include "board.h"
#include "cp15.h"
#include "kernel.h"

#define BLOCK_SIZE 0x200000u
#define BLOCKS 2048
#define RAM_BLOCKS 64
#define DESC_TABLE 3u
#define DESC_BLOCK 1u
#define ATTR_INDEX(n) ((uint32_t)(n) << 2)
#define ATTR_USER (1u << 6)  // AP[1]; SBO in the Hyp regime
#define ATTR_SH_INNER (3u << 8)
#define ATTR_AF (1u << 10)
#define ATTR_XN (1ull << 54)
#define SCTLR_ON ((1u << 12) | (1u << 11) | (1u << 2) | (1u << 0))  // I Z C M

struct regime {
  uint64_t root[4];
  uint64_t blocks[BLOCKS] __attribute__((aligned(4096)));
} __attribute__((aligned(4096)));

static struct regime host_regime __attribute__((section(".noinit")));
static struct regime hyp_regime __attribute__((section(".noinit")));
extern char __user_start[];

static void identity_map(struct regime* regime, bool hyp) {
  for (uint32_t i = 0; i < 4; i++) {
    regime->root[i] = (uint32_t)&regime->blocks[i * 512] | DESC_TABLE;
  }
  uint32_t first_ram = BOARD_RAM_BASE / BLOCK_SIZE;
  for (uint32_t i = 0; i < BLOCKS; i++) {
    uint32_t address = i * BLOCK_SIZE;
    bool ram = i >= first_ram && i < first_ram + RAM_BLOCKS;
    bool user = hyp || address == ((uint32_t)__user_start & ~(BLOCK_SIZE - 1));
    uint64_t descriptor = address | ATTR_AF | DESC_BLOCK | (user ? ATTR_USER : 0);
    descriptor |= ram ? ATTR_INDEX(0) | ATTR_SH_INNER : ATTR_INDEX(1) | ATTR_XN;
    regime->blocks[i] = descriptor;
  }
}

// Both run with the MMU off, mmu_enable before .bss is cleared.
void mmu_enable(void) {
  identity_map(&host_regime, false);
  identity_map(&hyp_regime, true);
  mmu_on();
}

void mmu_on(void) {
  write_mair0(MAIR0_VALUE);
  write_mair1(0);
  write_ttbcr(TTBCR_EAE | TTBCR_EPD1 | TCR_WBWA_IS);
  write_ttbr0((uint32_t)host_regime.root);
  write_ttbr1(0);
  dsb();
  write_tlbiall(0);
  dsb();
  isb();
  write_sctlr(read_sctlr() | SCTLR_ON);
  isb();
}

uint32_t hyp_page_table(void) { return (uint32_t)hyp_regime.root; }

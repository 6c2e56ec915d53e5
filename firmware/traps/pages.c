// SPDX-License-Identifier: Apache-2.0
// The translation tables of the abort vectors. ARM DDI 0406C B3.5, B3.6
#include "pages.h"

#include "registers.h"
#include "vector.h"

#define PAGE 4096
uint32_t page[PAGE / 4] __attribute__((aligned(PAGE)));
static uint32_t short_l1[4096] __attribute__((aligned(16384)));
static uint32_t short_l2[256] __attribute__((aligned(1024)));
static uint32_t device_l2[PAGE / 4] __attribute__((aligned(PAGE)));
static uint64_t long_l1[4] __attribute__((aligned(32)));
static uint64_t long_l2[512] __attribute__((aligned(PAGE)));
static uint64_t long_l3[512] __attribute__((aligned(PAGE)));
static uint64_t stage2_l1[4] __attribute__((aligned(32)));
static uint64_t stage2_l2[512] __attribute__((aligned(PAGE)));
static uint64_t stage2_l3[512] __attribute__((aligned(PAGE)));

#define TABLE 3ull
#define LONG_PAGE 3ull
#define BLOCK 1ull
#define AF (1ull << 10)
#define XN (1ull << 54)
#define LONG_NORMAL 0ull  // MAIR0 attribute 0
#define LONG_DEVICE (1ull << 2)
#define LONG_PL0 (1ull << 6)
#define LONG_READ_ONLY (1ull << 7)
#define S2_NORMAL (15ull << 2)
#define S2_DEVICE (1ull << 2)
#define S2_READ (1ull << 6)
#define S2_WRITE (2ull << 6)
#define MAIR0 0x0444  // Normal Non-cacheable, Device

// Short descriptors: Normal Non-cacheable, domain 0.
#define SECTION 0x1002u
#define SMALL 0x42u
#define SMALL_DEVICE 0x06u
#define SMALL_XN 1u
#define FULL 0x30u
#define PL1_ONLY 0x10u
#define READ_ONLY 0x230u
#define SHORT_TABLE 1u
#define SECTION_FULL (3u << 10)
#define DOMAIN_2 (2u << 5)

void pages_refresh(void) {
  for (uint32_t i = 0; i < PAGE / 4; i++) {
    page[i] = PAGE_WORD(4 * i);
  }
}

static uint32_t at(const void* p) { return (uint32_t)p; }

void pages_build(void) {
  const uint32_t here = at(page);
  const uint32_t image_gb = BOARD_IMAGE_BASE >> 30;

  for (uint32_t i = 0; i < 8; i++) {
    const uint32_t mb = (BOARD_IMAGE_BASE >> 20) + i;
    short_l1[mb] = mb << 20 | SECTION | SECTION_FULL;
  }
  short_l1[VA_PAGES >> 20] = at(short_l2) | SHORT_TABLE;
  short_l1[VA_DOMAIN >> 20] = (here & 0xfff00000u) | SECTION | SECTION_FULL | DOMAIN_2;
  short_l1[VA_TABLE_HOLE >> 20] = IPA_HOLE | SHORT_TABLE;
  short_l1[VA_TABLE_DEVICE >> 20] = IPA_DEVICE | SHORT_TABLE;
  short_l2[0] = here | SMALL | FULL;
  short_l2[1] = here | SMALL | PL1_ONLY;
  short_l2[2] = here | SMALL | READ_ONLY;
  short_l2[4] = here | SMALL | (FULL & ~PL1_ONLY);  // AP[0] is the access flag
  short_l2[5] = here | SMALL | FULL | SMALL_XN;
  short_l2[6] = IPA_HOLE | SMALL | FULL;
  short_l2[7] = IPA_READ_ONLY | SMALL | FULL;
  short_l2[8] = here | SMALL_DEVICE | FULL;
  device_l2[0] = here | SMALL | FULL;

  long_l1[image_gb] = (uint64_t)image_gb << 30 | BLOCK | AF | LONG_NORMAL | LONG_PL0;
  long_l1[3] = at(long_l2) | TABLE;
  long_l2[0] = at(long_l3) | TABLE;
  long_l2[(VA_TABLE_HOLE >> 21) & 511] = IPA_HOLE | TABLE;
  long_l2[(VA_TABLE_DEVICE >> 21) & 511] = IPA_DEVICE | TABLE;
  long_l3[0] = here | LONG_PAGE | AF | LONG_NORMAL | LONG_PL0;
  long_l3[1] = here | LONG_PAGE | AF | LONG_NORMAL;
  long_l3[2] = here | LONG_PAGE | AF | LONG_NORMAL | LONG_PL0 | LONG_READ_ONLY;
  long_l3[4] = here | LONG_PAGE | LONG_NORMAL | LONG_PL0;
  long_l3[5] = here | LONG_PAGE | AF | LONG_NORMAL | LONG_PL0 | XN;
  long_l3[6] = IPA_HOLE | LONG_PAGE | AF | LONG_NORMAL | LONG_PL0;
  long_l3[7] = IPA_READ_ONLY | LONG_PAGE | AF | LONG_NORMAL | LONG_PL0;
  long_l3[8] = here | LONG_PAGE | AF | LONG_DEVICE | LONG_PL0;

  stage2_l1[image_gb] = (uint64_t)image_gb << 30 | BLOCK | AF | S2_NORMAL | S2_READ | S2_WRITE;
  stage2_l1[IPA_GIGABYTE_NO_FLAG >> 30] = (uint64_t)image_gb << 30 | BLOCK | S2_NORMAL | S2_READ | S2_WRITE;
  stage2_l1[3] = at(stage2_l2) | TABLE;
  stage2_l2[(IPA_PAGES >> 21) & 511] = at(stage2_l3) | TABLE;
  const uint64_t block = here & 0xffe00000u;
  stage2_l2[(IPA_BLOCK_READ_ONLY >> 21) & 511] = block | BLOCK | AF | S2_NORMAL | S2_READ;
  stage2_l2[(IPA_BLOCK_NO_FLAG >> 21) & 511] = block | BLOCK | S2_NORMAL | S2_READ | S2_WRITE;
  const uint64_t normal = here | LONG_PAGE | S2_NORMAL;
  stage2_l3[0] = normal | AF | S2_READ | S2_WRITE;
  stage2_l3[1] = normal | AF | S2_READ;
  stage2_l3[2] = normal | AF | S2_WRITE;
  stage2_l3[4] = normal | S2_READ | S2_WRITE;
  stage2_l3[5] = normal | AF | S2_READ | S2_WRITE | XN;
  stage2_l3[6] = normal | AF;
  stage2_l3[7] = at(device_l2) | LONG_PAGE | S2_DEVICE | AF | S2_READ | S2_WRITE;
  pages_refresh();
}

void pages_enable(uint32_t flags) {
  if (flags & STAGE2) {
    register_write(R_VTTBR, at(stage2_l1));
    register_write(R_VTCR, 0x80000040);  // starts at level 1, 4 GB
    register_write(R_HCR, 1);
  }
  if (flags & STAGE1) {
    register_write(R_TTBR0, at(short_l1));
    register_write(R_SCTLR, SCTLR_BASELINE | 1);
  }
  if (flags & STAGE1_LONG) {
    register_write(R_TTBCR, 0x80000000);
    register_write(R_TTBR0, at(long_l1));
    __asm__ volatile("mcr p15, 0, %0, c10, c2, 0" ::"r"(MAIR0));
    register_write(R_SCTLR, SCTLR_BASELINE | 1);
  }
  __asm__ volatile("dsb; mcr p15, 4, %0, c8, c7, 4; dsb; isb" ::"r"(0) : "memory");  // TLBIALLNSNH
}

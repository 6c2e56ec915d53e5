// SPDX-License-Identifier: Apache-2.0
// The addresses that abort vectors use. Everything that is not listed here or below in each stage is a translation
// fault; the gigabyte of the image is mapped to itself by all tables.
#ifndef TRAPS_PAGES_H
#define TRAPS_PAGES_H

#include "board.h"

// Stage 1, short and long descriptors: small pages. All lead to the same memory unless said.
#define VA_PAGES 0xc0000000u
#define VA(page) (VA_PAGES + 0x1000u * (page))
#define VA_FULL VA(0)  // read and write for PL0
#define VA_PL1 VA(1)   // no access for PL0
#define VA_READ_ONLY VA(2)
#define VA_HOLE VA(3)     // translation fault, page or level 3
#define VA_NO_FLAG VA(4)  // access flag clear (short descriptors: with SCTLR.AFE)
#define VA_XN VA(5)
#define VA_IPA_HOLE VA(6)  // leads to IPA_HOLE
#define VA_IPA_READ_ONLY VA(7)
#define VA_DEVICE VA(8)
#define VA_DOMAIN 0xc0200000u         // short descriptors: section in domain 2, which is closed
#define VA_TABLE_HOLE 0xc0400000u     // its second-level table lies at IPA_HOLE
#define VA_TABLE_DEVICE 0xc0600000u   // its second-level table lies at IPA_DEVICE: a valid one, Device in stage 2
#define VA_SECTION_HOLE 0xc0800000u   // translation fault, section or level 2
#define VA_GIGABYTE_HOLE 0x10000000u  // translation fault, section or level 1

// Stage 2
#define IPA_PAGES 0xd0000000u
#define IPA(page) (IPA_PAGES + 0x1000u * (page))
#define IPA_FULL IPA(0)
#define IPA_READ_ONLY IPA(1)
#define IPA_WRITE_ONLY IPA(2)
#define IPA_HOLE IPA(3)  // translation fault, level 3
#define IPA_NO_FLAG IPA(4)
#define IPA_XN IPA(5)
#define IPA_NO_ACCESS IPA(6)
#define IPA_DEVICE IPA(7)           // Device memory; behind it the table of VA_TABLE_DEVICE
#define IPA_BLOCK_HOLE 0xd0200000u  // translation fault, level 2
#define IPA_BLOCK_READ_ONLY 0xd0400000u
#define IPA_BLOCK_NO_FLAG 0xd0600000u
#define IPA_GIGABYTE_HOLE 0x10000000u                          // translation fault, level 1
#define IPA_GIGABYTE_NO_FLAG (BOARD_IMAGE_BASE ^ 0xc0000000u)  // access flag fault, level 1

#define PAGE_WORD(offset) (0x80c1a203u + 0x01010101u * ((offset) / 4))  // what the page holds

#ifndef __ASSEMBLER__
#include <stdint.h>
void pages_build(void);
/// What the page holds again.
void pages_refresh(void);
/// Translation on as the flags of a vector say (STAGE1, STAGE1_LONG, STAGE2), TLBs empty.
void pages_enable(uint32_t flags);
extern uint32_t page[];
#endif

#endif

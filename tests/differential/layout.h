// SPDX-License-Identifier: Apache-2.0
// Where everything lies in the memory of a differential test, for C++ and for the assembler alike: macros alone.
#pragma once

#define FUZZ_RAM 0x44000000
// The runtime: code with the vectors in its first page, data in the second (runtime.S).
#define FUZZ_DATA 0x44001000
#define FUZZ_PARAMETERS 0x44001400
#define FUZZ_HYP 0x44002000     // Monitor and Hyp mode, with their data (runtime_hyp.S)
#define FUZZ_STAGE2 0x44003000  // level 1 of stage 2: four entries
#define FUZZ_L1_TABLE 0x44004000
#define FUZZ_L2_LOW 0x44008000           // pages of FUZZ_RAM
#define FUZZ_L2_SCRATCH 0x44008400       // pages of FUZZ_SCRATCH_VA
#define FUZZ_L2_STUBS 0x44008800         // pages of FUZZ_FAR_STUBS
#define FUZZ_L2_REGIONS 0x44009000       // eight tables for the regions of the page-table fuzz
#define FUZZ_CONSTANTS 0x4400C000        // read-only for all: frames for RFE, offsets for TBB and TBH
#define FUZZ_TEMPLATE 0x4400D000         // what the scratch page is reset to
#define FUZZ_SCRATCH 0x4400E000          // physical address of the scratch page
#define FUZZ_STUBS 0x4400F000            // code that ends a sequence, for both instruction sets
#define FUZZ_REGION_TEMPLATE 0x44010000  // what the region page is reset to
#define FUZZ_SLOTS 0x44100000            // the sequences
#define FUZZ_TESTS 0x44400000            // their initial states
#define FUZZ_RESULTS 0x44800000          // what became of them
#define FUZZ_REGION 0x44C00000           // physical memory behind the regions of the page-table fuzz
#define FUZZ_RAM_SIZE 0x01000000

#define FUZZ_SLOT_SIZE 128
#define FUZZ_TEST_SIZE 128
#define FUZZ_RECORD_SIZE 256
#define FUZZ_CAPACITY 16384

// The scratch page appears at five addresses: twice with full access, read-only for PL0, a hole, for PL1 only.
#define FUZZ_SCRATCH_VA 0x50000000
#define FUZZ_REGION_VA 0x80000000
#define FUZZ_REGION_COUNT 64
#define FUZZ_PAIRS_VA 0x90000000  // Kind::Pages: the slots as pairs of pages, the second with permissions of its own
#define FUZZ_PAIRS_L2 0x44018000  // two tables for them
#define FUZZ_PAGE_PAIRS 256
#define FUZZ_REGION_IPA 0x60000000      // Kind::Stage2: what stage 1 makes of the regions
#define FUZZ_STAGE2_TABLES 0x44200000   // level 2, then level 3 for each 2 MB of them
#define FUZZ_WRITABLE_SLOTS 0xA0100000  // the sequences again, for PL1 to write: FUZZ_SLOTS + 0x5C000000

// The stubs again, far from the sequences: a pointer to them, spoilt by arithmetic, must not lead into other sequences.
#define FUZZ_FAR_STUBS 0x60000000
#define FUZZ_FAR_STUB_A32 (FUZZ_FAR_STUBS + 0)
#define FUZZ_FAR_STUB_T32 (FUZZ_FAR_STUBS + 8)
#define FUZZ_STUB_A32 (FUZZ_STUBS + 0)
#define FUZZ_STUB_T32 (FUZZ_STUBS + 8)
// UDF in A32; in T16 UDF followed by a branch back to it: ends a sequence in either state, at every halfword.
#define FUZZ_STUB_WORD 0xE7FDDEF0

// Parameters, byte offsets
#define PARAM_INDEX 0
#define PARAM_COUNT 4
#define PARAM_SCTLR_SET 8       // bits set in SCTLR for the whole batch
#define PARAM_SCTLR 12          // used by the runtime
#define PARAM_BANKS 16          // SP, LR, SPSR of SVC, ABT, IRQ, FIQ, UND; SP, LR of User
#define PARAM_REGION_PIECES 96  // 32-byte pieces of the region page to reset and to sum up: 128, or 0
#define PARAM_LAYERED 100       // not zero: with Hyp and Monitor mode above
#define PARAM_FILE_NAME 128     // of the result file, for semihosting

// Test, byte offsets: R0..R14 first
#define TEST_CPSR 60
#define TEST_ENTRY 64
#define TEST_SCTLR 68  // bits set in SCTLR for this test
#define TEST_DACR 72
#define TEST_FPSCR 76
#define TEST_HCR 80
#define TEST_HSTR 84
#define TEST_HCPTR 88
#define TEST_RESUME 92  // exceptions that return to the sequence: bits 7:0 those of PL1, 15:8 those of PL2 and Monitor

// Record, byte offsets
#define REC_KIND \
  0  // vector number: 1 Undefined, 2 SVC, 3 Prefetch Abort, 4 Data Abort, 6 IRQ; of Hyp mode 8 more, 18 SMC
#define REC_LR 4
#define REC_SPSR 8
#define REC_DFSR 12
#define REC_DFAR 16
#define REC_IFSR 20
#define REC_IFAR 24
#define REC_MEMORY 28  // checksum of the scratch page (and of the region page in the page-table fuzz)
#define REC_R0 32      // R0..R14 of the mode that took the exception
#define REC_VFP 92     // checksum of D0..D31
#define REC_FPSCR 96
#define REC_BANKS 100  // User R8..R14; FIQ R8..R14, SPSR; SP, LR, SPSR of SVC, ABT, IRQ, UND
#define REC_TRACE 208  // sum over the exceptions that returned
#define REC_HSR 212
#define REC_HDFAR 216
#define REC_HIFAR 220
#define REC_HPFAR 224
#define REC_SP_HYP 228
#define REC_ODD_TARGET 232  // not zero: a prefetch abort that returned was one of A32 code at an address with bit 1 set
#define REC_RETURNS 236     // instructions of the handlers that returned to the sequence
#define REC_END 240

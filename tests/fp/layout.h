/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of the image that runs the same FP and SIMD instructions on hypsim and on QEMU; shared with runtime.S. */
#pragma once

#define FP_RAM 0x44000000
#define FP_RAM_SIZE 0x02000000
#define FP_PARAMETERS 0x44004000 /* PARAM_... words */
#define FP_L1_TABLE 0x44008000
#define FP_SCRATCH 0x4400C000          /* what loads and stores reach */
#define FP_SCRATCH_TEMPLATE 0x4400C100 /* its content before each test */
#define FP_SCRATCH_SIZE 64
#define FP_POOL 0x44010000 /* operands: the D registers of a test are 256 bytes from anywhere in here */
#define FP_POOL_SIZE 0x40000
#define FP_TESTS 0x44100000   /* the test instructions, each between two calls */
#define FP_INPUTS 0x44400000  /* INPUT_WORDS a test: FPSCR, R4, R5, R6, address in the pool */
#define FP_RESULTS 0x44800000 /* RESULT_WORDS a test: FPSCR, R4, R5, R6, exception, pad, D0-D31, scratch */

#define INPUT_WORDS 5
#define RESULT_WORDS (6 + 64 + FP_SCRATCH_SIZE / 4)

#define PARAM_SCTLR_SET 0 /* bits to set in SCTLR besides M */
#define PARAM_THUMB 4     /* 1: the tests are T32 */

/* Exceptions, in the result. */
#define EXCEPTION_NONE 0
#define EXCEPTION_UNDEFINED 1
#define EXCEPTION_DATA_ABORT 2

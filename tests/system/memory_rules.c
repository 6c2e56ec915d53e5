// SPDX-License-Identifier: Apache-2.0
// Non-secure PL1 without a hypervisor: which fault each access meets in each kind of memory, executed until it is hot;
// walks that TTBCR forbids; both views of DBGDSCR; CCSIDR. Lines of `name value...` on the UART.
typedef unsigned u32;

#define UART (*(volatile u32*)0x09000000)
#define READ(cp, op1, n, m, op2)                                              \
  ({                                                                          \
    u32 v_;                                                                   \
    __asm volatile("mrc " #cp "," #op1 ",%0," #n "," #m "," #op2 : "=r"(v_)); \
    v_;                                                                       \
  })
#define WRITE(v, cp, op1, n, m, op2) \
  __asm volatile("mcr " #cp "," #op1 ",%0," #n "," #m "," #op2 "\n isb" ::"r"(v) : "memory")

enum { kTest = 0x50010000, kHigh = 0x90010000, kTimes = 60 };

__asm(
    ".global _start\n"
    "_start: ldr sp, =0x40400000\n"
    "  ldr r0, =vectors\n  mcr p15, 0, r0, c12, c0, 0\n"
    "  mrs r0, cpsr\n  cps #0x17\n  ldr sp, =0x40380000\n  msr cpsr_c, r0\n"
    "  bl main\n"
    "  ldr r0, =0x84000008\n  hvc #0\n"  // PSCI SYSTEM_OFF
    "1: b 1b\n"
    "  .ltorg\n  .balign 32\n"
    "vectors: b vectors\n  b .\n  b .\n  b .\n  b data_abort\n  b .\n  b .\n  b .\n"
    "data_abort: push {r0, r1}\n  ldr r0, =aborts\n  ldr r1, [r0]\n  add r1, r1, #1\n  str r1, [r0]\n  pop {r0, r1}\n"
    "  subs pc, lr, #4\n"  // behind the access
    "  .ltorg\n");

u32 aborts;
static u32 first[4096] __attribute__((aligned(16384)));
static u32 second[256] __attribute__((aligned(1024)));
static u32 memory[2048] __attribute__((aligned(4096)));

static void say(const char* text) {
  while (*text) UART = *text++;
}
static void number(u32 value) {
  UART = ' ';
  for (int shift = 28; shift >= 0; shift -= 4) UART = "0123456789abcdef"[value >> shift & 15];
}

#define OP(name, text) \
  static void name(u32 at) { __asm volatile(text ::"r"(at) : "r2", "r3", "memory"); }
OP(ldr, "ldr r2, [%0]")
OP(ldr_1, "ldr r2, [%0, #1]")
OP(str_1, "str r2, [%0, #1]")
OP(ldrh_1, "ldrh r2, [%0, #1]")
OP(ldrd_2, "add r3, %0, #2\n ldrd r2, r3, [r3]")
OP(dccmvac, "mcr p15, 0, %0, c7, c10, 1")
OP(dccimvac, "mcr p15, 0, %0, c7, c14, 1")
OP(dcimvac, "mcr p15, 0, %0, c7, c6, 1")
OP(dccmvau, "mcr p15, 0, %0, c7, c11, 1")
OP(icimvau, "mcr p15, 0, %0, c7, c5, 1")

static const struct {
  const char* name;
  void (*run)(u32);
} ops[] = {{"ldr", ldr},         {"ldr+1", ldr_1},     {"str+1", str_1},       {"ldrh+1", ldrh_1},
           {"ldrd+2", ldrd_2},   {"DCCMVAC", dccmvac}, {"DCCIMVAC", dccimvac}, {"DCIMVAC", dcimvac},
           {"DCCMVAU", dccmvau}, {"ICIMVAU", icimvau}};

#define NORMAL 0x4E  // a small page, TEX 001 C B
#define DEVICE 0x06
static const struct {
  const char* name;
  u32 page, domain;
} kinds[] = {{"normal", NORMAL | 3 << 4, 0},
             {"normal-none", NORMAL, 0},
             {"normal-read", NORMAL | 0x210, 0},
             {"normal-domain", NORMAL | 3 << 4, 1},
             {"device", DEVICE | 3 << 4, 0},
             {"device-none", DEVICE, 0},
             {"device-read", DEVICE | 0x210, 0},
             {"device-domain", DEVICE | 3 << 4, 1},
             {"unmapped", 0, 0},
             {"unmapped-domain", 0, 1}};

static void tlbiall(void) { WRITE(0, p15, 0, c8, c7, 0); }

static void faults(void) {
  for (u32 k = 0; k < sizeof kinds / sizeof *kinds; ++k) {
    second[0x10] = kinds[k].page ? (u32)memory | kinds[k].page : 0;
    first[kTest >> 20] = (u32)second | kinds[k].domain << 5 | 1;
    __asm volatile("dsb" ::: "memory");
    tlbiall();
    for (u32 o = 0; o < sizeof ops / sizeof *ops; ++o) {
      aborts = 0;
      WRITE(0, p15, 0, c5, c0, 0);
      WRITE(0, p15, 0, c6, c0, 0);
      for (u32 i = 0; i < kTimes; ++i) ops[o].run(kTest);
      say(kinds[k].name);
      say("/");
      say(ops[o].name);
      number(aborts);
      number(READ(p15, 0, c5, c0, 0));
      number(READ(p15, 0, c6, c0, 0));
      say("\n");
    }
  }
}

// TTBCR.N = 1: TTBR1 has the upper half. One page is read before the walk is forbidden, its neighbour after.
static void walks(void) {
  second[0x10] = (u32)memory | NORMAL | 3 << 4;
  second[0x11] = ((u32)memory + 4096) | NORMAL | 3 << 4;
  first[kHigh >> 20] = (u32)second | 1;
  __asm volatile("dsb" ::: "memory");
  tlbiall();
  for (u32 forbid = 0; forbid < 2; ++forbid) {
    WRITE(1, p15, 0, c2, c0, 2);
    tlbiall();
    ldr(kHigh);
    WRITE(1 | forbid << 5, p15, 0, c2, c0, 2);
    for (u32 neighbour = 0; neighbour < 2; ++neighbour) {
      aborts = 0;
      WRITE(0, p15, 0, c5, c0, 0);
      for (u32 i = 0; i < kTimes; ++i) ldr(kHigh + neighbour * 4096);
      say(forbid ? "forbidden" : "allowed");
      say(neighbour ? "/other" : "/known");
      number(aborts);
      number(READ(p15, 0, c5, c0, 0));
      say("\n");
    }
  }
  WRITE(0, p15, 0, c2, c0, 2);
}

int main(void) {
  for (u32 i = 0; i < 4096; ++i) first[i] = i >= 0x400 ? i << 20 | 0x1C0E : i << 20 | 0xC02;
  WRITE(0x55555551, p15, 0, c3, c0, 0);  // domain 1: no access
  WRITE(first, p15, 0, c2, c0, 0);
  WRITE(first, p15, 0, c2, c0, 1);
  WRITE(0, p15, 0, c2, c0, 2);
  tlbiall();
  WRITE(READ(p15, 0, c1, c0, 0) | 1, p15, 0, c1, c0, 0);
  faults();
  walks();

  WRITE(READ(p14, 0, c0, c1, 0) | 1u << 15, p14, 0, c0, c2, 2);
  say("DBGDSCR");
  number(READ(p14, 0, c0, c1, 0));
  number(READ(p14, 0, c0, c2, 2));
  say("\nCCSIDR");
  for (u32 cache = 0; cache < 3; ++cache) {
    WRITE(cache, p15, 2, c0, c0, 0);
    number(READ(p15, 1, c0, c0, 0));
  }
  say("\n");
  return 0;
}

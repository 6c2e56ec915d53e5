// SPDX-License-Identifier: Apache-2.0
// Secure-only memory and a Secure-only UART, reached from both worlds on every path: loads, stores, fetches and table
// walks, cold and through what the simulator remembers, with the NS bit of a descriptor, by a device, by semihosting.
// Entered at reset; prints "path: outcome", where an outcome is "ok" or the kind of abort and its fault status.
typedef unsigned u32;
typedef unsigned char u8;

enum { kSecureRam = 0x0E100000, kUart = 0x09040000, kVirtio = 0x0A000E00, kHigh = 0x80000000u };
enum { kTimes = 200 };  // until code is hot

struct outcome {
  u32 kind, status, address;  // kind: 0 none, 'P' or 'D'
};
volatile struct outcome outcome;
u32 resume_at;
static u32 stored = 0xE12FFF1E;  // bx lr; the Non-secure world would leave mov pc, lr

static u32 semihosting(u32 operation, const void* argument) {
  register u32 r0 __asm("r0") = operation;
  register const void* r1 __asm("r1") = argument;
  __asm volatile("svc 0x123456" : "+r"(r0) : "r"(r1) : "memory", "lr");
  return r0;
}

// Vectors of both worlds, and Monitor's: an SMC goes to the other world.
__asm(
    ".balign 32\n"
    "vectors: b .\n b .\n b .\n b prefetch_abort\n b data_abort\n b .\n b .\n b .\n"
    ".balign 32\n"
    "monitor_vectors: b .\n b .\n b switch_world\n b .\n b .\n b .\n b .\n b .\n"
    "switch_world: push {r0}\n mrc p15, 0, r0, c1, c1, 0\n eor r0, r0, #1\n mcr p15, 0, r0, c1, c1, 0\n isb\n pop "
    "{r0}\n"
    "  movs pc, lr\n"
    "prefetch_abort: push {r0, r1, r2}\n mov r0, #'P'\n mrc p15, 0, r1, c5, c0, 1\n mrc p15, 0, r2, c6, c0, 2\n b "
    "report\n"
    "data_abort: push {r0, r1, r2}\n mov r0, #'D'\n mrc p15, 0, r1, c5, c0, 0\n mrc p15, 0, r2, c6, c0, 0\n"
    "report: ldr lr, =outcome\n stm lr, {r0, r1, r2}\n mrs r0, spsr\n orr r0, r0, #0x100\n msr spsr_cxsf, r0\n"
    "  pop {r0, r1, r2}\n ldr lr, =resume_at\n ldr lr, [lr]\n movs pc, lr\n"
    ".ltorg\n");
extern char vectors[], monitor_vectors[];

// What a probe does ends at its label 9, where aborts resume; asynchronous ones are let in behind the access.
#define PROBE(body, ...)                                                      \
  outcome.kind = outcome.status = outcome.address = 0;                        \
  __asm volatile("adr r2, 9f\n ldr r3, =resume_at\n str r2, [r3]\n" body      \
                 "\n dsb\n cpsie a\n isb\n nop\n cpsid a\n9:\n" ::__VA_ARGS__ \
                 : "r2", "r3", "lr", "cc", "memory")

static void load(u32 a) { PROBE("ldr r2, [%0]", "r"(a)); }
static void load_pair(u32 a) { PROBE("ldrd r2, r3, [%0]", "r"(a)); }
static void load_exclusive(u32 a) { PROBE("ldrex r2, [%0]", "r"(a)); }
static void store(u32 a) { PROBE("str %1, [%0]", "r"(a), "r"(stored)); }

static void call(u32 a) { PROBE("blx %0", "r"(a)); }

static void print(const char* text) { semihosting(4, text); }
static void say(const char* path) {
  char line[96], *p = line;
  while (*path) *p++ = *path++;
  *p++ = ':';
  *p++ = ' ';
  if (outcome.kind == 0) {
    *p++ = 'o';
    *p++ = 'k';
  } else {
    *p++ = (char)outcome.kind;
    *p++ = ' ';
    for (int shift = 8; shift >= 0; shift -= 4) *p++ = "0123456789abcdef"[(outcome.status & 0xF0F0F) >> shift & 15];
  }
  *p++ = '\n';
  *p = 0;
  print(line);
}

static void other_world(void) { __asm volatile(".arch_extension sec\n smc #0" ::: "lr", "memory"); }

static const struct {
  const char* name;
  void (*access)(u32);
} accesses[] = {{"load", load}, {"ldrd", load_pair}, {"ldrex", load_exclusive}, {"store", store}, {"fetch", call}};
enum { kAccesses = sizeof accesses / sizeof accesses[0] };

static void join(char* to, const char* a, const char* b, const char* c) {
  for (; *a; ++a) *to++ = *a;
  for (; *b; ++b) *to++ = *b;
  for (; *c; ++c) *to++ = *c;
  *to = 0;
}

static void try_memory(const char* world, u32 at) {
  char name[64];
  for (u32 i = 0; i < kAccesses; ++i) {
    accesses[i].access(at);
    join(name, world, " ", accesses[i].name);
    say(name);
  }
}

static u32 table_secure[4096] __attribute__((aligned(16384)));
static u32 table_nonsecure[4096] __attribute__((aligned(16384)));

// Sections, flat; the Secure RAM once more at kHigh, by Non-secure accesses.
static void set_tables(u32* table, u32 ttbr1) {
  for (u32 i = 0; i < 4096; ++i) table[i] = i << 20 | 0xC02;        // Strongly-ordered, full access
  for (u32 i = 0x400; i < 0x440; ++i) table[i] = i << 20 | 0x1C0E;  // Normal, write-back
  table[kSecureRam >> 20] = kSecureRam | 0x1C0E;
  table[kHigh >> 20] = kSecureRam | 0x1C0E | 1u << 19;
  __asm volatile(
      "mcr p15, 0, %0, c2, c0, 0\n mcr p15, 0, %1, c2, c0, 1\n mcr p15, 0, %2, c2, c0, 2\n"
      "mcr p15, 0, %3, c3, c0, 0\n mcr p15, 0, %4, c8, c7, 0\n dsb\n isb" ::"r"(table),
      "r"(ttbr1), "r"(ttbr1 ? 1 : 0), "r"(~0u), "r"(0));
}
static void mmu(int on) {
  u32 sctlr;
  __asm volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(sctlr));
  sctlr = on ? sctlr | 0x1005 : sctlr & ~5u;
  __asm volatile("dsb\n mcr p15, 0, %0, c1, c0, 0\n isb" ::"r"(sctlr) : "memory");
}

static u32 reg_in(u32 a) { return *(volatile u32*)a; }
static void reg_out(u32 a, u32 value) { *(volatile u32*)a = value; }

// The entropy device is given a ring in memory that it does not reach.
static void device_dma(const char* path, u32 rings) {
  reg_out(kVirtio + 0x070, 0);
  reg_out(kVirtio + 0x070, 3);
  reg_out(kVirtio + 0x024, 1);
  reg_out(kVirtio + 0x020, 1);
  reg_out(kVirtio + 0x070, 11);
  reg_out(kVirtio + 0x030, 0);
  reg_out(kVirtio + 0x038, 4);
  for (u32 i = 0; i < 3; ++i) {
    static const u32 offsets[] = {0x080, 0x090, 0x0A0};
    reg_out(kVirtio + offsets[i], rings + i * 0x100);
    reg_out(kVirtio + offsets[i] + 4, 0);
  }
  reg_out(kVirtio + 0x044, 1);
  reg_out(kVirtio + 0x070, 15);
  volatile u32* descriptor = (volatile u32*)rings;  // one buffer of 16 bytes behind the rings, for the device to write
  descriptor[0] = rings + 0x800;
  descriptor[1] = 0;
  descriptor[2] = 16;
  descriptor[3] = 2;
  *(volatile u32*)(rings + 0x100) = 1u << 16;  // flags 0, index 1
  *(volatile u32*)(rings + 0x104) = 0;
  *(volatile u32*)(rings + 0x200) = 0;
  __asm volatile("dsb");
  reg_out(kVirtio + 0x050, 0);
  u32 turns = 0;
  while (turns < 100000 && (reg_in(kVirtio + 0x070) & 0x40) == 0 && *(volatile u32*)(rings + 0x200) == 0) ++turns;
  outcome.kind = (reg_in(kVirtio + 0x070) & 0x40) != 0 ? 'D' : 0;
  outcome.status = 0;
  say(path);
}

void guest(void) {
  __asm volatile(
      "mcr p15, 0, %0, c12, c0, 0\n mcr p15, 0, %1, c12, c0, 1\n mcr p15, 0, %2, c1, c1, 0\n isb" ::"r"(vectors),
      "r"(monitor_vectors), "r"(0x30));  // SCR: the Non-secure world has CPSR.A and F to itself
  __asm volatile(
      "mrs r0, cpsr\n cps #22\n ldr sp, =monitor_stack_end\n cps #23\n ldr sp, =abort_stack_end\n msr cpsr_c, r0" ::
          : "r0");
  other_world();
  __asm volatile("mcr p15, 0, %0, c12, c0, 0\n isb" ::"r"(vectors));
  other_world();

  reg_out(kSecureRam, stored);
  try_memory("secure", kSecureRam);
  for (u32 i = 0; i < kTimes; ++i)
    for (u32 j = 0; j < kAccesses; ++j)
      if (accesses[j].access != store) accesses[j].access(kSecureRam);
  load(kUart + 0x018);
  say("secure uart load");
  store(kUart + 0x038);
  say("secure uart store");

  other_world();
  stored = 0xE1A0F00E;
  for (u32 i = 0; i < kTimes; ++i) load(kSecureRam);
  try_memory("non-secure", kSecureRam);
  try_memory("non-secure end", kSecureRam + 0xEFFFF8);
  load(kUart + 0x018);
  say("non-secure uart load");
  store(kUart + 0x038);
  say("non-secure uart store");
  load(0x09000018);
  say("non-secure other uart load");
  load(0x41000000);
  say("non-secure ram load");
  set_tables(table_nonsecure, kSecureRam);
  mmu(1);
  try_memory("non-secure mapped", kSecureRam);
  load(kHigh + 0x100000);
  say("non-secure walk");
  call(kHigh + 0x100000);
  say("non-secure walk of a fetch");
  mmu(0);
  other_world();

  load(kSecureRam);
  outcome.status = reg_in(kSecureRam);
  outcome.kind = outcome.status == 0xE12FFF1E ? 0 : 'D';
  say("secure ram is as it was");
  set_tables(table_secure, 0);
  mmu(1);
  for (u32 i = 0; i < kTimes; ++i) {
    load(kSecureRam);
    call(kSecureRam);
  }
  try_memory("secure by NS", kHigh);
  load(kSecureRam);
  say("secure by S load");
  call(kSecureRam);
  say("secure by S fetch");
  mmu(0);

  device_dma("device in ram", 0x42000000);
  device_dma("device in secure ram", kSecureRam + 0x10000);

  char* text = (char*)(kSecureRam + 0x20000);
  join(text, "secure text", "\n", "");
  print(text);
  other_world();
  print(text);
  print("end\n");
  semihosting(0x18, (void*)0x20026);
}

static char stack[8192] __attribute__((used)), monitor_stack[256] __attribute__((used)),
    abort_stack[256] __attribute__((used));
__asm(
    ".globl stack_end, monitor_stack_end, abort_stack_end\n.set stack_end, stack + 8192\n"
    ".set monitor_stack_end, monitor_stack + 256\n.set abort_stack_end, abort_stack + 256\n");
__attribute__((naked)) void _start(void) { __asm volatile("ldr sp, =stack_end\n b guest"); }

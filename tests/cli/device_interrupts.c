// SPDX-License-Identifier: Apache-2.0
// Every device that can, interrupts: raised behind its mask, then let through by one store, and GICD_ISPENDR is read at
// once and until it says so. Prints the number of reads that did not, a line a device. BOARD: 0 virt-a15, 1
// vexpress-a15.
typedef unsigned u32;

static u32 in(u32 address) { return *(volatile u32*)address; }
static void out(u32 address, u32 value) { *(volatile u32*)address = value; }

static u32 semihosting(u32 operation, const void* argument) {
  register u32 r0 __asm("r0") = operation;
  register const void* r1 __asm("r1") = argument;
  __asm volatile("svc 0x123456" : "+r"(r0) : "r"(r1) : "memory", "lr");
  return r0;
}

struct store {
  u32 offset, value;
};
struct device {
  const char* name;
  u32 base, spi;
  struct store raise[4];  // up to the first offset of all ones
  struct store unmask;
};
#define END \
  { ~0u, 0 }

#if BOARD == 0
#define GICD 0x08000000u
static const struct device devices[] = {
    {"pl011", 0x09000000, 1, {{0x044, 0x7FF}, {0x000, '\n'}, END}, {0x038, 0x20}},  // sent
    {"pl031", 0x09010000, 2, {{0x008, 1000}, {0x004, 1000}, END}, {0x010, 1}},      // matches now
    {"pl061", 0x09030000, 7, {{0x404, 1}, {0x40C, 0}, END}, {0x410, 1}},            // line 0 is low
};
#else
#define GICD 0x2C001000u
static const struct device devices[] = {
    {"pl011", 0x1C090000, 5, {{0x044, 0x7FF}, {0x000, '\n'}, END}, {0x038, 0x20}},
    {"pl031", 0x1C170000, 4, {{0x008, 1000}, {0x004, 1000}, END}, {0x010, 1}},
    {"sp804", 0x1C110000, 2, {{0x000, 0}, {0x008, 0x83}, END}, {0x008, 0xA3}},     // a load of zero
    {"sp804b", 0x1C120000, 3, {{0x020, 0}, {0x028, 0x83}, END}, {0x028, 0xA3}},    // the other half of it
    {"sp805", 0x1C0F0000, 0, {{0xC00, 0x1ACCE551}, {0xF04, 2}, END}, {0xF00, 1}},  // its test register
};
#endif

void guest(void) {
  out(GICD, 1);
  for (u32 i = 0; i < sizeof devices / sizeof devices[0]; ++i) {
    const struct device* d = &devices[i];
    const u32 pending = GICD + 0x200 + (32 + d->spi) / 32 * 4, mask = 1u << d->spi % 32;
    for (const struct store* s = d->raise; s->offset != ~0u; ++s) out(d->base + s->offset, s->value);
    u32 early = in(pending)&mask, reads = 0;
    out(d->base + d->unmask.offset, d->unmask.value);
    while ((in(pending)&mask) == 0) ++reads;
    char line[32], *p = line;
    for (const char* c = d->name; *c; ++c) *p++ = *c;
    *p++ = ' ';
    if (early) *p++ = '!';
    for (u32 digit = 1000; digit; digit /= 10) *p++ = '0' + reads / digit % 10;
    *p++ = '\n';
    *p = 0;
    semihosting(4, line);  // SYS_WRITE0
  }
  semihosting(0x18, (void*)0x20026);  // SYS_EXIT
}

__attribute__((naked, section(".text.start"))) void _start(void) { __asm volatile("ldr sp, =stack_end\n\tb guest"); }
static char stack[4096] __attribute__((used));
__asm(".globl stack_end\n.set stack_end, stack + 4096");

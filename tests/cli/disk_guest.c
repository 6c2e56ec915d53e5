// SPDX-License-Identifier: Apache-2.0
// Writes, flushes and reads a disk by virtio, and says by semihosting how each request ended: "write 0", 1 for an I/O
// error. Virtio 1.1, 4.2.2 and 5.2.6
#include <stdint.h>

enum { kIn = 0, kOut = 1, kFlush = 4, kSectors = 3, kEntries = 4, kSectorBytes = 512, kUnset = 0xee };
enum { kNext = 1, kDeviceWrites = 2 };

static volatile uint32_t* const slot = (volatile uint32_t*)0x0a000000;
#define REG(offset) slot[(offset) / 4]

struct descriptor {
  uint64_t address;
  uint32_t length;
  uint16_t flags, next;
};
static struct descriptor table[kEntries] __attribute__((aligned(16)));
static volatile struct { uint16_t flags, index, ring[kEntries]; } available __attribute__((aligned(4)));
static volatile struct {
  uint16_t flags, index;
  struct {
    uint32_t id, length;
  } ring[kEntries];
} used __attribute__((aligned(4)));
static struct {
  uint32_t type, reserved;
  uint64_t sector;
} header;
static volatile uint8_t status;
static uint8_t data[kSectorBytes];

static uint32_t semihosting(uint32_t operation, const void* argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = argument;
  __asm__ volatile("svc 0x123456" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

static void say(const char* what, char digit) {
  char line[16];
  unsigned n = 0;
  for (; what[n]; ++n) line[n] = what[n];
  line[n++] = digit;
  line[n++] = '\n';
  line[n] = 0;
  semihosting(4, line);
}

static void set_queue(uint32_t at, const volatile void* address) {
  REG(at) = (uint32_t)(uintptr_t)address;
  REG(at + 4) = 0;
}

static void start(void) {
  REG(0x070) = 0;
  REG(0x070) = 1;
  REG(0x070) = 3;
  REG(0x024) = 0;
  REG(0x020) = 1u << 9;  // VIRTIO_BLK_F_FLUSH
  REG(0x024) = 1;
  REG(0x020) = 1;  // VIRTIO_F_VERSION_1
  REG(0x070) = 11;
  REG(0x030) = 0;
  REG(0x038) = kEntries;
  set_queue(0x080, table);
  set_queue(0x090, &available);
  set_queue(0x0a0, &used);
  REG(0x044) = 1;
  REG(0x070) = 15;
}

static char request(uint32_t type, uint64_t sector) {
  header.type = type;
  header.sector = sector;
  status = kUnset;
  table[0] = (struct descriptor){(uintptr_t)&header, sizeof header, kNext, type == kFlush ? 2 : 1};
  table[1] = (struct descriptor){(uintptr_t)data, sizeof data, kNext | (type == kIn ? kDeviceWrites : 0), 2};
  table[2] = (struct descriptor){(uintptr_t)&status, 1, kDeviceWrites, 0};
  available.ring[available.index % kEntries] = 0;
  __asm__ volatile("dmb" ::: "memory");
  const uint16_t before = used.index;
  ++available.index;
  REG(0x050) = 0;
  while (used.index == before) {
  }
  return (char)('0' + status);
}

static void fill(unsigned sector) {
  for (unsigned i = 0; i < kSectorBytes; ++i) data[i] = (uint8_t)('a' + sector);
}

void work(void) {
  start();
  for (unsigned s = 0; s < kSectors; ++s) {
    fill(s);
    say("write ", request(kOut, s));
  }
  say("flush ", request(kFlush, 0));
  for (unsigned s = 0; s < kSectors; ++s) {
    fill(kSectors);
    const char answer = request(kIn, s);
    say("read ", answer);
    if (answer == '0') say("holds ", data[0] == 'a' + s && data[kSectorBytes - 1] == 'a' + s ? 'y' : 'n');
  }
  static const uint32_t application_exit[] = {0x20026, 0};
  semihosting(0x20, application_exit);
}

__attribute__((naked, section(".text.first"))) void _start(void) { __asm__("ldr sp, =0x40400000\n  b work"); }

// SPDX-License-Identifier: Apache-2.0
// A guest that plays Ethernet frames, told by its semihosting command line, word by word:
//   HEX     sends these bytes as a frame
//   wait N  takes frames for N simulated milliseconds
//   link    takes frames until the card says that the link is down; says "link down"
// Each frame that it takes is a line "< HEX". Ends with code 0.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned u32;
typedef unsigned long long u64;

enum { kBase = 0x0A000000, kHeader = 12, kSize = 8, kFrame = 1514 };
enum { kReceive, kTransmit };
#define REG(offset) (*(volatile u32*)(kBase + (offset)))

struct Queue {
  struct {
    u64 address;
    u32 length;
    u16 flags, next;
  } descriptors[kSize];
  struct {
    u16 flags, index, ring[kSize], event;
  } driver;
  struct {
    u16 flags, index;
    struct {
      u32 id, length;
    } ring[kSize];
    u16 event;
  } device;
};
static volatile struct Queue queues[2] __attribute__((aligned(4096)));
static u8 buffers[kSize][kHeader + kFrame], out[kHeader + kFrame];
static u16 taken;
static char arguments[60000], line[2 * kFrame + 8];

__attribute__((naked)) void _start(void) { __asm__ volatile("ldr sp, =0x40800000\n bl run\n b ."); }

static u32 semihosting(u32 operation, const void* block) {
  register u32 r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = block;
  __asm__ volatile("svc 0x123456" : "+r"(r0) : "r"(r1) : "memory", "lr");
  return r0;
}

static void say(const char* text) { semihosting(4, text); }

static u64 now_ms(void) {
  u32 low, high, frequency;
  __asm__ volatile("mrrc p15, 0, %0, %1, c14" : "=r"(low), "=r"(high));
  __asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(frequency));
  return ((u64)high << 32 | low) / (frequency ? frequency / 1000 : 62500);
}

static void start(unsigned number) {
  REG(0x30) = number;
  REG(0x38) = kSize;
  REG(0x80) = (u32)queues[number].descriptors;
  REG(0x90) = (u32)&queues[number].driver;
  REG(0xA0) = (u32)&queues[number].device;
  REG(0x44) = 1;
}

static void offer(unsigned number, u16 descriptor) {
  volatile struct Queue* q = &queues[number];
  q->driver.ring[q->driver.index % kSize] = descriptor;
  q->driver.index++;
  REG(0x50) = number;
}

static void take(void) {
  volatile struct Queue* q = &queues[kReceive];
  for (; taken != q->device.index; taken++) {
    const u32 id = q->device.ring[taken % kSize].id, length = q->device.ring[taken % kSize].length;
    char* at = line;
    *at++ = '<';
    *at++ = ' ';
    for (u32 i = kHeader; i < length; i++) {
      *at++ = "0123456789abcdef"[buffers[id][i] >> 4];
      *at++ = "0123456789abcdef"[buffers[id][i] & 15];
    }
    *at++ = '\n';
    *at = 0;
    say(line);
    offer(kReceive, id);
  }
}

static void wait(u64 ms) {
  for (const u64 end = now_ms() + ms; now_ms() < end;) {
    take();
    __asm__ volatile("wfe");
  }
}

static u32 digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static const char* send(const char* word) {
  u32 length = kHeader;
  for (; *word && *word != ' '; word += 2) out[length++] = digit(word[0]) << 4 | digit(word[1]);
  volatile struct Queue* q = &queues[kTransmit];
  q->descriptors[0].address = (u32)out;
  q->descriptors[0].length = length;
  const u16 before = q->device.index;
  offer(kTransmit, 0);
  while (q->device.index == before) take();
  return word;
}

void run(void) {
  __asm__ volatile("mcr p15, 0, %0, c14, c1, 0" ::"r"(1 << 2 | 10 << 4));  // CNTKCTL: an event each 33 us
  REG(0x70) = 0;
  REG(0x70) = 3;
  REG(0x24) = 0;
  REG(0x20) = 1 << 16;  // VIRTIO_NET_F_STATUS
  REG(0x24) = 1;
  REG(0x20) = 1;
  REG(0x70) = 0xB;
  for (u16 i = 0; i < kSize; i++) {
    queues[kReceive].descriptors[i].address = (u32)buffers[i];
    queues[kReceive].descriptors[i].length = sizeof buffers[i];
    queues[kReceive].descriptors[i].flags = 2;
  }
  start(kReceive);
  start(kTransmit);
  REG(0x70) = 0xF;
  for (u16 i = 0; i < kSize; i++) offer(kReceive, i);
  const struct {
    char* text;
    u32 size;
  } block = {arguments, sizeof arguments};
  semihosting(0x15, &block);
  for (const char* at = arguments; *at;) {
    if (*at == ' ') {
      at++;
    } else if (*at == 'w') {
      u32 ms = 0;
      for (at += 5; *at && *at != ' '; at++) ms = ms * 10 + digit(*at);
      wait(ms);
    } else if (*at == 'l') {
      while (REG(0x104) >> 16 & 1) take();
      say("link down\n");
      at += 4;
    } else {
      at = send(at);
    }
  }
  const u32 end[2] = {0x20026, 0};
  semihosting(0x20, end);
}

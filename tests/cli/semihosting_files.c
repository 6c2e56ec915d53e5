/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the files that its command line names, and says what came of it: "NAME:MODE" opens and reads, "NAME:MODE:COUNT"
   writes COUNT times 1000 bytes. Modes are the digits of SYS_OPEN. */
typedef unsigned u32;

enum {
  kOpen = 1,
  kClose = 2,
  kWrite0 = 4,
  kWrite = 5,
  kRead = 6,
  kFlen = 0xC,
  kErrno = 0x13,
  kCommandLine = 0x15,
  kExit = 0x18
};

static u32 semihost(u32 op, const void* parameter) {
  register u32 r0 asm("r0") = op;
  register const void* r1 asm("r1") = parameter;
  asm volatile("svc #0x123456" : "+r"(r0) : "r"(r1) : "memory", "lr");
  return r0;
}

static void print(const char* text) { semihost(kWrite0, text); }
static void number(const char* what, u32 value) {
  char digits[12];
  int at = 11;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  print(what);
  print(&digits[at]);
}
static u32 failed(const char* what) {
  print(what);
  number(" errno ", semihost(kErrno, 0));
  print("\n");
  return 0;
}

static void one(const char* name, u32 size, u32 mode, u32 count) {
  static char data[1000];
  const u32 open[3] = {(u32)name, mode, size};
  const u32 handle[1] = {semihost(kOpen, open)};
  print(name);
  print(":");
  if (handle[0] == ~0u) {
    failed(" open");
    return;
  }
  if (count == 0) {
    number(" length ", semihost(kFlen, handle));
    const u32 read[3] = {handle[0], (u32)data, sizeof data - 1};
    data[sizeof data - 1 - semihost(kRead, read)] = 0;
    print(" read ");
    print(data);
  }
  for (u32 i = 0; i < count; ++i) {
    const u32 write[3] = {handle[0], (u32)data, sizeof data};
    const u32 left = semihost(kWrite, write);
    number(" left ", left);
    if (left) number(" errno ", semihost(kErrno, 0));
  }
  if (semihost(kClose, handle) != 0) failed(" close");
  print("\n");
}

void main_(void) {
  static char line[4096];
  u32 block[2] = {(u32)line, sizeof line};
  semihost(kCommandLine, block);
  for (char* at = line; *at;) {
    char* name = at;
    while (*at != ':') ++at;
    const u32 size = (u32)(at - name);
    *at++ = 0;
    u32 mode = 0, count = 0;
    for (; *at >= '0' && *at <= '9'; ++at) mode = mode * 10 + (u32)(*at - '0');
    if (*at == ':')
      for (++at; *at >= '0' && *at <= '9'; ++at) count = count * 10 + (u32)(*at - '0');
    while (*at == ' ') ++at;
    one(name, size, mode, count);
  }
  semihost(kExit, (const void*)0x20026);
}

__attribute__((naked)) void _start(void) { asm volatile("ldr sp, =0x40400000\n b main_\n"); }

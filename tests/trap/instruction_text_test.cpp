// SPDX-License-Identifier: Apache-2.0
// Only the text of one instruction reaches the assembler, and of what the assembler leaves behind nothing is believed.
#include "sim/trap/instruction_text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "sim/base/error.h"
#include "sim/trap/assembler.h"
#include "tests/support/temporary_folder.h"

namespace hypsim::trap {
namespace {

bool accepted(const std::string& text) {
  try {
    check_instruction_text(text, "here");
    return true;
  } catch (const InputError& e) {
    const std::string line = e.what();
    EXPECT_EQ(line.find("here: \""), 0u) << line;
    EXPECT_LT(line.size(), 200u);
    for (const char c : line) EXPECT_TRUE(c >= ' ' && c <= '~') << line;
    return false;
  }
}

TEST(InstructionText, WhatIsAnInstruction) {
  for (const char* text : {"wfi",
                           "  nop",
                           "NOP",
                           "b.w .",
                           "b .",
                           "bl .+8",
                           "b .-4",
                           "bne . + 0x10",
                           "mrc p15, 0, r0, c1, c0, 0",
                           "mcrr p15, #6, r0, r1, c2",
                           "ldr r0, [r1, #-4]!",
                           "ldr r0, [r1], r2, lsl #2",
                           "ldmia sp!, {r0-r3, pc}^",
                           "stmdb sp!, {r4, lr}",
                           "srsdb sp!, #19",
                           "msr spsr_fsxc, r0",
                           "mrs r8, elr_hyp",
                           "mrs r0, r8_usr",
                           "cpsid aif, #19",
                           "vld1.32 {d0[1]}, [r0:32], r2",
                           "vld1.64 {d0, d1}, [r0 :128]!",
                           "vmov.f32 s0, #1.5",
                           "vmov.i32 q0, #0xff",
                           "vcvt.s32.f32 q0, q1",
                           "vmov.f64 d0, #-1.0e-1",
                           "tbb [pc, r0]",
                           "ldc p14, c5, [r0], {4}",
                           "mov r0, #(1<<4)",
                           "mov r0, #~0xff",
                           "it\teq",
                           "svc 0x123456"})
    EXPECT_TRUE(accepted(text)) << text;
}

TEST(InstructionText, WhatIsNone) {
  for (const char* text : {"",
                           " ",
                           "\t",
                           "x: .incbin \"/etc/passwd\",0,4",
                           "x:nop",
                           "1: nop",
                           "x : nop",
                           "nop x:",
                           "a: [r0:64]",
                           ".incbin \"x\"",
                           " .word 1",
                           "nop .word 1",
                           "x .req r0",
                           "x.y .req r0",
                           "nop\n.word 1",
                           "nop\r.word 1",
                           "nop; nop",
                           "nop @ comment",
                           "nop // comment",
                           "nop /* comment",
                           "nop */",
                           "# 1 \"/etc/passwd\"",
                           "nop \"string\"",
                           "mov r0, #'a'",
                           "x = 5",
                           "r0 == 1",
                           "ldr r0, =0x12345678",
                           "macro \\name",
                           "nop \\",
                           "nop `",
                           "mov r0, $5",
                           "nop ? nop",
                           "nop % nop",
                           "-I/etc",
                           "@file",
                           "/etc/passwd",
                           "1",
                           "b ..",
                           "b ...",
                           "b .x",
                           "b . x .y",
                           "b hypsim_slot1",
                           "mov r0, #:lower16:x",
                           "vld1.32 {d0}, [r0]:64",
                           "nop\x01",
                           "nop\x7f",
                           "nop\xc3\xa9",
                           "n\xc3\xb6p"})
    EXPECT_FALSE(accepted(text)) << text;
  EXPECT_FALSE(accepted(std::string("nop\0.word 1", 11)));
  EXPECT_FALSE(accepted("nop" + std::string(1000, ' ')));
  EXPECT_TRUE(accepted("nop" + std::string(100, ' ')));
}

/// Whatever gets through is one instruction or a complaint, and nothing is read: a file that it may name holds a word
/// that must not come back.
TEST(InstructionText, RandomTextsAssembleToOneInstructionOrNone) {
  test::TemporaryFolder folder;
  std::ofstream(folder / "f") << "\x55\x55\x55\x55";
  const std::string file = "\"" + (folder / "f").string() + "\"";
  const std::vector<std::string> words = {
      ".incbin", file, "\n", ";", ":",     "x",   "nop",   "wfi", "mov",   "r0",  "r1", ",",  "#",   "1",  ".",  "[",
      "]",       "{",  "}",  "!", "^",     "=",   "+",     "-",   "@",     "/*",  "*/", "//", "\"",  "'",  "\\", " ",
      " ",       " ",  "\t", "b", ".word", ".if", ".rept", "2",   ".endr", "ldr", "=5", "$",  "req", ".w", "eq", "it"};
  std::mt19937 random(30);
  std::vector<Source> sources;
  unsigned through = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (unsigned n = 1 + random() % 8; n > 0; --n) text += words[random() % words.size()];
    if (text.find_first_not_of(" \t") == text.npos || !accepted(text)) continue;
    if (++through % 10 != 0) continue;  // each costs a process
    try {
      EXPECT_NE(assemble(Source{text, Isa::A32, "x"}).word, 0x55555555u) << text;
    } catch (const InputError& e) {
      EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
    }
  }
  EXPECT_GT(through, 20u);
}

/// A program in the assembler's place.
struct Assembler {
  test::TemporaryFolder folder;
  explicit Assembler(const std::string& script) {
    const auto program = folder / "as";
    std::ofstream(program) << "#!/bin/sh\n" << script << '\n';
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    setenv("HYPSIM_AS", program.c_str(), 1);
  }
  ~Assembler() { unsetenv("HYPSIM_AS"); }
  static std::string answer() {
    try {
      assemble(Source{"nop", Isa::A32, "x"});
    } catch (const InputError& e) {
      EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
      return e.what();
    }
    return "";
  }
};

TEST(AssemblersObject, IsNotBelieved) {
  for (const char* script :
       {"true", ": > vectors.o", "mkfifo vectors.o", "ln -s /dev/zero vectors.o", "mkdir vectors.o",
        "head -c 52 /dev/zero > vectors.o", "printf '\\177ELF\\1\\1\\1' > vectors.o"}) {
    const Assembler assembler(script);
    EXPECT_NE(Assembler::answer().find("no ELF object"), std::string::npos) << script;
  }
  const Assembler assembler("sleep 1 & kill -SEGV $$");
  EXPECT_NE(Assembler::answer().find("Segmentation fault"), std::string::npos) << Assembler::answer();
}

TEST(AssemblersObject, MutatedEndsInAnInstructionOrAMessage) {
  test::TemporaryFolder folder;
  {
    const Assembler keeps("arm-none-eabi-as \"$@\" && cp vectors.o " + (folder / "good.o").string());
    EXPECT_EQ(Assembler::answer(), "");
  }
  std::ifstream in(folder / "good.o", std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  ASSERT_GT(good.size(), 100u);
  const Assembler mutant("cp " + (folder / "bad.o").string() + " vectors.o");
  std::mt19937 random(40);
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    std::string bad = good;
    for (unsigned n = 1 + random() % 4; n > 0; --n) bad[random() % bad.size()] = static_cast<char>(random());
    if (i % 8 == 0) bad.resize(random() % bad.size());
    if (i % 4 == 1) bad[32 + random() % 20] = static_cast<char>(random());  // where the section headers are
    std::ofstream(folder / "bad.o", std::ios::binary) << bad;
    refused += !Assembler::answer().empty();
  }
  EXPECT_GT(refused, 20);
  EXPECT_LT(refused, 200);
}

TEST(Assemblers, SurroundingsAreNone) {
  setenv("HYPSIM_TEST_SECRET", "secret", 1);
  const Assembler assembler(
      "echo \"${HYPSIM_TEST_SECRET-none} $LC_ALL $(ls -A | tr '\\n' ' ') $* $(cat)\" >&2; exit 1");
  EXPECT_NE(Assembler::answer().find("none C vectors.s  -mcpu=cortex-a15 -mfpu=neon-vfpv4 -o vectors.o vectors.s "),
            std::string::npos)
      << Assembler::answer();
  unsetenv("HYPSIM_TEST_SECRET");
}

}  // namespace
}  // namespace hypsim::trap

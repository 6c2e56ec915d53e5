// SPDX-License-Identifier: Apache-2.0
// Every VFP and Advanced SIMD encoding on hypsim and on QEMU (cortex-a15): random operands with NaNs, infinities,
// denormals and limits in all lanes, all rounding modes, flush-to-zero, default NaN, alternative half precision. All D
// registers, FPSCR with its flags, base registers, memory and the exception taken must be the same.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <thread>

#include "sim/cpu/isa/decode.h"
#include "sim/cpu/translate/translator.h"
#include "tests/fp/layout.h"
#include "tests/fp/operands.h"
#include "tests/support/end_port.h"
#include "tests/support/flat_machine.h"
#include "tests/support/temporary_folder.h"

namespace hypsim {
namespace {

using isa::Line;

constexpr u32 kTestsOfImage = 20'000;

struct Test {
  u32 word;
  const Line* line;
  u32 fpscr, r4, r5, r6, pool;
};

struct Image {
  bool thumb = false;
  std::vector<Test> tests;
  std::vector<u8> bytes = std::vector<u8>(FP_RESULTS - FP_RAM);

  void set(u32 address, u32 value) { std::memcpy(&bytes[address - FP_RAM], &value, 4); }
};

using Results = std::vector<u32>;

// --- making tests ------------------------------------------------------------------------------------------------

bool translates_as_unpredictable(bool thumb, u32 word) {
  static Block block;
  block.ops.clear();
  block.insns.clear();
  BlockContext context;
  context.thumb = thumb;
  Translator t(block, VirtAddr{0x8000}, context);
  t.translate_insn(word, 4);
  for (const auto& op : block.ops) {
    if (op.op == ir::Op::CallExit && op.imm == static_cast<u32>(Helper::undefined))
      return op.imm2 == Translator::kUnpredictableEncoding;
  }
  return false;
}

/// Two operands that are the same register, both of which are results: UNKNOWN. ARM DDI 0406C A8.8.420
bool result_is_unknown(const Line& line, u32 word) {
  const std::string_view f = line.function;
  return (f == "neon_VTRN" || f == "neon_VUZP" || f == "neon_VZIP") && (word >> 12 & 15) == (word & 15) &&
         bit(word, 22) == bit(word, 5);
}

/// Replaces the field `letter` of the line in `word`; fields of the lines compared here are whole.
u32 with_field(const Line& line, u32 word, char letter, u32 value) {
  const std::string_view text(line.bits);
  const auto first = text.find(letter), last = text.rfind(letter);
  if (first == std::string_view::npos) return word;
  return with_bits(word, static_cast<unsigned>(text.size() - 1 - first), static_cast<unsigned>(text.size() - 1 - last),
                   value);
}

/// Lines that this test is about; loads and stores of VFP registers and the system registers have other tests.
bool compared(const Line& line) {
  const std::string_view f = line.function;
  for (const std::string_view other : {"vfp_VLD", "vfp_VST", "vfp_VP", "vfp_VMSR", "vfp_VMRS"})
    if (f.starts_with(other)) return false;
  return f.starts_with("vfp_") || f.starts_with("neon_") || f.starts_with("simd_");
}

class Generator {
 public:
  explicit Generator(u64 seed) : random_(seed), singles_(seed + 1), doubles_(seed + 2) {}

  Image image(bool thumb, bool check_alignment) {
    Image image;
    image.thumb = thumb;
    image.set(FP_PARAMETERS + PARAM_SCTLR_SET, check_alignment ? 2 : 0);
    image.set(FP_PARAMETERS + PARAM_THUMB, thumb ? 1 : 0);
    for (u32 i = 0; i < FP_SCRATCH_SIZE; i += 4) {
      const u32 word = random();
      image.set(FP_SCRATCH + i, word);
      image.set(FP_SCRATCH_TEMPLATE + i, word);
    }
    fill_pool(image);
    const auto lines = lines_of(thumb);
    for (u32 i = 0; i < kTestsOfImage; ++i) image.tests.push_back(test(*lines[i % lines.size()], thumb));
    emit(image);
    return image;
  }

  std::vector<const Line*> lines_of(bool thumb) const {
    std::vector<const Line*> lines;
    const auto collect = [&](const isa::Table& table) {
      for (const Line& line : table.lines())
        if (compared(line)) lines.push_back(&line);
    };
    if (thumb) {
      collect(isa::t32_table());
    } else {
      collect(isa::a32_conditional_table());
      collect(isa::a32_unconditional_table());
    }
    return lines;
  }

 private:
  u32 random() { return static_cast<u32>(random_() >> 13); }

  u64 operand() {
    static constexpr u64 kLimits[] = {0,
                                      1,
                                      ~u64{0},
                                      0x7FFFFFFFFFFFFFFF,
                                      0x8000000000000000,
                                      0x7FFF7FFF7FFF7FFF,
                                      0x8000800080008000,
                                      0x8080808080808080,
                                      0x7F7F7F7F7F7F7F7F,
                                      0x80000000};
    switch (random() % 8) {
      case 0: return doubles_.next();
      case 1: return random_();
      case 2: return kLimits[random() % std::size(kLimits)];
      case 3: return random() & 0x3F003F003F003F;  // shift amounts, table indices
      case 4: return u64{random() % 40} << 32 | random() % 40;
      default: return u64{singles_.next()} << 32 | singles_.next();
    }
  }

  void fill_pool(Image& image) {
    for (u32 i = 0; i < FP_POOL_SIZE; i += 8) {
      const u64 v = operand();
      image.set(FP_POOL + i, static_cast<u32>(v));
      image.set(FP_POOL + i + 4, static_cast<u32>(v >> 32));
    }
  }

  u32 word_of(const Line& line, bool thumb) {
    const auto& p = line.pattern;
    const std::string_view f = line.function;
    u32 word = (random() & ~p.canonical_mask) | p.canonical_value;
    if (line.bits[0] == 'c' && !thumb) word = with_bits(word, 31, 28, 14);
    if (f.find("VMOV_") != f.npos || f.find("VDUP_reg") != f.npos) {
      word = with_field(line, word, 't', 4 + random() % 3);
      word = with_field(line, word, 'u', 4 + random() % 3);
    }
    if (f.starts_with("neon_VLD") || f.starts_with("neon_VST")) {
      static constexpr u32 kIndex[] = {5, 13, 15};
      word = with_field(line, word, 'n', 4);
      word = with_field(line, word, 'm', kIndex[random() % 3]);
    }
    return word;
  }

  Test test(const Line& line, bool thumb) {
    Test t{};
    for (int attempt = 0; attempt < 100; ++attempt) {
      t.word = word_of(line, thumb);
      t.line = thumb ? isa::find_t32(t.word) : isa::find_a32(t.word);
      if (t.line == &line && !translates_as_unpredictable(thumb, t.word) && !result_is_unknown(line, t.word)) break;
      t.line = nullptr;
    }
    if (t.line == nullptr) {  // a line that claims nothing but UNPREDICTABLE words
      t.word = thumb ? 0xF3AF8000 : 0xE320F000;
      t.line = thumb ? isa::find_t32(t.word) : isa::find_a32(t.word);
    }
    t.fpscr = (random() & 0x07C00000) | (random() % 4 == 0 ? random() & 0xF800009F : 0);
    if (random() % 64 == 0) t.fpscr |= random() & 0x00370000;
    const u32 aligned = random() % 3 == 0 ? 0 : random() % 3 == 0 ? random() % 32 : random() % 4 * 8;
    t.r4 = FP_SCRATCH + aligned;
    // QEMU 7.2 checks 128 bits where the instruction asks for 256.
    if (std::string_view(line.function).ends_with("_multiple") && bits(t.word, 5, 4) == 3) t.r4 &= ~16u;
    t.r5 = random() % 2 == 0 ? random() % 64 : static_cast<u32>(operand());
    t.r6 = static_cast<u32>(operand());
    t.pool = FP_POOL + random() % ((FP_POOL_SIZE - 256) / 8) * 8;
    return t;
  }

  static u32 call(bool thumb, u32 from, u32 to) {
    if (!thumb) return 0xEB000000 | ((to - from - 8) >> 2 & 0xFFFFFF);
    const u32 offset = to - from - 4;  // BLX, ARM DDI 0406C A8.8.25
    const u32 s = bits(offset, 24, 24), j1 = bits(offset, 23, 23) ^ s ^ 1, j2 = bits(offset, 22, 22) ^ s ^ 1;
    return 0xF000C000 | s << 26 | bits(offset, 21, 12) << 16 | j1 << 13 | j2 << 11 | bits(offset, 11, 1);
  }

  void emit(Image& image) {
    u32 at = FP_TESTS, input = FP_INPUTS;
    const auto put = [&](u32 word) {
      image.set(at, image.thumb ? word << 16 | word >> 16 : word);
      at += 4;
    };
    for (const Test& t : image.tests) {
      put(call(image.thumb, at, FP_RAM + 4));
      put(t.word);
      put(call(image.thumb, at, FP_RAM + 8));
      for (const u32 v : {t.fpscr, t.r4, t.r5, t.r6, t.pool}) {
        image.set(input, v);
        input += 4;
      }
    }
    put(call(image.thumb, at, FP_RAM + 12));
    std::ifstream in(HYPSIM_FP_RUNTIME, std::ios::binary);
    const std::vector<char> runtime((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    ASSERT_GT(runtime.size(), 100u);
    std::memcpy(image.bytes.data(), runtime.data(), runtime.size());
  }

  std::mt19937_64 random_;
  test::Operands<u32> singles_;
  test::Operands<u64> doubles_;
};

// --- running them ------------------------------------------------------------------------------------------------

Results run_on_hypsim(const Image& image) {
  test::FlatBus bus(FP_RAM, FP_RAM_SIZE);
  std::memcpy(bus.at(FP_RAM, 1), image.bytes.data(), image.bytes.size());
  SystemCounter counter(62'500'000, 1'000'000'000);
  GenericTimer timer(counter);
  test::NoCluster cluster;
  Core core({}, bus, timer, cluster);
  test::EndPort end;
  core.set_semihosting(&end);
  core.state().switch_mode(Mode::Supervisor);
  core.set_pc(FP_RAM);
  core.set_step_limit(u64{kTestsOfImage} * 60 + 100'000);
  EXPECT_EQ(core.run(Cycles(~u64{0})), StopReason::Semihosting);
  Results results(image.tests.size() * RESULT_WORDS);
  std::memcpy(results.data(), bus.at(FP_RESULTS, 1), results.size() * 4);
  return results;
}

Results run_on_qemu(const Image& image) {
  const test::TemporaryFolder folder;
  std::ofstream(folder / "image.bin", std::ios::binary)
      .write(reinterpret_cast<const char*>(image.bytes.data()), static_cast<std::streamsize>(image.bytes.size()));
  const std::string loader = "loader,file=image.bin,force-raw=on,cpu-num=0,addr=" + std::to_string(FP_RAM);
  const pid_t child = fork();
  if (child == 0) {
    const char* const arguments[] = {
        HYPSIM_FP_QEMU, "-M",           "virt",     "-cpu", "cortex-a15",          "-m",
        "128",          "-nodefaults",  "-display", "none", "-semihosting-config", "enable=on,target=native",
        "-device",      loader.c_str(), nullptr};
    if (chdir(folder.name().c_str()) == 0) execvp(arguments[0], const_cast<char* const*>(arguments));
    _exit(127);
  }
  int status = -1;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill(child, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(status, 0) << HYPSIM_FP_QEMU << " failed";
  std::ifstream in(folder / "results.bin", std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  Results results(image.tests.size() * RESULT_WORDS);
  EXPECT_EQ(bytes.size(), results.size() * 4);
  std::memcpy(results.data(), bytes.data(), std::min(bytes.size(), results.size() * 4));
  return results;
}

// --- comparing ---------------------------------------------------------------------------------------------------

std::string name_of_word(u32 i) {
  static constexpr const char* kNames[] = {"FPSCR", "R4", "R5", "R6", "exception", "pad"};
  if (i < 6) return kNames[i];
  if (i >= 70) return "scratch+" + std::to_string((i - 70) * 4);
  return "D" + std::to_string((i - 6) / 2) + (i % 2 != 0 ? " high" : " low");
}

std::string describe(const Test& t, const u32* ours, const u32* theirs, const Image& image) {
  std::string text;
  char line[160];
  std::snprintf(line, sizeof line, "%08x %s fpscr %08x r4 %08x r5 %08x r6 %08x\n", t.word, t.line->name, t.fpscr, t.r4,
                t.r5, t.r6);
  text += line;
  for (u32 i = 0; i < RESULT_WORDS; ++i) {
    if (ours[i] == theirs[i]) continue;
    std::snprintf(line, sizeof line, "    %s: %08x, QEMU %08x\n", name_of_word(i).c_str(), ours[i], theirs[i]);
    text += line;
  }
  // The operands by the usual register fields
  const auto show = [&](const char* name, u32 d) {
    u64 v;
    std::memcpy(&v, &image.bytes[t.pool - FP_RAM + d * 8], 8);
    std::snprintf(line, sizeof line, "    %s D%u %016llx\n", name, d, static_cast<unsigned long long>(v));
    text += line;
  };
  const u32 w = t.word;
  const u32 n = bits(w, 7, 7) << 4 | bits(w, 19, 16), m = bits(w, 5, 5) << 4 | bits(w, 3, 0),
            d = bits(w, 22, 22) << 4 | bits(w, 15, 12);
  for (const u32 one : {0u, 1u}) {
    show("n", (n + one) % 32);
    show("m", (m + one) % 32);
    show("d", (d + one) % 32);
  }
  return text;
}

struct Tally {
  u64 executed = 0, undefined = 0, aborted = 0;
};

void compare(u64 seed, bool thumb, bool check_alignment, Tally& tally) {
  Generator generator(seed);
  const Image image = generator.image(thumb, check_alignment);
  const Results ours = run_on_hypsim(image), theirs = run_on_qemu(image);
  std::map<std::string, unsigned> failures;
  for (std::size_t i = 0; i < image.tests.size(); ++i) {
    const u32* a = &ours[i * RESULT_WORDS];
    const u32* b = &theirs[i * RESULT_WORDS];
    (a[4] == EXCEPTION_NONE ? tally.executed : a[4] == EXCEPTION_UNDEFINED ? tally.undefined : tally.aborted) += 1;
    if (std::equal(a, a + RESULT_WORDS, b)) continue;
    if (failures[image.tests[i].line->name]++ < 2)
      ADD_FAILURE() << "seed " << seed << ": " << describe(image.tests[i], a, b, image);
  }
  for (const auto& [name, count] : failures) ADD_FAILURE() << name << ": " << count << " differences";
}

TEST(FpDifferential, A32) {
  Tally tally;
  for (u64 seed = 0; seed < 14; ++seed) compare(seed, false, seed % 4 == 3, tally);
  EXPECT_GT(tally.executed, 130'000u);
  EXPECT_GT(tally.undefined, 10'000u);
  EXPECT_GT(tally.aborted, 1'000u);
  std::printf("%llu executed, %llu undefined, %llu aborted\n", static_cast<unsigned long long>(tally.executed),
              static_cast<unsigned long long>(tally.undefined), static_cast<unsigned long long>(tally.aborted));
}

TEST(FpDifferential, T32) {
  Tally tally;
  for (u64 seed = 100; seed < 110; ++seed) compare(seed, true, seed % 4 == 3, tally);
  EXPECT_GT(tally.executed, 90'000u);
  EXPECT_GT(tally.undefined, 10'000u);
  EXPECT_GT(tally.aborted, 1'000u);
}

}  // namespace
}  // namespace hypsim

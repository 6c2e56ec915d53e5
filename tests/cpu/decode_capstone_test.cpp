// SPDX-License-Identifier: Apache-2.0
// The decoder against Capstone: all halfwords, and more than ten million words of A32 and of T32, must be valid or
// not, and be the same instruction, in both. Words are made canonical (should-be bits as they should be) where a line
// claims them, since disassemblers disagree on the others. What they still disagree on is listed below, with reasons.
#include <capstone/capstone.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "sim/cpu/isa/decode.h"
#include "sim/cpu/translate/translator.h"
#include "tests/cpu/decode_exceptions.h"

namespace hypsim {
namespace {

using decode_test::Outcome;
using decode_test::Set;
using decode_test::Verdict;
using isa::Line;

/// A small fast generator with a fixed seed: the words never change.
class SplitMix {
 public:
  explicit SplitMix(u64 seed) : state_(seed) {}
  u32 next() {
    u64 z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<u32>((z ^ (z >> 31)) >> 16);
  }

 private:
  u64 state_;
};

const Line* find(Set set, u32 word) {
  switch (set) {
    case Set::A32: return isa::find_a32(word);
    case Set::T16: return isa::find_t16(word);
    default: return isa::find_t32(word);
  }
}

u32 canonical(const Line& line, u32 word) {
  return (word & ~line.pattern.canonical_mask) | line.pattern.canonical_value;
}

/// The canonical word nearest to `word`, and the line that decodes it.
const Line* settle(Set set, u32& word) {
  const Line* line = find(set, word);
  for (int i = 0; i < 4 && line != nullptr; ++i) {
    const u32 fixed = canonical(*line, word);
    if (fixed == word) break;
    word = fixed;
    line = find(set, word);
  }
  return line;
}

/// What the translator makes of a word: an Undefined Instruction exception, for either reason, or something.
Outcome outcome_of(Set set, u32 word) {
  static Block block;
  block.ops.clear();
  block.insns.clear();
  BlockContext context;
  context.thumb = set != Set::A32;
  context.security = Security::NonSecure;
  Translator t(block, VirtAddr{0x8000}, context);
  t.translate_insn(word, set == Set::T16 ? 2 : 4);
  for (const auto& op : block.ops) {
    if (op.op != ir::Op::CallExit || op.imm != static_cast<u32>(Helper::undefined)) continue;
    return op.imm2 == Translator::kUnpredictableEncoding ? Outcome::Unpredictable : Outcome::Undefined;
  }
  return Outcome::Executes;
}

class Capstone {
 public:
  explicit Capstone(Set set) : thumb_(set != Set::A32) {
    if (cs_open(CS_ARCH_ARM, thumb_ ? CS_MODE_THUMB : CS_MODE_ARM, &handle_) != CS_ERR_OK)
      throw std::runtime_error("cs_open");
    insn_ = cs_malloc(handle_);
  }
  ~Capstone() {
    cs_free(insn_, 1);
    cs_close(&handle_);
  }
  Capstone(const Capstone&) = delete;
  Capstone& operator=(const Capstone&) = delete;

  /// The instruction's name without condition and flags, or null if invalid.
  const char* name(Set set, u32 word) {
    if (!step(set, word)) return nullptr;
    const char* n = cs_insn_name(handle_, insn_->id);
    if (insn_->id == ARM_INS_IT) {
      for (int i = 0; i < 4; ++i) step(Set::T16, 0xBF00);  // leave the IT block
      return "it";
    }
    return n;
  }
  std::string text(Set set, u32 word) {
    return step(set, word) ? std::string(insn_->mnemonic) + " " + insn_->op_str : "(invalid)";
  }

 private:
  bool step(Set set, u32 word) {
    u8 bytes[4];
    if (set == Set::T32) word = word << 16 | word >> 16;
    std::memcpy(bytes, &word, 4);
    const u8* p = bytes;
    std::size_t size = set == Set::T16 ? 2 : 4;
    const std::size_t whole = size;
    u64 address = 0x8000;
    return cs_disasm_iter(handle_, &p, &size, &address, insn_) && whole - size == whole;
  }

  bool thumb_;
  csh handle_ = 0;
  cs_insn* insn_ = nullptr;
};

/// Groups disagreements by line and kind, with a count and an example each.
class Report {
 public:
  void add(const std::string& key, const std::string& example) {
    auto& entry = entries_[key];
    if (entry.count++ == 0) entry.example = example;
  }
  void check() const {
    for (const auto& [key, e] : entries_) ADD_FAILURE() << key << ": " << e.count << " words, such as " << e.example;
  }

 private:
  struct Entry {
    u64 count = 0;
    std::string example;
  };
  std::map<std::string, Entry> entries_;
};

std::string first_word_lower(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == ' ') break;
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

class Comparison {
 public:
  explicit Comparison(Set set) : set_(set), capstone_(set) {}

  void compare(u32 word) {
    const Line* line = settle(set_, word);
    ++words_;
    const Outcome outcome = outcome_of(set_, word);
    const char* theirs = capstone_.name(set_, word);
    const Verdict v{set_, word, outcome, line, theirs};
    // Capstone decodes most UNPREDICTABLE words and refuses some, so their validity is not compared.
    const bool valid = outcome == Outcome::Executes || (outcome == Outcome::Unpredictable && theirs != nullptr);
    if (valid != (theirs != nullptr)) {
      if (!decode_test::known_validity(v))
        report(word, line, theirs, valid ? "only we accept" : "only Capstone accepts");
    } else if (valid && !decode_test::same_name(first_word_lower(line->name), theirs) &&
               !decode_test::known_identity(v)) {
      report(word, line, theirs, "another instruction");
    }
  }

  u64 words() const { return words_; }
  void check() const { report_.check(); }

 private:
  void report(u32 word, const Line* line, const char* theirs, const char* what) {
    char hex[16];
    std::snprintf(hex, sizeof hex, "%08x", word);
    const std::string key =
        std::string(what) + ": " + (line ? line->function : "(no line)") + " / " + (theirs ? theirs : "(invalid)");
    report_.add(key, std::string(hex) + " " + capstone_.text(set_, word));
  }

  Set set_;
  Capstone capstone_;
  Report report_;
  u64 words_ = 0;
};

/// Half the words drawn from the lines of `tables`, evenly; half from the whole space.
template <class Accept>
void sample(Comparison& comparison, std::initializer_list<const isa::Table*> tables, u64 seed, Accept accept) {
  constexpr u64 kWords = 5'500'000;
  SplitMix random(seed);
  std::size_t lines = 0;
  for (const auto* table : tables) lines += table->lines().size();
  const u64 each = kWords / lines + 1;
  for (const auto* table : tables) {
    for (const auto& line : table->lines()) {
      for (u64 i = 0; i < each; ++i) {
        // A32 lines of the conditional table take any condition but 0b1111.
        u32 word = canonical(line, random.next());
        if (line.bits[0] == 'c' && word >> 28 == 0xF) word &= 0xEFFFFFFF;
        comparison.compare(word);
      }
    }
  }
  for (u64 i = 0; i < kWords; ++i) comparison.compare(accept(random.next()));
}

TEST(DecodeAgainstCapstone, AllHalfwords) {
  Comparison comparison(Set::T16);
  for (u32 halfword = 0; halfword < 0xE800; ++halfword) comparison.compare(halfword);
  comparison.check();
  EXPECT_EQ(comparison.words(), 0xE800u);
}

TEST(DecodeAgainstCapstone, A32Words) {
  Comparison comparison(Set::A32);
  sample(comparison, {&isa::a32_conditional_table(), &isa::a32_unconditional_table()}, 1, [](u32 w) { return w; });
  comparison.check();
  EXPECT_GE(comparison.words(), 10'000'000u);
}

TEST(DecodeAgainstCapstone, T32Words) {
  Comparison comparison(Set::T32);
  // The first halfword's top five bits are 11101, 11110 or 11111.
  sample(comparison, {&isa::t32_table()}, 2, [](u32 w) { return (w & 0x07FFFFFF) | (0x1Du + (w >> 27) % 3) << 27; });
  comparison.check();
  EXPECT_GE(comparison.words(), 10'000'000u);
}

}  // namespace
}  // namespace hypsim

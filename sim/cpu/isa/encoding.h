// SPDX-License-Identifier: Apache-2.0
// Encodings as bit strings, parsed at compile time.
//
// A table line reads INST(function, "ASSEMBLER NAME", "cccc0010100Snnnnddddrrrrvvvvvvvv"): characters 0 and 1 are
// fixed; 'z' and 'o' are should-be-zero and should-be-one bits (ignored when decoding; a canonical encoding has them
// right); '-' is ignored altogether; 'c' in the top four bits of an A32 line is the condition. Every other letter is a
// field, which may be split: its bits are joined, most significant first. Fields are handed to the translate function
// in the order of their first appearance, so a function with another number of parameters does not compile.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

#include "sim/base/bits.h"

namespace hypsim::isa {

template <std::size_t N>
struct BitString {
  char chars[N]{};
  consteval BitString(const char (&s)[N]) { std::copy_n(s, N, chars); }
  static constexpr std::size_t width = N - 1;
  constexpr bool is_field(std::size_t i) const {
    const char ch = chars[i];
    return ch != '0' && ch != '1' && ch != '-' && ch != 'z' && ch != 'o' && !(ch == 'c' && i < 4 && width == 32);
  }
};

/// Fixed bits of an encoding, and the bits a canonical encoding has.
struct Pattern {
  u32 mask = 0;  ///< bits that decide
  u32 value = 0;
  u32 canonical_mask = 0;  ///< mask plus should-be bits
  u32 canonical_value = 0;
};

template <BitString S>
consteval Pattern pattern_of() {
  Pattern p;
  for (std::size_t i = 0; i < S.width; ++i) {
    const u32 b = u32{1} << (S.width - 1 - i);
    const char ch = S.chars[i];
    if (ch == '0' || ch == '1') {
      p.mask |= b;
      if (ch == '1') p.value |= b;
    }
    if (ch == '0' || ch == '1' || ch == 'z' || ch == 'o') {
      p.canonical_mask |= b;
      if (ch == '1' || ch == 'o') p.canonical_value |= b;
    }
  }
  return p;
}

template <BitString S>
consteval std::size_t field_count() {
  std::size_t n = 0;
  for (std::size_t i = 0; i < S.width; ++i) {
    if (!S.is_field(i)) continue;
    bool seen = false;
    for (std::size_t j = 0; j < i; ++j) seen = seen || (S.is_field(j) && S.chars[j] == S.chars[i]);
    if (!seen) ++n;
  }
  return n;
}

template <BitString S>
consteval auto field_letters() {
  std::array<char, field_count<S>() + 1> letters{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < S.width; ++i) {
    if (!S.is_field(i)) continue;
    bool seen = false;
    for (std::size_t j = 0; j < n; ++j) seen = seen || letters[j] == S.chars[i];
    if (!seen) letters[n++] = S.chars[i];
  }
  return letters;
}

/// A run of neighbouring bits of a field.
struct FieldRun {
  u8 lsb = 0;
  u8 width = 0;
};

/// The runs of field `Letter`, most significant first.
template <BitString S, char Letter>
consteval auto field_runs() {
  std::array<FieldRun, 6> runs{};
  std::size_t n = 0;
  bool inside = false;
  for (std::size_t i = 0; i < S.width; ++i) {
    if (S.is_field(i) && S.chars[i] == Letter) {
      if (!inside) ++n;
      runs[n - 1].lsb = static_cast<u8>(S.width - 1 - i);
      ++runs[n - 1].width;
      inside = true;
    } else {
      inside = false;
    }
  }
  return runs;
}

/// The value of field `Letter` in `word`: a few shifts and masks, since translation is on the way of every new block.
template <BitString S, char Letter>
constexpr u32 field(u32 word) {
  constexpr auto runs = field_runs<S, Letter>();
  u32 v = 0;
  for (const FieldRun run : runs) v = (v << run.width) | ((word >> run.lsb) & ((u32{1} << run.width) - 1));
  return v;
}

/// One line of an instruction table.
template <class Translator>
struct Encoding {
  const char* function;  ///< name of the translate function
  const char* name;      ///< the manual's name of the instruction and form
  const char* bits;      ///< the bit string
  Pattern pattern;
  void (*translate)(Translator&, u32 word);
};

namespace detail {
template <BitString S, auto Fn, class Translator, std::size_t... I>
void invoke(Translator& t, [[maybe_unused]] u32 word, std::index_sequence<I...>) {
  [[maybe_unused]] constexpr auto letters = field_letters<S>();
  Fn(t, field<S, letters[I]>(word)...);
}
}  // namespace detail

/// Makes a table line of translate function `Fn(Translator&, u32 field...)`; it must take one parameter a field.
template <class Translator, BitString S, auto Fn>
constexpr Encoding<Translator> make_encoding(const char* function, const char* name, const char* bit_text) {
  return {function, name, bit_text, pattern_of<S>(), [](Translator& t, u32 word) {
            detail::invoke<S, Fn>(t, word, std::make_index_sequence<field_count<S>()>{});
          }};
}

/// Finds the line for a word: lines with more fixed bits come first, so a special case wins over its general form.
/// Words are hashed by the bits in `hash_mask_` that most lines fix; each bucket lists the lines that can match.
template <class Translator>
class DecodeTable {
 public:
  /// `hash` maps a word to a bucket number below `buckets`, using only the bits of `hash_bits`.
  using Hash = u32 (*)(u32 word);
  DecodeTable(std::vector<Encoding<Translator>> lines, u32 hash_bits, Hash hash, u32 buckets)
      : lines_(std::move(lines)), hash_(hash), buckets_(buckets) {
    std::stable_sort(lines_.begin(), lines_.end(), [](const auto& x, const auto& y) {
      return std::popcount(x.pattern.mask) > std::popcount(y.pattern.mask);
    });
    // Enumerate all values of the hashed bits and file each line where it can match.
    u32 sub = 0;
    do {
      auto& bucket = buckets_[hash_(sub)];
      for (const auto& line : lines_) {
        if (((line.pattern.value ^ sub) & line.pattern.mask & hash_bits) == 0) bucket.push_back(&line);
      }
      sub = (sub - hash_bits) & hash_bits;  // next subset of hash_bits
    } while (sub != 0);
  }

  const Encoding<Translator>* find(u32 word) const {
    for (const auto* line : buckets_[hash_(word)]) {
      if ((word & line->pattern.mask) == line->pattern.value) return line;
    }
    return nullptr;
  }

  const std::vector<Encoding<Translator>>& lines() const { return lines_; }

 private:
  std::vector<Encoding<Translator>> lines_;
  Hash hash_;
  std::vector<std::vector<const Encoding<Translator>*>> buckets_;
};

}  // namespace hypsim::isa

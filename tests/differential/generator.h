// SPDX-License-Identifier: Apache-2.0
// Makes random sequences out of the decode tables. Test `number` of a seed is the same whenever it is asked for.
#pragma once

#include <algorithm>
#include <vector>

#include "tests/differential/known_differences.h"
#include "tests/differential/random.h"
#include "tests/differential/sequence.h"

namespace hypsim::fuzz {

/// Kinds of instructions, each with a share of the sequences.
enum class Group : u8 {
  None,
  Alu,
  Multiply,
  Media,
  LoadStore,
  Multiple,
  Branch,
  Status,
  System,
  Coprocessor,
  Vfp,
  Simd,
  SimdMemory,
  Count
};

/// MOVW and MOVT of a constant.
void load_constant(Sequence& s, u32 d, u32 value);

class Generator {
 public:
  Generator(Kind kind, u64 seed);
  Sequence make(u64 number) const;

 private:
  /// What the registers of a sequence are meant for.
  struct Plan {
    std::array<u8, 4> pointers{};  ///< into the scratch page or the regions
    std::array<u8, 2> small{};     ///< offsets and shift amounts
    std::array<u8, 2> targets{};   ///< of indirect branches

    bool is_target(u32 n) const { return n == targets[0] || n == targets[1]; }
    bool is_pointer(u32 n) const { return std::ranges::find(pointers, n) != pointers.end(); }
  };
  using Lines = std::vector<const isa::Line*>;
  using Groups = std::array<Lines, static_cast<std::size_t>(Group::Count)>;

  static void sort_lines(const isa::Table& table, Groups& groups);
  void initial_state(Sequence& s, Plan& plan, Random& random) const;
  Group pick_group(Random& random) const;
  bool random_insn(const Sequence& s, const Plan& plan, Random& random, bool in_it, bool last_in_it, unsigned length,
                   Insn& insn) const;
  u32 shape(const isa::Line& line, u32 word, const Sequence& s, const Plan& plan, Random& random) const;
  u32 shape_simd(const isa::Line& line, u32 word, const Plan& plan, Random& random) const;
  static void system_state(Sequence& s, Random& random);
  void append_register_access(Sequence& s, Random& random) const;
  void append_banked(Sequence& s, Random& random) const;
  void append_call(Sequence& s, Random& random) const;
  void append_self_modifying(Sequence& s, const Plan& plan, Random& random) const;
  void append_system(Sequence& s, const Plan& plan, Random& random) const;
  void append(Sequence& s, const Plan& plan, Random& random) const;
  void append_it_block(Sequence& s, const Plan& plan, Random& random) const;
  void append_exclusive_pair(Sequence& s, const Plan& plan, Random& random) const;
  void append_table_branch(Sequence& s, const Plan& plan, Random& random) const;
  void append_eret(Sequence& s, const Plan& plan, Random& random) const;
  void append_rfe(Sequence& s, const Plan& plan, Random& random) const;

  Kind kind_;
  u64 seed_;
  Groups a32_, t16_, t32_;
};

}  // namespace hypsim::fuzz

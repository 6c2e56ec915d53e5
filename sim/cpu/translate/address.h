// SPDX-License-Identifier: Apache-2.0
// Addressing modes of loads and stores, shared by the load and store families.
#pragma once

#include "sim/cpu/translate/translator.h"

namespace hypsim {

/// Rn with an immediate or a shifted register offset; pre-indexed, post-indexed, or without writeback.
struct Addressing {
  u32 n = 0;
  bool index = true;  ///< P: the offset is applied before the access
  bool add = true;    ///< U
  bool wback = false;
  bool by_register = false;  ///< offset is Rm shifted, else `imm`
  u32 imm = 0;
  u32 m = 0;
  u32 shift_type = 0;  ///< as in the encoding: LSL, LSR, ASR, ROR
  u32 shift_imm5 = 0;

  u32 signed_imm() const { return add ? imm : 0u - imm; }
};

/// An address as micro-ops take it: a slot plus a constant.
struct Address {
  ir::Slot base = 0;
  u32 offset = 0;
};

/// Emits the computation of the address and of the written-back base; `commit` then does the writeback, to be called
/// after the last access that may fault.
class AddressEmitter {
 public:
  AddressEmitter(Translator& t, const Addressing& mode);
  const Address& address() const { return address_; }
  void commit();

 private:
  Translator& t_;
  const Addressing mode_;
  Address address_;
  ir::Slot updated_ = 0;
};

/// Whether an instruction that writes the PC may stand here: in an IT block only as the last one, else UNPREDICTABLE.
/// ARM DDI 0406C A7.3
inline bool may_write_pc(const Translator& t) { return !t.in_it_block() || t.last_in_it_block(); }

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/disasm/disassembler.h"

#include <capstone/capstone.h>
#include <fmt/format.h>

#include <stdexcept>

namespace hypsim::disasm {

struct Disassembler::Engines {
  csh a32 = 0, t32 = 0;
};

Disassembler::Disassembler() : engines_(std::make_unique<Engines>()) {
  if (cs_open(CS_ARCH_ARM, CS_MODE_ARM, &engines_->a32) != CS_ERR_OK ||
      cs_open(CS_ARCH_ARM, CS_MODE_THUMB, &engines_->t32) != CS_ERR_OK)
    throw std::runtime_error("Capstone was built without ARM");
}

Disassembler::~Disassembler() {
  cs_close(&engines_->a32);
  cs_close(&engines_->t32);
}

Line Disassembler::at(u32 address, const u8* code, std::size_t size, bool thumb) const {
  const u32 first = code[0] | code[1] << 8;
  // A first halfword from 0xE800 on begins a 32-bit instruction. ARM DDI 0406C A6.1
  const bool wide = !thumb || (first >= 0xE800 && size >= 4);
  const u32 second = wide && size >= 4 ? static_cast<u32>(code[2] | code[3] << 8) : 0;
  Line line;
  line.length = wide ? 4 : 2;
  line.bytes = !wide   ? fmt::format("{:04x}", first)
               : thumb ? fmt::format("{:04x} {:04x}", first, second)
                       : fmt::format("{:04x}{:04x}", second, first);
  cs_insn* insn = nullptr;
  const std::size_t count = cs_disasm(thumb ? engines_->t32 : engines_->a32, code, line.length, address, 1, &insn);
  if (count == 1 && insn->size == line.length) {
    line.text = insn->op_str[0] != '\0' ? fmt::format("{:<7} {}", insn->mnemonic, insn->op_str) : insn->mnemonic;
  } else {
    line.text = wide ? fmt::format(".word   {:#010x}", thumb ? first << 16 | second : second << 16 | first)
                     : fmt::format(".hword  {:#06x}", first);
  }
  if (count > 0) cs_free(insn, count);
  return line;
}

}  // namespace hypsim::disasm

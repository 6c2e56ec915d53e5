// SPDX-License-Identifier: Apache-2.0
#include "tests/differential/report.h"

#include <capstone/capstone.h>
#include <fmt/format.h>

#include <cstring>

#include "tests/differential/known_differences.h"

namespace hypsim::fuzz {

namespace {

std::string record_word_name(u32 i) {
  static constexpr const char* kNames[] = {
      "exception", "LR of the exception", "SPSR of the exception", "DFSR", "DFAR", "IFSR", "IFAR", "sum of memory"};
  static constexpr const char* kBanks[] = {
      "R8_usr",  "R9_usr",  "R10_usr",  "R11_usr", "R12_usr", "SP_usr",   "LR_usr", "R8_fiq", "R9_fiq",
      "R10_fiq", "R11_fiq", "R12_fiq",  "SP_fiq",  "LR_fiq",  "SPSR_fiq", "SP_svc", "LR_svc", "SPSR_svc",
      "SP_abt",  "LR_abt",  "SPSR_abt", "SP_irq",  "LR_irq",  "SPSR_irq", "SP_und", "LR_und", "SPSR_und"};
  const u32 offset = i * 4;
  if (offset < REC_R0) return kNames[i];
  if (offset < REC_VFP) return "R" + std::to_string((offset - REC_R0) / 4);
  if (offset == REC_VFP) return "sum of D0-D31";
  if (offset == REC_FPSCR) return "FPSCR";
  static constexpr const char* kHyp[] = {
      "trace of returns", "HSR", "HDFAR", "HIFAR", "HPFAR", "SP_hyp", "odd A32 target", "instructions of handlers"};
  return offset < REC_TRACE ? kBanks[(offset - REC_BANKS) / 4] : kHyp[(offset - REC_TRACE) / 4];
}

std::string disassembly(const Sequence& s) {
  const bool thumb = s.isa == Isa::Thumb;
  csh handle = 0;
  if (cs_open(CS_ARCH_ARM, thumb ? CS_MODE_THUMB : CS_MODE_ARM, &handle) != CS_ERR_OK) return "  (no disassembler)\n";
  const auto code = s.code();
  const auto at = s.offsets();
  std::string text;
  for (std::size_t i = 0; i < s.insns.size(); ++i) {
    if (s.is_nop(i)) continue;
    const u32 address = s.address() + at[i];
    cs_insn* found = nullptr;
    const std::size_t n = cs_disasm(handle, code.data() + at[i], s.insns[i].length, address, 1, &found);
    const isa::Line* line = find_line(s.isa, s.insns[i].word, s.insns[i].length);
    text += fmt::format("  {:08x}: {:0{}x}  {:<36} {}\n", address, s.insns[i].word, 2 * s.insns[i].length,
                        n == 1 ? fmt::format("{} {}", found->mnemonic, found->op_str) : "(unknown)",
                        line != nullptr ? line->function : "unallocated");
    if (n == 1) cs_free(found, n);
  }
  cs_close(&handle);
  return text;
}

std::string differing_words(const Record& ours, const Record& theirs) {
  std::string text;
  for (u32 i = 0; i < REC_END / 4; ++i) {
    const u32 a = ours.words[i], b = theirs.words[i];
    if (a != b) text += fmt::format("  {:<22} hypsim {:08x}  QEMU {:08x}\n", record_word_name(i), a, b);
  }
  return text;
}

bool differs(const Sequence& s, const Record& ours, const Record& theirs) {
  return !(ours == theirs) && explained(s, ours, theirs) == nullptr;
}

/// Which of the variants still differ.
std::vector<bool> try_all(const Bench& bench, std::vector<Sequence> variants) {
  for (std::size_t i = 0; i < variants.size(); ++i) variants[i].slot = static_cast<u32>(i);
  const Image image = build_image(bench.kind, bench.seed, variants, bench.runtime);
  const Outcome ours = run_on_hypsim(image);
  std::vector<bool> fails(variants.size());
  if (ours.records.empty()) return fails;
  const Outcome theirs = bench.qemu.run(image, 30);
  if (theirs.records.empty()) return fails;
  for (std::size_t i = 0; i < variants.size(); ++i) fails[i] = differs(variants[i], ours.records[i], theirs.records[i]);
  return fails;
}

}  // namespace

const char* name_of(Kind kind) {
  static constexpr const char* kNames[] = {"a32", "thumb", "memory", "simd", "system", "stage2", "pages"};
  return kNames[static_cast<unsigned>(kind)];
}

Sequence minimise(const Bench& bench, Sequence sequence) {
  std::vector<std::size_t> candidates(sequence.insns.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i] = i;
  while (!candidates.empty()) {
    std::vector<Sequence> variants(candidates.size(), sequence);
    for (std::size_t i = 0; i < candidates.size(); ++i) variants[i].make_nop(candidates[i]);
    const auto fails = try_all(bench, variants);
    // What can go alone may go together; if not all of it, then the first.
    std::vector<std::size_t> removable;
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (fails[i]) removable.push_back(candidates[i]);
    if (removable.empty()) break;
    Sequence together = sequence;
    for (const std::size_t i : removable) together.make_nop(i);
    if (try_all(bench, {together})[0]) {
      sequence = together;
      break;
    }
    sequence.make_nop(removable.front());
    removable.erase(removable.begin());
    candidates = removable;
  }
  return sequence;
}

std::string listing(const Sequence& s) {
  std::string text = disassembly(s);
  text += fmt::format(" initial state: CPSR {:08x}, SCTLR.A {}, DACR {:08x}, FPSCR {:08x}\n ", s.cpsr, bit(s.sctlr, 1),
                      s.dacr, s.fpscr);
  if ((s.hcr | s.hstr | s.hcptr | s.resume) != 0)
    text += fmt::format("HCR {:08x}, HSTR {:08x}, HCPTR {:08x}, returns {:04x}\n ", s.hcr, s.hstr, s.hcptr, s.resume);
  for (unsigned r = 0; r < 15; ++r) text += fmt::format(" R{} {:08x}{}", r, s.registers[r], r == 7 ? "\n " : "");
  return text;
}

std::string describe(const Bench& bench, const Sequence& original, const Sequence& small, const Record& batch_ours,
                     const Record& batch_theirs) {
  std::string text = fmt::format("test {0}: replay with --isa {1} --seed {2} --first {0} --count 1\n", original.number,
                                 name_of(bench.kind), bench.seed);
  text += " minimal sequence (NOPs left out):\n" + listing(small);
  const Sequence one[] = {small};
  const Image image = build_image(bench.kind, bench.seed, one, bench.runtime);
  const Outcome ours = run_on_hypsim(image);
  const Outcome theirs = bench.qemu.run(image, 30);
  if (ours.records.empty() || theirs.records.empty()) return text + "\n (does not end when run alone)\n";
  text += "\n state that differs:\n";
  const std::string alone = differing_words(ours.records[0], theirs.records[0]);
  text +=
      alone.empty() ? "  (none when run alone; in the batch:)\n" + differing_words(batch_ours, batch_theirs) : alone;
  unsigned shown = 0;
  for (u32 i = 0; i < 0x1000 && shown < 8; i += 4) {
    u32 a, b;
    std::memcpy(&a, ours.scratch.data() + i, 4);
    std::memcpy(&b, theirs.scratch.data() + i, 4);
    if (a != b) text += fmt::format("  scratch page + {:#05x}   hypsim {:08x}  QEMU {:08x}\n", i, a, b), ++shown;
    std::memcpy(&a, ours.region.data() + i, 4);
    std::memcpy(&b, theirs.region.data() + i, 4);
    if (a != b) text += fmt::format("  region page + {:#05x}    hypsim {:08x}  QEMU {:08x}\n", i, a, b), ++shown;
  }
  return text;
}

}  // namespace hypsim::fuzz

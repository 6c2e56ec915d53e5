// SPDX-License-Identifier: Apache-2.0
// aborts.rules, and what follows from it for one access through tables in a known state.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/trap/situation.h"
#include "tests/traps/rulebook.h"

namespace hypsim::traps {

enum class Format : u8 { Off, Short, Long };

/// What stands in the tables for the address under test. Levels are those of descriptors; a fault is at `level`.
enum class Plant : u8 { None, Translation, AccessFlag, Domain, WalkExternal, External /* output where no memory is */ };

struct Stage1 {
  Format format = Format::Off;
  unsigned level = 1;  ///< of the leaf, or of the fault
  Plant plant = Plant::None;
  u32 ap = 3;  ///< AP<2:0>, or AP<2:1> in the long format
  bool xn = false, pxn = false;
  bool manager = false;  ///< short: the domain checks no permissions
  bool device = false;   ///< Device memory
};

struct Stage2 {
  bool on = false;
  unsigned level = 3;
  Plant plant = Plant::None;
  u32 hap = 3;
  bool xn = false;
  unsigned walk_level = 0;  ///< not 0: the stage-1 descriptor of this level stands behind this mapping, not the data
  bool device = false;      ///< Device memory, for data and for tables; with `ptw` a table may not stand in it
  bool ptw = false;         ///< HCR.PTW
};

struct Access {
  trap::Instruction word;
  char kind = 'r';  ///< r w c, f for a fetch
  u32 bytes = 4;
  bool isv = false, sse = false, unprivileged = false, pl1_only = false, privileged_only = false;
  u32 rt = 0;
  u32 align = 0;  ///< 0: only with SCTLR.A, to `bytes`
};

struct Fault {
  std::string kind;
  unsigned level = 0;
  bool stage2 = false, s1ptw = false;
  u64 ipa = 0;
};

/// The registers that an abort writes; nothing means untouched.
struct AbortReport {
  Mode target = Mode::Abort;
  std::optional<u32> hsr, hdfar, hifar, hpfar, dfsr, dfar, ifsr, ifar;
  u32 fsr_mask = ~0u;
};

class AbortRules {
 public:
  explicit AbortRules(const std::string& path);
  const std::vector<Access>& accesses() const { return accesses_; }

  /// The first thing that goes wrong; `stage1_only` leaves out what stage 2 has against the access itself. `ipa` is
  /// stage 1's output for the address, `table_ipa` that of its tables.
  std::optional<Fault> fault(const Access& access, Place place, const Stage1& s1, const Stage2& s2, u32 va, u64 ipa,
                             u64 table_ipa, bool check_alignment, bool stage1_only = false) const;
  /// What it is reported as. `scr_ea`: SCR.EA; `tge`: HCR.TGE; `eae`: TTBCR.EAE of the state that takes it.
  AbortReport report(const Fault& fault, const Access& access, Place place, u32 va, bool scr_ea, bool tge,
                     bool eae) const;

  /// An address translation operation. "current": stage 1 of the issuer's security state; "both": the two stages of
  /// Non-secure PL1 and PL0; "hyp": the Hyp regime.
  struct Translation {
    std::string name;
    u32 word;
    std::string regime;
    bool write, user;
  };
  const std::vector<Translation>& translations() const { return translations_; }
  /// PAR after a fault.
  u64 par(const Fault& fault, bool is_long) const;

  u32 short_code(const Fault& fault) const;
  u32 long_code(const Fault& fault) const;
  bool may(Format format, bool stage2, u32 ap, bool pl0, char what) const;

 private:
  struct Status {
    int short_code[3], long_code[3];
  };
  std::map<std::string, Status> status_;
  std::map<std::string, std::string> rights_;  // "short 3 pl0" -> "rw"
  std::vector<Access> accesses_;
  std::vector<Translation> translations_;
  std::vector<std::string> takers_;
};

}  // namespace hypsim::traps

// SPDX-License-Identifier: Apache-2.0
// From a line of a table to a verdict.
#include "runner.h"

#include "console.h"
#include "registers.h"

struct run run;

#define SAME_OFFSET(type, member, offset) \
  _Static_assert(__builtin_offsetof(struct type, member) == (offset), "engine.h")
SAME_OFFSET(run, pc, RUN_PC);
SAME_OFFSET(run, cpsr, RUN_CPSR);
SAME_OFFSET(run, scr, RUN_SCR);
SAME_OFFSET(run, nsacr, RUN_NSACR);
SAME_OFFSET(run, exit_by_smc, RUN_EXIT_BY_SMC);
SAME_OFFSET(run, sp, RUN_SP);
SAME_OFFSET(run, taken, RUN_TAKEN);
SAME_OFFSET(run, active, RUN_ACTIVE);
SAME_OFFSET(run, sgi, RUN_SGI);
SAME_OFFSET(record, vector, REC_VECTOR);
SAME_OFFSET(record, cpsr, REC_CPSR);
SAME_OFFSET(record, return_address, REC_RETURN);
SAME_OFFSET(record, spsr, REC_SPSR);

#define SLOT_WORDS 16
uint32_t test_slot[SLOT_WORDS] __attribute__((aligned(4096)));
#define UDF_A32 0xe7f000f0u
#define UDF_T16 0xde00u

static const struct {
  const char* name;
  uint32_t cpsr;
  bool secure;
} modes[KINDS_OF_MODE] = {
    {"usr", MODE_USR, false},       {"fiq", MODE_FIQ, false},       {"irq", MODE_IRQ, false}, {"svc", MODE_SVC, false},
    {"abt", MODE_ABT, false},       {"und", MODE_UND, false},       {"sys", MODE_SYS, false}, {"hyp", MODE_HYP, false},
    {"secure svc", MODE_SVC, true}, {"secure usr", MODE_USR, true}, {"mon", MODE_MON, true},
};

static uint32_t mode_index(uint32_t mode) {
  uint32_t n = 0;
  while (mode >> n != 1) {
    n++;
  }
  return n;
}

const char* mode_name(uint32_t mode) { return modes[mode_index(mode)].name; }

// Instructions of `code`, laid into the slot; `offset[n]` is where instruction n stands, `offset[count]` the end.
struct layout {
  uint32_t count, offset[5];
  bool is_wide[4];
};

static struct layout lay_out(const struct vector* v, bool thumb) {
  struct layout l = {0, {0}, {false}};
  const uint32_t* code = thumb && v->thumb[0] ? v->thumb : v->code;
  uint16_t* half = (uint16_t*)test_slot;
  uint32_t at = 0;
  for (; l.count < 4 && code[l.count]; l.count++) {
    const uint32_t insn = code[l.count];
    l.offset[l.count] = at;
    l.is_wide[l.count] = !thumb || insn > 0xffff;
    if (!thumb) {
      test_slot[at / 4] = insn;
    } else if (insn > 0xffff) {
      half[at / 2] = (uint16_t)(insn >> 16);
      half[at / 2 + 1] = (uint16_t)insn;
    } else {
      half[at / 2] = (uint16_t)insn;
    }
    at += l.is_wide[l.count] ? 4 : 2;
  }
  l.offset[l.count] = at;
  while (at < sizeof test_slot) {
    if (thumb) {
      half[at / 2] = UDF_T16;
      at += 2;
    } else {
      test_slot[at / 4] = UDF_A32;
      at += 4;
    }
  }
  __asm__ volatile("dsb; mcr p15, 0, %0, c7, c5, 0; mcr p15, 0, %0, c7, c5, 6; dsb; isb" ::"r"(0) : "memory");
  return l;
}

bool vector_sets(const struct vector* v, enum reg reg, uint32_t bits) {
  for (const struct setting* s = v->set; s < v->set + 8 && s->reg; s++) {
    if (s->reg == reg && (s->value & bits)) {
      return true;
    }
  }
  return false;
}

static void apply(const struct vector* v) {
  for (const struct setting* s = v->set; s < v->set + 8 && s->reg; s++) {
    switch (s->reg) {
      case R_SCR: run.scr = s->value; break;
      case R_NSACR: run.nsacr = s->value; break;
      case R_UNMASK: run.cpsr &= ~s->value; break;
      case R_CPSR_SET: run.cpsr |= s->value; break;
      case R_FIQ: run.sgi = 2u << 24 | s->value; break;
      case R_R0:
      case R_R1:
      case R_R2:
      case R_R3:
      case R_R4:
      case R_R5:
      case R_R6: run.r[s->reg - R_R0] = s->value; break;
      case R_HCR: register_write(R_HCR, register_read(R_HCR) | s->value); break;  // VM of pages_enable stays
      default: register_write(s->reg, s->value); break;
    }
  }
}

// The vector that the end of the slot, or an UNDEFINED instruction, is taken through.
static uint32_t undefined_vector(const struct instance* i) {
  if (modes[mode_index(i->mode)].secure) {
    return WORLD_SECURE + 4;
  }
  if (i->mode == HYP) {
    return WORLD_HYP + 4;
  }
  return i->mode == USR && vector_sets(i->v, R_HCR, 1u << 27) ? WORLD_HYP + 0x14 : WORLD_PL1 + 4;
}

static uint32_t expected_vector(const struct instance* i) {
  return i->v->vector == EXECUTES_ ? undefined_vector(i) : i->v->vector;
}

static uint32_t expected_return(const struct instance* i, const struct layout* l) {
  const struct vector* v = i->v;
  const uint32_t vector = expected_vector(i);
  const uint32_t index = v->vector == EXECUTES_ ? l->count : v->at;
  const uint32_t here = l->offset[index];
  if ((vector & 0xf00) == WORLD_HYP) {
    const bool call =
        vector == WORLD_HYP + 8 || (vector == WORLD_HYP + 0x14 && v->has_hsr && (v->ec == EC_HVC || v->ec == EC_SVC));
    return call ? l->offset[index + 1] : here;
  }
  switch (vector & 0xff) {
    case 0x04: return here + (i->thumb ? 2 : 4);
    case 0x08: return l->offset[index + 1];
    case 0x10: return here + 8;
    default: return here + 4;
  }
}

// CPSR of the handler, without flags. ARM DDI 0406C B1.9
static uint32_t expected_cpsr(uint32_t vector) {
  static const uint8_t pl1_modes[8] = {0, MODE_UND, MODE_SVC, MODE_ABT, MODE_ABT, 0, MODE_IRQ, MODE_FIQ};
  const uint32_t masks = run.cpsr & PSR_AIF;
  switch (vector & 0xf00) {
    case WORLD_HYP:
      return MODE_HYP | masks | (run.scr & SCR_EA ? 0 : PSR_A) | (run.scr & SCR_IRQ ? 0 : PSR_I) |
             (run.scr & SCR_FIQ ? 0 : PSR_F);
    case WORLD_MON: return MODE_MON | PSR_AIF;
    default: {
      const uint32_t offset = vector & 0xff;
      return pl1_modes[offset / 4] | masks | PSR_I | (offset >= 0x0c ? PSR_A : 0) | (offset == 0x1c ? PSR_F : 0);
    }
  }
}

// What of an HSR is not UNKNOWN, and by the grace of which a trap of a conditional instruction may be reported.
// ARM DDI 0406C B3.13.6
static bool same_hsr(const struct instance* i, uint32_t hsr, uint32_t wanted, uint32_t il) {
  const uint32_t ec = i->v->ec;
  uint32_t free = i->v->iss_free;
  if (il) {
    wanted |= 1u << 25;
  }
  if (ec == EC_UNKNOWN || ec == EC_PABT || ec == EC_PABT_HYP ||
      ((ec == EC_DABT || ec == EC_DABT_HYP) && !(wanted & 1u << 24))) {
    free |= 1u << 25;
  }
  if (ec > 0 && ec < 0x10 && !(hsr & 1u << 24)) {
    free |= 0x1fu << 20;  // CV = 0: the condition is UNKNOWN, which is allowed for Thumb
    if (!i->thumb) {
      return false;
    }
  }
  return ((hsr ^ wanted) & ~free) == 0;
}

enum { WRONG_NOTHING, WRONG_VECTOR, WRONG_RETURN, WRONG_CPSR, WRONG_SPSR, WRONG_HSR, WRONG_REGISTER };
static struct {
  int what;
  uint32_t got, wanted, reg;
} finding;

static bool wrong(int what, uint32_t got, uint32_t wanted) {
  finding.what = what;
  finding.got = got;
  finding.wanted = wanted;
  return false;
}

static uint32_t look_at(uint8_t reg, const struct record* taken) {
  switch (reg) {
    case R_SPSR: return taken->spsr;
    case R_RETURN: return taken->return_address - (uint32_t)test_slot;
    case R_RETURN_TO: return taken->return_address;
    case R_R0:
    case R_R1:
    case R_R2:
    case R_R3:
    case R_R4:
    case R_R5:
    case R_R6: return taken->r[reg - R_R0];
    default: return register_read(reg);
  }
}

static bool judge(const struct instance* i, const struct layout* l) {
  const struct vector* v = i->v;
  const struct record* t = run.taken;
  const uint32_t vector = expected_vector(i);
  if (t->vector != vector) {
    return wrong(WRONG_VECTOR, t->vector, vector);
  }
  bool check_spsr = true, check_return = true;
  for (const struct look* a = v->after; a < v->after + 4 && a->reg; a++) {
    check_spsr &= a->reg != R_SPSR;
    check_return &= a->reg != R_RETURN && a->reg != R_RETURN_TO;
  }
  const uint32_t back = (uint32_t)test_slot + expected_return(i, l);
  if (check_return && t->return_address != back) {
    return wrong(WRONG_RETURN, t->return_address - (uint32_t)test_slot, back - (uint32_t)test_slot);
  }
  const uint32_t cpsr = expected_cpsr(vector), mask = 0x3ff;
  if (check_spsr && ((t->cpsr ^ cpsr) & mask) != 0) {
    return wrong(WRONG_CPSR, t->cpsr, cpsr);
  }
  if (check_spsr && ((t->spsr ^ run.cpsr) & mask) != 0) {
    return wrong(WRONG_SPSR, t->spsr, run.cpsr);
  }
  if (v->has_hsr) {
    const uint32_t hsr = register_read(R_HSR), wanted = (uint32_t)v->ec << 26 | v->iss;
    if (!same_hsr(i, hsr, wanted, l->is_wide[v->at])) {
      return wrong(WRONG_HSR, hsr, wanted);
    }
  }
  for (const struct look* a = v->after; a < v->after + 4 && a->reg; a++) {
    const uint32_t got = look_at(a->reg, t);
    if ((got ^ a->value) & a->mask) {
      finding.reg = a->reg;
      return wrong(WRONG_REGISTER, got & a->mask, a->value & a->mask);
    }
  }
  return true;
}

bool run_instance(const struct instance* i) {
  const struct vector* v = i->v;
  const uint32_t index = mode_index(i->mode);
  finding.what = WRONG_NOTHING;
  registers_baseline();
  run.sgi = 0;
  run.nsacr = NSACR_BASELINE;
  run.scr = SCR_BASELINE;
  run.cpsr = modes[index].cpsr | PSR_AIF | (i->thumb ? PSR_T : 0);
  for (uint32_t n = 0; n < 13; n++) {
    run.r[n] = 0xa0000000u + 0x01010101u * n;
  }
  if (v->flags & GIC) {
    gic_baseline();
  }
  if (v->flags & (STAGE1 | STAGE1_LONG | STAGE2)) {
    pages_refresh();
    pages_enable(v->flags);
  }
  const struct layout l = lay_out(v, i->thumb);
  apply(v);
  if (modes[index].secure) {
    run.scr &= ~(uint32_t)SCR_NS;
  }
  run.exit_by_smc = have_monitor && (modes[index].secure || !(run.scr & SCR_HCE));
  run.pc = (uint32_t)test_slot;
  run.taken = 0;
  engine_run();
  const bool good = judge(i, &l);
  if (v->flags & GIC) {
    gic_baseline();
  }
  if (v->flags & MAY_SUSPEND) {
    __asm__ volatile("sev; wfe");
  }
  return good;
}

void complain(const struct instance* i) {
  static const char* const what[] = {"",     "vector", "return address (relative to the code)", "CPSR of the handler",
                                     "SPSR", "HSR"};
  const struct record* t = run.taken;
  if (finding.what == WRONG_REGISTER) {
    const struct look* a = i->v->after;
    uint32_t n = 0;
    while (a[n].reg != finding.reg) {
      n++;
    }
    print("# register %u of AFTER: %x, expected %x\n", n, finding.got, finding.wanted);
  } else {
    print("# %s: %x, expected %x\n", what[finding.what], finding.got, finding.wanted);
  }
  print("# taken: vector %x, return %x, SPSR %x, CPSR %x, HSR %x\n", t->vector, t->return_address - (uint32_t)test_slot,
        t->spsr, t->cpsr, register_read(R_HSR));
}

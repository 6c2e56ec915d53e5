// SPDX-License-Identifier: Apache-2.0
// qemu: QEMU 7.2, -cpu cortex-a15. Each line says what the model does, and where the manual says otherwise.
#include "known_models.h"

#include "console.h"

#define UNUSED(x) (void)(x)
#define PREDICATE(name) static bool name(const struct vector* v, uint32_t mode, bool thumb, const struct record* taken)
#define PARAMETERS UNUSED(v), UNUSED(mode), UNUSED(thumb), UNUSED(taken)

static bool sets_to(const struct vector* v, enum reg reg, uint32_t value) {
  for (const struct setting* s = v->set; s < v->set + 8 && s->reg; s++) {
    if (s->reg == reg && s->value == value) {
      return true;
    }
  }
  return false;
}

static bool looks_at(const struct vector* v, enum reg reg, uint32_t mask, uint32_t value) {
  for (const struct look* a = v->after; a < v->after + 4 && a->reg; a++) {
    if (a->reg == reg && (a->mask & mask) == mask && (a->value & mask) == value) {
      return true;
    }
  }
  return false;
}

/// MRC or MCR, or MRRC or MCRR, whatever the direction and the core registers.
static bool is_mcr(const struct vector* v, uint32_t cp, uint32_t opc1, uint32_t crn, uint32_t crm, uint32_t opc2) {
  return (v->code[0] & 0xffef0fffu) == MCR(cp, opc1, 0, crn, crm, opc2);
}
static bool is_mcrr(const struct vector* v, uint32_t cp, uint32_t opc1, uint32_t crm) {
  return (v->code[0] & 0xffe00fffu) == MCRR(cp, opc1, 0, 0, crm);
}

/// Whether the UNDEFINED exception is that of the instruction in question, or of the end behind the code.
static bool was_undefined(const struct vector* v, const struct record* taken, bool thumb) {
  const uint32_t here = SLOT(thumb ? 2u * v->at : 4u * v->at);  // behind an IT
  switch (taken->vector) {
    case WORLD_HYP + 4: return taken->return_address == here;
    case WORLD_PL1 + 4:
    case WORLD_SECURE + 4: return taken->return_address == here + (thumb ? 2 : 4);
    default: return false;
  }
}
static bool executed(const struct vector* v, const struct record* taken, bool thumb) {
  return (taken->vector & 0xff) == 4 && !was_undefined(v, taken, thumb);
}

PREDICATE(tid1_tid3) {
  PARAMETERS;
  return v->ec == EC_CP15 && vector_sets(v, R_HCR, 5u << 16) && executed(v, taken, thumb);
}
PREDICATE(tpu_tpc_tsw) {
  PARAMETERS;
  return v->ec == EC_CP15 && vector_sets(v, R_HCR, 7u << 22) && executed(v, taken, thumb);
}
PREDICATE(tidcp) {
  PARAMETERS;
  return v->ec == EC_CP15 && vector_sets(v, R_HCR, 1u << 20) && taken->vector == WORLD_PL1 + 4;
}
PREDICATE(tcpac) {
  PARAMETERS;
  return v->ec == EC_CP15 && vector_sets(v, R_HCPTR, 1u << 31) && executed(v, taken, thumb);
}
PREDICATE(tpmcr) {
  PARAMETERS;
  return v->ec == EC_CP15 && sets_to(v, R_HDCR, 1u << 5 | 6) && executed(v, taken, thumb);
}
PREDICATE(hstr_of_no_register) {
  PARAMETERS;
  return (v->ec == EC_CP15 || v->ec == EC_CP15_64) && vector_sets(v, R_HSTR, 0xffff) && was_undefined(v, taken, thumb);
}
PREDICATE(registers_of_its_own) {
  PARAMETERS;
  const uint32_t crn = v->code[0] >> 16 & 15;
  return (v->code[0] & 0xff000f10u) == 0xee000f10u && (crn == 3 || crn == 10 || crn == 15) && executed(v, taken, thumb);
}
PREDICATE(registers_it_lacks) {
  PARAMETERS;
  return was_undefined(v, taken, thumb) && (is_mcr(v, 14, 0, 1, 4, 4) || is_mcr(v, 15, 0, 9, 12, 6) ||
                                            is_mcr(v, 15, 0, 9, 12, 7) || v->ec == EC_CP14_LDC);
}
PREDICATE(tdra_of_64_bits) {
  PARAMETERS;
  return v->ec == EC_CP14_64 && (is_mcrr(v, 14, 0, 1) || is_mcrr(v, 14, 0, 2)) && executed(v, taken, thumb);
}
PREDICATE(tase) {
  PARAMETERS;
  return v->ec == EC_HCPTR && sets_to(v, R_HCPTR, 1u << 15);
}
PREDICATE(asedis) {
  PARAMETERS;
  return vector_sets(v, R_CPACR, 1u << 31) || vector_sets(v, R_NSACR, 1u << 15);
}
PREDICATE(simd_by_tcp10) {
  PARAMETERS;
  return v->ec == EC_HCPTR && v->iss & 1u << 5 && taken->vector == v->vector;
}
PREDICATE(fpexc_after_hcptr) {
  PARAMETERS;
  return sets_to(v, R_FPEXC, 0) && vector_sets(v, R_HCPTR, 3u << 10) && taken->vector == WORLD_HYP + 0x14;
}
PREDICATE(half_precision_loads) {
  PARAMETERS;
  return (v->code[0] & 0xff000f00u) == 0xed000900u && executed(v, taken, thumb);
}
PREDICATE(tge_keeps_syndrome) {
  PARAMETERS;
  return v->ec == EC_UNKNOWN && vector_sets(v, R_HCR, 1u << 27) && taken->vector == WORLD_HYP + 0x14;
}
PREDICATE(tge_routes_interrupts) {
  PARAMETERS;
  return vector_sets(v, R_HCR, 1u << 27) && taken->vector == WORLD_HYP + 0x18;
}
PREDICATE(alignment_of_device_memory) {
  PARAMETERS;
  return (looks_at(v, R_DFSR, 0xf, 1) || (v->iss & 0x3f) == 0x21) && (taken->vector & 0xff) != 0x10;
}
PREDICATE(level_of_walk) {
  PARAMETERS;
  const bool par = looks_at(v, R_PAR, 1u << 8, 1u << 8);
  return v->flags & STAGE1 && (par || (v->has_hsr && v->iss & 1u << 7 && taken->vector == v->vector));
}
PREDICATE(cache_operations_never_fault) {
  PARAMETERS;
  return v->ec == EC_DABT && v->iss & 1u << 8 && executed(v, taken, thumb);
}
PREDICATE(wfe) {
  PARAMETERS;
  return v->ec == EC_WFX && v->iss & 1 && executed(v, taken, thumb);
}
PREDICATE(it_state_of_waits_and_calls) {
  PARAMETERS;
  return (v->ec == EC_WFX || v->ec == EC_SMC) && looks_at(v, R_SPSR, 0x0600fc00u, 0x1800) &&
         taken->vector == v->vector && !(taken->spsr & 0x0600fc00u);
}
PREDICATE(hvc_in_secure_state) {
  PARAMETERS;
  return mode & (S_SVC | S_USR) && (v->code[0] & 0x0ff000f0u) == 0x01400070u && taken->vector == WORLD_HYP + 0x14;
}
PREDICATE(aiar) {
  PARAMETERS;
  return v->flags & GIC && v->code[0] == 0xe5910020u && taken->r[0] == 0;
}
// An ATS1C* of Hyp mode that meets a domain fault.
PREDICATE(domain_fault_in_long_par) {
  PARAMETERS;
  return mode == HYP && v->flags & STAGE1 && sets_to(v, R_R1, VA_DOMAIN) &&
         (v->code[0] & 0xffffff1fu) == MCR(15, 0, 1, 7, 8, 0);
}

static const struct known differences[] = {
    {"qemu", tid1_tid3, "HCR.TID1 and TID3 trap no CP15 register", "B1.14.2"},
    {"qemu", tpu_tpc_tsw, "HCR.TPU, TPC and TSW are ignored", "B1.14"},
    {"qemu", tidcp, "HCR.TIDCP is ignored", "B1.14.3"},
    {"qemu", tcpac, "HCPTR.TCPAC is ignored", "B1.14"},
    {"qemu", tpmcr, "HDCR.TPMCR is ignored", "B1.14.17"},
    {"qemu", hstr_of_no_register, "an encoding without a register is UNDEFINED before HSTR is asked", "B1.14.14"},
    {"qemu", registers_of_its_own, "registers in c3, c10 and c15 that no A15 has", "B3.17.1"},
    {"qemu", registers_it_lacks, "no DBGPRCR, LDC and STC of CP14, PMCEID0 and PMCEID1", "C11.11"},
    {"qemu", tdra_of_64_bits, "HDCR.TDRA does not trap MRRC of DBGDRAR and DBGDSAR", "B1.14.15"},
    {"qemu", tase, "HCPTR.TASE is ignored", "B1.14.12"},
    {"qemu", asedis, "CPACR.ASEDIS and NSACR.NSASEDIS are ignored", "B4.1.40"},
    {"qemu", simd_by_tcp10, "Advanced SIMD trapped by TCP10 is reported as VFP: TA clear", "B3.13.6"},
    {"qemu", fpexc_after_hcptr, "HCPTR is asked before FPEXC.EN", "B1.11"},
    {"qemu", half_precision_loads, "loads of CP9 execute, as VLDR.16 of a later architecture", "B1.11"},
    {"qemu", tge_keeps_syndrome, "an UNDEFINED access of PL0 with HCR.TGE is reported as a trapped access", "B3.13.6"},
    {"qemu", tge_routes_interrupts, "HCR.TGE routes interrupts too, as in ARMv8", "B1.8.4"},
    {"qemu", alignment_of_device_memory, "unaligned accesses to Device and Strongly-ordered memory do not abort",
     "A3.2.1"},
    {"qemu", level_of_walk, "a stage 2 fault on a short-descriptor walk has the level of stage 1", "B3.13.3"},
    {"qemu", cache_operations_never_fault, "cache maintenance by address does not translate", "B2.2.7"},
    {"qemu", wfe, "WFE is never trapped", "B1.14.9"},
    {"qemu", it_state_of_waits_and_calls, "a trapped WFI or SMC in an IT block has lost ITSTATE: SPSR holds zero",
     "B1.9.2"},
    {"qemu", hvc_in_secure_state, "HVC of Secure PL1 goes to Hyp mode", "B9.3.4"},
    {"qemu", aiar, "GICV_AIAR reads as zero", "IHI 0048B 5.5"},
};
enum { KNOWN = sizeof differences / sizeof differences[0] };
static uint32_t hits[KNOWN];

static const struct known hangs[] = {
    {"qemu", domain_fault_in_long_par,
     "QEMU ends with a failed assertion: it has no long-format code for a domain fault", "B4.1.112"},
};

const struct known* known_difference(const char* model, const struct vector* v, uint32_t mode, bool thumb,
                                     const struct record* taken) {
  for (uint32_t n = 0; n < KNOWN; n++) {
    if (same_word(model, differences[n].model) && differences[n].applies(v, mode, thumb, taken)) {
      hits[n]++;
      return &differences[n];
    }
  }
  return 0;
}

const struct known* known_hang(const char* model, const struct vector* v, uint32_t mode, bool thumb) {
  for (uint32_t n = 0; n < sizeof hangs / sizeof hangs[0]; n++) {
    if (same_word(model, hangs[n].model) && hangs[n].applies(v, mode, thumb, 0)) {
      return &hangs[n];
    }
  }
  return 0;
}

bool known_summary(const char* model) {
  bool all_seen = true;
  for (uint32_t n = 0; n < KNOWN; n++) {
    if (same_word(model, differences[n].model)) {
      print("# %u times: %s\n", hits[n], differences[n].reason);
      all_seen = all_seen && hits[n] != 0;
    }
  }
  return all_seen;
}

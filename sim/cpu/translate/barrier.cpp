// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/barrier.h"

#include "sim/cpu/translate/translator.h"

namespace hypsim {

namespace {
void barrier(Translator& t, ir::TimingClass timing) {
  t.timing(timing);
  t.end_block();
}
}  // namespace

void any_DSB(Translator& t, u32) {
  t.call_exit(Helper::dsb);
  barrier(t, ir::TimingClass::Dsb);
}
void any_DMB(Translator& t, u32) { barrier(t, ir::TimingClass::Dmb); }
void any_ISB(Translator& t, u32) {
  t.call(Helper::isb);
  barrier(t, ir::TimingClass::Isb);
}

}  // namespace hypsim

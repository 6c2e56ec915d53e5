// SPDX-License-Identifier: Apache-2.0
#include "cp15.h"
#include "guest.h"

#define CNTV_IMASK_ENABLE 3u

uint32_t gicc_read(uint32_t offset) { return mmio_read32(GUEST_GICC_IPA + offset); }

void gicc_write(uint32_t offset, uint32_t value) { mmio_write32(GUEST_GICC_IPA + offset, value); }

void guest_gic_init(void) {
  gicc_write(GUEST_GICC_PMR, 0xf0);
  gicc_write(GUEST_GICC_CTLR, 1);
}

void irq_handler(void) {
  uint32_t irq = gicc_read(GUEST_GICC_IAR);
  last_irq = irq;
  irqs_seen++;
  if (irq == GUEST_VTIMER_IRQ) {
    write_cntv_ctl(CNTV_IMASK_ENABLE);
    isb();
  }
  if (irq != GUEST_SPURIOUS) {
    gicc_write(GUEST_GICC_EOIR, irq);
  }
  if (irq == GUEST_IPI) {
    ipis_seen++;
  }
}

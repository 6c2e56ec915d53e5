// SPDX-License-Identifier: Apache-2.0
// The physical interrupt controller, Non-secure view, and the tick.
#include "board.h"
#include "cp15.h"
#include "kernel.h"

#define GICD_CTLR (BOARD_GICD_BASE + 0x000)
#define GICD_ISENABLER0 (BOARD_GICD_BASE + 0x100)
#define GICD_ISACTIVER0 (BOARD_GICD_BASE + 0x300)
#define GICD_ICACTIVER0 (BOARD_GICD_BASE + 0x380)
#define GICD_IPRIORITYR (BOARD_GICD_BASE + 0x400)
#define GICD_SGIR (BOARD_GICD_BASE + 0xf00)
#define GICC_CTLR (BOARD_GICC_BASE + 0x00)
#define GICC_PMR (BOARD_GICC_BASE + 0x04)
#define GICC_IAR (BOARD_GICC_BASE + 0x0c)
#define GICC_EOIR (BOARD_GICC_BASE + 0x10)
#define IRQ_ID_MASK 0x3ffu
#define IRQ_SPURIOUS 1022u
#define IRQ_TICK 30u
#define IRQ_KICK 1u  // takes a core out of its guest or out of its sleep
#define PRIORITY 0xa0a0a0a0u
#define TIMER_ENABLE 1u

static volatile bool tick_is_armed;

void gic_enable_ppi(uint32_t irq) {
  mmio_write32(GICD_IPRIORITYR + (irq & ~3u), PRIORITY);
  mmio_write32(GICD_ISENABLER0, 1u << irq);
}

void gic_set_active(uint32_t irq, bool active) { mmio_write32(active ? GICD_ISACTIVER0 : GICD_ICACTIVER0, 1u << irq); }

void gic_send_sgi(uint32_t cpu) {
  dsb();
  mmio_write32(GICD_SGIR, 0x10000u << cpu | IRQ_KICK);
}

void gic_init(void) {
  write_cntp_ctl(0);
  mmio_write32(GICD_CTLR, 1);
  gic_enable_ppi(IRQ_TICK);
  mmio_write32(GICC_PMR, 0xf0);
  mmio_write32(GICC_CTLR, 1);
  dsb();
  irq_enable();
}

void tick_arm(uint32_t delay) {
  tick_is_armed = true;
  write_cntp_tval(delay);
  write_cntp_ctl(TIMER_ENABLE);
  isb();
}

bool tick_armed(void) { return tick_is_armed; }

// Called by __irq_svc.
void irq_handler(void) {
  uint32_t acknowledged = mmio_read32(GICC_IAR);
  uint32_t irq = acknowledged & IRQ_ID_MASK;
  if (irq >= IRQ_SPURIOUS) {
    return;
  }
  if (irq == IRQ_TICK) {
    write_cntp_ctl(0);
    isb();
    tick_is_armed = false;
  }
  mmio_write32(GICC_EOIR, acknowledged);
}

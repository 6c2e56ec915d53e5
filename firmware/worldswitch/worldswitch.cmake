# SPDX-License-Identifier: Apache-2.0
set(ws ${FIRMWARE_SOURCE_DIR}/worldswitch)
set(guest_directory ${FIRMWARE_OUTPUT_DIR}/guests)
set(guest_images)

# worldswitch_guest(<name> FLAGS ... SOURCES ...): one guest, linked at its own RAM and embedded as raw bytes.
macro(worldswitch_guest name)
  cmake_parse_arguments(GUEST "" "" "FLAGS;SOURCES" ${ARGN})
  set(elf ${guest_directory}/guest-${name}.elf)
  arm_objects(objects ${guest_directory}/${name}.objects
    FLAGS ${GUEST_FLAGS} -I${ws}/include -I${ws}/guest SOURCES ${GUEST_SOURCES})
  arm_link(${elf} SCRIPT ${ws}/guest/guest.lds OBJECTS ${objects})
  arm_binary(${guest_directory}/guest-${name}.bin ${elf})
  list(APPEND guest_images ${guest_directory}/guest-${name}.bin)
endmacro()

set(guest_common boot.S vfp.S status.S main.c gic.c rows.c ipi.c checks.c vfp_rows.c)
list(TRANSFORM guest_common PREPEND ${ws}/guest/)
worldswitch_guest(a32 FLAGS -marm SOURCES ${guest_common} ${ws}/guest/stage1_off.c ${ws}/guest/page_end_a32.S)
worldswitch_guest(t32 FLAGS -mthumb SOURCES ${guest_common} ${ws}/guest/stage1_short.c ${ws}/guest/page_end_t32.S)
worldswitch_guest(lpae FLAGS -marm SOURCES ${guest_common} ${ws}/guest/stage1_long.c ${ws}/guest/page_end_a32.S)
worldswitch_guest(light-a FLAGS -marm -DLIGHT_MARK=0x22 SOURCES ${ws}/guest/light.S)
worldswitch_guest(light-b FLAGS -marm -DLIGHT_MARK=0x11 SOURCES ${ws}/guest/light.S)

set(host_common boot.S vectors.S guest_images.S main.c console.c semihost.c library.c mmu.c gic.c pages.c stage2.c smp.c
  vmid.c vm.c run.c exit.c guest_state.c emulate_cp15.c mmio.c hypercall.c user_process.c rows.c)
list(TRANSFORM host_common PREPEND ${ws}/host/)
set(sources_v9 ${host_common} ${ws}/host/flavour_v9.c ${ws}/hyp/init.S ${ws}/hyp/v9/switch.S)
set(sources_vgic ${host_common} ${ws}/host/flavour_vgic.c ${ws}/host/host_vfp.S ${ws}/hyp/init.S
  ${ws}/hyp/vgic/entry.S ${ws}/hyp/vgic/switch.S ${ws}/hyp/vgic/tlb.S)

# worldswitch_image(<elf> <build> <board> [defect...])
macro(worldswitch_image elf build board)
  set(flags -marm -I${ws}/include -I${ws}/hyp -I${ws}/host -I${FIRMWARE_SOURCE_DIR}/shim
    -I${FIRMWARE_SOURCE_DIR}/platform/${board} -Wa,-I${guest_directory})
  foreach(defect ${ARGN})
    string(TOUPPER ${defect} defect_macro)
    list(APPEND flags -DWS_DEFECT_${defect_macro}=1)
  endforeach()
  arm_objects(objects ${elf}.objects FLAGS ${flags} DEPENDS ${guest_images}
    SOURCES ${sources_${build}} ${FIRMWARE_SOURCE_DIR}/shim/shim.S)
  arm_link(${elf} FLAGS ${flags} SCRIPT ${ws}/worldswitch.lds.S OBJECTS ${objects})
endmacro()

set(defects_both no_clrex par_no_isb fiq_bank_not_saved tlb_flush_no_dsb tlb_flush_missing rollover_no_flush
  hpfar_unconditional fiq_self_loop inject_lr no_vmid_recheck spsr_fc)
set(defects_v9 ${defects_both} par_not_preserved page_end_mask)
set(defects_vgic ${defects_both} cntvoff_left timer_no_isb gich_hcr_left)

set(WS_DEFECTS "" CACHE STRING "Historical defects, by name, that the default world-switch images bring back: a,b,...")
string(REPLACE "," ";" WS_DEFECTS "${WS_DEFECTS}")
foreach(defect ${WS_DEFECTS})
  if(NOT defect IN_LIST defects_v9 AND NOT defect IN_LIST defects_vgic)
    message(FATAL_ERROR "WS_DEFECTS: no defect is called '${defect}'; firmware/README.md lists them")
  endif()
endforeach()
set(WS_BUILDS v9 vgic)
foreach(build ${WS_BUILDS})
  worldswitch_image(${FIRMWARE_OUTPUT_DIR}/worldswitch-${build}.elf ${build} virt-a15 ${WS_DEFECTS})
  worldswitch_image(${FIRMWARE_OUTPUT_DIR}/vexpress-a15/worldswitch-${build}.elf ${build} vexpress-a15 ${WS_DEFECTS})
  list(APPEND FIRMWARE_IMAGES ${FIRMWARE_OUTPUT_DIR}/worldswitch-${build}.elf
    ${FIRMWARE_OUTPUT_DIR}/vexpress-a15/worldswitch-${build}.elf)
endforeach()

foreach(build ${WS_BUILDS})
  foreach(defect ${defects_${build}})
    set(elf ${FIRMWARE_OUTPUT_DIR}/worldswitch-${build}-${defect}.elf)
    worldswitch_image(${elf} ${build} virt-a15 ${defect})
    list(APPEND FIRMWARE_DEFECT_IMAGES ${elf})
  endforeach()
endforeach()

# SPDX-License-Identifier: Apache-2.0
# The guest of scripts/tlb-study.
set(study ${FIRMWARE_SOURCE_DIR}/tlbstudy)
set(study_elf ${FIRMWARE_OUTPUT_DIR}/tlbstudy.elf)
set(study_flags -marm -I${study} -I${FIRMWARE_SOURCE_DIR}/platform/virt-a15)
arm_objects(objects ${study_elf}.objects FLAGS ${study_flags} SOURCES ${study}/boot.S ${study}/study.c)
arm_link(${study_elf} FLAGS ${study_flags} SCRIPT ${study}/tlbstudy.lds.S OBJECTS ${objects})
list(APPEND FIRMWARE_IMAGES ${study_elf})

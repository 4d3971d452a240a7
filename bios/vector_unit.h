/* SPDX-License-Identifier: BSD-2-Clause */
/* SSE, for the instructions that hash (arch/x86/sha1.c, sha1_ssse3.c): a BIOS leaves it off. */
#ifndef BIOS_VECTOR_UNIT_H
#define BIOS_VECTOR_UNIT_H

/** Switch SSE on, where the processor has it. */
void vector_unit_on(void);

/** Leave the processor as the BIOS had it. */
void vector_unit_restore(void);

#endif

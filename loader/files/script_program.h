/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A script inside a program: the text is the section `.lua` of a PE file, which can be signed as
 * any program is. Nothing in it is ever run by the processor. tools/mkscript.py makes them.
 *
 * Only finds the text; whether the signature is good is the firmware's to say (handover.h).
 */
#ifndef LOADER_SCRIPT_PROGRAM_H
#define LOADER_SCRIPT_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/** Whether bytes are a program rather than text: they start as PE files do, and no script does. */
bool script_is_program(const void *bytes, size_t size);

/**
 * Find the text of the script.
 *
 * @param name   of the file, for messages
 * @param bytes  the whole file, in memory
 * @param text   written: within `bytes`
 * @param length written: bytes
 * @return 0; -1 with the reason: no PE file, or one without such a section
 */
int script_program_text(const char *name, const void *bytes, size_t size, const char **text,
                        size_t *length, struct error *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a test wants the stand-in to do. The wishes come through QEMU's fw_cfg device ("-fw_cfg
 * name=opt/standin,file=..."), not over the disk: a file there would be one more input of the
 * loader under test. A wish a line, a word and perhaps a value:
 *
 *   gui             expect the graphics modes to be visible
 *   no-overwrite    leave free memory as it is
 *   no-tree         do not read the files
 *   timer           UEFI: read the disk from a timer, too, while reading the files
 *   export PATH     copy a file to the memory shared with the test
 *   time PATH       read a file and tell how many ticks that took
 *   time-limit N    read no more than that many bytes of each
 *   time-calls      BIOS: tell how many ticks 4,000 calls of the loader's took
 *   return VALUE    at the end return to the loader with this status
 */
#ifndef STANDIN_WISHES_H
#define STANDIN_WISHES_H

#include <stdbool.h>
#include <stdint.h>

/** Fetch the wishes; without the device there are none. */
void wishes_load(void);

/** Whether a word is among them. */
bool wishes_have(const char *word);

/** The value of a wish as a number, hexadecimal after 0x. */
uint64_t wishes_number(const char *word);

enum { WISH_VALUE_SIZE = 4096 };

/**
 * The values of all wishes with this word, one after the other.
 *
 * @param state 0 at first; kept by the function
 * @param value written: WISH_VALUE_SIZE bytes
 */
bool wishes_next(const char *word, unsigned *state, char *value);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of the stub that would answer the boot manager. */
#ifndef PLUGINS_STUB_DISK_H
#define PLUGINS_STUB_DISK_H

#include "volume/volume.h"

/** Set what is shown; NULL: nothing. */
void stub_disk_show(const struct volume *volume);

/** The answer: how many sectors there are. */
uint64_t stub_disk_answer(void);

#endif

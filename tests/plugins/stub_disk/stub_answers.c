/* SPDX-License-Identifier: BSD-2-Clause */
/* Resident in BIOS. */
#include "plugins/stub_disk/stub_disk.h"

static const struct volume *shown;

void stub_disk_show(const struct volume *volume)
{
    shown = volume;
}

uint64_t stub_disk_answer(void)
{
    return shown == NULL ? 0 : shown->sector_count;
}

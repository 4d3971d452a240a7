/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The disk plugin of the BIOS: the volume as the machine's last hard disk.
 *
 * This half gives the disk its number before the hand-over. The answers to INT 13 are in
 * int13_call.c, which stays resident. The calls come in through bios/callback.c: boot managers make
 * their BIOS calls through us, so the interrupt vector itself need not be changed.
 */
#include "plugins/int13/int13.h"

#include "base/format.h"
#include "bios/real_mode.h"
#include "volume/disk.h"

enum { FIRST_HARD_DISK = 0x80, DISK_COUNT_MAX = 0x7F };

/* Boot managers try drives from 0x80 up and stop at the first that does not answer: ours follows
 * the last real one. */
static int attach(struct volume *volume, char *description, size_t size, struct error *error)
{
    uint8_t *disk_count = physical(BDA_DISK_COUNT);
    if (*disk_count >= DISK_COUNT_MAX) {
        return error_set(error,
                         "the BIOS has %u hard disks: there is no number left for the virtual disk",
                         *disk_count);
    }
    uint8_t drive = FIRST_HARD_DISK + *disk_count;
    ++*disk_count;
    int13_show(volume, drive);
    callback_set_disk(&int13_callback);
    format_string(description, size, "INT 13 drive 0x%x", drive);
    return 0;
}

static void detach(void)
{
    uint8_t *disk_count = physical(BDA_DISK_COUNT);
    callback_set_disk(NULL);
    --*disk_count;
}

PLUGIN(disk, int13) = {
    .name = "int13",
    .serves = "bios",
    .attach = attach,
    .detach = detach,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* The volumes that the firmware of the simulated machine has mounted. */
#ifndef HOST_VOLUMES_H
#define HOST_VOLUMES_H

#include <stddef.h>

/** An image on a server that the firmware was given as a disk. */
struct host_disk {
    const char *uri;
    const char *path; /* on this computer */
};

/** Set the machine's disks; the list must stay valid. */
void host_set_disks(const struct host_disk *list, size_t count);

#endif

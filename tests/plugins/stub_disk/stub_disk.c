/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk that nobody looks at. */
#include "plugins/stub_disk/stub_disk.h"

#include "base/format.h"
#include "volume/disk.h"

static int attach(struct volume *volume, char *description, size_t size, struct error *error)
{
    stub_disk_show(volume);
    format_string(description, size, "a stub");
    return 0;
}

static void detach(void)
{
    stub_disk_show(NULL);
}

PLUGIN(disk,
       stub_disk) = {.name = "stub_disk", .serves = "nobody", .attach = attach, .detach = detach};

/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks on servers, as UEFI firmware mounts them. See volumes.h. */
#include "host/volumes.h"

#include <string.h>

#include "base/format.h"
#include "base/log.h"
#include "base/machine.h"
#include "container/container.h"
#include "host/inputs.h"

static const struct host_disk *disks;
static size_t disk_count;

void host_set_disks(const struct host_disk *list, size_t count)
{
    disks = list;
    disk_count = count;
}

/* What the firmware's device path looks like. */
static const char *describe(struct pool *pool, const char *uri)
{
    size_t size = strlen(uri) + sizeof("/Uri()");
    char *text = pool_allocate(pool, size);
    if (text != NULL) {
        format_string(text, size, "/Uri(%s)", uri);
    }
    return text;
}

static int add_disk(struct container_volumes *list, const struct host_disk *disk,
                    struct error *error)
{
    struct container_volume *volume = NULL;
    const struct file *file = inputs_map(list->pool, disk->path, error);
    if (file == NULL) {
        return -1;
    }
    struct error problem;
    if (container_open(list->pool, file, &volume, &problem) != 0) {
        log_warning("%s", problem.text);
    }
    if (volume == NULL) {
        return 0; /* the firmware would not mount it either */
    }
    volume->device = describe(list->pool, disk->uri);
    if (volume->device == NULL) {
        return error_no_memory(error, "the volumes of %s", disk->uri);
    }
    volume->name = volume->label[0] != '\0' ? volume->label : volume->name;
    volume->is_remote = true;
    return container_add_mounted(list, volume, error);
}

static int find_mounted(struct container_volumes *list, struct error *error)
{
    if (strcmp(platform_machine()->firmware, "efi") != 0) {
        return 0;
    }
    for (size_t i = 0; i < disk_count; i++) {
        if (add_disk(list, &disks[i], error) != 0) {
            return -1;
        }
    }
    return 0;
}

PLUGIN(container, host_volumes) = {.name = "mounted by the host", .find_mounted = find_mounted};

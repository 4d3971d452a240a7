/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's side of the hand-over: nothing is started. It is checked that the firmware that is
 * played would start the boot manager, as far as that can be told from the file.
 */
#include <stdlib.h>
#include <string.h>

#include "bios/pe.h"
#include "handover.h"
#include "host/host.h"

struct manager {
    const struct file *file;
};

static uint32_t u16_at(const uint8_t *bytes, size_t offset)
{
    return bytes[offset] | (uint32_t)bytes[offset + 1] << 8;
}

static uint32_t u32_at(const uint8_t *bytes, size_t offset)
{
    return u16_at(bytes, offset) | u16_at(bytes, offset + 2) << 16;
}

/* The COFF machine of the boot manager that UEFI starts on an architecture. */
static uint32_t machine_of(const char *arch)
{
    return strcmp(arch, "x86_64") == 0 ? 0x8664 : strcmp(arch, "arm64") == 0 ? 0xAA64 : 0x14C;
}

/* Check what the firmware can tell by the PE headers. */
static int check(const struct file *manager, struct error *error)
{
    const struct machine *machine = platform_machine();
    struct pe program;
    if (strcmp(machine->firmware, "bios") == 0) {
        return pe_check(manager, &program, error); /* as the loader itself does */
    }
    uint8_t dos[64], pe[6];
    if (manager->size < sizeof(dos) || file_read(manager, 0, dos, sizeof(dos), error) != 0 ||
        u16_at(dos, 0) != 0x5A4D) {
        return error_set(error, "%s: not a program: no MZ header", manager->name);
    }
    uint32_t header = u32_at(dos, 0x3C);
    if (header > manager->size || manager->size - header < sizeof(pe)) {
        return error_set(error, "%s: its PE header at offset 0x%x is beyond its end", manager->name,
                         header);
    }
    if (file_read(manager, header, pe, sizeof(pe), error) != 0 || u32_at(pe, 0) != 0x4550) {
        return error_set(error, "%s: no PE header at offset 0x%x", manager->name, header);
    }
    uint32_t wanted = machine_of(machine->arch), found = u16_at(pe, 4);
    if (found != wanted) {
        return error_set(error, "%s: made for machine type 0x%x, this firmware starts 0x%x",
                         manager->name, found, wanted);
    }
    return 0;
}

struct manager *platform_load_manager(struct pool *pool, const struct file *file, const char *path,
                                      struct error *error)
{
    if (check(file, error) != 0) {
        return NULL;
    }
    struct manager *manager = pool_allocate(pool, sizeof(*manager));
    if (manager == NULL) {
        error_set(error, "%s: out of memory", file->name);
        return NULL;
    }
    manager->file = file;
    return manager;
}

static int by_address(const void *left, const void *right)
{
    uint64_t a = (*(const struct volume_extent *const *)left)->address;
    uint64_t b = (*(const struct volume_extent *const *)right)->address;
    return a < b ? -1 : a > b;
}

/* Bytes of memory that hold the files of a volume. */
static uint64_t memory_of_files(const struct volume *volume)
{
    /* A file can be at many paths: each byte of memory counts once. */
    const struct volume_extent **sorted = malloc((volume->extent_count + 1) * sizeof(*sorted));
    uint64_t total = 0, end = 0;
    size_t count = 0;
    if (sorted == NULL) {
        return 0;
    }
    for (size_t i = 0; i < volume->extent_count; i++) {
        if (volume->extents[i].reader == NULL) {
            sorted[count++] = &volume->extents[i];
        }
    }
    qsort(sorted, count, sizeof(*sorted), by_address);
    for (size_t i = 0; i < count; i++) {
        uint64_t from = sorted[i]->address, to = from + sorted[i]->length;
        from = from < end ? end : from;
        if (to > from) {
            total += to - from;
            end = to;
        }
    }
    free(sorted);
    return total;
}

/* Below 1 MB the BIOS loader keeps 192 KB; under UEFI its whole image stays loaded. */
uint64_t host_memory_of_loader(const char *firmware)
{
    return strcmp(firmware, "bios") == 0 ? 192 * 1024 : 512 * 1024;
}

void host_describe_memory(const struct volume *volume, struct memory_use *use)
{
    memset(use, 0, sizeof(*use));
    use->files = memory_of_files(volume);
    use->resident = host_memory_of_loader(platform_machine()->firmware);
    uint64_t taken = use->files + use->resident, memory = platform_machine()->memory;
    use->free = memory > taken ? memory - taken : 0;
}

void platform_describe_memory(const struct manager *manager, const struct volume *volume,
                              struct memory_use *use)
{
    host_describe_memory(volume, use);
}

/* The preview finds what is damaged, whenever a boot manager would read it. */
const bool platform_keeps_readers = false;

int platform_boot(struct manager *manager, struct volume *volume, struct error *error)
{
    return error_set(error, "the host platform starts no boot manager");
}

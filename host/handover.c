/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's side of the hand-over: nothing is started. It only checks whether the simulated
 * firmware would start the boot manager, as far as the file shows.
 */
#include <stdlib.h>
#include <string.h>

#include "bios/boot_program.h"
#include "files/pe.h"
#include "handover.h"
#include "host/host.h"
#include "host/inputs.h"
#include "options.h"
#include "trust/trust.h"

struct manager {
    const struct file *file;
};

/* What LoadImage() would say, if the machine's db is known. */
static int check_trust(const struct file *program, bool *is_trusted, struct error *error)
{
    const struct machine *machine = platform_machine();
    const struct trust_lists lists = {{machine->db.bytes, machine->db.size},
                                      {machine->dbx.bytes, machine->dbx.size},
                                      {machine->mok.bytes, machine->mok.size}};
    struct trust_verdict verdict;
    *is_trusted = false;
    if (!machine->secure_boot || lists.db.size == 0) {
        return 0;
    }
    if (trust_judge(program, &lists, &verdict, error) != 0) {
        return -1;
    }
    switch (verdict.result) {
    case TRUST_UNSIGNED:
    case TRUST_KEY_MISSING:
    case TRUST_CHANGED:
    case TRUST_HASH_REVOKED:
    case TRUST_KEY_REVOKED:
        return error_set(error,
                         "%s: Secure Boot does not trust its signature (LoadImage: "
                         "EFI_ACCESS_DENIED)",
                         program->name);
    default: /* the boot manager itself refuses a version that is in dbx */
        *is_trusted = verdict.result == TRUST_GIVEN;
        return 0;
    }
}

/* As UEFI does, whose LoadImage() refuses a program of which a part is missing. */
static int check_sections(const struct file *program, struct error *error)
{
    struct pe pe;
    if (pe_read(program, &pe, error) != 0) {
        return -1;
    }
    for (unsigned i = 0; i < pe.section_count; i++) {
        struct pe_section section;
        if (pe_read_section(&pe, i, &section, error) != 0) {
            return -1;
        }
        if (section.raw_size > 0 && (section.raw_offset > program->size ||
                                     section.raw_size > program->size - section.raw_offset)) {
            return error_set(error,
                             "%s: it is damaged, or not an application for UEFI (LoadImage: "
                             "EFI_LOAD_ERROR)",
                             program->name);
        }
    }
    return 0;
}

/* Check what the firmware would check: the PE headers, the sections and the signature. */
static int check(const struct file *manager, struct error *error)
{
    const struct machine *machine = platform_machine();
    if (strcmp(machine->firmware, "bios") == 0) {
        struct boot_program program;
        return boot_program_check(manager, &program, error); /* as the loader itself does */
    }
    if (pe_check_machine(manager, machine->arch, error) != 0 ||
        check_sections(manager, error) != 0) {
        return -1;
    }
    bool is_trusted;
    return check_trust(manager, &is_trusted, error);
}

int platform_check_signature(const char *name, const void *bytes, size_t size, bool *is_trusted,
                             struct error *error)
{
    struct file program;
    struct extent extent;
    file_on_memory(&program, &extent, name, bytes, size);
    return check_trust(&program, is_trusted, error);
}

struct manager *platform_load_manager(struct pool *pool, const struct file *file, const char *path,
                                      struct error *error)
{
    if (check(file, error) != 0) {
        return NULL;
    }
    struct manager *manager = pool_allocate(pool, sizeof(*manager));
    if (manager == NULL) {
        error_no_memory(error, "loading %s", file->name);
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
    /* A file can have many paths: each byte of memory counts once. */
    const struct volume_extent **sorted = calloc(volume->extent_count + 1, sizeof(*sorted));
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

/* Below 1 MB the BIOS loader keeps 192 KB; under UEFI its whole image stays loaded, and its heap.
 */
uint64_t host_memory_of_loader(const char *firmware)
{
    return strcmp(firmware, "bios") == 0 ? 192 * 1024 : 1152 * 1024;
}

/* A PC's memory below 4 GB, where devices have the rest of the addresses. */
static uint64_t low_memory(uint64_t memory)
{
    const uint64_t most = UINT64_C(7) << 29, rest = UINT64_C(3) << 30; /* 3.5 GiB, 3 GiB */
    return memory <= most ? memory : rest;
}

void host_describe_memory(const struct volume *volume, struct memory_use *use)
{
    memset(use, 0, sizeof(*use));
    use->files = volume == NULL ? inputs_size() : memory_of_files(volume);
    use->resident = host_memory_of_loader(platform_machine()->firmware);
    uint64_t taken = use->files + use->resident, memory = platform_machine()->memory;
    use->free = memory > taken ? memory - taken : 0;
    use->free_low = use->free;
    if (strcmp(platform_machine()->firmware, "bios") == 0) {
        uint64_t low = low_memory(memory);
        uint64_t taken_low = !options.linear && memory - low >= use->files ? use->resident : taken;
        use->free_low = low > taken_low ? low - taken_low : 0;
    }
}

void platform_describe_memory(const struct manager *manager, const struct volume *volume,
                              struct memory_use *use)
{
    host_describe_memory(volume, use);
}

/* The preview finds all damage, whenever a boot manager would read it. */
const bool platform_keeps_readers = false;

int platform_boot(struct manager *manager, struct volume *volume, struct error *error)
{
    return error_set(error, "the host platform cannot start a boot manager");
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hand-over: from a volume and a checked boot manager to the boot manager running.
 *
 * The last steps cannot be undone: files move above 4 GB, the boot manager is loaded. All checks
 * come before them.
 */
#include <string.h>

#include "base/log.h"
#include "base/machine.h"
#include "bios/boot_app.h"
#include "bios/boot_program.h"
#include "bios/callback.h"
#include "bios/high_memory.h"
#include "bios/memory.h"
#include "bios/real_mode.h"
#include "bios/vector_unit.h"
#include "bios/volume_move.h"
#include "handover.h"
#include "options.h"
#include "volume/disk.h"

#define FOUR_GIB (UINT64_C(1) << 32)

struct manager {
    struct boot_program program;
};

/* What the boot manager keeps using. */
struct callback_table {
    uint32_t interrupt, real;
};

struct firmware_parameters {
    uint32_t callbacks; /* address */
    uint32_t drive;
};

static struct {
    struct callback_table callbacks;
    struct firmware_parameters firmware;
    _Alignas(4) uint8_t block[BOOT_APP_SIZE_MAX];
} handed_over __attribute__((section(".resident.bss.handed_over")));

int platform_check_signature(const char *name, const void *bytes, size_t size, bool *is_trusted,
                             struct error *error)
{
    *is_trusted = false;
    return 0;
}

struct manager *platform_load_manager(struct pool *pool, const struct file *file, const char *path,
                                      struct error *error)
{
    struct boot_program program;
    if (boot_program_check(file, &program, error) != 0) {
        return NULL;
    }
    if (!memory_is_free(program.base, (uint64_t)program.base + program.total)) {
        memory_note_shortage();
        error_no_memory(error, "%s needs the %u KB from 0x%x on, which are not free", file->name,
                        (program.total + 1023) / 1024, program.base);
        return NULL;
    }
    struct manager *manager = pool_allocate(pool, sizeof(*manager));
    if (manager == NULL) {
        error_no_memory(error, "loading %s", file->name);
        return NULL;
    }
    *manager = (struct manager){.program = program};
    return manager;
}

static uint64_t size_of(struct memory_region region)
{
    return region.end - region.start;
}

/* The highest free place above 4 GB for this many bytes; 0 if there is none. */
static uint64_t highest_place(uint64_t size)
{
    uint64_t start;
    return memory_map_highest(&usable_memory, size, FOUR_GIB, UINT64_MAX, &start) ? start : 0;
}

static uint64_t total_of(const struct memory_region *regions, size_t count)
{
    uint64_t total = 0;

    for (size_t i = 0; i < count; i++) {
        total += size_of(regions[i]);
    }
    return total;
}

/* Where files of this size can go above 4 GB; 0 if they stay where they are. */
static uint64_t files_target(uint64_t size)
{
    return options.linear || !high_memory_is_reachable() ? 0 : highest_place(size);
}

/* Usable memory below 4 GB, which is all that a 32-bit boot manager knows. */
static uint64_t low_memory(void)
{
    uint64_t total = 0;

    for (size_t i = 0; i < usable_memory.count; i++) {
        const struct memory_region *region = &usable_memory.regions[i];
        if (region->start < FOUR_GIB) {
            total += (region->end < FOUR_GIB ? region->end : FOUR_GIB) - region->start;
        }
    }
    return total;
}

void platform_describe_memory(const struct manager *manager, const struct volume *volume,
                              struct memory_use *use)
{
    struct memory_region lasting[MEMORY_LASTING_MAX];

    use->files = total_of(lasting, memory_lasting(lasting));
    /* The boot manager's own buffer, 64 KB from 0x30000, is not ours. */
    use->resident = (uintptr_t)low_memory_end - (uintptr_t)resident_start - 0x10000;
    use->manager = manager == NULL ? 0 : manager->program.total;
    /* Files may lie in memory that the BIOS does not count. */
    uint64_t usable = platform_machine()->memory;
    uint64_t used = use->files + use->resident + use->manager;
    use->free = usable > used ? usable - used : 0;
    uint64_t low = low_memory();
    uint64_t used_low = files_target(use->files) != 0 ? used - use->files : used;
    use->free_low = low > used_low ? low - used_low : 0;
}

static void move_above(struct volume *volume, struct memory_region region, uint64_t target)
{
    high_memory_write(target, physical((uint32_t)region.start), (size_t)size_of(region));
    volume_moved(volume, region, target);
}

static void add_region(struct boot_app_facts *facts, uint64_t start, uint64_t end)
{
    const uint64_t mask = MEMORY_PAGE_SIZE - 1;
    struct boot_app_region *last = &facts->regions[facts->region_count - 1];
    start &= ~mask;
    end = (end + mask) & ~mask;
    if (start == end) {
        return;
    }
    if (facts->region_count > 0 && last->end == start) {
        last->end = end;
    } else {
        facts->regions[facts->region_count++] = (struct boot_app_region){start, end};
    }
}

/* Move the files above 4 GB, one region after the other. */
static void move_all_above(struct volume *volume, const struct memory_region *lasting, size_t count,
                           uint64_t target)
{
    high_memory_prepare();
    for (size_t i = 0; i < count; i++) {
        move_above(volume, lasting[i], target);
        target += size_of(lasting[i]);
    }
}

/* Put the files in their last place, and note which memory must be left alone. */
static int place_files(struct volume *volume, struct boot_app_facts *facts, struct error *error)
{
    struct memory_region lasting[MEMORY_LASTING_MAX];
    size_t count = memory_lasting(lasting);

    if (volume_gather(volume, lasting, count, platform_allocate_content, error) != 0) {
        return -1;
    }
    count = memory_lasting(lasting);
    uint64_t target = files_target(total_of(lasting, count));
    if (target != 0) {
        move_all_above(volume, lasting, count, target);
        /* The 32-bit winload of Windows 8 and later fails (0xC000000D) over memory it cannot map,
         * so the files are not reported. It does not need them: they are read by then. */
        add_region(facts, (uintptr_t)volume, (uintptr_t)volume + volume->size);
        log_info("files: moved to 0x%llx, above 4 GB; tables: %zu bytes at 0x%x",
                 (unsigned long long)target, volume->size, (unsigned)(uintptr_t)volume);
    } else {
        for (size_t i = 0; i < count; i++) {
            add_region(facts, lasting[i].start, lasting[i].end);
            log_info("files: from 0x%llx to 0x%llx", (unsigned long long)lasting[i].start,
                     (unsigned long long)lasting[i].end);
        }
    }
    volume->copy = high_memory_read;
    return 0;
}

/* From here on only the resident part runs, and it reads only memory. */
const bool platform_keeps_readers = false;

int platform_boot(struct manager *manager, struct volume *volume, struct error *error)
{
    const struct disk *disk = disk_find(platform_machine()->firmware, error);
    char description[40];
    struct boot_app_facts facts = {
        .image_base = manager->program.base,
        .image_size = manager->program.total,
        .partition_offset = (uint64_t)VOLUME_PARTITION_LBA * SECTOR_SIZE,
        .disk_signature = volume->signature,
        .firmware = (uintptr_t)&handed_over.firmware,
    };
    if (disk == NULL ||
        boot_program_load(&manager->program, physical(manager->program.base), error) != 0) {
        return -1;
    }
    add_region(&facts, (uintptr_t)resident_start, (uintptr_t)low_memory_end);
    add_region(&facts, manager->program.base,
               (uint64_t)manager->program.base + manager->program.total);
    if (place_files(volume, &facts, error) != 0 ||
        disk->attach(volume, description, sizeof(description), error) != 0) {
        return -1;
    }
    log_info("%s; entering %s at 0x%x", description, manager->program.pe.file->name,
             manager->program.entry_point);

    callback_allow_graphics(options.gui);
    handed_over.callbacks = (struct callback_table){
        .interrupt = (uintptr_t)callback_interrupt_entry,
        .real = (uintptr_t)callback_real_entry,
    };
    handed_over.firmware = (struct firmware_parameters){
        .callbacks = (uintptr_t)&handed_over.callbacks,
        .drive = 0x7F + *(const uint8_t *)physical(BDA_DISK_COUNT), /* the last one */
    };
    boot_app_write(handed_over.block, &facts);
    vector_unit_restore();
    manager_enter(manager->program.entry_point, handed_over.block);
}

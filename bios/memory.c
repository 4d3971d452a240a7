/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's memory: the BIOS's map of it, the initrd's place, and the allocators of
 * base/machine.h. See memory.h.
 */
#include "bios/memory.h"

#include <string.h>

#include "base/machine.h"
#include "bios/boot_parameters.h"
#include "bios/heap.h"
#include "bios/high_memory.h"
#include "bios/real_mode.h"
#include "files/source.h"

enum {
    E820_SIGNATURE = 0x534D4150, /* 'SMAP' */
    E820_SIZE = 20,              /* bytes of an entry without attributes */
    E820_USABLE = 1,
    E820_ATTRIBUTE_ENABLED = 1 << 0,
    E820_ATTRIBUTE_NON_VOLATILE = 1 << 1,
    E820_ENTRY_COUNT_MAX = 256, /* some BIOSes' lists have no end */

    MEBIBYTE = 1 << 20,
    HEAP_START = 16 * MEBIBYTE, /* below: we ourselves, and the boot manager */
    HEAP_SIZE_MIN = 8 * MEBIBYTE,
    MOVE_MIN = 64 * 1024, /* bytes by which moving the initrd is worth it */
};

/* 32-bit versions of Windows take it that all memory from here up is free. */
#define FILES_END UINT64_C(0x80000000)
#define LOW_END   (UINT64_C(1) << 32)

struct e820_entry {
    uint64_t start, length;
    uint32_t type;
    uint32_t attributes; /* where the BIOS knows them */
} __attribute__((packed));

struct memory_map usable_memory;
uint64_t unreachable_memory;
static struct heap heap;
static struct memory_region initrd;
static uint64_t content_end;

/* One entry of the BIOS's list. @return false behind the last one */
static bool e820(uint32_t *continuation, struct e820_entry *entry)
{
    struct e820_entry *buffer = (struct e820_entry *)real_mode_buffer;
    struct registers registers = {
        .eax = 0xE820,
        .ebx = *continuation,
        .ecx = sizeof(*buffer),
        .edx = E820_SIGNATURE,
        .es = (uintptr_t)real_mode_buffer >> 4,
    };

    memset(buffer, 0, sizeof(*buffer));
    /* Some BIOSes answer with 24 bytes and write only 20 (ACPI specification, 15.1). */
    buffer->attributes = E820_ATTRIBUTE_ENABLED;
    real_mode_interrupt(0x15, &registers);
    if ((registers.eflags & FLAG_CARRY) != 0 || registers.eax != E820_SIGNATURE) {
        return false;
    }
    *entry = *buffer;
    if (registers.ecx <= E820_SIZE) {
        entry->attributes = E820_ATTRIBUTE_ENABLED;
    }
    *continuation = registers.ebx;
    return true;
}

static bool is_usable(const struct e820_entry *entry)
{
    return entry->type == E820_USABLE && (entry->attributes & E820_ATTRIBUTE_ENABLED) != 0 &&
           (entry->attributes & E820_ATTRIBUTE_NON_VOLATILE) == 0;
}

static uint64_t end_of(const struct e820_entry *entry)
{
    return entry->length > UINT64_MAX - entry->start ? UINT64_MAX : entry->start + entry->length;
}

/* Entries may overlap; then what is not usable counts. So two walks: first add, then take away. */
static void read_memory_map(void)
{
    for (int removing = 0; removing <= 1; removing++) {
        struct e820_entry entry;
        uint32_t continuation = 0;
        for (int i = 0; i < E820_ENTRY_COUNT_MAX && e820(&continuation, &entry); i++) {
            if (is_usable(&entry) && !removing) {
                memory_map_add(&usable_memory, entry.start, end_of(&entry));
            } else if (!is_usable(&entry) && removing && entry.length > 0) {
                memory_map_remove(&usable_memory, entry.start, end_of(&entry));
            }
            if (continuation == 0) {
                break;
            }
        }
    }
}

static struct memory_region whole_pages(uint64_t start, uint64_t size)
{
    uint64_t mask = MEMORY_PAGE_SIZE - 1;
    return (struct memory_region){start & ~mask, (start + size + mask) & ~mask};
}

/* memmove() for large moves: copying backwards is several times slower than forwards, so an
 * overlapping move upwards goes in blocks, each as long as the distance. */
static void move(uint8_t *to, const uint8_t *from, size_t size)
{
    size_t distance = (size_t)(to - from);

    if (to <= from) {
        memmove(to, from, size);
        return;
    }
    while (size > 0) {
        size_t piece = size < distance ? size : distance;
        size -= piece;
        memcpy(to + size, from + size, piece);
    }
}

/* Loaders put the initrd anywhere below 4 GB, also where the boot manager must go. */
static void place_initrd(void)
{
    uint64_t start = boot_parameters.initrd, size = boot_parameters.initrd_size, place;

    if (size == 0) {
        return;
    }
    bool found = memory_map_highest(&usable_memory, size, HEAP_START, FILES_END, &place);
    bool is_near = found && place >= start && place - start < MOVE_MIN;
    if (found && !is_near) {
        move(physical((uint32_t)place), physical((uint32_t)start), (size_t)size);
        boot_parameters.initrd = (uint32_t)place;
    }
    initrd = whole_pages(boot_parameters.initrd, size);
}

/* RAM that the BIOS claims where the processor cannot reach it: page tables that name it fault. */
static void ignore_unreachable_memory(void)
{
    uint64_t limit = UINT64_C(1) << high_memory_address_bits();
    uint64_t total = memory_map_total(&usable_memory);

    memory_map_remove(&usable_memory, limit, UINT64_MAX);
    unreachable_memory = total - memory_map_total(&usable_memory);
}

int memory_initialise(struct error *error)
{
    uint64_t given_end = (uint64_t)boot_parameters.initrd + boot_parameters.initrd_size;

    read_memory_map();
    ignore_unreachable_memory();
    if (given_end > LOW_END) {
        return error_set(error,
                         "the boot loader says that the initrd is at 0x%x, %u bytes: that is "
                         "beyond 4 GB",
                         boot_parameters.initrd, boot_parameters.initrd_size);
    }
    if (usable_memory.count == 0) {
        return error_set(error, "the BIOS has no memory map (INT 15 E820)");
    }
    if (!memory_map_contains(&usable_memory, (uintptr_t)resident_start,
                             (uintptr_t)low_memory_end)) {
        return error_set(error, "the BIOS keeps base memory between 128 and 384 KB for itself");
    }
    place_initrd();

    struct memory_map map = usable_memory;
    memory_map_remove(&map, 0, HEAP_START);
    memory_map_remove(&map, initrd.start, initrd.end);
    struct memory_region region = memory_map_largest(&map, HEAP_START, FILES_END);
    if (region.end - region.start < HEAP_SIZE_MIN) {
        region = memory_map_largest(&map, HEAP_START, LOW_END);
    }
    if (region.end - region.start < HEAP_SIZE_MIN) {
        return error_no_memory(error, "of %u MB, the files given take %u MB",
                               (unsigned)(memory_map_total(&usable_memory) / MEBIBYTE),
                               (unsigned)(boot_parameters.initrd_size / MEBIBYTE));
    }
    /* The very last bytes below 4 GB cannot be written as an end in 32 bits. */
    if (region.end == LOW_END) {
        region.end -= MEMORY_PAGE_SIZE;
    }
    content_end = region.end;
    heap_initialise(&heap, physical((uint32_t)region.start), physical((uint32_t)region.end));
    return 0;
}

struct memory_region memory_initrd(void)
{
    return initrd;
}

struct memory_region memory_content(void)
{
    return (struct memory_region){(uintptr_t)heap.content, content_end};
}

bool memory_is_free(uint64_t start, uint64_t end)
{
    struct memory_map map = usable_memory;

    memory_map_remove(&map, 0, (uintptr_t)transient_limit);
    memory_map_remove(&map, initrd.start, initrd.end);
    memory_map_remove(&map, (uintptr_t)heap.start, content_end);
    return memory_map_contains(&map, start, end);
}

void *platform_allocate(size_t size)
{
    return heap_allocate(&heap, size);
}

void *platform_resize(void *memory, size_t size)
{
    return heap_resize(&heap, memory, size);
}

void platform_free(void *memory)
{
    heap_free(&heap, memory);
}

void *platform_allocate_content(size_t size)
{
    return heap_allocate_content(&heap, size);
}

void platform_free_content(void *memory, size_t size)
{
    heap_free_content(&heap, memory, size);
}

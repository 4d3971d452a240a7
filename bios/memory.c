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
#include "bios/memory_plan.h"
#include "bios/real_mode.h"
#include "files/source.h"

enum {
    E820_SIGNATURE = 0x534D4150, /* 'SMAP' */
    E820_SIZE = 20,              /* bytes of an entry without attributes */
    E820_USABLE = 1,
    E820_ATTRIBUTE_ENABLED = 1 << 0,
    E820_ATTRIBUTE_NON_VOLATILE = 1 << 1,
    E820_ENTRY_COUNT_MAX = 256, /* some BIOSes' lists have no end */
};

struct e820_entry {
    uint64_t start, length;
    uint32_t type;
    uint32_t attributes; /* if the BIOS knows them */
} __attribute__((packed));

struct memory_map usable_memory;
uint64_t unreachable_memory;
static struct heap heaps[HEAP_COUNT];
static struct memory_region heap_regions[HEAP_COUNT];
static struct memory_region initrd;

/* One entry of the BIOS's list. @return false after the last one */
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

/* Entries may overlap; then the unusable one counts. So there are two passes: first add, then
 * remove. */
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

/* RAM that the BIOS claims where the processor cannot reach it: page tables that name it fault. */
static void ignore_unreachable_memory(void)
{
    uint64_t limit = UINT64_C(1) << high_memory_address_bits();
    uint64_t total = memory_map_total(&usable_memory);
    memory_map_remove(&usable_memory, limit, UINT64_MAX);
    unreachable_memory = total - memory_map_total(&usable_memory);
}

/* Move the initrd to its place and start the heaps. */
static void carry_out(const struct memory_plan *plan)
{
    uint32_t size = boot_parameters.initrd_size;

    if (plan->initrd != boot_parameters.initrd) {
        move(physical((uint32_t)plan->initrd), physical(boot_parameters.initrd), size);
        boot_parameters.initrd = (uint32_t)plan->initrd;
    }
    initrd = size > 0 ? whole_pages(plan->initrd, size) : (struct memory_region){0, 0};
    for (size_t i = 0; i < HEAP_COUNT; i++) {
        heap_regions[i] = plan->heaps[i];
        heap_initialise(&heaps[i], physical((uint32_t)plan->heaps[i].start),
                        physical((uint32_t)plan->heaps[i].end));
    }
}

int memory_initialise(struct error *error)
{
    struct memory_region given = {boot_parameters.initrd,
                                  (uint64_t)boot_parameters.initrd + boot_parameters.initrd_size};

    read_memory_map();
    ignore_unreachable_memory();
    if (given.end > UINT64_C(1) << 32) {
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
    const struct memory_plan plan = memory_plan(&usable_memory, (uintptr_t)transient_end, given);
    carry_out(&plan);
    return 0;
}

static struct memory_region content_of(size_t index)
{
    return (struct memory_region){(uintptr_t)heaps[index].content, heap_regions[index].end};
}

size_t memory_lasting(struct memory_region *regions)
{
    size_t count = 0;

    for (size_t i = 0; i < HEAP_COUNT; i++) {
        struct memory_region content = content_of(i);
        if (content.start < content.end) {
            regions[count++] = content;
        }
    }
    if (initrd.start < initrd.end) {
        regions[count++] = initrd;
    }
    return count;
}

bool memory_is_free(uint64_t start, uint64_t end)
{
    struct memory_map map = usable_memory;
    memory_map_remove(&map, 0, (uintptr_t)transient_limit);
    memory_map_remove(&map, initrd.start, initrd.end);
    for (size_t i = 0; i < HEAP_COUNT; i++) {
        memory_map_remove(&map, heap_regions[i].start, heap_regions[i].end);
    }
    return memory_map_contains(&map, start, end);
}

/* The heap that a piece of memory is from. */
static struct heap *heap_of(const void *memory)
{
    uintptr_t address = (uintptr_t)memory;

    return address >= heap_regions[HEAP_LOW].start && address < heap_regions[HEAP_LOW].end
               ? &heaps[HEAP_LOW]
               : &heaps[HEAP_MAIN];
}

void *platform_allocate(size_t size)
{
    void *memory = heap_allocate(&heaps[HEAP_LOW], size);

    return memory != NULL ? memory : heap_allocate(&heaps[HEAP_MAIN], size);
}

void *platform_resize(void *memory, size_t size)
{
    if (memory == NULL) {
        return platform_allocate(size);
    }
    struct heap *own = heap_of(memory);
    struct heap *other = own == &heaps[HEAP_LOW] ? &heaps[HEAP_MAIN] : &heaps[HEAP_LOW];
    void *resized = heap_resize(own, memory, size);
    return resized != NULL ? resized : heap_move(own, other, memory, size);
}

void platform_free(void *memory)
{
    heap_free(heap_of(memory), memory);
}

void *platform_allocate_content(size_t size)
{
    void *memory = heap_allocate_content(&heaps[HEAP_MAIN], size);

    return memory != NULL ? memory : heap_allocate_content(&heaps[HEAP_LOW], size);
}

void platform_free_content(void *memory, size_t size)
{
    heap_free_content(heap_of(memory), memory, size);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory: a small heap over pages from the firmware.
 *
 * The firmware's own pool promises only 8-byte alignment, keeps no size to resize by, and costs
 * hundreds of instructions a call, which a script interpreter would need thousands of times. Small
 * pieces are cut from arenas and go to a free list of their size when they are freed; an arena
 * whose pieces are all free goes back to the firmware. Big pieces are pages of their own and go
 * back at once.
 *
 * All of it is EfiBootServicesData: it stays until ExitBootServices(), long after the boot manager
 * has read what it needs, and every loader of Windows treats it as free from then on. It is not
 * executable (memory_attributes.h), because it holds values of scripts and contents of files.
 */
#include <string.h>

#include "base/machine.h"
#include "efi/firmware.h"
#include "efi/memory_attributes.h"
#include "efi/memory_map.h"

enum {
    ALIGNMENT = 16,
    ARENA_SIZE = 128 * 1024,
    STEP_LIMIT = 512,        /* pieces up to this size come in steps of 16 bytes … */
    PIECE_LIMIT = 32 * 1024, /* … and up to this one in powers of two */
    CLASS_COUNT = STEP_LIMIT / ALIGNMENT + 6,
};

/* In front of every piece. */
struct header {
    _Alignas(ALIGNMENT) size_t capacity; /* bytes after it */
    uint32_t class;                      /* of its free list; CLASS_COUNT: pages of its own */
    uint32_t distance; /* bytes from the start of its run of pages to this header */
};
_Static_assert(sizeof(struct header) == ALIGNMENT, "pieces must stay aligned");

struct free_piece {
    struct free_piece *next, *previous;
};
_Static_assert(sizeof(struct free_piece) <= ALIGNMENT, "the smallest piece must hold it");

/* At the start of every run of pages that we hold: an arena, or a big piece. */
struct run {
    struct run *next, *previous;
    size_t page_count;
    uint32_t cut;    /* arena: bytes that pieces have been cut from, from RUN_OVERHEAD on */
    uint32_t in_use; /* arena: pieces that are not free */
};

enum { RUN_OVERHEAD = 64 }; /* the first piece of a run starts here, its header just before */
_Static_assert(sizeof(struct run) + sizeof(struct header) <= RUN_OVERHEAD, "both fit");
_Static_assert(RUN_OVERHEAD % ALIGNMENT == 0, "pieces must stay aligned");

static struct run *runs;
static struct run *arena; /* from which pieces are cut; NULL: none */
static struct free_piece *free_lists[CLASS_COUNT];
static uint64_t scratch_bytes, content_bytes;

static void *allocate_pages(size_t page_count)
{
    EFI_PHYSICAL_ADDRESS address = 0;
    EFI_STATUS status =
        efi_services->AllocatePages(AllocateAnyPages, EfiBootServicesData, page_count, &address);
    if (EFI_ERROR(status)) {
        return NULL;
    }
    void *memory = (void *)(uintptr_t)address;
    efi_make_data(memory, page_count * EFI_PAGE_SIZE);
    return memory;
}

static void free_pages(void *memory, size_t page_count)
{
    efi_make_free(memory, page_count * EFI_PAGE_SIZE);
    efi_services->FreePages((EFI_PHYSICAL_ADDRESS)(uintptr_t)memory, page_count);
}

static struct run *allocate_run(size_t size)
{
    size_t page_count = EFI_SIZE_TO_PAGES(size);
    struct run *run = allocate_pages(page_count);
    if (run != NULL) {
        run->page_count = page_count;
        run->previous = NULL;
        run->next = runs;
        if (runs != NULL) {
            runs->previous = run;
        }
        runs = run;
        scratch_bytes += (uint64_t)page_count * EFI_PAGE_SIZE;
    }
    return run;
}

static void free_run(struct run *run)
{
    if (run->previous != NULL) {
        run->previous->next = run->next;
    } else {
        runs = run->next;
    }
    if (run->next != NULL) {
        run->next->previous = run->previous;
    }
    scratch_bytes -= (uint64_t)run->page_count * EFI_PAGE_SIZE;
    free_pages(run, run->page_count);
}

void efi_memory_release_all(void)
{
    while (runs != NULL) {
        free_run(runs);
    }
    memset(free_lists, 0, sizeof(free_lists));
    arena = NULL;
}

static struct header *header_of(void *memory)
{
    return (struct header *)memory - 1;
}

static struct run *run_of(struct header *header)
{
    return (struct run *)((uint8_t *)header - header->distance);
}

/* The free list for a size, and the size of its pieces. */
static size_t class_of(size_t size, size_t *capacity)
{
    if (size <= STEP_LIMIT) {
        size_t steps = size == 0 ? 1 : (size + ALIGNMENT - 1) / ALIGNMENT;
        *capacity = steps * ALIGNMENT;
        return steps - 1;
    }
    size_t class = STEP_LIMIT / ALIGNMENT;
    *capacity = 2 * STEP_LIMIT;
    while (*capacity < size) {
        *capacity *= 2;
        class ++;
    }
    return class;
}

static void *allocate_big(size_t size)
{
    if (size > SIZE_MAX - RUN_OVERHEAD - EFI_PAGE_SIZE) {
        return NULL;
    }
    struct run *run = allocate_run(size + RUN_OVERHEAD);
    if (run == NULL) {
        return NULL;
    }
    void *memory = (uint8_t *)run + RUN_OVERHEAD;
    *header_of(memory) = (struct header){
        .capacity = run->page_count * EFI_PAGE_SIZE - RUN_OVERHEAD,
        .class = CLASS_COUNT,
        .distance = RUN_OVERHEAD - sizeof(struct header),
    };
    return memory;
}

static void add_free(struct header *header)
{
    struct free_piece *piece = (struct free_piece *)(header + 1);
    piece->previous = NULL;
    piece->next = free_lists[header->class];
    if (piece->next != NULL) {
        piece->next->previous = piece;
    }
    free_lists[header->class] = piece;
}

static void remove_free(struct header *header)
{
    struct free_piece *piece = (struct free_piece *)(header + 1);
    if (piece->previous != NULL) {
        piece->previous->next = piece->next;
    } else {
        free_lists[header->class] = piece->next;
    }
    if (piece->next != NULL) {
        piece->next->previous = piece->previous;
    }
}

/* An arena of free pieces goes back. Not the one that is being cut: the next piece may be needed at
 * once. */
static void free_arena(struct run *run)
{
    uint32_t offset = RUN_OVERHEAD - sizeof(struct header);
    while (offset < run->cut) {
        struct header *header = (struct header *)((uint8_t *)run + offset);
        remove_free(header);
        offset += sizeof(*header) + (uint32_t)header->capacity;
    }
    free_run(run);
}

/* What is left of the old arena is lost: less than the largest piece. Larger arenas would leave
 * more unused at the end than small ones lose. */
static bool start_arena(void)
{
    struct run *run = allocate_run(ARENA_SIZE);
    if (run == NULL) {
        return false;
    }
    run->cut = RUN_OVERHEAD - sizeof(struct header);
    run->in_use = 0;
    struct run *old = arena;
    arena = run;
    if (old != NULL && old->in_use == 0) {
        free_arena(old);
    }
    return true;
}

/* A new piece, from the arena. */
static struct header *cut(size_t class, size_t capacity)
{
    size_t size = sizeof(struct header) + capacity;
    if ((arena == NULL || ARENA_SIZE - arena->cut < size) && !start_arena()) {
        return NULL;
    }
    struct header *header = (struct header *)((uint8_t *)arena + arena->cut);
    *header = (struct header){
        .capacity = capacity,
        .class = (uint32_t) class,
        .distance = arena->cut,
    };
    arena->cut += (uint32_t)size;
    return header;
}

void *platform_allocate(size_t size)
{
    if (size > PIECE_LIMIT) {
        return allocate_big(size);
    }
    size_t capacity;
    size_t class = class_of(size, &capacity);
    struct header *header;
    if (free_lists[class] != NULL) {
        header = header_of(free_lists[class]);
        remove_free(header);
    } else {
        header = cut(class, capacity);
        if (header == NULL) {
            return NULL;
        }
    }
    run_of(header)->in_use++;
    return header + 1;
}

void platform_free(void *memory)
{
    if (memory == NULL) {
        return;
    }
    struct header *header = header_of(memory);
    struct run *run = run_of(header);
    if (header->class == CLASS_COUNT) {
        free_run(run);
        return;
    }
    add_free(header);
    run->in_use--;
    if (run->in_use == 0 && run != arena) {
        free_arena(run);
    }
}

void *platform_resize(void *memory, size_t size)
{
    if (memory == NULL) {
        return platform_allocate(size);
    }
    size_t capacity = header_of(memory)->capacity;
    if (size <= capacity) {
        return memory;
    }
    void *bigger = platform_allocate(size);
    if (bigger != NULL) {
        memcpy(bigger, memory, capacity);
        platform_free(memory);
    }
    return bigger;
}

void *platform_allocate_content(size_t size)
{
    if (size > SIZE_MAX - EFI_PAGE_SIZE) {
        return NULL;
    }
    void *memory = allocate_pages(EFI_SIZE_TO_PAGES(size));
    if (memory != NULL) {
        content_bytes += size;
    }
    return memory;
}

void platform_free_content(void *memory, size_t size)
{
    content_bytes -= size;
    free_pages(memory, EFI_SIZE_TO_PAGES(size));
}

uint64_t efi_memory_scratch(void)
{
    return scratch_bytes;
}

uint64_t efi_memory_content(void)
{
    return content_bytes;
}

/* More than any firmware has, and small enough for sums not to overflow. */
enum { MAP_SIZE_MAX = 16 << 20, DESCRIPTOR_SIZE_MAX = 4096 };

static void add_pages(uint64_t *bytes, uint64_t page_count)
{
    uint64_t most = (UINT64_MAX - *bytes) / EFI_PAGE_SIZE;
    *bytes += (page_count < most ? page_count : most) * EFI_PAGE_SIZE;
}

static void count_memory(const EFI_MEMORY_DESCRIPTOR *descriptor, uint64_t *usable, uint64_t *free)
{
    switch (descriptor->Type) {
    case EfiConventionalMemory:
        add_pages(free, descriptor->NumberOfPages);
        add_pages(usable, descriptor->NumberOfPages);
        break;
    case EfiLoaderCode:
    case EfiLoaderData:
    case EfiBootServicesCode:
    case EfiBootServicesData:
        add_pages(usable, descriptor->NumberOfPages);
        break;
    default:
        break;
    }
}

void efi_memory_totals(uint64_t *usable, uint64_t *free)
{
    *usable = 0;
    *free = 0;
    UINTN size = 0, key, descriptor_size = 0;
    UINT32 version;
    EFI_STATUS status = efi_services->GetMemoryMap(&size, NULL, &key, &descriptor_size, &version);
    if (status != EFI_BUFFER_TOO_SMALL) {
        return;
    }
    if (size > MAP_SIZE_MAX || descriptor_size > DESCRIPTOR_SIZE_MAX) {
        return;
    }
    UINTN capacity = size + 16 * descriptor_size; /* allocating the buffer may split descriptors */
    uint8_t *map = platform_allocate(capacity);
    if (map == NULL) {
        return;
    }
    size = capacity;
    status = efi_services->GetMemoryMap(&size, (EFI_MEMORY_DESCRIPTOR *)map, &key, &descriptor_size,
                                        &version);
    if (!EFI_ERROR(status) && size <= capacity &&
        descriptor_size >= sizeof(EFI_MEMORY_DESCRIPTOR)) {
        for (size_t offset = 0; descriptor_size <= size - offset; offset += descriptor_size) {
            count_memory((const EFI_MEMORY_DESCRIPTOR *)(map + offset), usable, free);
        }
    }
    platform_free(map);
}

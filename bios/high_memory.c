/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copying to and from memory above 4 GB, through a window. Resident.
 *
 * The page tables map the 4 GB below one to one in pages of 2 MB, except for the last page, which
 * is the window. Paging is on only for the copy, so it affects neither the boot manager, which has
 * its own tables, nor the BIOS.
 */
#include "bios/high_memory.h"

#include <string.h>

#include "bios/real_mode.h"

enum {
    DIRECTORY_COUNT = 4,
    ENTRY_COUNT = DIRECTORY_COUNT * 512,
    PAGE_PRESENT = 1 << 0,
    PAGE_WRITABLE = 1 << 1,
    PAGE_LARGE = 1 << 7,
    CPUID_PAE = 1 << 6,    /* EDX of leaf 1 */
    ADDRESS_BITS_MAX = 52, /* of any x86 processor's page tables */
};

#define CPUID_EXTENDED      UINT32_C(0x80000000) /* leaf that returns the highest extended leaf */
#define CPUID_ADDRESS_SIZES UINT32_C(0x80000008)

#define PAGE_SIZE  UINT32_C(0x200000)
#define WINDOW     UINT32_C(0xFFE00000)
#define CR4_PAE    UINT32_C(0x20)
#define CR0_PAGING UINT32_C(0x80000000)

/* At page_tables: one page with the directory pointers, then four pages of directories. */
struct page_tables {
    uint64_t pointers[512];
    uint64_t entries[ENTRY_COUNT];
};

static struct page_tables *tables(void)
{
    return physical((uint32_t)page_tables);
}

bool high_memory_is_reachable(void)
{
    uint32_t eax = 1, ebx, ecx, edx;
    asm("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    return (edx & CPUID_PAE) != 0;
}

unsigned high_memory_address_bits(void)
{
    uint32_t eax = CPUID_EXTENDED, ebx, ecx, edx;
    asm("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    if (eax < CPUID_ADDRESS_SIZES || eax >> 16 != CPUID_EXTENDED >> 16) {
        return high_memory_is_reachable() ? 36 : 32;
    }
    eax = CPUID_ADDRESS_SIZES;
    asm("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    unsigned bits = eax & 0xFF;
    return bits < 32 ? 32 : bits > ADDRESS_BITS_MAX ? ADDRESS_BITS_MAX : bits;
}

void high_memory_prepare(void)
{
    struct page_tables *t = tables();
    memset(t->pointers, 0, sizeof(t->pointers));
    for (uint32_t i = 0; i < DIRECTORY_COUNT; i++) {
        t->pointers[i] = (uintptr_t)&t->entries[i * 512] | PAGE_PRESENT;
    }
    for (uint32_t i = 0; i < ENTRY_COUNT; i++) {
        t->entries[i] = (uint64_t)i * PAGE_SIZE | PAGE_PRESENT | PAGE_WRITABLE | PAGE_LARGE;
    }
}

struct paging {
    uint32_t cr0, cr3, cr4;
};

static struct paging paging_on(void)
{
    struct paging before;
    asm volatile("mov %%cr0, %0; mov %%cr3, %1; mov %%cr4, %2"
                 : "=r"(before.cr0), "=r"(before.cr3), "=r"(before.cr4));
    asm volatile("mov %2, %%cr4; mov %1, %%cr3; mov %0, %%cr0"
                 :
                 : "r"(before.cr0 | CR0_PAGING), "r"(tables()), "r"(before.cr4 | CR4_PAE)
                 : "memory");
    return before;
}

static void paging_off(struct paging before)
{
    asm volatile("mov %0, %%cr0; mov %1, %%cr3; mov %2, %%cr4"
                 :
                 : "r"(before.cr0), "r"(before.cr3), "r"(before.cr4)
                 : "memory");
}

/* Move the window over a physical address. @return bytes in it from that address on */
static size_t window_open(uint64_t address, uint8_t **bytes)
{
    uint32_t offset = (uint32_t)address & (PAGE_SIZE - 1);
    tables()->entries[ENTRY_COUNT - 1] =
        (address - offset) | PAGE_PRESENT | PAGE_WRITABLE | PAGE_LARGE;
    *bytes = physical(WINDOW + offset);
    return PAGE_SIZE - offset;
}

enum direction { READ, WRITE };

/* Copy between memory that pointers reach and a physical address above 4 GB. */
static void copy(enum direction direction, uint8_t *bytes, uint64_t address, size_t length)
{
    while (length > 0) {
        uint8_t *window;
        size_t piece = window_open(address, &window);
        if (piece > length) {
            piece = length;
        }
        struct paging before = paging_on();
        if (direction == READ) {
            memcpy(bytes, window, piece);
        } else {
            memcpy(window, bytes, piece);
        }
        paging_off(before);
        bytes += piece;
        address += piece;
        length -= piece;
    }
}

void high_memory_read(void *to, uint64_t address, size_t length)
{
    if (address >> 32 == 0) {
        memcpy(to, physical((uint32_t)address), length);
        return;
    }
    copy(READ, to, address, length);
}

void high_memory_write(uint64_t address, const void *from, size_t length)
{
    copy(WRITE, (uint8_t *)from, address, length);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory map, and the proof that the loader needs nothing of what is free in it. */
#include <string.h>

#include "arena.h"
#include "efi.h"
#include "report.h"
#include "wishes.h"

enum {
    PAGE = 4096,
    MAP_SIZE = 64 * 1024,
    ARENA_SIZE = 48 << 20,
};

void take_memory(void)
{
    static uint8_t map[MAP_SIZE];
    UINTN size = sizeof(map), key, descriptor_size;
    UINT32 version;
    EFI_STATUS status = boot_services->GetMemoryMap(&size, (EFI_MEMORY_DESCRIPTOR *)map, &key,
                                                    &descriptor_size, &version);
    if (!check(status == EFI_SUCCESS, "the memory map can be read")) {
        report_end();
    }
    uint64_t total = 0;
    for (UINTN offset = 0; offset < size; offset += descriptor_size) {
        const EFI_MEMORY_DESCRIPTOR *descriptor = (const EFI_MEMORY_DESCRIPTOR *)(map + offset);
        if (descriptor->Type != EfiConventionalMemory || wishes_have("no-overwrite")) {
            continue;
        }
        EFI_PHYSICAL_ADDRESS address = descriptor->PhysicalStart;
        UINTN pages = (UINTN)descriptor->NumberOfPages;
        if (boot_services->AllocatePages(AllocateAddress, EfiLoaderData, pages, &address) !=
            EFI_SUCCESS) {
            continue;
        }
        memset((void *)(uintptr_t)address, 0xad, pages * PAGE);
        total += (uint64_t)pages * PAGE;
        boot_services->FreePages(address, pages);
    }
    report("overwrote %llu KiB of free memory", total / 1024);

    EFI_PHYSICAL_ADDRESS arena;
    status =
        boot_services->AllocatePages(AllocateAnyPages, EfiLoaderData, ARENA_SIZE / PAGE, &arena);
    if (!check(status == EFI_SUCCESS, "there is free memory")) {
        report_end();
    }
    arena_set((void *)(uintptr_t)arena, ARENA_SIZE);
}

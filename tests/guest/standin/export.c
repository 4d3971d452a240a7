/* SPDX-License-Identifier: BSD-2-Clause */
/* See export.h. The device is found through the PCI configuration space. */
#include "export.h"

#include <string.h>

#include "machine.h"

enum {
    IVSHMEM = 0x11101af4, /* device and vendor */
    REGISTER_COMMAND = 4,
    COMMAND_MEMORY = 2,
    REGISTER_MEMORY = 0x18, /* base address 2, 64-bit, prefetchable */
    HEADER_SIZE = 16,
};

static uint8_t *next_start;
static uint64_t memory_left;

static bool find_memory(void)
{
    uint32_t device = 0;
    while (device < 32 && machine_pci_read(device, 0) != IVSHMEM) {
        device++;
    }
    if (device == 32) {
        return false;
    }
    machine_pci_write(device, REGISTER_COMMAND,
                      machine_pci_read(device, REGISTER_COMMAND) | COMMAND_MEMORY);
    uint32_t low = machine_pci_read(device, REGISTER_MEMORY);
    uint64_t address = (uint64_t)machine_pci_read(device, REGISTER_MEMORY + 4) << 32 | (low & ~15u);
    machine_pci_write(device, REGISTER_MEMORY, UINT32_MAX);
    uint32_t mask = machine_pci_read(device, REGISTER_MEMORY) & ~15u;
    machine_pci_write(device, REGISTER_MEMORY, low);
    if (address > UINTPTR_MAX) {
        return false;
    }
    next_start = (uint8_t *)(uintptr_t)address;
    memory_left = ~mask + 1;
    return true;
}

static void write_header(struct export_area *area)
{
    uint64_t size = area->used - HEADER_SIZE;
    memcpy(area->start, "EXPORTED", 8);
    memcpy(area->start + 8, &size, 8);
    uint64_t taken = (area->used + HEADER_SIZE - 1) & ~(uint64_t)(HEADER_SIZE - 1);
    next_start = area->start + taken;
    memory_left = area->size - taken;
}

bool export_open(struct export_area *area)
{
    if (!next_start && !find_memory()) {
        return false;
    }
    if (memory_left < 2 * HEADER_SIZE) {
        return false;
    }
    *area = (struct export_area){next_start, memory_left - HEADER_SIZE, HEADER_SIZE};
    write_header(area);
    return true;
}

void export_bytes(void *context, const void *data, size_t length)
{
    struct export_area *area = context;
    if (length > area->size - area->used) {
        return;
    }
    memcpy(area->start + area->used, data, length);
    area->used += length;
    write_header(area);
}

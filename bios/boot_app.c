/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameter block of a Windows boot application. See boot_app.h.
 *
 * It is a header with offsets to its parts, which follow each other in the order that Microsoft's
 * own first stages use. Numbers without an explanation are those that they use.
 */
#include "bios/boot_app.h"

#include <string.h>

#include "files/pe.h"

enum { PAGE_SHIFT = 12 };

struct header {
    char signature[8];
    uint32_t version;
    uint32_t size;
    uint32_t image_type; /* a COFF machine */
    uint32_t memory_translation;
    uint64_t image_base;
    uint32_t image_size;
    uint32_t memory_offset;
    uint32_t entry_offset;
    uint32_t boot_device_offset;
    uint32_t firmware_offset;
    uint32_t return_offset;
    uint32_t reserved;
} __attribute__((packed));
_Static_assert(sizeof(struct header) == 0x3C, "BOOT_APPLICATION_PARAMETER_BLOCK");

struct memory_list {
    uint32_t version;
    uint32_t list_offset; /* from this structure */
    uint32_t count;
    uint32_t descriptor_size;
    uint32_t descriptor_offset; /* bytes in front of base_page */
} __attribute__((packed));
_Static_assert(sizeof(struct memory_list) == 0x14, "BL_MEMORY_DATA");

struct memory_descriptor {
    uint32_t links[2]; /* the boot manager's */
    uint64_t base_page;
    uint64_t virtual_page;
    uint64_t page_count;
    uint32_t flags;
    uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct memory_descriptor) == 0x28, "BL_MEMORY_DESCRIPTOR");

/* "The partition at this byte offset on the BIOS disk whose MBR has this signature." */
struct device {
    uint32_t type;
    uint32_t flags;
    uint32_t size;
    uint32_t reserved;
    uint64_t partition_offset;
    uint64_t reserved_2;
    uint32_t local_type;
    uint32_t style;
    uint32_t disk_signature;
    uint8_t reserved_3[26];
} __attribute__((packed));
_Static_assert(sizeof(struct device) == 0x46, "BL_DEVICE_DESCRIPTOR");

/* An element as in a BCD store: here the only one, the device that the application came from. */
struct entry {
    char signature[8];
    uint32_t flags;
    uint8_t object[16]; /* GUID of the BCD object it was started from */
    uint8_t unknown[16];
    uint32_t option_type;
    uint32_t option_data_offset; /* this and the next from option_type */
    uint32_t option_data_size;
    uint32_t option_list_offset;
    uint32_t option_next_offset;
    uint32_t option_empty;
    uint8_t additional_options[16]; /* GUID, the start of the option's data */
    struct device device;
} __attribute__((packed));
_Static_assert(sizeof(struct entry) == 0x9A, "BL_APPLICATION_ENTRY");

struct firmware {
    uint32_t address;
    uint32_t reserved;
} __attribute__((packed));

struct return_arguments {
    uint32_t version;
    uint32_t status;
    uint32_t flags;
    uint64_t data_size;
    uint64_t data_page;
} __attribute__((packed));
_Static_assert(sizeof(struct return_arguments) == 0x1C, "BL_RETURN_ARGUMENTS");

enum {
    BLOCK_VERSION = 2,
    ENTRY_FLAGS = 0x21, /* no GUID; reboot on error */
    OPTION_DEVICE = 0x11000001,
    DEVICE_PARTITION = 6,
    LOCAL_DISK = 0,
    STYLE_MBR = 1,
};

static struct device partition(const struct boot_app_facts *facts)
{
    return (struct device){
        .type = DEVICE_PARTITION,
        .size = sizeof(struct device),
        .partition_offset = facts->partition_offset,
        .local_type = LOCAL_DISK,
        .style = STYLE_MBR,
        .disk_signature = facts->disk_signature,
    };
}

/* Append a part. @return its offset */
static uint32_t append(uint8_t *block, size_t *size, const void *part, size_t part_size)
{
    uint32_t offset = (uint32_t)*size;
    memcpy(block + offset, part, part_size);
    *size += part_size;
    return offset;
}

static uint32_t append_memory(uint8_t *block, size_t *size, const struct boot_app_facts *facts)
{
    const struct memory_list list = {
        .version = 1,
        .list_offset = sizeof(list),
        .count = (uint32_t)facts->region_count,
        .descriptor_size = sizeof(struct memory_descriptor),
        .descriptor_offset = offsetof(struct memory_descriptor, base_page),
    };
    uint32_t offset = append(block, size, &list, sizeof(list));
    for (size_t i = 0; i < facts->region_count; i++) {
        const struct boot_app_region *region = &facts->regions[i];
        const struct memory_descriptor descriptor = {
            .base_page = region->start >> PAGE_SHIFT,
            .page_count = (region->end - region->start) >> PAGE_SHIFT,
        };
        append(block, size, &descriptor, sizeof(descriptor));
    }
    return offset;
}

static uint32_t append_entry(uint8_t *block, size_t *size, const struct boot_app_facts *facts)
{
    const struct entry entry = {
        .signature = "BTAPENT",
        .flags = ENTRY_FLAGS,
        .option_type = OPTION_DEVICE,
        .option_data_offset =
            offsetof(struct entry, additional_options) - offsetof(struct entry, option_type),
        .option_data_size = sizeof(entry.additional_options) + sizeof(entry.device),
        .device = partition(facts),
    };
    return append(block, size, &entry, sizeof(entry));
}

size_t boot_app_write(void *block, const struct boot_app_facts *facts)
{
    const struct device boot_device = partition(facts);
    const struct firmware firmware = {.address = facts->firmware};
    const struct return_arguments return_arguments = {.version = 1};
    struct header header = {
        .signature = {'B', 'O', 'O', 'T', ' ', 'A', 'P', 'P'},
        .version = BLOCK_VERSION,
        .image_type = PE_MACHINE_I386,
        .image_base = facts->image_base,
        .image_size = facts->image_size,
    };
    size_t size = sizeof(header);
    header.memory_offset = append_memory(block, &size, facts);
    header.entry_offset = append_entry(block, &size, facts);
    /* Windows 7 and 8 find the BCD through the entry's device and everything else through this
     * copy, Windows 10 both through this one. */
    header.boot_device_offset = append(block, &size, &boot_device, sizeof(boot_device));
    header.firmware_offset = append(block, &size, &firmware, sizeof(firmware));
    header.return_offset = append(block, &size, &return_arguments, sizeof(return_arguments));
    header.size = (uint32_t)size;
    memcpy(block, &header, sizeof(header));
    return size;
}

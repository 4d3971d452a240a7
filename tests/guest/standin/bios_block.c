/* SPDX-License-Identifier: BSD-2-Clause */
/* The parameter block: BOOT_APPLICATION_PARAMETER_BLOCK and what its offsets lead to. */
#include <stddef.h>
#include <string.h>

#include "bios.h"
#include "crc32.h"
#include "report.h"

enum {
    BLOCK_SIZE_MAX = 4096,
    MACHINE_I386 = 0x14c,
    ELEMENT_DEVICE = 0x11000001,
    DEVICE_PARTITION = 6,
    DEVICE_SIZE = 0x46,
    DEVICE_SIZE_PADDED = 0x48,
    ENTRY_NO_GUID = 1,
    PAGE = 4096,
};

struct __attribute__((packed)) application_block {
    char signature[8];
    uint32_t version, size, image_type, translation_type;
    uint64_t image_base;
    uint32_t image_size, memory_offset, entry_offset, device_offset, firmware_offset, return_offset,
        reserved;
};
_Static_assert(sizeof(struct application_block) == 0x3c, "size of the block's head");

struct __attribute__((packed)) memory_data {
    uint32_t version, list_offset, count, descriptor_size, descriptor_offset;
};

struct __attribute__((packed)) memory_descriptor {
    uint64_t links, base_page, virtual_page, page_count;
    uint32_t flags, type;
};
_Static_assert(sizeof(struct memory_descriptor) == 0x28, "size of a memory descriptor");

struct __attribute__((packed)) device {
    uint32_t type, flags, size, zero;
    uint64_t partition_start, partition_start_high; /* bytes */
    uint32_t local_type, style, signature;
    uint8_t padding[26];
};
_Static_assert(sizeof(struct device) == DEVICE_SIZE, "size of a partition device");

struct __attribute__((packed)) application_entry {
    char signature[8];
    uint32_t flags;
    uint8_t guid[16], unknown[16];
    uint32_t option_type, option_data_offset, option_data_size, option_list, option_next,
        option_empty;
    uint8_t options_guid[16];
    struct device device;
};
_Static_assert(sizeof(struct application_entry) == 0x162 - 0xc8, "size of the entry");

struct __attribute__((packed)) return_arguments {
    uint32_t version, status, flags;
    uint64_t data_size, data_page;
};

static bool is_zero(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    uint8_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum |= bytes[i];
    }
    return sum == 0;
}

bool handover_covers(const struct handover *handover, uint64_t start, uint64_t end)
{
    for (uint32_t i = 0; i < handover->region_count; i++) {
        if (start >= handover->regions[i].start && end <= handover->regions[i].end) {
            return true;
        }
    }
    return false;
}

/* The raw copy of our own file that follows the image: boot managers verify its signature. */
static void check_raw_copy(const struct application_block *block)
{
    const uint8_t *base = (const uint8_t *)(uintptr_t)block->image_base;
    uint32_t loaded_size;
    const uint8_t *header = base + *(const uint32_t *)(base + 0x3c);
    memcpy(&loaded_size, header + 0x50, 4);
    if (!check(block->image_size > loaded_size, "a raw copy follows the image of %u bytes",
               loaded_size)) {
        return;
    }
    const uint8_t *copy = base + loaded_size;
    uint32_t copy_size = block->image_size - loaded_size;
    report("raw copy %u %08x", copy_size, crc32_add(0, copy, copy_size));

    /* Headers and the sections that nobody writes to are the same in both. */
    uint32_t header_size, sections = header[6] | (uint32_t)header[7] << 8;
    memcpy(&header_size, header + 0x54, 4);
    bool same = memcmp(base, copy, header_size) == 0;
    const uint8_t *section = header + 0x18 + (header[0x14] | (uint32_t)header[0x15] << 8);
    for (uint32_t i = 0; i < sections; i++, section += 40) {
        uint32_t virtual_size, address, raw_size, raw_start, flags;
        memcpy(&virtual_size, section + 8, 4);
        memcpy(&address, section + 12, 4);
        memcpy(&raw_size, section + 16, 4);
        memcpy(&raw_start, section + 20, 4);
        memcpy(&flags, section + 36, 4);
        uint32_t size = raw_size < virtual_size ? raw_size : virtual_size;
        if (!(flags & 0x80000000u) && memcmp(base + address, copy + raw_start, size) != 0) {
            same = false;
        }
    }
    check(same, "the raw copy is the file that runs");
}

static bool read_regions(const uint8_t *block, uint32_t offset, struct handover *handover)
{
    struct memory_data data;
    memcpy(&data, block + offset, sizeof(data));
    check(data.version == 1, "memory data version 1");
    if (!check(data.list_offset >= sizeof(data) && data.count >= 1 && data.count <= REGIONS_MAX &&
                   data.descriptor_size >= sizeof(struct memory_descriptor) &&
                   data.descriptor_offset == offsetof(struct memory_descriptor, base_page),
               "a list of %u memory descriptors", data.count)) {
        return false;
    }
    const uint8_t *at = block + offset + data.list_offset;
    for (uint32_t i = 0; i < data.count; i++, at += data.descriptor_size) {
        struct memory_descriptor descriptor;
        memcpy(&descriptor, at, sizeof(descriptor));
        struct region region = {descriptor.base_page * PAGE,
                                (descriptor.base_page + descriptor.page_count) * PAGE};
        report("region %llx-%llx flags=%x type=%x", region.start, region.end, descriptor.flags,
               descriptor.type);
        bool good = descriptor.page_count > 0 && descriptor.base_page < 1u << 20 &&
                    descriptor.page_count <= (1u << 20) - descriptor.base_page;
        check(good, "region %u is not empty and below 4 GiB", i);
        for (uint32_t j = 0; j < handover->region_count; j++) {
            if (region.start < handover->regions[j].end &&
                handover->regions[j].start < region.end) {
                check(false, "region %u overlaps region %u", i, j);
            }
        }
        handover->regions[handover->region_count++] = region;
    }
    return true;
}

/* Below 1 MiB the loader may have 20000 to 2FFFF and 40000 to 5FFFF. What is between is the boot
 * managers' own buffer; a region may run over it, which keeps them from using it for other things.
 */
static void check_low_memory(const struct handover *handover)
{
    uint64_t low = 0;
    for (uint32_t i = 0; i < handover->region_count; i++) {
        const struct region *region = &handover->regions[i];
        if (region->start >= 0x100000) {
            continue;
        }
        low += region->end - region->start;
        if (region->start < BUFFER && region->end > BUFFER_END) {
            low -= BUFFER_END - BUFFER;
        }
        check(region->start >= 0x20000 && region->end <= 0x60000 &&
                  (region->end <= BUFFER || region->start >= BUFFER_END ||
                   (region->start < BUFFER && region->end > BUFFER_END)),
              "region %u is where the loader may be", i);
    }
    report("low memory %llu KiB", low / 1024);
}

static void check_device(const struct device *device, const char *name)
{
    check(device->type == DEVICE_PARTITION && device->flags == 0 && device->zero == 0,
          "%s: a partition", name);
    check(device->size == DEVICE_SIZE || device->size == DEVICE_SIZE_PADDED, "%s: size %x", name,
          device->size);
    check(device->partition_start && device->partition_start % SECTOR_SIZE == 0 &&
              device->partition_start_high == 0,
          "%s: starts at byte %llx", name, device->partition_start);
    check(device->local_type == 0 && device->style == 1 && device->signature != 0,
          "%s: of a disk with MBR signature %08x", name, device->signature);
    check(is_zero(device->padding, sizeof(device->padding)), "%s: zeros after it", name);
}

static void check_entry(const struct application_entry *entry)
{
    check(memcmp(entry->signature, "BTAPENT", 8) == 0, "BTAPENT");
    /* Without bit 0 the boot manager looks for an object of this GUID in the store. */
    check(entry->flags & ENTRY_NO_GUID, "entry flags %x", entry->flags);
    check(is_zero(entry->guid, sizeof(entry->guid)), "no GUID");
    check(entry->option_type == ELEMENT_DEVICE, "the first option is a device (%08x)",
          entry->option_type);
    check(entry->option_data_offset == 0x18 &&
              entry->option_data_size == sizeof(entry->options_guid) + entry->device.size,
          "the option's data are a GUID and a device (%x)", entry->option_data_size);
    check(entry->option_list == 0 && entry->option_next == 0 && entry->option_empty == 0,
          "there are no other options");
    check(is_zero(entry->options_guid, sizeof(entry->options_guid)), "the device has no options");
    check_device(&entry->device, "option device");
}

static bool is_offset(uint32_t offset, uint32_t length, uint32_t size)
{
    return offset >= sizeof(struct application_block) && offset <= size && length <= size - offset;
}

bool handover_read(const uint8_t *data, struct handover *handover)
{
    const struct application_block *block = (const struct application_block *)data;
    if (!check(memcmp(block->signature, "BOOT APP", 8) == 0, "BOOT APP")) {
        return false;
    }
    check(block->version == 2, "version 2");
    check(block->image_type == MACHINE_I386, "image type i386");
    check(block->translation_type == 0, "physical addresses");
    check(block->image_base == 0x400000, "image base 400000 (%llx)", block->image_base);
    check(block->reserved == 0, "reserved field");
    uint32_t size = block->size;
    if (!check(size <= BLOCK_SIZE_MAX &&
                   is_offset(block->memory_offset, sizeof(struct memory_data), size) &&
                   is_offset(block->entry_offset, sizeof(struct application_entry), size) &&
                   is_offset(block->device_offset, DEVICE_SIZE, size) &&
                   is_offset(block->firmware_offset, 8, size) &&
                   is_offset(block->return_offset, sizeof(struct return_arguments), size),
               "all parts lie in the block of %x bytes", size)) {
        return false;
    }
    if (!read_regions(data, block->memory_offset, handover)) {
        return false;
    }
    check_low_memory(handover);
    handover->image_start = (uint32_t)block->image_base;
    handover->image_end = handover->image_start + block->image_size;
    check(handover_covers(handover, handover->image_start, handover->image_end),
          "image and raw copy lie in reported memory");
    check(handover_covers(handover, (uintptr_t)data, (uintptr_t)data + size),
          "the block lies in reported memory");
    check_raw_copy(block);

    const struct application_entry *entry =
        (const struct application_entry *)(data + block->entry_offset);
    check_entry(entry);
    const struct device *device = (const struct device *)(data + block->device_offset);
    check_device(device, "boot device");
    check(memcmp(device, &entry->device, device->size <= DEVICE_SIZE_PADDED ? device->size : 0) ==
              0,
          "option device and boot device are alike");
    handover->partition_start = device->partition_start;
    handover->signature = device->signature;

    struct return_arguments results;
    memcpy(&results, data + block->return_offset, sizeof(results));
    check(results.version == 1 && is_zero(&results.status, sizeof(results) - 4),
          "return arguments");

    const uint32_t *firmware = *(const uint32_t *const *)(data + block->firmware_offset);
    uint32_t firmware_address = (uint32_t)(uintptr_t)firmware;
    if (!check(handover_covers(handover, firmware_address, firmware_address + 8) &&
                   handover_covers(handover, firmware[0], firmware[0] + 8),
               "the function table lies in reported memory")) {
        return false;
    }
    const uint32_t *functions = (const uint32_t *)(uintptr_t)firmware[0];
    handover->call_interrupt = functions[0];
    handover->call_real = functions[1];
    handover->drive = firmware[1];
    report("callbacks at %x and %x, drive %02x", functions[0], functions[1], firmware[1]);
    return check(handover_covers(handover, functions[0], functions[0] + 1) &&
                     handover_covers(handover, functions[1], functions[1] + 1),
                 "the functions lie in reported memory");
}

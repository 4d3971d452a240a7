/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binary form of device elements.
 *
 *     GUID of an object with device options, or zeros | descriptor
 *     descriptor: u32 type, u32 flags, u32 size of the whole descriptor, u32 0, body
 *
 * Descriptors nest: a RAM disk's holds that of the volume with its file, a VHD's is three or four
 * deep. Public descriptions: Geoff Chappell's pages on BCD elements, and the layouts that bcdedit
 * makes. Anything that is not listed here (network, serial, legacy partition) is not decoded
 * and stays as bytes.
 */
#include "bcd/bcd.h"

#include <string.h>

#include "base/little_endian.h"
#include "base/unicode.h"

enum {
    /* Types of descriptors. */
    TYPE_LOCAL = 0,
    TYPE_BOOT = 5,
    TYPE_PARTITION = 6,
    TYPE_LOCATE = 8,

    DESCRIPTOR_FLAGS = 0x04,
    DESCRIPTOR_SIZE = 0x08,
    DESCRIPTOR_BODY = 0x10,

    /* Local devices: a second type, then what depends on it. */
    LOCAL_TYPE = 0x10,
    LOCAL_RAMDISK = 3,
    LOCAL_FILE = 5,
    LOCAL_VHD = 6,
    RAMDISK_FLAG = 1, /* boot managers refuse a RAM disk without it */
    RAMDISK_FILE = 0x28,
    FILE_FILE = 0x14,
    VHD_FILE = 0x28, /* the descriptor of the file that holds the disk */

    /* A file on a device: version, total size, 5; the device's descriptor; the path. */
    FILE_VERSION = 0x00,
    FILE_SIZE = 0x04,
    FILE_KIND = 0x08,
    FILE_PARENT = 0x0C,

    /* Boot device and partition. */
    PLACE_SIZE = 0x48,
    PARTITION_START = 0x10, /* bytes; or the partition's GUID */
    PARTITION_TABLE = 0x24,
    PARTITION_DISK = 0x28, /* signature; or the disk's GUID */
    TABLE_GPT = 0,
    TABLE_MBR = 1,

    /* Locate: the volume with a file. */
    LOCATE_BY = 0x10,
    LOCATE_BY_ELEMENT = 0,
    LOCATE_BY_PATH = 1,
    LOCATE_ELEMENT = 0x14,
    LOCATE_PARENT = 0x18, /* where the descriptor of the device to look on starts; 0: everywhere */
    LOCATE_PATH = 0x1C,
};

/* ---- reading ---- */

/* A descriptor within bytes: its own size is checked against theirs. */
struct descriptor {
    const uint8_t *bytes;
    size_t size;
    uint32_t type;
};

static bool read_descriptor(const uint8_t *bytes, size_t size, struct descriptor *descriptor)
{
    if (size < DESCRIPTOR_BODY) {
        return false;
    }
    descriptor->bytes = bytes;
    descriptor->type = get_u32(bytes);
    descriptor->size = get_u32(bytes + DESCRIPTOR_SIZE);
    return descriptor->size >= DESCRIPTOR_BODY && descriptor->size <= size;
}

/* A path up to its NUL or the end. NULL without memory. */
static const char *read_path(struct pool *pool, const uint8_t *bytes, size_t size)
{
    size_t units = 0;
    while (units < size / 2 && get_u16(bytes + 2 * units) != 0) {
        units++;
    }
    size_t length = utf8_from_utf16(bytes, units, NULL, 0);
    char *path = pool_allocate(pool, length + 1);
    if (path != NULL) {
        utf8_from_utf16(bytes, units, path, length + 1);
    }
    return path;
}

static bool read_place(struct pool *pool, const struct descriptor *from, struct bcd_place *place)
{
    const uint8_t *bytes = from->bytes;
    if (from->type == TYPE_BOOT) {
        place->kind = BCD_PLACE_BOOT;
        return true;
    }
    if (from->type == TYPE_PARTITION && from->size >= PLACE_SIZE) {
        uint32_t table = get_u32(bytes + PARTITION_TABLE);
        place->kind = table == TABLE_GPT ? BCD_PLACE_GPT : BCD_PLACE_MBR;
        place->offset = get_u64(bytes + PARTITION_START);
        place->signature = get_u32(bytes + PARTITION_DISK);
        memcpy(place->partition, bytes + PARTITION_START, GUID_SIZE);
        memcpy(place->disk, bytes + PARTITION_DISK, GUID_SIZE);
        return table == TABLE_GPT || table == TABLE_MBR;
    }
    if (from->type == TYPE_LOCATE && from->size >= LOCATE_PATH &&
        get_u32(bytes + LOCATE_PARENT) == 0) {
        bool by_path = get_u32(bytes + LOCATE_BY) == LOCATE_BY_PATH;
        place->kind = by_path ? BCD_PLACE_LOCATE : BCD_PLACE_LOCATE_ELEMENT;
        place->element = get_u32(bytes + LOCATE_ELEMENT);
        place->path = read_path(pool, bytes + LOCATE_PATH, from->size - LOCATE_PATH);
        return get_u32(bytes + LOCATE_BY) <= LOCATE_BY_PATH;
    }
    return false;
}

/* A file on a device, at an offset of a descriptor. */
static bool read_file(struct pool *pool, const struct descriptor *from, size_t offset,
                      struct bcd_device *device)
{
    struct descriptor parent;
    if (offset + FILE_PARENT > from->size) {
        return false;
    }
    const uint8_t *bytes = from->bytes + offset + FILE_PARENT;
    size_t size = from->size - offset - FILE_PARENT;
    if (!read_descriptor(bytes, size, &parent) || !read_place(pool, &parent, &device->place)) {
        return false;
    }
    device->path = read_path(pool, bytes + parent.size, size - parent.size);
    return true;
}

static bool is_local(const struct descriptor *from, uint32_t type)
{
    return from->type == TYPE_LOCAL && from->size >= LOCAL_TYPE + 4 &&
           get_u32(from->bytes + LOCAL_TYPE) == type;
}

/* A VHD: the volume to be located on a virtual disk that a file holds. */
static bool read_vhd(struct pool *pool, const struct descriptor *from, struct bcd_device *device)
{
    struct descriptor disk, file;
    if (from->type != TYPE_LOCATE || from->size < LOCATE_PATH) {
        return false;
    }
    uint32_t parent = get_u32(from->bytes + LOCATE_PARENT);
    return parent <= from->size &&
           read_descriptor(from->bytes + parent, from->size - parent, &disk) &&
           is_local(&disk, LOCAL_VHD) && disk.size > VHD_FILE &&
           read_descriptor(disk.bytes + VHD_FILE, disk.size - VHD_FILE, &file) &&
           is_local(&file, LOCAL_FILE) && read_file(pool, &file, FILE_FILE, device);
}

/* Decode a descriptor; without memory, paths are NULL. */
static bool read_device(struct pool *pool, const uint8_t *data, size_t size,
                        struct bcd_device *device)
{
    static const uint8_t no_options[GUID_SIZE];
    struct descriptor outer;
    *device = (struct bcd_device){0};
    /* Boot managers refuse an element whose outer descriptor does not end where it does. */
    if (size < GUID_SIZE || !read_descriptor(data + GUID_SIZE, size - GUID_SIZE, &outer) ||
        outer.size != size - GUID_SIZE) {
        return false;
    }
    memcpy(device->options, data, GUID_SIZE);
    device->has_options = memcmp(data, no_options, GUID_SIZE) != 0;
    if (is_local(&outer, LOCAL_RAMDISK)) {
        device->kind = BCD_IS_RAMDISK;
        return read_file(pool, &outer, RAMDISK_FILE, device);
    }
    if (is_local(&outer, LOCAL_FILE)) {
        device->kind = BCD_IS_FILE;
        return read_file(pool, &outer, FILE_FILE, device);
    }
    device->kind = BCD_IS_PLACE;
    if (read_place(pool, &outer, &device->place)) {
        return true;
    }
    device->kind = BCD_IS_VHD;
    return read_vhd(pool, &outer, device);
}

int bcd_device_decode(struct pool *pool, const uint8_t *data, size_t size,
                      struct bcd_device *device)
{
    if (!read_device(pool, data, size, device)) {
        return 0;
    }
    const struct bcd_place *place = &device->place;
    bool is_located = place->kind == BCD_PLACE_LOCATE || place->kind == BCD_PLACE_LOCATE_ELEMENT;
    bool out_of_memory = (device->kind != BCD_IS_PLACE && device->path == NULL) ||
                         (is_located && place->path == NULL);
    return out_of_memory ? -1 : 1;
}

/* ---- what does not count ---- */

static void clear(uint8_t *bytes, size_t from, size_t end)
{
    memset(bytes + from, 0, end - from);
}

static void canonicalize_place(uint8_t *bytes)
{
    struct descriptor place;
    if (!read_descriptor(bytes, SIZE_MAX, &place) || place.size < PLACE_SIZE) {
        return;
    }
    if (place.type == TYPE_BOOT) {
        clear(bytes, DESCRIPTOR_BODY, PLACE_SIZE);
    } else if (place.type == TYPE_PARTITION && get_u32(bytes + PARTITION_TABLE) == TABLE_MBR) {
        clear(bytes, PARTITION_START + 8, PARTITION_TABLE);
        clear(bytes, PARTITION_DISK + 4, PLACE_SIZE);
    } else if (place.type == TYPE_PARTITION) {
        clear(bytes, PARTITION_START + GUID_SIZE, PARTITION_TABLE);
        clear(bytes, PARTITION_DISK + GUID_SIZE, PLACE_SIZE);
    }
}

void bcd_device_canonicalize(uint8_t *data, size_t size, const struct bcd_device *device)
{
    uint8_t *outer = data + GUID_SIZE;
    if (device->kind == BCD_IS_PLACE) {
        canonicalize_place(outer);
        return;
    }
    if (device->kind == BCD_IS_VHD) {
        return;
    }
    size_t file = device->kind == BCD_IS_RAMDISK ? RAMDISK_FILE : FILE_FILE;
    clear(outer, LOCAL_TYPE + 4, file);
    uint8_t *parent = outer + file + FILE_PARENT;
    canonicalize_place(parent);
    for (uint8_t *at = parent + get_u32(parent + DESCRIPTOR_SIZE); data + size - at >= 2; at += 2) {
        if (get_u16(at) == '/') {
            put_u16(at, '\\');
        }
    }
}

/* ---- writing ---- */

/* Bytes being written; the caller has made sure that they fit, and has cleared them. */
struct output {
    uint8_t *bytes;
    size_t used;
};

static void append_path(struct output *output, const char *path)
{
    size_t units = utf16_from_utf8(path, strlen(path), NULL, 0);
    utf16_from_utf8(path, strlen(path), (uint16_t *)(output->bytes + output->used), units);
    output->used += 2 * units + 2;
}

/* Start a descriptor whose body has so many bytes before what is appended to it. */
static uint8_t *start_descriptor(struct output *output, uint32_t type, uint32_t flags,
                                 size_t fixed_size)
{
    uint8_t *bytes = output->bytes + output->used;
    put_u32(bytes, type);
    put_u32(bytes + DESCRIPTOR_FLAGS, flags);
    output->used += fixed_size;
    return bytes;
}

static void end_descriptor(const struct output *output, uint8_t *bytes)
{
    put_u32(bytes + DESCRIPTOR_SIZE, (uint32_t)(output->bytes + output->used - bytes));
}

static void append_place(struct output *output, const struct bcd_place *place)
{
    uint8_t *bytes;
    switch (place->kind) {
    case BCD_PLACE_BOOT:
        bytes = start_descriptor(output, TYPE_BOOT, 0, PLACE_SIZE);
        break;
    case BCD_PLACE_MBR:
        bytes = start_descriptor(output, TYPE_PARTITION, 0, PLACE_SIZE);
        put_u64(bytes + PARTITION_START, place->offset);
        put_u32(bytes + PARTITION_TABLE, TABLE_MBR);
        put_u32(bytes + PARTITION_DISK, place->signature);
        break;
    case BCD_PLACE_GPT:
        bytes = start_descriptor(output, TYPE_PARTITION, 0, PLACE_SIZE);
        memcpy(bytes + PARTITION_START, place->partition, GUID_SIZE);
        put_u32(bytes + PARTITION_TABLE, TABLE_GPT);
        memcpy(bytes + PARTITION_DISK, place->disk, GUID_SIZE);
        break;
    case BCD_PLACE_LOCATE:
        bytes = start_descriptor(output, TYPE_LOCATE, 0, LOCATE_PATH);
        put_u32(bytes + LOCATE_BY, LOCATE_BY_PATH);
        append_path(output, place->path);
        break;
    default:
        bytes = start_descriptor(output, TYPE_LOCATE, 0, LOCATE_PATH);
        put_u32(bytes + LOCATE_BY, LOCATE_BY_ELEMENT);
        put_u32(bytes + LOCATE_ELEMENT, place->element);
        append_path(output, "");
        break;
    }
    end_descriptor(output, bytes);
}

static void append_file(struct output *output, const struct bcd_device *device)
{
    uint8_t *bytes = output->bytes + output->used;
    output->used += FILE_PARENT;
    append_place(output, &device->place);
    append_path(output, device->path);
    put_u32(bytes + FILE_VERSION, 1);
    put_u32(bytes + FILE_SIZE, (uint32_t)(output->bytes + output->used - bytes));
    put_u32(bytes + FILE_KIND, 5);
}

static void append_file_device(struct output *output, const struct bcd_device *device)
{
    uint8_t *bytes = start_descriptor(output, TYPE_LOCAL, 0, FILE_FILE);
    put_u32(bytes + LOCAL_TYPE, LOCAL_FILE);
    append_file(output, device);
    end_descriptor(output, bytes);
}

static void append_ramdisk(struct output *output, const struct bcd_device *device)
{
    uint8_t *bytes = start_descriptor(output, TYPE_LOCAL, RAMDISK_FLAG, RAMDISK_FILE);
    put_u32(bytes + LOCAL_TYPE, LOCAL_RAMDISK);
    append_file(output, device);
    end_descriptor(output, bytes);
}

/* The volume of a VHD is the one that has the file named by another element of the object. */
static void append_vhd(struct output *output, const struct bcd_device *device, uint32_t element)
{
    uint8_t *outer = start_descriptor(output, TYPE_LOCATE, 0, LOCATE_PATH);
    put_u32(outer + LOCATE_BY, LOCATE_BY_ELEMENT);
    put_u32(outer + LOCATE_ELEMENT, element == BCD_OS_DEVICE ? BCD_SYSTEM_ROOT : BCD_PATH);
    append_path(output, "");
    put_u32(outer + LOCATE_PARENT, (uint32_t)(output->bytes + output->used - outer));
    uint8_t *disk = start_descriptor(output, TYPE_LOCAL, 0, VHD_FILE);
    put_u32(disk + LOCAL_TYPE, LOCAL_VHD);
    append_file_device(output, device);
    end_descriptor(output, disk);
    end_descriptor(output, outer);
}

uint8_t *bcd_device_encode(struct pool *pool, const struct bcd_device *device, uint32_t element,
                           size_t *size)
{
    enum { FIXED_MAX = 512 }; /* bytes of all descriptors that nest, without paths */
    size_t path_size = device->path != NULL ? strlen(device->path) : 0;
    size_t place_path_size = device->place.path != NULL ? strlen(device->place.path) : 0;
    /* A byte of UTF-8 is at most one unit of UTF-16. */
    size_t units = FIXED_MAX / sizeof(uint16_t) + path_size + place_path_size;
    uint8_t *bytes = pool_allocate_array(pool, units, sizeof(uint16_t));
    if (bytes == NULL) {
        return NULL;
    }
    struct output output = {.bytes = bytes, .used = GUID_SIZE};
    if (device->has_options) {
        memcpy(bytes, device->options, GUID_SIZE);
    }
    switch (device->kind) {
    case BCD_IS_PLACE:
        append_place(&output, &device->place);
        break;
    case BCD_IS_RAMDISK:
        append_ramdisk(&output, device);
        break;
    case BCD_IS_FILE:
        append_file_device(&output, device);
        break;
    case BCD_IS_VHD:
        append_vhd(&output, device, element);
        break;
    }
    *size = output.used;
    return bytes;
}

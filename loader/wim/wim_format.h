/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The structures in a WIM; docs/wim.md describes them in words.
 *
 * Structures whose names end in _disk are packed, little-endian like every machine that this loader
 * runs on.
 */
#ifndef LOADER_WIM_FORMAT_H
#define LOADER_WIM_FORMAT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "digest/sha1.h"

#define WIM_DISK __attribute__((packed))

enum {
    WIM_VERSION_NORMAL = 0x10d00,
    WIM_VERSION_SOLID = 0xe00,

    WIM_FLAG_COMPRESSION = 0x2,
    WIM_FLAG_SPANNED = 0x8,
    WIM_FLAG_WRITE_IN_PROGRESS = 0x40,

    WIM_RESOURCE_METADATA = 0x02,
    WIM_RESOURCE_COMPRESSED = 0x04,
    WIM_RESOURCE_SOLID = 0x10,

    WIM_ATTRIBUTE_DIRECTORY = 0x10,
    WIM_ATTRIBUTE_NORMAL = 0x80,
    WIM_ATTRIBUTE_SPARSE = 0x200,
    WIM_ATTRIBUTE_REPARSE_POINT = 0x400,
    WIM_ATTRIBUTE_COMPRESSED = 0x800,
    WIM_ATTRIBUTE_ENCRYPTED = 0x4000,
};

/** In the size field of a lookup entry: this entry is a solid resource, not a blob in one. */
#define WIM_SOLID_RESOURCE_SIZE 0x100000000u

struct wim_resource_disk {
    uint64_t size_and_flags; /* bytes in the file; the flags are the top byte */
    uint64_t offset;
    uint64_t original_size;
} WIM_DISK;
_Static_assert(sizeof(struct wim_resource_disk) == 24, "resource header");

struct wim_header_disk {
    char magic[8];
    uint32_t header_size;
    uint32_t version;
    uint32_t flags;
    uint32_t chunk_size;
    uint8_t guid[16];
    uint16_t part_number; /* from 1 */
    uint16_t part_count;
    uint32_t image_count;
    struct wim_resource_disk lookup_table;
    struct wim_resource_disk xml;
    struct wim_resource_disk boot_metadata;
    uint32_t boot_index; /* from 1; 0: none */
    struct wim_resource_disk integrity_table;
    uint8_t unused[60];
} WIM_DISK;
_Static_assert(sizeof(struct wim_header_disk) == 208, "header");

struct wim_lookup_disk {
    struct wim_resource_disk resource;
    uint16_t part_number;
    uint32_t references;
    uint8_t sha1[SHA1_SIZE];
} WIM_DISK;
_Static_assert(sizeof(struct wim_lookup_disk) == 50, "lookup entry");

struct wim_solid_header_disk {
    uint64_t size;
    uint32_t chunk_size;
    uint32_t format; /* 0: stored; else a decompressor's wim_format */
} WIM_DISK;
_Static_assert(sizeof(struct wim_solid_header_disk) == 16, "solid resource header");

/** A directory entry; its name, its short name and its stream entries follow. */
struct wim_directory_entry_disk {
    uint64_t length; /* without the stream entries; up to 8: the end of a list */
    uint32_t attributes;
    uint32_t security_id;  /* 0xffffffff: none */
    uint64_t subdirectory; /* of the list of children, from the start of the metadata; 0: none */
    uint8_t reserved[16];
    uint64_t times[3]; /* creation, last access, last write */
    uint8_t sha1[SHA1_SIZE];
    uint32_t unknown;
    uint64_t link_group;
    uint16_t stream_count;
    uint16_t short_name_length; /* bytes, without terminator */
    uint16_t name_length;       /* bytes, without terminator */
} WIM_DISK;
_Static_assert(sizeof(struct wim_directory_entry_disk) == 102, "directory entry");

/** An extra stream of a directory entry; its name follows. */
struct wim_stream_disk {
    uint64_t length;
    uint64_t reserved;
    uint8_t sha1[SHA1_SIZE];
    uint16_t name_length; /* bytes; 0: the unnamed stream */
} WIM_DISK;
_Static_assert(sizeof(struct wim_stream_disk) == 38, "stream entry");

/** Entries start at multiples of 8. */
static inline uint64_t wim_align8(uint64_t value)
{
    return (value + 7) & ~(uint64_t)7;
}

/** The SHA-1 of contents that are empty. */
static inline bool wim_sha1_is_zero(const uint8_t sha1[SHA1_SIZE])
{
    static const uint8_t zero[SHA1_SIZE];
    return memcmp(sha1, zero, sizeof(zero)) == 0;
}

#endif

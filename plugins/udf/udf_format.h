/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDF on disc: offsets within its structures, all little-endian.
 *
 * Public descriptions: ECMA-167, 3rd edition (structures, by section below), and OSTA's Universal
 * Disk Format Specification 1.02 to 2.60 (which of them are used, and how).
 */
#ifndef UDF_FORMAT_H
#define UDF_FORMAT_H

/** 3/7.2, 4/7.2: every descriptor begins with a tag, which has a checksum of itself and a CRC of
 * what follows. */
enum {
    TAG_IDENTIFIER = 0,
    TAG_CHECKSUM = 4,
    TAG_CRC = 8,
    TAG_CRC_LENGTH = 10,
    TAG_SIZE = 16,
};

enum tag_identifier {
    TAG_ANY = -1,
    TAG_SPARING_TABLE = 0, /* UDF 2.2.12 */
    TAG_ANCHOR = 2,
    TAG_POINTER = 3,
    TAG_PARTITION = 5,
    TAG_LOGICAL_VOLUME = 6,
    TAG_TERMINATING = 8,
    TAG_FILE_SET = 256,
    TAG_FILE_IDENTIFIER = 257,
    TAG_ALLOCATION_EXTENT = 258,
    TAG_INDIRECT_ENTRY = 259,
    TAG_FILE_ENTRY = 261,
    TAG_EXTENDED_FILE_ENTRY = 266,
};

/** 3/10.2: the anchor; extents of the two volume descriptor sequences: length, then sector. */
enum { ANCHOR_MAIN = 16, ANCHOR_RESERVE = 24, ANCHOR_SECTOR = 256 };

/** 3/10.3: a volume descriptor pointer: the extent in which the sequence goes on. */
enum { POINTER_SEQUENCE_NUMBER = 16, POINTER_NEXT = 20 };

/** 3/10.5 */
enum {
    PARTITION_SEQUENCE_NUMBER = 16,
    PARTITION_NUMBER = 22,
    PARTITION_START = 188,
    PARTITION_LENGTH = 192,
};

/** 3/10.6 */
enum {
    LOGICAL_SEQUENCE_NUMBER = 16,
    LOGICAL_IDENTIFIER = 84,
    LOGICAL_IDENTIFIER_SIZE = 128,
    LOGICAL_BLOCK_SIZE = 212,
    LOGICAL_FILE_SET = 248,
    LOGICAL_MAPS_LENGTH = 264,
    LOGICAL_MAP_COUNT = 268,
    LOGICAL_MAPS = 440,
};

/** 3/10.7.2, UDF 2.2.8 to 2.2.10 */
enum {
    MAP_TYPE = 0,
    MAP_LENGTH = 1,
    MAP1_PARTITION = 4,
    MAP1_SIZE = 6,
    MAP2_IDENTIFIER = 5,
    MAP2_PARTITION = 38,
    MAP2_SIZE = 64,
    MAP_METADATA_FILE = 40,
    MAP_METADATA_MIRROR = 44,
    MAP_SPARING_TABLE_COUNT = 42,
    MAP_SPARING_TABLES = 48,
    SPARING_TABLES_MAX = 4,
};

/** UDF 2.2.12 */
enum {
    SPARING_ENTRY_COUNT = 48,
    SPARING_ENTRIES = 56,
    SPARING_ENTRY_SIZE = 8,
};
#define SPARING_UNUSED UINT32_C(0xFFFFFFF0) /* and above: the packet is not in use */

/** 4/14.1 */
enum { FILE_SET_ROOT = 400 };

/** 4/14.14.2: a long allocation descriptor: length, block, number of the partition's map. */
enum { LONG_BLOCK = 4, LONG_PARTITION = 8, LONG_SIZE = 16, SHORT_SIZE = 8 };

/** 4/14.14.1.1: the upper two bits of a length. */
enum extent_type {
    EXTENT_RECORDED = 0,
    EXTENT_ALLOCATED = 1, /* but not recorded: zeros */
    EXTENT_UNALLOCATED = 2,
    EXTENT_CONTINUATION = 3, /* of the descriptors, not of the file */
};
#define EXTENT_LENGTH(length) ((length)&UINT32_C(0x3FFFFFFF))
#define EXTENT_TYPE(length)   ((enum extent_type)((length) >> 30))

/** 4/14.5 */
enum { ALLOCATION_LENGTH = 20, ALLOCATION_DESCRIPTORS = 24 };

/** 4/14.9, 4/14.17, 4/14.6: file entries, and the tag of information control blocks in them. */
enum {
    ICB_STRATEGY = 20,
    ICB_FILE_TYPE = 27,
    ICB_FLAGS = 34,
    INDIRECT_ICB = 36,
    ENTRY_INFORMATION_LENGTH = 56,
    ENTRY_ATTRIBUTES_LENGTH = 168,
    ENTRY_DESCRIPTORS_LENGTH = 172,
    ENTRY_DATA = 176,
    EXTENDED_ATTRIBUTES_LENGTH = 208,
    EXTENDED_DESCRIPTORS_LENGTH = 212,
    EXTENDED_DATA = 216,
};
enum { STRATEGY_CHAINED = 4096 };
enum allocation { ALLOCATION_SHORT, ALLOCATION_LONG, ALLOCATION_EXTENDED, ALLOCATION_EMBEDDED };
enum { ALLOCATION_MASK = 7 };

enum file_type {
    FILE_TYPE_DIRECTORY = 4,
    FILE_TYPE_REGULAR = 5,
    FILE_TYPE_REAL_TIME = 249,
    FILE_TYPE_METADATA = 250,
    FILE_TYPE_METADATA_MIRROR = 251,
};

/** 4/14.4 */
enum {
    IDENTIFIER_CHARACTERISTICS = 18,
    IDENTIFIER_NAME_LENGTH = 19,
    IDENTIFIER_ICB = 20,
    IDENTIFIER_USE_LENGTH = 36,
    IDENTIFIER_USE = 38,
    IDENTIFIER_ALIGNMENT = 4,
};
enum { CHARACTERISTIC_DIRECTORY = 2, CHARACTERISTIC_DELETED = 4, CHARACTERISTIC_PARENT = 8 };

/** OSTA compressed Unicode: the first byte of a name says how wide its characters are. */
enum { NAME_8_BITS = 8, NAME_16_BITS = 16 };

#endif

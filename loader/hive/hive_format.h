/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registry hive format (regf), as far as reading and writing one requires. Private to hive_*.c.
 *
 *     base block (4096 bytes) | bin | bin | …
 *
 * Bins are multiples of 4096 bytes with a header each; cells fill the rest of a bin exactly. A cell
 * is an int32 size (a multiple of 8 that counts itself, negative when in use) and its data. Cells
 * refer to each other by their offset from the end of the base block. All integers are
 * little-endian. Public descriptions: "Windows registry file format specification" by M. Suhanov,
 * and the hivex library's documentation.
 *
 * The tables give offsets into a cell's data.
 */
#ifndef LOADER_HIVE_FORMAT_H
#define LOADER_HIVE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct hive;
struct hive_key;
struct hive_value;

enum {
    PAGE = 4096,

    /* What the structures start with. */
    SIGNATURE_BASE = 0x66676572, /* "regf" */
    SIGNATURE_BIN = 0x6E696268,  /* "hbin" */
    SIGNATURE_KEY = 0x6B6E,      /* "nk" */
    SIGNATURE_VALUE = 0x6B76,    /* "vk" */
    SIGNATURE_SECURITY = 0x6B73, /* "sk" */
    SIGNATURE_SEGMENTS = 0x6264, /* "db" */
    SIGNATURE_LIST = 0x666C,     /* "lf": subkeys with hints */
    SIGNATURE_HASHED = 0x686C,   /* "lh": subkeys with hashes */
    SIGNATURE_PLAIN = 0x696C,    /* "li": subkeys alone */
    SIGNATURE_INDEX = 0x6972,    /* "ri": lists of subkeys */

    /* The base block. */
    BASE_SEQUENCE_1 = 0x04, /* differ from each other while a write is under way */
    BASE_SEQUENCE_2 = 0x08,
    BASE_TIMESTAMP = 0x0C,
    BASE_MAJOR = 0x14,
    BASE_MINOR = 0x18,
    BASE_TYPE = 0x1C,   /* 0: a hive; else a log */
    BASE_FORMAT = 0x20, /* 1 */
    BASE_ROOT = 0x24,   /* the root key's cell */
    BASE_BINS_SIZE = 0x28,
    BASE_CLUSTER = 0x2C, /* 1 */
    BASE_FLAGS = 0x90,
    BASE_CHECKSUM = 0x1FC, /* of the 127 words before it */

    BASE_FLAG_LAYERED = 2, /* from version 1.6 on: a differencing hive */

    /* A bin's header. */
    BIN_OFFSET = 0x04, /* its own */
    BIN_SIZE = 0x08,
    BIN_TIMESTAMP = 0x14, /* of the first bin: the hive's */
    BIN_HEADER_SIZE = 0x20,

    /* nk: a key. */
    KEY_FLAGS = 0x02,
    KEY_TIMESTAMP = 0x04,
    KEY_LAYERS = 0x0D, /* from version 1.6 on */
    KEY_PARENT = 0x10,
    KEY_CHILD_COUNT = 0x14,
    KEY_CHILDREN = 0x1C, /* a list of subkeys */
    KEY_VOLATILE_CHILDREN = 0x20,
    KEY_VALUE_COUNT = 0x24,
    KEY_VALUES = 0x28, /* an array of vk cells */
    KEY_SECURITY = 0x2C,
    KEY_CLASS = 0x30,
    KEY_CHILD_NAME_MAX = 0x34, /* bytes of the longest as UTF-16 */
    KEY_VALUE_NAME_MAX = 0x3C,
    KEY_VALUE_DATA_MAX = 0x40,
    KEY_NAME_SIZE = 0x48,
    KEY_CLASS_SIZE = 0x4A,
    KEY_NAME = 0x4C,

    KEY_FLAG_ROOT = 0x04,
    KEY_FLAG_NO_DELETE = 0x08,
    KEY_FLAG_NAME_8_BIT = 0x20,

    KEY_LAYERS_MINOR = 6,
    KEY_LAYERS_SEMANTICS = 3, /* the bits of KEY_LAYERS that say how the key hides another */

    /* lf, lh, li, ri: a list of subkeys. */
    LIST_COUNT = 0x02,
    LIST_ENTRIES = 0x04,

    /* vk: a value. */
    VALUE_NAME_SIZE = 0x02,
    VALUE_SIZE = 0x04,
    VALUE_DATA = 0x08, /* a cell; or the data themselves */
    VALUE_TYPE = 0x0C,
    VALUE_FLAGS = 0x10,
    VALUE_NAME = 0x14,

    VALUE_FLAG_NAME_8_BIT = 0x01,
    VALUE_INLINE_MAX = 4, /* bytes that VALUE_DATA holds itself */

    /* sk: a security descriptor; all of them form a ring. */
    SECURITY_NEXT = 0x04,
    SECURITY_PREVIOUS = 0x08,
    SECURITY_REFERENCES = 0x0C,
    SECURITY_SIZE = 0x10,
    SECURITY_DESCRIPTOR = 0x14,

    /* db: data of more than one segment, from version 1.4 on. */
    SEGMENTS_COUNT = 0x02,
    SEGMENTS_LIST = 0x04,
    SEGMENT_SIZE = 16344, /* bytes in each but the last */
};

/** The offset that means "no cell". */
#define NO_CELL UINT32_C(0xFFFFFFFF)

/** In VALUE_SIZE: the data are in VALUE_DATA. */
#define VALUE_INLINE UINT32_C(0x80000000)

/** XOR of the base block's first 127 words; 0 and all ones are never stored. */
uint32_t hive_checksum(const uint8_t *base);

/** Check that this is a hive that we can read, and that it was not cut. */
int hive_check_base(const uint8_t *base, size_t size, struct error *error);

/** The subkey of this name; NULL if there is none. */
struct hive_key *hive_find_child(const struct hive_key *parent, const char *name, size_t length);

/** Append a key, of a name that no sibling has, to its siblings. False without memory. */
bool hive_append_child(struct hive *hive, struct hive_key *parent, struct hive_key *child);

/** Append a value to those of a key. False without memory. */
bool hive_append_value(struct hive *hive, struct hive_key *key, struct hive_value *value);

/** Put the subkeys of a key in order. */
void hive_sort(struct hive_key *key);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FAT directories. See volume_directory.h.
 *
 * A long name is in entries of thirteen UTF-16 units each, last part first, in front of the
 * entry proper, which has a name of 8 + 3 characters that is unique in the directory. Short
 * names are made as in Windows: the name itself, if it differs only in case; else its first six
 * characters and ~1 to ~4; else two characters and a hash. FAT specification:
 * "Microsoft Extensible Firmware Initiative FAT32 File System Specification" 1.03.
 */
#include "volume/volume_directory.h"

#include <string.h>

#include "base/fnv.h"
#include "base/little_endian.h"
#include "base/memory.h"
#include "base/unicode.h"
#include "volume/volume.h"

enum {
    SHORT_BASE = 8,
    SHORT_EXTENSION = 3,
    SHORT_NAME = SHORT_BASE + SHORT_EXTENSION,
    LONG_UNITS = 13, /* of a long name, in one entry */
    NAME_UNITS_MAX = 255,

    ATTRIBUTE_LABEL = 0x08,
    ATTRIBUTE_DIRECTORY = 0x10,
    ATTRIBUTE_ARCHIVE = 0x20,
    ATTRIBUTE_LONG_NAME = 0x0F,

    LAST_LONG_ENTRY = 0x40,

    /* 1 January 2000: the same for everything, so that the same input gives the same disk. */
    DATE = (2000 - 1980) << 9 | 1 << 5 | 1,
};

/* Can this character be in a short name? */
static bool is_short(uint16_t unit)
{
    return (unit >= 'A' && unit <= 'Z') || (unit >= '0' && unit <= '9') ||
           (unit != 0 && unit < 0x80 && strchr("!#$%&'()-@^_`{}~", unit) != NULL);
}

struct name {
    uint16_t units[NAME_UNITS_MAX];
    size_t unit_count;
    uint8_t basis[SHORT_NAME]; /* the short name without a number */
    bool exact;                /* the basis differs from the name only in case */
    bool needs_long;           /* the basis is not exactly the name */
};

/* Split a name into the parts of a short name. */
static void parse_name(const char *text, struct name *name)
{
    name->unit_count = utf16_from_utf8(text, strlen(text), name->units, NAME_UNITS_MAX);
    memset(name->basis, ' ', SHORT_NAME);
    name->exact = true;
    name->needs_long = false;

    size_t dot = name->unit_count; /* of the extension */
    for (size_t i = 1; i < name->unit_count; i++) {
        if (name->units[i] == '.') {
            dot = i;
        }
    }
    size_t used = 0, limit = SHORT_BASE;
    for (size_t i = 0; i < name->unit_count; i++) {
        uint16_t unit = name->units[i];
        if (i == dot) {
            used = SHORT_BASE;
            limit = SHORT_NAME;
            continue;
        }
        if (unit == '.' || unit == ' ') {
            name->exact = false;
            continue;
        }
        if (unit >= 'a' && unit <= 'z') {
            unit -= 'a' - 'A';
            name->needs_long = true;
        }
        if (!is_short(unit)) {
            unit = '_';
            name->exact = false;
        }
        if (used < limit) {
            name->basis[used++] = (uint8_t)unit;
        } else {
            name->exact = false;
        }
    }
    if (name->basis[0] == ' ') {
        name->basis[0] = '_';
        name->exact = false;
    }
    name->needs_long |= !name->exact;
}

/* The short names taken so far: a hash table with open addressing. */
struct short_names {
    size_t slot_count;            /* a power of two, at least twice the number of names */
    uint8_t (*slots)[SHORT_NAME]; /* free where the first byte is 0 */
    uint32_t next_number;         /* for a name whose own number is taken */
};

/* Take a name, if it is free. */
static bool take_short_name(struct short_names *taken, const uint8_t *name)
{
    uint32_t hash = FNV_START;
    for (size_t i = 0; i < SHORT_NAME; i++) {
        hash = fnv_add(hash, name[i]);
    }
    size_t slot = hash & (taken->slot_count - 1);
    while (taken->slots[slot][0] != 0) {
        if (memcmp(taken->slots[slot], name, SHORT_NAME) == 0) {
            return false;
        }
        slot = (slot + 1) & (taken->slot_count - 1);
    }
    memcpy(taken->slots[slot], name, SHORT_NAME);
    return true;
}

/* Put "~N" after the first characters of a name's base. */
static void put_tail(uint8_t *name, size_t kept, unsigned number)
{
    size_t used = 0;
    while (used < kept && name[used] != ' ') {
        used++;
    }
    name[used] = '~';
    name[used + 1] = (uint8_t)('0' + number);
    memset(name + used + 2, ' ', SHORT_BASE - used - 2);
}

/* Make a short name for a long one. One is always free: a directory has fewer names than the hash
 * has values. */
static void make_short_name(struct short_names *taken, const struct name *name, uint8_t *result)
{
    for (unsigned number = 1; number <= 4; number++) {
        memcpy(result, name->basis, SHORT_NAME);
        put_tail(result, SHORT_BASE - 2, number);
        if (take_short_name(taken, result)) {
            return;
        }
    }
    uint32_t hash = FNV_START;
    for (size_t i = 0; i < name->unit_count; i++) {
        hash = fnv_add(hash, name->units[i]);
    }
    uint32_t number = hash ^ hash >> 16;
    do {
        memcpy(result, name->basis, SHORT_NAME);
        size_t used = result[1] != ' ' ? 2 : 1;
        for (unsigned digit = 0; digit < 4; digit++) {
            result[used++] = (uint8_t) "0123456789ABCDEF"[number >> (12 - 4 * digit) & 15];
        }
        result[used] = ' ';
        put_tail(result, used, 1);
        /* Not simply the next number: an attacker can make many names with the same hash, and each
         * of them would try all the numbers that are taken. */
        number = taken->next_number++;
    } while (!take_short_name(taken, result));
}

static uint8_t short_name_checksum(const uint8_t *name)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < SHORT_NAME; i++) {
        sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
    }
    return sum;
}

static size_t long_entry_count(size_t unit_count)
{
    return (unit_count + LONG_UNITS - 1) / LONG_UNITS;
}

/* The entries of a long name, the last part of the name first. A name that fills its entries has no
 * terminator; units of 0xFFFF follow a terminator. */
static uint8_t *write_long_name(uint8_t *entry, const struct name *name, const uint8_t *short_name)
{
    static const uint8_t positions[LONG_UNITS] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    size_t count = long_entry_count(name->unit_count);
    for (size_t part = count; part > 0; part--, entry += DIRECTORY_ENTRY_SIZE) {
        entry[0] = (uint8_t)(part | (part == count ? LAST_LONG_ENTRY : 0));
        entry[11] = ATTRIBUTE_LONG_NAME;
        entry[13] = short_name_checksum(short_name);
        for (size_t i = 0; i < LONG_UNITS; i++) {
            size_t unit = (part - 1) * LONG_UNITS + i;
            put_u16(entry + positions[i], unit < name->unit_count    ? name->units[unit]
                                          : unit == name->unit_count ? 0
                                                                     : 0xFFFF);
        }
    }
    return entry;
}

static uint8_t *write_entry(uint8_t *entry, const uint8_t *short_name, uint8_t attributes,
                            uint32_t first_cluster, uint32_t size)
{
    memcpy(entry, short_name, SHORT_NAME);
    entry[11] = attributes;
    put_u16(entry + 16, DATE); /* created */
    put_u16(entry + 18, DATE); /* accessed */
    put_u16(entry + 20, (uint16_t)(first_cluster >> 16));
    put_u16(entry + 24, DATE); /* written */
    put_u16(entry + 26, (uint16_t)first_cluster);
    put_u32(entry + 28, size);
    return entry + DIRECTORY_ENTRY_SIZE;
}

static uint8_t *write_child(uint8_t *entry, const struct tree_node *node, const struct name *name,
                            const uint8_t *short_name)
{
    if (name->needs_long) {
        entry = write_long_name(entry, name, short_name);
    }
    if (node->file == NULL) {
        return write_entry(entry, short_name, ATTRIBUTE_DIRECTORY, node->first_cluster, 0);
    }
    return write_entry(entry, short_name, ATTRIBUTE_ARCHIVE, node->first_cluster,
                       (uint32_t)node->file->size);
}

/* The entries before the first child: the label in the root, "." and ".." elsewhere. The ".." of a
 * directory in the root has cluster 0, whatever the root's cluster is. */
static uint8_t *write_head(uint8_t *entry, const struct tree_node *directory, const uint8_t *label)
{
    if (directory->parent == NULL) {
        bool has_label = memcmp(label, VOLUME_NO_LABEL, VOLUME_LABEL_SIZE) != 0;
        return has_label ? write_entry(entry, label, ATTRIBUTE_LABEL, 0, 0) : entry;
    }
    uint32_t parent = directory->parent->parent == NULL ? 0 : directory->parent->first_cluster;
    entry = write_entry(entry, (const uint8_t *)".          ", ATTRIBUTE_DIRECTORY,
                        directory->first_cluster, 0);
    return write_entry(entry, (const uint8_t *)"..         ", ATTRIBUTE_DIRECTORY, parent, 0);
}

size_t directory_entries_needed(const struct tree_node *directory)
{
    size_t count = 2;
    for (const struct tree_node *node = directory->first_child; node != NULL; node = node->next) {
        count += 1 + long_entry_count(utf16_from_utf8(node->name, strlen(node->name), NULL, 0));
    }
    return count;
}

int directory_write(const struct tree_node *directory, const uint8_t *label, uint8_t *entries,
                    struct error *error)
{
    struct short_names taken = {.slot_count = 16};
    while (taken.slot_count < 2 * (size_t)directory->child_count) {
        taken.slot_count *= 2;
    }
    taken.slots = memory_allocate_zeroed(taken.slot_count, SHORT_NAME);
    if (taken.slots == NULL) {
        return error_no_memory(error, "the short names of a directory of %u entries",
                               directory->child_count);
    }
    /* Names that are short already come first: a generated name must not take one of them. */
    struct name name;
    for (const struct tree_node *node = directory->first_child; node != NULL; node = node->next) {
        parse_name(node->name, &name);
        if (name.exact) {
            take_short_name(&taken, name.basis);
        }
    }
    uint8_t *entry = write_head(entries, directory, label);
    for (const struct tree_node *node = directory->first_child; node != NULL; node = node->next) {
        uint8_t short_name[SHORT_NAME];
        parse_name(node->name, &name);
        if (name.exact) {
            memcpy(short_name, name.basis, SHORT_NAME);
        } else {
            make_short_name(&taken, &name, short_name);
        }
        entry = write_child(entry, node, &name, short_name);
    }
    memory_free(taken.slots);
    return 0;
}

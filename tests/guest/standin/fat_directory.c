/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories: long and short names, and everything that Windows or fsck.fat would complain of. */
#include <string.h>

#include "arena.h"
#include "fat_internal.h"
#include "report.h"

enum {
    ENTRY_SIZE = 32,
    NAME_DELETED = 0xe5,
    ATTRIBUTE_VOLUME_LABEL = 0x08,
    ATTRIBUTE_LONG_NAME = 0x0f,
    CASE_BASE_LOWER = 0x08,
    CASE_EXTENSION_LOWER = 0x10,
    LONG_NAME_LAST = 0x40,
    UNITS_PER_ENTRY = 13,
    LONG_ENTRIES_MAX = 20,
    NAME_UNITS_MAX = 255,
    NAME_BYTES_MAX = NAME_UNITS_MAX * 3 + 1,
};

/* The long name that is being put together while its entries pass by. */
struct long_name {
    uint16_t units[LONG_ENTRIES_MAX * UNITS_PER_ENTRY];
    unsigned expected; /* sequence number of the next entry; 0: complete */
    unsigned count;    /* entries; 0: there is none */
    uint8_t checksum;
};

struct copy {
    uint8_t *to;
};

static void copy_bytes(void *context, const void *data, size_t length)
{
    struct copy *copy = context;
    memcpy(copy->to, data, length);
    copy->to += length;
}

static uint8_t short_name_checksum(const uint8_t *name)
{
    uint8_t sum = 0;
    for (int i = 0; i < 11; i++) {
        sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
    }
    return sum;
}

static bool is_short_name(const uint8_t *name)
{
    if (name[0] == ' ') {
        return false;
    }
    for (int i = 0; i < 11; i++) {
        uint8_t c = name[i];
        if (c < 0x20 || (c >= 'a' && c <= 'z') || c == 0x7f) {
            return false;
        }
        for (const char *bad = "\"*+,./:;<=>?[\\]|"; *bad; bad++) {
            if (c == (uint8_t)*bad) {
                return false;
            }
        }
        /* Spaces only fill up: none before another character of the same part. */
        if (c != ' ' && i != 0 && i != 8 && name[i - 1] == ' ') {
            return false;
        }
    }
    return true;
}

static size_t put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xe0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3f));
        to[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3f));
    to[2] = (char)(0x80 | (code >> 6 & 0x3f));
    to[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* The finished name; NULL, with a report, if it is not made as it should be. */
static const char *long_name_text(const struct long_name *name, const char *directory)
{
    char text[NAME_BYTES_MAX + 4];
    size_t length = 0, units = name->count * UNITS_PER_ENTRY, used = 0;
    while (used < units && name->units[used]) {
        used++;
    }
    bool good = used > (size_t)(name->count - 1) * UNITS_PER_ENTRY && used <= NAME_UNITS_MAX;
    for (size_t i = used + 1; i < units; i++) {
        good &= name->units[i] == 0xffff;
    }
    if (!good) {
        check(false, "%s: a long name of %u units in %u entries, or its filling", directory,
              (unsigned)used, name->count);
        return NULL;
    }
    for (size_t i = 0; i < used; i++) {
        uint32_t code = name->units[i];
        bool high = code >= 0xd800 && code < 0xdc00;
        if (high && i + 1 < used && name->units[i + 1] >= 0xdc00 && name->units[i + 1] < 0xe000) {
            code = 0x10000 + ((code & 0x3ff) << 10 | (name->units[i + 1] & 0x3ff));
            i++;
        }
        length += put_utf8(text + length, code);
    }
    char *result = arena_allocate(length + 1);
    memcpy(result, text, length);
    return result;
}

static const char *short_name_text(const uint8_t *name, uint8_t cases)
{
    char text[13];
    size_t length = 0;
    for (int i = 0; i < 11; i++) {
        if (name[i] == ' ') {
            continue;
        }
        if (i >= 8 && (i == 8 || name[i - 1] == ' ')) {
            text[length++] = '.';
        }
        bool lower = cases & (i < 8 ? CASE_BASE_LOWER : CASE_EXTENSION_LOWER);
        bool letter = name[i] >= 'A' && name[i] <= 'Z';
        text[length++] = (char)(name[i] | (lower && letter ? 0x20 : 0));
    }
    char *result = arena_allocate(length + 1);
    memcpy(result, text, length);
    return result;
}

/* One entry of a long name; what is wrong with it, or NULL. */
static const char *take_long_entry(struct long_name *name, const uint8_t *entry)
{
    static const uint8_t unit_offsets[UNITS_PER_ENTRY] = {1,  3,  5,  7,  9,  14, 16,
                                                          18, 20, 22, 24, 28, 30};
    unsigned sequence = entry[0] & ~(unsigned)LONG_NAME_LAST;
    if (entry[0] & LONG_NAME_LAST) {
        if (name->count) {
            return "a long name without its short one";
        }
        if (sequence == 0 || sequence > LONG_ENTRIES_MAX) {
            return "a long name's sequence number";
        }
        name->count = name->expected = sequence;
        name->checksum = entry[13];
    }
    if (name->count == 0 || sequence != name->expected || entry[13] != name->checksum) {
        return "a long name's entry that does not belong to the one before";
    }
    if (entry[12] != 0 || get16(entry + 26) != 0) {
        return "a long name's type and cluster";
    }
    for (int i = 0; i < UNITS_PER_ENTRY; i++) {
        name->units[(sequence - 1) * UNITS_PER_ENTRY + (unsigned)i] =
            (uint16_t)get16(entry + unit_offsets[i]);
    }
    name->expected--;
    return NULL;
}

static bool is_date(uint32_t date)
{
    uint32_t day = date & 31, month = date >> 5 & 15;
    return day >= 1 && month >= 1 && month <= 12;
}

static bool check_dot_entries(const uint8_t *data, const struct fat_entry *directory,
                              uint32_t parent_cluster)
{
    const uint8_t *self = data, *parent = data + ENTRY_SIZE;
    uint32_t self_cluster = get16(self + 20) << 16 | get16(self + 26);
    uint32_t up_cluster = get16(parent + 20) << 16 | get16(parent + 26);
    if (memcmp(self, ".          ", 11) == 0 && memcmp(parent, "..         ", 11) == 0 &&
        self[11] == FAT_DIRECTORY && parent[11] == FAT_DIRECTORY &&
        self_cluster == directory->cluster && up_cluster == parent_cluster) {
        return true;
    }
    return check(false, "%s: starts with . and .. (clusters %u %u)", directory->name, self_cluster,
                 up_cluster);
}

static bool equal_names(const void *left, const void *right, size_t length)
{
    const char *a = left, *b = right;
    for (size_t i = 0; i < length; i++) {
        char x = a[i] >= 'a' && a[i] <= 'z' ? (char)(a[i] - 32) : a[i];
        char y = b[i] >= 'a' && b[i] <= 'z' ? (char)(b[i] - 32) : b[i];
        if (x != y) {
            return false;
        }
    }
    return true;
}

static uint32_t hash_name(const char *name, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) {
        char c = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 32) : name[i];
        hash = (hash ^ (uint8_t)c) * 16777619u;
    }
    return hash;
}

/* A set of names, to find double ones. */
struct name_set {
    const char **slots;
    uint32_t mask;
};

static struct name_set name_set_create(size_t count)
{
    uint32_t size = 64;
    while (size < count * 2) {
        size *= 2;
    }
    return (struct name_set){arena_allocate(size * sizeof(char *)), size - 1};
}

/* False if the name is there already. `length` 0: NUL-terminated. */
static bool name_set_add(struct name_set *set, const char *name, size_t length)
{
    size_t real_length = length ? length : strlen(name);
    uint32_t slot = hash_name(name, real_length) & set->mask;
    for (; set->slots[slot]; slot = (slot + 1) & set->mask) {
        const char *other = set->slots[slot];
        if ((length || strlen(other) == real_length) && equal_names(other, name, real_length)) {
            return false;
        }
    }
    set->slots[slot] = name;
    return true;
}

bool fat_list(struct fat *fat, const struct fat_entry *directory, uint32_t parent_cluster,
              struct fat_listing *listing)
{
    memset(listing, 0, sizeof(*listing));
    bool is_root = directory->cluster == fat->root_cluster;
    uint32_t clusters = fat_chain_length(fat, directory);
    if (!clusters) {
        return false;
    }
    uint64_t size = (uint64_t)clusters * fat->sectors_per_cluster * SECTOR_SIZE;
    uint8_t *data = arena_allocate((size_t)size);
    struct copy copy = {data};
    if (!fat_read_chain(fat, directory, size, copy_bytes, &copy)) {
        return false;
    }

    size_t slots = (size_t)size / ENTRY_SIZE;
    listing->entries = arena_allocate(slots * sizeof(struct fat_entry));
    struct name_set short_names = name_set_create(slots), names = name_set_create(slots);
    size_t start = 0;
    bool good = true;
    if (!is_root) {
        good &= check_dot_entries(data, directory, parent_cluster);
        start = 2;
    }
    struct long_name long_name = {.count = 0};
    bool ended = false, labelled = false;
    for (size_t slot = start; slot < slots; slot++) {
        const uint8_t *entry = data + slot * ENTRY_SIZE;
        if (entry[0] == 0) {
            ended = true;
        }
        if (ended) {
            if (entry[0] != 0) {
                return check(false, "%s: an entry after the end", directory->name);
            }
            continue;
        }
        if (entry[0] == NAME_DELETED) {
            continue;
        }
        if ((entry[11] & 0x3f) == ATTRIBUTE_LONG_NAME) {
            const char *wrong = take_long_entry(&long_name, entry);
            if (wrong) {
                return check(false, "%s: slot %u: %s", directory->name, (unsigned)slot, wrong);
            }
            continue;
        }
        if (entry[11] & ATTRIBUTE_VOLUME_LABEL) {
            if (!is_root || labelled || long_name.count) {
                good &= check(false, "%s: a volume label", directory->name);
            }
            labelled = true;
            continue;
        }
        struct fat_entry *found = &listing->entries[listing->count++];
        if (long_name.count) {
            if (long_name.expected || long_name.checksum != short_name_checksum(entry)) {
                return check(false, "%s: slot %u: a long name of another short one",
                             directory->name, (unsigned)slot);
            }
            found->name = long_name_text(&long_name, directory->name);
            if (!found->name) {
                return false;
            }
        } else {
            found->name = short_name_text(entry, entry[12]);
        }
        long_name.count = 0;
        found->attributes = entry[11];
        found->cluster = get16(entry + 20) << 16 | get16(entry + 26);
        found->size = get32(entry + 28);
        if (!is_short_name(entry)) {
            good &= check(false, "%s: short name", found->name);
        }
        if (!name_set_add(&short_names, (const char *)entry, 11)) {
            good &= check(false, "%s: its short name is there twice", found->name);
        }
        if (!name_set_add(&names, found->name, 0)) {
            good &= check(false, "%s: is there twice", found->name);
        }
        if (!is_date(get16(entry + 24))) {
            good &= check(false, "%s: date %04x", found->name, get16(entry + 24));
        }
        if ((found->attributes & FAT_DIRECTORY) && found->size) {
            good &= check(false, "%s: a directory with a size", found->name);
        }
    }
    return good &&
           (long_name.count == 0 || check(false, "%s: ends in a long name", directory->name));
}

bool fat_find(struct fat *fat, const char *path, struct fat_entry *entry)
{
    *entry = fat_root(fat);
    uint32_t parent = 0;
    while (*path) {
        if (*path == '\\') {
            path++;
            continue;
        }
        size_t length = 0;
        while (path[length] && path[length] != '\\') {
            length++;
        }
        struct fat_listing listing;
        if (!(entry->attributes & FAT_DIRECTORY) || !fat_list(fat, entry, parent, &listing)) {
            return false;
        }
        parent = entry->cluster == fat->root_cluster ? 0 : entry->cluster;
        size_t i = 0;
        while (i < listing.count && !(strlen(listing.entries[i].name) == length &&
                                      equal_names(listing.entries[i].name, path, length))) {
            i++;
        }
        if (i == listing.count) {
            return false;
        }
        *entry = listing.entries[i];
        path += length;
    }
    return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an unsigned script may not decide. See policy.h.
 *
 * Every registry hive on the disk counts, whatever its name and however a script made it: boot
 * managers find stores by more than one name. What was given stays as it is, since a boot manager
 * asks for no signature of it either.
 *
 * What a script made is written anew once it has been checked. We read hives as they should be, a
 * boot manager may read one made on purpose in another way: of two keys of one name it finds the
 * one that its bisection meets, after a wrong header it looks into logs. Of what we write there is
 * one reading.
 */
#include "policy.h"

#include <string.h>

#include "base/hash_table.h"
#include "base/machine.h"
#include "bcd/bcd.h"

enum { MAGIC_SIZE = 4 };

/* A file, and what stands on the disk in its place: itself, if it was given. */
struct settled {
    const struct file *from, *to;
    struct hash_link link;
};

struct check {
    struct pool *pool;
    const struct file_list *given;
    struct hash_table settled;
    struct bcd **stores; /* those among the given files; NULL: nobody has asked for them yet */
    size_t store_count;
};

static uint32_t hash_file(const struct file *file)
{
    return hash_number(hash_seed(), (uintptr_t)file);
}

static const struct file *find_settled(const struct check *check, const struct file *file)
{
    const struct hash_link *link = hash_table_find(&check->settled, hash_file(file));
    for (; link != NULL; link = hash_table_next(link)) {
        const struct settled *settled = link->item;
        if (settled->from == file) {
            return settled->to;
        }
    }
    return NULL;
}

static int settle(struct check *check, const struct file *from, const struct file *to,
                  struct error *error)
{
    struct settled *settled = pool_allocate(check->pool, sizeof(*settled));
    if (settled == NULL ||
        !hash_table_add(&check->settled, &settled->link, settled, hash_file(from))) {
        return error_no_memory(error, "checking the boot configuration");
    }
    settled->from = from;
    settled->to = to;
    return 0;
}

/* Whether a file is a registry hive, as a BCD store is. @param magic written: its first bytes, if
 * it has as many */
static int read_magic(const struct file *file, uint8_t magic[MAGIC_SIZE], bool *is_hive,
                      struct error *error)
{
    *is_hive = false;
    if (file->size < MAGIC_SIZE) {
        return 0;
    }
    if (file_read(file, 0, magic, MAGIC_SIZE, error) != 0) {
        return -1;
    }
    *is_hive = memcmp(magic, "regf", MAGIC_SIZE) == 0;
    return 0;
}

/* Whether the next read may give other first bytes: those of a server, or of a medium. */
static bool may_become_hive(const struct file *file)
{
    for (size_t i = 0; i < file->extent_count && file->extents[i].offset < MAGIC_SIZE; i++) {
        const struct extent *extent = &file->extents[i];
        if (extent->kind == EXTENT_READER && extent->reader->pin != NULL) {
            return file->size >= MAGIC_SIZE;
        }
    }
    return false;
}

/* Settle that a file starts with the bytes that were seen, whatever is read there later. */
static int keep_magic(struct check *check, const struct file *file, const uint8_t *magic,
                      struct error *error)
{
    uint8_t *bytes = pool_allocate_content(check->pool, MAGIC_SIZE);
    struct file *start = file_from_memory(check->pool, file->name, bytes, MAGIC_SIZE), *kept;
    if (bytes == NULL || start == NULL) {
        return error_no_memory(error, "checking the boot configuration");
    }
    memcpy(bytes, magic, MAGIC_SIZE);
    return file_patch(check->pool, file, 0, start, &kept, error) != 0
               ? -1
               : settle(check, file, kept, error);
}

/* Open the stores that were given, once. What cannot be read has no settings that could stay. */
static int open_given(struct check *check, struct error *error)
{
    if (check->stores != NULL) {
        return 0;
    }
    check->stores =
        pool_allocate_array(check->pool, check->given->count + 1, sizeof(check->stores[0]));
    if (check->stores == NULL) {
        return error_no_memory(error, "checking the boot configuration");
    }
    for (size_t i = 0; i < check->given->count; i++) {
        struct error ignored;
        uint8_t magic[MAGIC_SIZE];
        bool is_hive;
        if (read_magic(check->given->files[i], magic, &is_hive, &ignored) == 0 && is_hive &&
            bcd_open(check->pool, check->given->files[i], &check->stores[check->store_count],
                     &ignored) == 0) {
            check->store_count++;
        }
    }
    return 0;
}

/* Whether a store has this element of this object with this value. */
static bool has_element(const struct bcd *bcd, const char *object, const struct bcd_entry *entry)
{
    const struct hive_key *key = bcd_find_object(bcd, object);
    const struct hive_value *value = key != NULL ? bcd_find_element(key, entry->element) : NULL;
    return value != NULL && value->size == entry->value->size &&
           memcmp(value->data, entry->value->data, value->size) == 0;
}

static bool was_given(const struct check *check, const char *object, const struct bcd_entry *entry)
{
    for (size_t i = 0; i < check->store_count; i++) {
        if (has_element(check->stores[i], object, entry)) {
            return true;
        }
    }
    return false;
}

static int refuse(const struct file *file, const struct hive_key *object, uint32_t element,
                  struct error *error)
{
    const struct bcd_name *name = bcd_element_name(bcd_object_type(object), element);
    return error_set(error,
                     "%s: %s: under Secure Boot, %s (0x%08x) can only be set by a signed script. "
                     "Sign the script (make script), or leave this setting out",
                     file->name, bcd_object_id(object), name != NULL ? name->name : "this element",
                     element);
}

/* Check a store that a script made, and settle what stands on the disk in its place. */
static int check_store(struct check *check, const struct file *file, struct error *error)
{
    struct bcd *bcd;
    const struct file *written;
    if (bcd_open(check->pool, file, &bcd, error) != 0) {
        return -1; /* what cannot be read cannot be checked */
    }
    for (const struct hive_key *object = hive_first_child(bcd->objects); object != NULL;
         object = object->next) {
        struct bcd_entry entry = {0};
        while (bcd_next_element(object, &entry)) {
            if (!bcd_is_guarded(&entry)) {
                continue;
            }
            if (open_given(check, error) != 0) {
                return -1;
            }
            if (!was_given(check, object->name, &entry)) {
                return refuse(file, object, entry.element, error);
            }
        }
    }
    bcd->changed = true; /* so that it is written, and not what was read */
    return bcd_file(bcd, &written, error) != 0 ? -1 : settle(check, file, written, error);
}

static int check_node(struct check *check, struct tree_node *node, struct error *error)
{
    uint8_t magic[MAGIC_SIZE];
    bool is_hive;
    const struct file *settled = find_settled(check, node->file);
    if (settled == NULL) {
        if (read_magic(node->file, magic, &is_hive, error) != 0) {
            return -1;
        }
        if (!is_hive && !may_become_hive(node->file)) {
            return 0;
        }
        if ((is_hive ? check_store(check, node->file, error)
                     : keep_magic(check, node->file, magic, error)) != 0) {
            return -1;
        }
        settled = find_settled(check, node->file);
    }
    node->file = settled;
    return 0;
}

int policy_check(const struct boot *boot, const struct file_list *given, struct error *error)
{
    struct check check = {.pool = boot->pool, .given = given, .settled = {.pool = boot->pool}};
    if (!platform_machine()->secure_boot || boot->site_script != SITE_SCRIPT_UNSIGNED) {
        return 0;
    }
    for (size_t i = 0; i < given->count; i++) {
        if (settle(&check, given->files[i], given->files[i], error) != 0) {
            return -1;
        }
    }
    for (struct tree_node *node = tree_root(boot->tree); node != NULL; node = tree_next(node)) {
        if (node->file != NULL && check_node(&check, node, error) != 0) {
            return -1;
        }
    }
    return 0;
}

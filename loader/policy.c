/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an unsigned script may not decide. See policy.h.
 *
 * Every registry hive on the disk counts, whatever its name and however a script made it: boot
 * managers find stores by more than one name. What was given stays as it is, since a boot manager
 * asks for no signature of it either.
 */
#include "policy.h"

#include <string.h>

#include "base/machine.h"
#include "bcd/bcd.h"

static bool is_given(const struct file_list *given, const struct file *file)
{
    for (size_t i = 0; i < given->count; i++) {
        if (given->files[i] == file) {
            return true;
        }
    }
    return false;
}

/* Whether a file is a registry hive, as a BCD store is. */
static int read_magic(const struct file *file, bool *is_hive, struct error *error)
{
    char magic[4];
    *is_hive = false;
    if (file->size < sizeof(magic)) {
        return 0;
    }
    if (file_read(file, 0, magic, sizeof(magic), error) != 0) {
        return -1;
    }
    *is_hive = memcmp(magic, "regf", sizeof(magic)) == 0;
    return 0;
}

/* Whether a store has this element of this object with this value. */
static bool has_element(struct pool *pool, const struct file *file, const char *object,
                        const struct bcd_entry *entry)
{
    struct error error;
    struct bcd *bcd;
    if (bcd_open(pool, file, &bcd, &error) != 0) {
        return false;
    }
    const struct hive_key *key = bcd_find_object(bcd, object);
    const struct hive_value *value = key != NULL ? bcd_find_element(key, entry->element) : NULL;
    return value != NULL && value->size == entry->value->size &&
           memcmp(value->data, entry->value->data, value->size) == 0;
}

static bool was_given(struct pool *pool, const struct file_list *given, const char *object,
                      const struct bcd_entry *entry)
{
    for (size_t i = 0; i < given->count; i++) {
        struct error error;
        bool is_hive;
        if (read_magic(given->files[i], &is_hive, &error) == 0 && is_hive &&
            has_element(pool, given->files[i], object, entry)) {
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

static int check_store(struct pool *pool, const struct file_list *given, const struct file *file,
                       struct error *error)
{
    struct bcd *bcd;
    if (bcd_open(pool, file, &bcd, error) != 0) {
        return -1; /* what cannot be read cannot be checked */
    }
    for (const struct hive_key *object = hive_first_child(bcd->objects); object != NULL;
         object = object->next) {
        struct bcd_entry entry = {0};
        while (bcd_next_element(object, &entry)) {
            if (bcd_is_guarded(&entry) && !was_given(pool, given, object->name, &entry)) {
                return refuse(file, object, entry.element, error);
            }
        }
    }
    return 0;
}

int policy_check(const struct boot *boot, const struct file_list *given, struct error *error)
{
    if (!platform_machine()->secure_boot || boot->site_script != SITE_SCRIPT_UNSIGNED) {
        return 0;
    }
    const struct file *last = NULL;
    for (const struct tree_node *node = tree_root(boot->tree); node != NULL;
         node = tree_next(node)) {
        bool is_hive;
        if (node->file == NULL || node->file == last || is_given(given, node->file)) {
            continue;
        }
        last = node->file;
        if (read_magic(node->file, &is_hive, error) != 0 ||
            (is_hive && check_store(boot->pool, given, node->file, error) != 0)) {
            return -1;
        }
    }
    return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of a hive that is edited in place: finding, making and removing them. */
#include <string.h>

#include "base/format.h"
#include "base/little_endian.h"
#include "base/work.h"
#include "hive/registry_cell.h"

/* ---- paths ---- */

/* What CurrentControlSet stands for: "ControlSet001". @return whether the hive says so */
static bool find_control_set(struct registry *registry, char name[32])
{
    static const char *const values[] = {"Default", "Current"};
    struct registry_value value;
    struct error ignored;
    uint32_t select, number;
    if (registry_find(registry, "Select", &select, &ignored) != 0 || select == REGISTRY_NONE) {
        return false;
    }
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (registry_find_value(registry, select, values[i], &value, &ignored) == 0 &&
            value.cell != REGISTRY_NONE && value.type == HIVE_DWORD && value.size == 4 &&
            registry_read_value(registry, &value, &number, &ignored) == 0 && number > 0 &&
            number < 1000) {
            format_string(name, 32, "ControlSet%03u", number);
            return true;
        }
    }
    return false;
}

/* A link to the control set, which only exists while Windows runs. */
static bool is_current_control_set(const struct registry_name *name)
{
    static const char text[] = "CurrentControlSet";
    struct registry_name link = {.bytes = (const uint8_t *)text, .count = sizeof(text) - 1};
    return registry_name_compare(name, &link) == 0;
}

static int make_child(struct registry *registry, uint32_t parent, const struct registry_name *name,
                      uint32_t *child, struct error *error);

/* Find the key of a path, or make it. */
static int walk(struct registry *registry, const char *path, bool makes, uint32_t *key,
                struct error *error)
{
    uint32_t at = registry->root;
    for (bool is_first = true; *path != '\0'; is_first = false) {
        const char *end = strchr(path, '\\');
        size_t length = end != NULL ? (size_t)(end - path) : strlen(path);
        struct registry_name name;
        char control_set[32];
        uint32_t child;
        if (length == 0) { /* two '\', or one at the start or the end */
            path++;
            continue;
        }
        const uint8_t *nk = registry_key(registry, at, error);
        if (nk == NULL ||
            registry_name_from(registry, path, length, HIVE_KEY_NAME_MAX, &name, error) != 0 ||
            registry_find_child(registry, nk, &name, &child, error) != 0) {
            return -1;
        }
        if (child == REGISTRY_NONE && is_first && is_current_control_set(&name)) {
            bool is_known = find_control_set(registry, control_set);
            /* In both cases anew: looking for it has used the buffer of `name`. */
            if (registry_name_from(registry, is_known ? control_set : path,
                                   is_known ? strlen(control_set) : length, HIVE_KEY_NAME_MAX,
                                   &name, error) != 0 ||
                registry_find_child(registry, nk, &name, &child, error) != 0) {
                return -1;
            }
        }
        if (child == REGISTRY_NONE && makes &&
            make_child(registry, at, &name, &child, error) != 0) {
            return -1;
        }
        at = child;
        if (at == REGISTRY_NONE) {
            break;
        }
        path += length + (end != NULL);
    }
    *key = at;
    return 0;
}

int registry_find(struct registry *registry, const char *path, uint32_t *key, struct error *error)
{
    return walk(registry, path, false, key, error);
}

int registry_make(struct registry *registry, const char *path, uint32_t *key, struct error *error)
{
    return walk(registry, path, true, key, error);
}

struct listing {
    const struct registry *registry;
    bool (*visit)(void *context, const char *name);
    void *context;
    struct error *error;
    int result;
};

static bool list_child(void *context, uint32_t child)
{
    struct listing *listing = context;
    char text[3 * HIVE_KEY_NAME_MAX + 1];
    const uint8_t *nk = registry_key(listing->registry, child, listing->error);
    if (nk == NULL) {
        listing->result = -1;
        return false;
    }
    struct registry_name name = registry_key_name(nk);
    registry_name_text(&name, text);
    return listing->visit(listing->context, text);
}

int registry_list(struct registry *registry, uint32_t key,
                  bool (*visit)(void *context, const char *name), void *context,
                  struct error *error)
{
    struct listing listing = {
        .registry = registry, .visit = visit, .context = context, .error = error};
    const uint8_t *nk = registry_key(registry, key, error);
    if (nk == NULL || registry_visit_children(registry, nk, list_child, &listing, error) != 0) {
        return -1;
    }
    return listing.result;
}

/* ---- making ---- */

/* Count a reference to a security descriptor, if it is one. */
static void count_security(const struct registry *registry, uint32_t cell)
{
    struct error ignored;
    uint8_t *sk =
        registry_cell(registry, cell, SECURITY_DESCRIPTOR, NULL, "a security descriptor", &ignored);
    if (sk != NULL && get_u16(sk) == SIGNATURE_SECURITY) {
        put_u32(sk + SECURITY_REFERENCES, get_u32(sk + SECURITY_REFERENCES) + 1);
    }
}

/* @param name of registry_name_from(), or of the hive */
static int make_child(struct registry *registry, uint32_t parent, const struct registry_name *name,
                      uint32_t *child, struct error *error)
{
    uint8_t *nk;
    if (registry_unshare(registry, error) != 0) {
        return -1;
    }
    const uint8_t *parent_nk = registry_key(registry, parent, error);
    uint32_t size = registry_name_size(name);
    if (parent_nk == NULL ||
        registry_allocate(registry, KEY_NAME + (uint64_t)size, child, &nk, error) != 0) {
        return -1;
    }
    put_u16(nk, SIGNATURE_KEY);
    put_u16(nk + KEY_FLAGS, name->wide ? 0 : KEY_FLAG_NAME_8_BIT);
    put_u64(nk + KEY_TIMESTAMP, get_u64(parent_nk + KEY_TIMESTAMP)); /* nobody knows the time */
    put_u32(nk + KEY_PARENT, parent);
    put_u32(nk + KEY_CHILDREN, NO_CELL);
    put_u32(nk + KEY_VOLATILE_CHILDREN, NO_CELL);
    put_u32(nk + KEY_VALUES, NO_CELL);
    put_u32(nk + KEY_SECURITY, get_u32(parent_nk + KEY_SECURITY));
    put_u32(nk + KEY_CLASS, NO_CELL);
    put_u16(nk + KEY_NAME_SIZE, (uint16_t)size);
    memcpy(nk + KEY_NAME, name->bytes, size);
    if (registry_add_child(registry, parent, *child, error) != 0) {
        return -1;
    }
    count_security(registry, get_u32(nk + KEY_SECURITY));
    return 0;
}

/* ---- removing ---- */

/* Count one reference less to a security descriptor; the last one takes it out of the ring. */
static void release_security(struct registry *registry, uint32_t cell)
{
    struct error ignored;
    const char what[] = "a security descriptor";
    uint8_t *sk = registry_cell(registry, cell, SECURITY_DESCRIPTOR, NULL, what, &ignored);
    if (sk == NULL || get_u16(sk) != SIGNATURE_SECURITY) {
        return;
    }
    uint32_t references = get_u32(sk + SECURITY_REFERENCES);
    if (references > 1) {
        put_u32(sk + SECURITY_REFERENCES, references - 1);
        return;
    }
    uint32_t next = get_u32(sk + SECURITY_NEXT), previous = get_u32(sk + SECURITY_PREVIOUS);
    uint8_t *after = registry_cell(registry, next, SECURITY_DESCRIPTOR, NULL, what, &ignored);
    uint8_t *before = registry_cell(registry, previous, SECURITY_DESCRIPTOR, NULL, what, &ignored);
    if (next != cell && after != NULL && before != NULL && get_u16(after) == SIGNATURE_SECURITY &&
        get_u16(before) == SIGNATURE_SECURITY) {
        put_u32(after + SECURITY_PREVIOUS, previous);
        put_u32(before + SECURITY_NEXT, next);
        registry_free(registry, cell);
    }
}

/* Free the cells of a key that no list has any more, and that has no subkeys. */
static void free_key(struct registry *registry, uint32_t key, uint8_t *nk)
{
    registry_free_values(registry, nk);
    if (get_u16(nk + KEY_CLASS_SIZE) != 0 && get_u32(nk + KEY_CLASS) != NO_CELL) {
        registry_free(registry, get_u32(nk + KEY_CLASS));
    }
    release_security(registry, get_u32(nk + KEY_SECURITY));
    registry_free(registry, key);
}

/*
 * Free a key that no list has any more, and everything below it. In a damaged hive some cells may
 * stay, which does no harm.
 */
static void free_tree(struct registry *registry, uint32_t top)
{
    struct error ignored;
    uint32_t key = top;
    uint8_t *nk = registry_key(registry, key, &ignored);
    /* A key takes two steps, and more than two times eight bytes: a damaged hive may have loops. */
    for (uint32_t steps = registry->size / 8; nk != NULL && steps > 0; steps--) {
        uint32_t child = registry_take_child(registry, nk);
        if (child != REGISTRY_NONE) {
            uint8_t *child_nk = registry_key(registry, child, &ignored);
            if (child_nk != NULL && child != registry->root) {
                put_u32(child_nk + KEY_PARENT, key); /* as it should be already: the way back */
                key = child;
                nk = child_nk;
            }
            continue;
        }
        uint32_t parent = get_u32(nk + KEY_PARENT);
        free_key(registry, key, nk);
        nk = key == top ? NULL : registry_key(registry, parent, &ignored);
        key = parent;
        work_done.moved += KEY_NAME;
    }
}

int registry_remove(struct registry *registry, uint32_t key, struct error *error)
{
    if (key == registry->root) {
        return error_set(error, "the root key cannot be removed");
    }
    if (registry_unshare(registry, error) != 0) {
        return -1;
    }
    const uint8_t *nk = registry_key(registry, key, error);
    if (nk == NULL || registry_drop_child(registry, get_u32(nk + KEY_PARENT), key, error) != 0) {
        return -1;
    }
    free_tree(registry, key);
    return 0;
}

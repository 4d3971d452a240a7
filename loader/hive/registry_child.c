/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lists of subkeys of a hive that is edited in place.
 *
 * A key has one list of its subkeys, sorted by name, or an index ("ri") of several such leaves. As
 * in Windows, a leaf has some 500 entries at most, so adding one moves 4 KB at most. Windows
 * searches by bisection and trusts the hints; so do we where a search would cost a look at each
 * key.
 */
#include <string.h>

#include "base/little_endian.h"
#include "base/unicode.h"
#include "base/work.h"
#include "hive/registry_cell.h"

enum {
    LEAF_MAX = 500, /* entries: what fits a page */
    SPARE = 8,      /* entries that a list has room for, so that it need not move each time */
    INDEX_MAX = 0xFFFF,
};

/* A leaf, and where it is. */
struct leaf {
    uint8_t *index; /* NULL: the leaf is the only list */
    uint32_t index_count, index_capacity;
    uint32_t number; /* in the index */
    uint32_t cell;
    uint8_t *list;
    uint32_t count, capacity; /* entries */
    uint32_t entry_size;
    uint16_t signature;
    uint64_t seen; /* bytes of the leaves so far */
};

static uint32_t entry_size(uint16_t signature)
{
    return signature == SIGNATURE_LIST || signature == SIGNATURE_HASHED ? 8 : 4;
}

static uint8_t *entry_at(const struct leaf *leaf, uint32_t i)
{
    return leaf->list + LIST_ENTRIES + (size_t)i * leaf->entry_size;
}

/* ---- going through the lists ---- */

static int open_leaf(const struct registry *registry, struct leaf *leaf, struct error *error)
{
    uint32_t capacity = 0;
    leaf->list =
        registry_cell(registry, leaf->cell, LIST_ENTRIES, &capacity, "a list of subkeys", error);
    if (leaf->list == NULL) {
        return -1;
    }
    leaf->signature = get_u16(leaf->list);
    if (leaf->signature != SIGNATURE_LIST && leaf->signature != SIGNATURE_HASHED &&
        leaf->signature != SIGNATURE_PLAIN) {
        return registry_damaged(leaf->cell,
                                "a list of subkeys should be here (\"lf\", \"lh\", \"li\")", error);
    }
    leaf->entry_size = entry_size(leaf->signature);
    leaf->capacity = (capacity - LIST_ENTRIES) / leaf->entry_size;
    leaf->count = get_u16(leaf->list + LIST_COUNT);
    if (leaf->count > leaf->capacity) {
        return registry_damaged(leaf->cell, "this list of subkeys is longer than its cell", error);
    }
    leaf->seen += LIST_ENTRIES + (uint64_t)leaf->count * leaf->entry_size;
    if (leaf->seen > registry->size) {
        return registry_damaged(leaf->cell, "this list of subkeys is in use more than once", error);
    }
    work_done.moved += (uint64_t)leaf->count * leaf->entry_size;
    return 0;
}

static int open_numbered(const struct registry *registry, struct leaf *leaf, struct error *error)
{
    leaf->cell = get_u32(leaf->index + LIST_ENTRIES + 4 * (size_t)leaf->number);
    return open_leaf(registry, leaf, error);
}

/* The first leaf of a key. @return 1: it is there, 0: the key has no subkeys, -1: damage */
static int first_leaf(const struct registry *registry, const uint8_t *nk, struct leaf *leaf,
                      struct error *error)
{
    uint32_t cell = get_u32(nk + KEY_CHILDREN), capacity = 0;
    *leaf = (struct leaf){.cell = cell};
    if (get_u32(nk + KEY_CHILD_COUNT) == 0 || cell == NO_CELL) {
        return 0;
    }
    uint8_t *list =
        registry_cell(registry, cell, LIST_ENTRIES, &capacity, "a list of subkeys", error);
    if (list == NULL) {
        return -1;
    }
    if (get_u16(list) != SIGNATURE_INDEX) {
        return open_leaf(registry, leaf, error) != 0 ? -1 : 1;
    }
    leaf->index = list;
    leaf->index_count = get_u16(list + LIST_COUNT);
    leaf->index_capacity = (capacity - LIST_ENTRIES) / 4;
    if (leaf->index_count > leaf->index_capacity) {
        return registry_damaged(cell, "this list of lists is longer than its cell", error);
    }
    if (leaf->index_count == 0) {
        return 0;
    }
    return open_numbered(registry, leaf, error) != 0 ? -1 : 1;
}

/* The leaf after one. @return as first_leaf() */
static int next_leaf(const struct registry *registry, struct leaf *leaf, struct error *error)
{
    if (leaf->index == NULL || leaf->number + 1 >= leaf->index_count) {
        return 0;
    }
    leaf->number++;
    return open_numbered(registry, leaf, error) != 0 ? -1 : 1;
}

int registry_visit_children(const struct registry *registry, const uint8_t *nk,
                            bool (*visit)(void *context, uint32_t child), void *context,
                            struct error *error)
{
    struct leaf leaf;
    int result = first_leaf(registry, nk, &leaf, error);
    for (; result > 0; result = next_leaf(registry, &leaf, error)) {
        for (uint32_t i = 0; i < leaf.count; i++) {
            if (!visit(context, get_u32(entry_at(&leaf, i)))) {
                return 0;
            }
        }
    }
    return result;
}

/* Whether an entry's hint tells that it is not for this name. */
static bool is_other(const struct leaf *leaf, const uint8_t *hint, const uint8_t wanted[4])
{
    if (leaf->signature == SIGNATURE_HASHED) {
        return memcmp(hint, wanted, 4) != 0;
    }
    if (leaf->signature != SIGNATURE_LIST || wanted[0] == 0) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        if (hint[i] == 0) {
            return false; /* no hint, or the end of a short name */
        }
        if (utf16_upcase(hint[i]) != utf16_upcase(wanted[i])) {
            return true;
        }
    }
    return false;
}

/* Compare a name with that of a subkey. */
static int compare_with(const struct registry *registry, const struct registry_name *name,
                        uint32_t child, int *order, struct error *error)
{
    const uint8_t *nk = registry_key(registry, child, error);
    if (nk == NULL) {
        return -1;
    }
    struct registry_name other = registry_key_name(nk);
    *order = registry_name_compare(name, &other);
    return 0;
}

int registry_find_child(const struct registry *registry, const uint8_t *nk,
                        const struct registry_name *name, uint32_t *child, struct error *error)
{
    struct leaf leaf;
    int result = first_leaf(registry, nk, &leaf, error);
    *child = REGISTRY_NONE;
    for (; result > 0; result = next_leaf(registry, &leaf, error)) {
        uint8_t wanted[4];
        registry_name_hint(name, leaf.signature, wanted);
        for (uint32_t i = 0; i < leaf.count; i++) {
            const uint8_t *entry = entry_at(&leaf, i);
            int order;
            if (is_other(&leaf, entry + 4, wanted)) {
                continue;
            }
            if (compare_with(registry, name, get_u32(entry), &order, error) != 0) {
                return -1;
            }
            if (order == 0) {
                *child = get_u32(entry);
                return 0;
            }
        }
    }
    return result;
}

/* ---- adding ---- */

/* A new, empty leaf of a kind. */
static int make_leaf(struct registry *registry, uint16_t signature, uint32_t capacity,
                     struct leaf *leaf, struct error *error)
{
    leaf->signature = signature;
    leaf->entry_size = entry_size(signature);
    leaf->capacity = capacity;
    leaf->count = 0;
    if (registry_allocate(registry, LIST_ENTRIES + (uint64_t)capacity * leaf->entry_size,
                          &leaf->cell, &leaf->list, error) != 0) {
        return -1;
    }
    put_u16(leaf->list, signature);
    return 0;
}

static void set_count(struct leaf *leaf, uint32_t count)
{
    leaf->count = count;
    put_u16(leaf->list + LIST_COUNT, (uint16_t)count);
}

/* Let the index, or the key, refer to a leaf. */
static void refer_to(const struct leaf *leaf, uint8_t *nk)
{
    if (leaf->index != NULL) {
        put_u32(leaf->index + LIST_ENTRIES + 4 * (size_t)leaf->number, leaf->cell);
    } else {
        put_u32(nk + KEY_CHILDREN, leaf->cell);
    }
}

/* Replace a leaf by one with more room. */
static int grow_leaf(struct registry *registry, uint8_t *nk, struct leaf *leaf, struct error *error)
{
    struct leaf larger = *leaf;
    if (make_leaf(registry, leaf->signature, leaf->count + leaf->count / 4 + SPARE, &larger,
                  error) != 0) {
        return -1;
    }
    memcpy(entry_at(&larger, 0), entry_at(leaf, 0), (size_t)leaf->count * leaf->entry_size);
    set_count(&larger, leaf->count);
    refer_to(&larger, nk);
    registry_free(registry, leaf->cell);
    *leaf = larger;
    return 0;
}

/* Make room for another leaf in the index of a leaf, or an index if there is none. */
static int grow_index(struct registry *registry, uint8_t *nk, struct leaf *leaf,
                      struct error *error)
{
    uint32_t cell, old = get_u32(nk + KEY_CHILDREN);
    uint8_t *index;
    if (leaf->index != NULL && leaf->index_count < leaf->index_capacity) {
        return 0;
    }
    if (leaf->index_count == INDEX_MAX) {
        return error_set(error, "the key has too many subkeys");
    }
    uint32_t capacity = leaf->index_count + leaf->index_count / 4 + SPARE;
    if (registry_allocate(registry, LIST_ENTRIES + 4 * (uint64_t)capacity, &cell, &index, error) !=
        0) {
        return -1;
    }
    put_u16(index, SIGNATURE_INDEX);
    if (leaf->index != NULL) {
        memcpy(index + LIST_COUNT, leaf->index + LIST_COUNT,
               LIST_ENTRIES - LIST_COUNT + 4 * (size_t)leaf->index_count);
        registry_free(registry, old);
    } else {
        leaf->index_count = 1;
        put_u16(index + LIST_COUNT, 1);
        put_u32(index + LIST_ENTRIES, leaf->cell);
    }
    leaf->index = index;
    leaf->index_capacity = capacity;
    put_u32(nk + KEY_CHILDREN, cell);
    return 0;
}

/* Put the upper half of a full leaf into a new one. */
static int split_leaf(struct registry *registry, uint8_t *nk, struct leaf *leaf,
                      struct error *error)
{
    struct leaf upper = {0};
    uint32_t kept = leaf->count / 2, moved = leaf->count - kept;
    if (grow_index(registry, nk, leaf, error) != 0 ||
        make_leaf(registry, leaf->signature, moved + SPARE, &upper, error) != 0) {
        return -1;
    }
    memcpy(entry_at(&upper, 0), entry_at(leaf, kept), (size_t)moved * leaf->entry_size);
    set_count(&upper, moved);
    set_count(leaf, kept);
    uint8_t *after = leaf->index + LIST_ENTRIES + 4 * ((size_t)leaf->number + 1);
    memmove(after + 4, after, 4 * (size_t)(leaf->index_count - leaf->number - 1));
    put_u32(after, upper.cell);
    put_u16(leaf->index + LIST_COUNT, (uint16_t)++leaf->index_count);
    return 0;
}

/* The leaf that a name belongs into: the last one that does not start after it. */
static int choose_leaf(const struct registry *registry, const uint8_t *nk,
                       const struct registry_name *name, struct leaf *chosen, struct error *error)
{
    struct leaf leaf;
    int found = first_leaf(registry, nk, &leaf, error), result = found, order;
    *chosen = leaf;
    while (result > 0 && (result = next_leaf(registry, &leaf, error)) > 0) {
        if (leaf.count > 0) {
            if (compare_with(registry, name, get_u32(entry_at(&leaf, 0)), &order, error) != 0) {
                return -1;
            }
            if (order < 0) {
                break;
            }
            *chosen = leaf;
        }
    }
    return result < 0 ? -1 : found;
}

/* Where in a leaf a name belongs. */
static int find_place(const struct registry *registry, const struct leaf *leaf,
                      const struct registry_name *name, uint32_t *place, struct error *error)
{
    uint32_t low = 0, high = leaf->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order;
        if (compare_with(registry, name, get_u32(entry_at(leaf, middle)), &order, error) != 0) {
            return -1;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *place = low;
    return 0;
}

int registry_add_child(struct registry *registry, uint32_t parent, uint32_t child,
                       struct error *error)
{
    uint8_t *nk = registry_key(registry, parent, error);
    uint8_t *child_nk = registry_key(registry, child, error);
    struct leaf leaf;
    uint32_t place;
    if (nk == NULL || child_nk == NULL) {
        return -1;
    }
    struct registry_name name = registry_key_name(child_nk);
    int found = choose_leaf(registry, nk, &name, &leaf, error);
    if (found > 0 && leaf.count >= LEAF_MAX) {
        found = split_leaf(registry, nk, &leaf, error) != 0
                    ? -1
                    : choose_leaf(registry, nk, &name, &leaf, error);
    }
    if (found < 0) {
        return -1;
    }
    if (found == 0) {
        uint16_t signature = registry->minor >= 5   ? SIGNATURE_HASHED
                             : registry->minor >= 3 ? SIGNATURE_LIST
                                                    : SIGNATURE_PLAIN;
        leaf = (struct leaf){0};
        if (make_leaf(registry, signature, SPARE, &leaf, error) != 0) {
            return -1;
        }
        refer_to(&leaf, nk);
        put_u32(nk + KEY_CHILD_COUNT, 0);
    }
    if ((leaf.count == leaf.capacity && grow_leaf(registry, nk, &leaf, error) != 0) ||
        find_place(registry, &leaf, &name, &place, error) != 0) {
        return -1;
    }
    uint8_t *entry = entry_at(&leaf, place);
    memmove(entry + leaf.entry_size, entry, (size_t)(leaf.count - place) * leaf.entry_size);
    put_u32(entry, child);
    if (leaf.entry_size == 8) {
        registry_name_hint(&name, leaf.signature, entry + 4);
    }
    set_count(&leaf, leaf.count + 1);
    put_u32(nk + KEY_CHILD_COUNT, get_u32(nk + KEY_CHILD_COUNT) + 1);
    uint32_t size = 2 * name.count; /* the other half of the field has flags */
    if (size > get_u16(nk + KEY_CHILD_NAME_MAX)) {
        put_u16(nk + KEY_CHILD_NAME_MAX, (uint16_t)size);
    }
    return 0;
}

/* ---- removing ---- */

/* Free a leaf without entries, and the index with its last leaf. */
static void drop_leaf(struct registry *registry, uint8_t *nk, struct leaf *leaf)
{
    registry_free(registry, leaf->cell);
    if (leaf->index == NULL) {
        put_u32(nk + KEY_CHILDREN, NO_CELL);
        return;
    }
    uint8_t *entry = leaf->index + LIST_ENTRIES + 4 * (size_t)leaf->number;
    leaf->index_count--;
    work_done.moved += 4 * (uint64_t)leaf->index_count;
    memmove(entry, entry + 4, 4 * (size_t)(leaf->index_count - leaf->number));
    put_u16(leaf->index + LIST_COUNT, (uint16_t)leaf->index_count);
    if (leaf->index_count == 0) {
        registry_free(registry, get_u32(nk + KEY_CHILDREN));
        put_u32(nk + KEY_CHILDREN, NO_CELL);
    }
}

/* Take an entry out of a leaf. */
static void drop_entry(struct registry *registry, uint8_t *nk, struct leaf *leaf, uint32_t i)
{
    uint32_t count = get_u32(nk + KEY_CHILD_COUNT);
    uint8_t *entry = entry_at(leaf, i);
    memmove(entry, entry + leaf->entry_size, (size_t)(leaf->count - i - 1) * leaf->entry_size);
    set_count(leaf, leaf->count - 1);
    put_u32(nk + KEY_CHILD_COUNT, count > 0 ? count - 1 : 0);
    if (leaf->count == 0) {
        drop_leaf(registry, nk, leaf);
    }
}

int registry_drop_child(struct registry *registry, uint32_t parent, uint32_t child,
                        struct error *error)
{
    uint8_t *nk = registry_key(registry, parent, error);
    struct leaf leaf;
    int result = nk != NULL ? first_leaf(registry, nk, &leaf, error) : -1;
    for (; result > 0; result = next_leaf(registry, &leaf, error)) {
        for (uint32_t i = 0; i < leaf.count; i++) {
            if (get_u32(entry_at(&leaf, i)) == child) {
                drop_entry(registry, nk, &leaf, i);
                return 0;
            }
        }
    }
    return result < 0 ? -1
                      : registry_damaged(child, "the parent of this key does not know it", error);
}

uint32_t registry_take_child(struct registry *registry, uint8_t *nk)
{
    struct error ignored;
    struct leaf leaf;
    while (first_leaf(registry, nk, &leaf, &ignored) > 0) {
        if (leaf.count == 0) {
            drop_leaf(registry, nk, &leaf);
            continue;
        }
        uint32_t child = get_u32(entry_at(&leaf, leaf.count - 1));
        drop_entry(registry, nk, &leaf, leaf.count - 1);
        return child;
    }
    return REGISTRY_NONE;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cells of a hive that is edited in place. Private to registry*.c.
 *
 * Everything in a hive is a cell; cells refer to each other by offsets, which are not to be
 * trusted: each is checked when it is followed. Pointers to cells are valid until the next call of
 * registry_unshare(), so whatever changes a hive calls the former first.
 */
#ifndef LOADER_REGISTRY_CELL_H
#define LOADER_REGISTRY_CELL_H

#include "hive/hive.h"
#include "hive/hive_format.h"
#include "hive/registry.h"

/** A name as a hive has it: 8 or 16 bits for each character. */
struct registry_name {
    const uint8_t *bytes;
    uint32_t count; /* UTF-16 units */
    bool wide;
};

/** Bins that were added. */
struct registry_bin {
    struct registry_bin *next; /* added before this one */
    uint32_t offset, size;
    uint32_t used; /* up to the cell that is handed out next */
    uint8_t *bytes;
};

struct registry {
    struct pool *pool;
    uint8_t *base; /* the base block and the bins of the hive that was opened; content memory */
    uint32_t opened_size; /* bytes of these bins */
    uint32_t size;        /* bytes of all bins */
    struct registry_bin *last_bin;
    size_t bin_count;
    uint32_t minor; /* version */
    uint32_t root;
    bool changed;
    bool shared;           /* the bytes are in use elsewhere and must stay as they are */
    uint16_t *name_buffer; /* of registry_name_from() */
    uint32_t name_capacity;
    char *text_buffer; /* for the names of values */
};

/** Say what is wrong at a cell. @return -1 */
int registry_damaged(uint32_t cell, const char *what, struct error *error);

/**
 * The data of a cell in use.
 *
 * @param least    bytes that they must have
 * @param capacity NULL, or written: bytes that they have
 * @param what     is expected there, for the message
 */
uint8_t *registry_cell(const struct registry *registry, uint32_t cell, uint32_t least,
                       uint32_t *capacity, const char *what, struct error *error);

/** Prepare for a change: copies the bytes if they are in use elsewhere. -1 without memory. */
int registry_unshare(struct registry *registry, struct error *error);

/** A new cell, whose data are zeros. @param bytes NULL, or written: its data */
int registry_allocate(struct registry *registry, uint64_t size, uint32_t *cell, uint8_t **bytes,
                      struct error *error);

/** Free a cell, if it is one in use. */
void registry_free(struct registry *registry, uint32_t cell);

/* ---- names ---- */

/**
 * Bring a name into the form of a hive.
 *
 * @param text   UTF-8
 * @param most   units that it may have
 * @param name   written: valid until the next call
 */
int registry_name_from(struct registry *registry, const char *text, size_t length, uint32_t most,
                       struct registry_name *name, struct error *error);

/** Order of names in a hive: by upper-cased unit, a prefix first. <0, 0, >0. */
int registry_name_compare(const struct registry_name *left, const struct registry_name *right);

/** Bytes that a name has as it is stored. */
uint32_t registry_name_size(const struct registry_name *name);

/** What lists of subkeys have of a name: in "lf" its first four characters, in "lh" a hash. */
void registry_name_hint(const struct registry_name *name, uint16_t signature, uint8_t hint[4]);

/** A name as UTF-8; `buffer` has room for three bytes a unit and a NUL. */
void registry_name_text(const struct registry_name *name, char *buffer);

/* ---- keys and values ---- */

/** The data of a key ("nk"): its name is within its cell. */
uint8_t *registry_key(const struct registry *registry, uint32_t cell, struct error *error);

/** The data of a value ("vk"): its name is within its cell. */
uint8_t *registry_value_cell(const struct registry *registry, uint32_t cell, struct error *error);

/** The name of a key or a value. */
struct registry_name registry_key_name(const uint8_t *nk);
struct registry_name registry_value_name(const uint8_t *vk);

/** Free all values of a key, as far as they can be found. */
void registry_free_values(struct registry *registry, uint8_t *nk);

/* ---- lists of subkeys ---- */

/** Find a subkey. @param child written: REGISTRY_NONE if there is none */
int registry_find_child(const struct registry *registry, const uint8_t *nk,
                        const struct registry_name *name, uint32_t *child, struct error *error);

/** Enter a subkey, whose name no other has, into the lists of its parent. */
int registry_add_child(struct registry *registry, uint32_t parent, uint32_t child,
                       struct error *error);

/** Take a subkey off the lists of its parent. */
int registry_drop_child(struct registry *registry, uint32_t parent, uint32_t child,
                        struct error *error);

/** Take the last subkey off the lists of a key that is being removed. @return the subkey, or
 * REGISTRY_NONE: there are none, or the lists are damaged */
uint32_t registry_take_child(struct registry *registry, uint8_t *nk);

/** Call `visit` with each subkey until it returns false. */
int registry_visit_children(const struct registry *registry, const uint8_t *nk,
                            bool (*visit)(void *context, uint32_t child), void *context,
                            struct error *error);

/* ---- logs ---- */

/** The hash of entries of a log: Marvin32. */
uint64_t registry_log_hash(uint64_t seed, const uint8_t *bytes, size_t length);

/**
 * Copy a hive that was not closed properly, and make the changes that are in its logs: sets `base`
 * and `opened_size`, and `changed`.
 */
int registry_replay(struct registry *registry, const uint8_t *bytes, size_t size,
                    const struct registry_log *logs, size_t log_count, struct error *error);

#endif

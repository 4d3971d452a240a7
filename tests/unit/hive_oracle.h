/* SPDX-License-Identifier: BSD-2-Clause */
/* hivex's view of a hive, beside ours. */
#ifndef TESTS_HIVE_ORACLE_H
#define TESTS_HIVE_ORACLE_H

#include <check.h>
/* Two names of hivex are ours as well. */
#define hive_type      hivex_type
#define hive_set_value hivex_set_value
#include <hivex.h>
#undef hive_type
#undef hive_set_value
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hive/hive.h"

/** Put bytes into a temporary file, whose name is written to `path`. */
static inline void sample_save(const void *bytes, size_t size, char path[32])
{
    strcpy(path, "/tmp/wimboot-hive-XXXXXX");
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(write(descriptor, bytes, size), (ssize_t)size);
    close(descriptor);
}

static void compare_value(hive_h *oracle, hive_value_h theirs, const struct hive_value *ours)
{
    hivex_type type;
    size_t size;
    char *data = hivex_value_value(oracle, theirs, &type, &size);
    ck_assert_ptr_nonnull(data);
    ck_assert_uint_eq(type, ours->type);
    ck_assert_uint_eq(size, ours->size);
    if (size) {
        ck_assert_mem_eq(data, ours->data, size);
    }
    free(data);
}

/** Fail unless hivex sees the same names, types and bytes as we do, all the way down. */
static void compare_key(hive_h *oracle, hive_node_h theirs, const struct hive_key *ours)
{
    hive_node_h *children = hivex_node_children(oracle, theirs);
    hive_value_h *values = hivex_node_values(oracle, theirs);
    ck_assert_ptr_nonnull(children);
    ck_assert_ptr_nonnull(values);
    uint32_t child_count = 0, value_count = 0;
    for (; children[child_count]; child_count++) {
        char *name = hivex_node_name(oracle, children[child_count]);
        const struct hive_key *child = hive_first_child(ours);
        while (child && strcmp(child->name, name) != 0) {
            child = child->next;
        }
        ck_assert_msg(child != NULL, "key %s is missing", name);
        compare_key(oracle, children[child_count], child);
        free(name);
    }
    for (; values[value_count]; value_count++) {
        char *name = hivex_value_key(oracle, values[value_count]);
        const struct hive_value *value = ours->first_value;
        while (value && strcmp(value->name, name) != 0) {
            value = value->next;
        }
        ck_assert_msg(value != NULL, "value %s of %s is missing", name, ours->name);
        compare_value(oracle, values[value_count], value);
        free(name);
    }
    ck_assert_uint_eq(child_count, ours->child_count);
    ck_assert_uint_eq(value_count, ours->value_count);
    free(children);
    free(values);
}

/** Open a hive in hivex from memory. */
static inline hive_h *oracle_open(const void *bytes, size_t size, int flags)
{
    char path[32];
    sample_save(bytes, size, path);
    hive_h *oracle = hivex_open(path, flags);
    unlink(path);
    ck_assert_msg(oracle != NULL, "hivex does not open the hive");
    return oracle;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The sample stores of tests/data/bcd. */
#ifndef TESTS_HIVE_SAMPLES_H
#define TESTS_HIVE_SAMPLES_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Stores of tests/data/bcd: the first four written by hivex, the last by a writer of its own. */
static const char *const sample_names[] = {
    "tests/data/bcd/BCD.winpe-bios", "tests/data/bcd/BCD.winpe-efi", "tests/data/bcd/BCD.winpe-any",
    "tests/data/bcd/BCD.menu", "tests/data/bcd/BCD.scratch-v13"};

enum { SAMPLE_COUNT = sizeof(sample_names) / sizeof(sample_names[0]) };

/** A whole file; to be freed. */
static uint8_t *sample_load(const char *name, size_t *size)
{
    FILE *stream = fopen(name, "rb");
    ck_assert_msg(stream != NULL, "%s: cannot be opened", name);
    fseek(stream, 0, SEEK_END);
    *size = (size_t)ftell(stream);
    rewind(stream);
    uint8_t *bytes = malloc(*size + 1);
    ck_assert_uint_eq(fread(bytes, 1, *size, stream), *size);
    fclose(stream);
    return bytes;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * INF files: text in sections, which says what a driver package is for and which files it has
 * (Microsoft's driver documentation, "General syntax rules for INF files").
 *
 *     [Version]                            ; a section; names are compared without regard to case
 *     Provider = %Maker%                   ; %…% stands for a line of [Strings]
 *     [Models.NTamd64]
 *     "A ""fast"" card" = Install, \       ; a line that continues
 *         PCI\VEN_8086&DEV_100E
 *
 * Sections with the same name are one section. This module knows the syntax alone; what the
 * sections mean is in driver_inf.c.
 */
#ifndef LOADER_INF_H
#define LOADER_INF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash_table.h"
#include "base/memory.h"
#include "files/file.h"

enum {
    INF_SIZE_MAX = 8 << 20, /* bytes of a file; the largest real ones, of graphics, have 4 MB */
    INF_FIELD_SIZE = 512,   /* bytes of a field, with its NUL: what is longer is cut */
    /* Bytes of what is made of a file beside its text: some 100,000 sections, strings, files. The
     * largest real ones have some thousands of each. */
    INF_PARTS_SIZE_MAX = 16 << 20,
};

/** A file, decoded, and where its sections are. */
struct inf {
    struct pool *pool; /* for what is made of it; destroyed with it */
    char *text;        /* UTF-8 */
    size_t length;
    struct hash_table sections; /* struct inf_section; those of the same name in order */
    struct hash_table strings;  /* of [Strings]; filled when the first %…% is met */
    bool has_strings;
    bool failed; /* out of memory for the strings: what was read is not all */
};

struct inf_section {
    struct hash_link link;
    const char *name;
    size_t name_length;
    const char *start, *end; /* its lines */
};

/** A place in the lines of a section, and in the sections of the same name. */
struct inf_cursor {
    struct inf *inf;
    const struct inf_section *section;
    const char *at;  /* in the line */
    const char *end; /* of the section */
    bool in_line;    /* the line has more fields */
    bool at_start;   /* none of them was read yet */
};

/** A field of a line: what is before '=', or what is between the ',' after it. */
struct inf_field {
    char text[INF_FIELD_SIZE]; /* NUL-terminated, without the quotes; %…% replaced */
    size_t length;
    bool is_key; /* a '=' followed it */
};

/** Open a file: UTF-16 with or without a byte order mark, UTF-8, or ANSI, which is taken for
 * Latin-1.
 *
 * @return 0; -1 naming the file. Close it in both cases with inf_close(). */
int inf_open(struct inf *inf, const struct file *file, struct error *error);

void inf_close(struct inf *inf);

/** Say that there is no memory for what a file has, or that it has too much. Returns -1. */
int inf_no_memory(const struct inf *inf, const struct file *file, struct error *error);

/** Whether there is a section of this name. */
bool inf_has_section(const struct inf *inf, const char *name);

/** Start to read the lines of all sections with a name; there may be none. */
struct inf_cursor inf_lines(struct inf *inf, const char *name);

/** Move to the next line that is not empty; false after the last one. */
bool inf_next_line(struct inf_cursor *cursor);

/** Read the next field of the line; false after the last one. */
bool inf_next_field(struct inf_cursor *cursor, struct inf_field *field);

/** Read the first value of the line with this key, the first one in the section; false if there is
 * none. */
bool inf_find_value(struct inf *inf, const char *section, const char *key, struct inf_field *value);

/* ---- tables by name, for those who read an INF ---- */

/** What an item starts with that is found by its name. */
struct inf_name {
    struct hash_link link;
    const char *text; /* NUL-terminated */
};

/** The item of this name, without regard to case; NULL if there is none. */
void *inf_find_name(const struct hash_table *table, const char *name);

/**
 * Add an item, in the table's pool.
 *
 * @param size bytes of the item, which starts with a struct inf_name; the rest is zero
 * @return NULL without memory
 */
void *inf_add_name(struct hash_table *table, const char *name, size_t size);

/** Whether two texts are equal but for the case of ASCII letters. */
bool inf_equal(const char *left, size_t left_length, const char *right, size_t right_length);

#endif

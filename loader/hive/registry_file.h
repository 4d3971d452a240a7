/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * .reg files, as the registry editor writes and administrators write them.
 *
 * Version 5 and REGEDIT4; UTF-16, UTF-8, or Windows-1252. REGEDIT4's hex(2) and hex(7) are
 * text of 8 bits a character. A '-' before a key or as a value removes it.
 */
#ifndef LOADER_REGISTRY_FILE_H
#define LOADER_REGISTRY_FILE_H

#include "hive/registry.h"

/** What an import did. */
struct registry_import {
    uint32_t keys;  /* sections that are for this hive */
    uint32_t other; /* sections for others, which were passed over */
};

/**
 * Make the changes of a .reg file. It is read completely before the first change is made, so a
 * mistake in it changes nothing.
 *
 * @param mount where the hive is in the registry: "HKEY_LOCAL_MACHINE\SYSTEM"
 * @param done  written
 * @return 0; -1 with the line
 */
int registry_import(struct registry *registry, const char *mount, const void *bytes, size_t size,
                    struct registry_import *done, struct error *error);

/** Where Windows has the hive of this file name: "HKEY_LOCAL_MACHINE\SYSTEM"; NULL if it is none
 * that Windows knows. */
const char *registry_mount_of(const char *file_name);

#endif

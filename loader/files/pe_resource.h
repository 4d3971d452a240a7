/* SPDX-License-Identifier: BSD-2-Clause */
/* The resources of programs. Format: Microsoft, "PE Format", the .rsrc section. */
#ifndef LOADER_PE_RESOURCE_H
#define LOADER_PE_RESOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "files/pe.h"

enum pe_resource_type {
    PE_RESOURCE_RAW_DATA = 10, /* RT_RCDATA */
    PE_RESOURCE_VERSION = 16,  /* RT_VERSION */
};

/**
 * Read the first bytes of a resource, in whichever language it comes first.
 *
 * @param name   NULL: the first of this type
 * @param buffer written: `length` bytes
 * @return false if there is no such resource, or it is shorter
 */
bool pe_read_resource(const struct pe *pe, enum pe_resource_type type, const char *name,
                      void *buffer, uint32_t length);

#endif

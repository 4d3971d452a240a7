/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a .reg file as UTF-8, whatever it was saved as. Private to registry_file.c.
 */
#ifndef LOADER_REGISTRY_TEXT_H
#define LOADER_REGISTRY_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/**
 * Convert a file: UTF-16LE or UTF-8 with a byte order mark; without one, UTF-8 if it is
 * well-formed, else Windows-1252.
 *
 * @param length written: bytes
 * @return scratch memory with a NUL after it; NULL without memory
 */
char *registry_text(const void *bytes, size_t size, size_t *length, struct error *error);

/** The character of a byte of Windows-1252. */
uint16_t registry_ansi_unit(uint8_t byte);

#endif

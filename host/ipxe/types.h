/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of iPXE's settings: how bytes are written as text, and text is read (https://ipxe.org/cfg).
 */
#ifndef HOST_IPXE_TYPES_H
#define HOST_IPXE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ipxe;

struct bytes {
    const uint8_t *data;
    size_t size;
};

struct setting_type {
    const char *name;

    /** Write bytes as text; NULL if these bytes are not of this type, or the run is stopped. */
    char *(*format)(struct ipxe *ipxe, const struct setting_type *type, struct bytes bytes);

    /** Read text; false if it is not of this type, or the run is stopped. NULL: cannot be read.
     */
    bool (*parse)(struct ipxe *ipxe, const struct setting_type *type, const char *text,
                  struct bytes *bytes);

    unsigned width; /* of an integer, in bytes; 0 for other types */
    bool is_signed;
    char separator; /* between hexadecimal bytes; 0 is none */
};

/** The type of this name, or NULL. */
const struct setting_type *type_find(const char *name);

/** The value of bytes as a number of an integer type. */
int64_t type_number(const struct setting_type *type, struct bytes bytes);

/** A number as bytes of an integer type. @return false if the run is stopped */
bool type_from_number(struct ipxe *ipxe, const struct setting_type *type, int64_t number,
                      struct bytes *bytes);

#endif

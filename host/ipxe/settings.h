/* SPDX-License-Identifier: BSD-2-Clause */
/* iPXE's settings: named values of a type, in blocks (https://ipxe.org/cfg). */
#ifndef HOST_IPXE_SETTINGS_H
#define HOST_IPXE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/ipxe/types.h"

struct ipxe;

enum { SETTINGS_MAX = 4096, SETTING_NAME_MAX = 256 };

/** A setting that a script has set. */
struct setting {
    const char *block; /* "" is the root, which is searched first */
    const char *name;
    const struct setting_type *type;
    struct bytes value;
};

struct settings {
    size_t count;
    struct setting list[SETTINGS_MAX];
};

/** A setting's name, parsed: "[block/]name[:type]". */
struct setting_name {
    char block[SETTING_NAME_MAX], name[SETTING_NAME_MAX];
    const struct setting_type *type; /* NULL: the setting's own */
};

/** Parse a name. @return false if it is too long or the type is unknown */
bool setting_parse_name(const char *text, struct setting_name *name);

enum found {
    FOUND_STOP = -1,
    FOUND,
    FOUND_NOTHING, /* no machine has such a setting unless a script sets it */
    FOUND_UNKNOWN, /* machines or networks have it; this one's is not known */
};

/** Find a setting's value: of the script, else of the machine. */
enum found settings_find(struct ipxe *ipxe, const struct setting_name *name, struct bytes *value,
                         const struct setting_type **type);

/** Store a value; no bytes clear the setting. @return an enum status */
int settings_store(struct ipxe *ipxe, const struct setting_name *name,
                   const struct setting_type *type, struct bytes value);

/** A setting's own type; NULL for those that scripts make up. */
const struct setting_type *setting_own_type(const char *name);

/** The machine's settings, which settings_find() searches after those of the script. */
enum found facts_find(struct ipxe *ipxe, const char *block, const char *name, struct bytes *value,
                      const struct setting_type **type);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What an INF file says of drivers, for the search and for the index. */
#ifndef LOADER_DRIVER_INF_H
#define LOADER_DRIVER_INF_H

#include "drivers/driver.h"
#include "drivers/inf.h"

enum { DRIVER_ARCH_COUNT = 3 };

/** A processor, and what decorations call it. */
struct driver_arch {
    const char *name, *decoration; /* "x86_64", "NTamd64" */
};

extern const struct driver_arch driver_archs[DRIVER_ARCH_COUNT];

/** The processor of this name of ours; NULL if there is none. */
const struct driver_arch *driver_find_arch(const char *name);

/** [Version]. */
struct driver_header {
    struct inf_field class_name, provider;
    uint32_t date;
    uint64_t version;
};

/** Read [Version]. False if the package is no driver of a device by itself (an extension). */
bool driver_read_header(struct inf *inf, struct driver_header *header);

/** A models section: the devices of a manufacturer for some Windows. */
struct driver_models {
    struct driver_models *next;
    char section[INF_FIELD_SIZE];
    unsigned maker; /* number of the line in [Manufacturer] */
    const struct driver_arch *arch;
    uint64_t version; /* of the oldest Windows */
};

/** Read [Manufacturer]: the models sections that exist, in the INF's pool; those of a maker
 * together, for the newest Windows first.
 *
 * @return 0; -1 without memory */
int driver_read_models(struct inf *inf, struct driver_models **models);

/** A hardware id in a models section. */
struct driver_id {
    struct pci_id id;
    const char *text;        /* the id; NUL-terminated */
    bool is_first;           /* the others on its line are the compatible ones */
    const char *description; /* NUL-terminated */
};

/** Call a function for each PCI id of a models section. */
void driver_each_id(struct inf *inf, const struct driver_models *models,
                    int (*found)(void *context, const struct driver_id *id), void *context);

/**
 * The files that the package needs for a processor, in the INF's pool: what drvload stages, the
 * files of all its devices.
 *
 * @return 0; -1 without memory
 */
int driver_read_files(struct inf *inf, const struct driver_models *models,
                      const struct driver_arch *arch, struct driver_file **files);

#endif

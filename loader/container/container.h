/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Containers: files that have files in them, such as ISOs, and volumes that the firmware has
 * mounted. Here are the contract of a container plugin and the functions with which the rest of the
 * loader looks into a volume.
 *
 * Nothing is copied: a file of a container is a list of extents of the container's bytes.
 */
#ifndef LOADER_CONTAINER_H
#define LOADER_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/plugin.h"
#include "files/file.h"

/** A file or directory of a volume. */
struct container_entry {
    const char *name; /* UTF-8; of the root "" */
    const char
        *path; /* from the root, with '\' between names; set by container.c, not by plugins */
    bool is_directory;
    uint64_t place; /* what the plugin finds it by */
};

/** Takes the entries of a directory. Embedded in a structure with the data that it needs. */
struct container_visitor {
    /** @param entry valid during the call @return whether to go on */
    bool (*visit)(struct container_visitor *visitor, const struct container_entry *entry);
};

/** An open container, or a mounted volume; in a pool. */
struct container_volume {
    const struct container *kind;
    struct pool *pool;
    const struct file *file; /* that it was opened from; NULL: mounted by the firmware */
    const char *name;        /* of that file, or of the volume, for messages */
    const char *label;       /* UTF-8, may be empty */
    const char *device;      /* a mounted volume's device path as text; else NULL */
    bool is_remote;          /* a mounted volume that is read over the network */
    bool is_own;             /* it is on the device that the loader was started from */
    uint64_t root;           /* place of the root directory */
    void *data;              /* the plugin's own */
};

/** The volumes that a machine has mounted. */
struct container_volumes {
    struct pool *pool;
    size_t count, capacity;
    struct container_volume **volumes;
};

/** A kind of container: what a plugin provides. Places and all else that is read from a container
 * are untrusted. */
struct container {
    const char *name; /* "UDF", for messages */
    /** Of several kinds that know a file, the one with the highest is used: a disc may have both a
     * UDF and an ISO 9660 tree. */
    unsigned precedence;
    /**
     * Open a file, or see that it is not of this kind. NULL: none of its volumes are in files.
     *
     * @param volume has kind, pool, file and name; label, root and data are to be set
     * @return 1; 0 if it is not of this kind; -1 if it is, but damaged
     */
    int (*open)(struct container_volume *volume, struct error *error);
    /**
     * Add the volumes that the machine has mounted (container_add_mounted()). NULL: there are none
     * of this kind.
     *
     * @return 0; -1 without memory
     */
    int (*find_mounted)(struct container_volumes *list, struct error *error);
    /** Show a directory's entries to a visitor, in any order, until it wants no more. */
    int (*list)(struct container_volume *volume, const struct container_entry *directory,
                struct container_visitor *visitor, struct error *error);
    /** Make a file of an entry that is no directory, named as the entry. */
    int (*file)(struct container_volume *volume, const struct container_entry *entry,
                struct file **file, struct error *error);
};

PLUGIN_TABLE(container);

/**
 * Open a container.
 *
 * @param pool   for the volume and its files
 * @param volume written: NULL if no plugin knows the file
 * @return 0; -1, naming the file and the sector, if it is damaged
 */
int container_open(struct pool *pool, const struct file *file, struct container_volume **volume,
                   struct error *error);

/** Find the volumes that the machine has mounted. `list` has only a pool. */
int container_find_mounted(struct container_volumes *list, struct error *error);

/** Add a mounted volume to the list; -1 without memory. */
int container_add_mounted(struct container_volumes *list, struct container_volume *volume,
                          struct error *error);

/**
 * Find a file by its path.
 *
 * @param path with '\' or '/', in upper or lower case
 * @param file written: NULL if there is none; its note says where it came from
 * @return 0; -1, naming the container, if what leads there is damaged
 */
int container_find(struct container_volume *volume, const char *path, struct file **file,
                   struct error *error);

/** Show the entries of a directory; -1 if it does not exist or is damaged. */
int container_list(struct container_volume *volume, const char *path,
                   struct container_visitor *visitor, struct error *error);

/** Make a file of an entry that container_list() shows; it is no directory. */
int container_file(struct container_volume *volume, const struct container_entry *entry,
                   struct file **file, struct error *error);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The preview tool: what the command line requests, and doing it for one machine. */
#ifndef HOST_PREVIEW_H
#define HOST_PREVIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"
#include "boot.h"
#include "host/inputs.h"
#include "host/ipxe/ipxe.h"
#include "host/machine.h"

enum {
    PREVIEW_MACHINES_MAX = 256,
    PREVIEW_EXTRACTS_MAX = 64,
    PREVIEW_ANSWERS_MAX = 256,
    PREVIEW_SETTINGS_MAX = 256,
};

/** Exit statuses. */
enum {
    PREVIEW_BOOTS = 0,
    PREVIEW_FAILS = 1,
    PREVIEW_USAGE = 2,
    PREVIEW_UNCERTAIN = 3, /* the iPXE script depends on something unknown */
};

struct preview {
    struct pool *pool;
    int argument_count; /* the whole command line, for the nbdkit plugin */
    char **arguments;
    size_t machine_count;
    struct machine_plan *machines;
    const struct input *inputs;
    size_t input_count;
    const char *command_line; /* for the loader */
    const char *ipxe_path;    /* --ipxe, or NULL: then inputs come from the command line */
    const char *root;         /* --root */
    size_t answer_count;
    const char *answers[PREVIEW_ANSWERS_MAX]; /* --answer */
    size_t setting_count;
    struct ipxe_fact settings[PREVIEW_SETTINGS_MAX]; /* --ipxe-set */
    const char *keys;                                /* answers for menus and prompts */
    bool json, trace, verify, qemu, nbd, colour;
    const char *image;  /* --image */
    const char *loader; /* --loader: build/wimboot, for --qemu */
    size_t extract_count;
    const char *extracts[PREVIEW_EXTRACTS_MAX]; /* "PATH=OUT" */
};

/** Run the pipeline for one machine.
 *
 * @param boot with a pool, all else zero
 * @return an exit status; the reason is in `error`
 */
int preview_prepare(const struct preview *preview, struct machine_plan *plan, struct boot *boot,
                    struct volume **volume, struct error *error);

/**
 * Run the iPXE script on a machine, and report assumptions and differences between firmwares.
 *
 * @param inputs       set to the files that the loader gets, `input_count` to how many
 * @param command_line set to the loader's
 * @return an exit status; the reason is in `error`
 */
int preview_run_ipxe(const struct preview *preview, const struct machine_plan *plan,
                     const struct input **inputs, size_t *input_count, const char **command_line,
                     struct error *error);

/** Run the pipeline for one machine, show the result, write what was requested.
 *
 * @return an exit status
 */
int preview_run(const struct preview *preview, struct machine_plan *plan);

/** Write what is left of standard output. @return `status`, or PREVIEW_FAILS if it cannot all be
 * written */
int preview_close_output(int status);

/** Read machines from a Lua file into the preview. */
int preview_read_machines(struct preview *preview, const char *path, struct error *error);

/** Boot the files in QEMU with the real loader, after preview_prepare(); returns QEMU's exit
 * status, or -1. */
int preview_qemu(const struct preview *preview, const struct machine_plan *plan,
                 struct error *error);

/** Serve the virtual disk with nbdkit until it is interrupted; returns only on failure. */
int preview_nbd(const struct preview *preview, struct error *error);

#endif

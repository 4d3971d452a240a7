/* SPDX-License-Identifier: BSD-2-Clause */
/* wimboot-preview's command line. */
#ifndef HOST_ARGUMENTS_H
#define HOST_ARGUMENTS_H

#include <stdbool.h>

#include "host/preview.h"

struct arguments {
    struct preview preview;
    struct machine_plan machines[PREVIEW_MACHINES_MAX]; /* preview.machines */
    struct machine_plan machine;                        /* the one that options describe */
    bool has_machine_file;
};

/** Parse a command line into `arguments`, which is zero; ends the process on wrong usage, --help
 * and
 * --version. */
void arguments_parse(struct arguments *arguments, int argc, char **argv);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host platform offers to the programs built on it: the preview tool and the tests. */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include <stdio.h>

#include "platform.h"

/** Play this machine. The strings and tables in it must stay. */
void host_set_machine(const struct machine *facts);

/** Where platform_write() goes; NULL for stdout. */
void host_set_console(FILE *stream);

/** The keys that platform_read_key() returns, one byte each; none after them. Must stay. */
void host_set_keys(const char *keys);

/** Why a boot failed: the error's text, or what was shown as the latest error if it has none. */
const char *host_last_error(const struct error *error);

/** Bytes of memory that hold the files of a volume; what stands at several paths counts once. */
uint64_t host_memory_of_files(const struct volume *volume);

/** Bytes that the loader itself keeps on a firmware until Windows runs. */
uint64_t host_memory_of_loader(const char *firmware);

#endif

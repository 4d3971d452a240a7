/* SPDX-License-Identifier: BSD-2-Clause */
/* The host platform's interface for the programs built on it: the preview tool and the tests. */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include <stdio.h>

#include "base/error.h"
#include "base/machine.h"
#include "handover.h"

/** Simulate this machine. The strings and tables in it must stay valid. */
void host_set_machine(const struct machine *facts);

/** The devices on the simulated machine's PCI bus; they must stay valid. */
void host_set_pci_devices(const struct pci_device *devices, size_t count);

/** Where platform_write() goes; NULL for stdout. */
void host_set_console(FILE *stream);

/** The keys that platform_read_key() returns, one byte each, or <enter>, <esc>, <up>, <down>; none
 * after them. Must stay. */
void host_set_keys(const char *keys);

/** Let URLs that start with `prefix`, which ends with a '/', stand for files in a folder, whose
 * name must stay. */
int host_map_url(const char *prefix, const char *folder, struct error *error);

/** Whether host_map_url() was called. */
bool host_maps_urls(void);

enum { HOST_PATH_SIZE = 4096 };

/** The path of the file that stands for a URL, which need not exist; false if none is mapped, or
 * the path is too long. */
bool host_mapped_path(const char *url, char path[HOST_PATH_SIZE]);

/** Fetch from real servers, where no URL is mapped. Programs that do not call this use no network.
 */
void host_fetch_from_servers(void);
bool host_fetches_from_servers(void);

/** What a boot with this volume takes; of a file at several paths, each byte counts once. */
void host_describe_memory(const struct volume *volume, struct memory_use *use);

/** Bytes that the loader itself keeps on a firmware until Windows runs. */
uint64_t host_memory_of_loader(const char *firmware);

#endif

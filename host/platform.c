/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host platform: memory, console, time and keys of an ordinary program. What only the preview
 * tool knows (the simulated machine, where the disk image goes) is set through host/host.h.
 */
#include "host/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/machine.h"

static struct machine machine = {
    .firmware = "efi",
    .arch = "x86_64",
    .memory = UINT64_C(4) << 30,
    .command_line = "",
};

static const struct pci_device *pci_devices;
static size_t pci_device_count;
static FILE *console;
static const char *scripted_keys = "";

void host_set_machine(const struct machine *facts)
{
    machine = *facts;
}

void host_set_pci_devices(const struct pci_device *devices, size_t count)
{
    pci_devices = devices;
    pci_device_count = count;
}

void host_set_console(FILE *stream)
{
    console = stream;
}

void host_set_keys(const char *keys)
{
    scripted_keys = keys;
}

void platform_write(const char *text, size_t length)
{
    fwrite(text, 1, length, console != NULL ? console : stdout);
}

void platform_clear(void)
{
}

void platform_style(enum text_style style)
{
}

void platform_break_line(void)
{
}

void platform_move_to_row(unsigned row)
{
    platform_write("\n", 1);
}

void platform_screen_size(unsigned *columns, unsigned *rows)
{
    *columns = 80;
    *rows = 25;
}

/* Keys that no character stands for, as --keys names them. */
static const struct {
    const char *name;
    int key;
} named_keys[] = {
    {"<down>", KEY_DOWN},
    {"<enter>", '\r'},
    {"<esc>", 0x1B},
    {"<up>", KEY_UP},
};

/* The simulated machine has no user: keys come from --keys, and then there are none. */
int platform_read_key(uint32_t timeout_ms)
{
    for (size_t i = 0; i < sizeof(named_keys) / sizeof(named_keys[0]); i++) {
        size_t length = strlen(named_keys[i].name);
        if (strncmp(scripted_keys, named_keys[i].name, length) == 0) {
            scripted_keys += length;
            return named_keys[i].key;
        }
    }
    return *scripted_keys != '\0' ? (unsigned char)*scripted_keys++ : KEY_NONE;
}

void *platform_allocate(size_t size)
{
    return malloc(size);
}

void *platform_resize(void *memory, size_t size)
{
    return realloc(memory, size);
}

void platform_free(void *memory)
{
    free(memory);
}

void *platform_allocate_content(size_t size)
{
    void *memory = NULL;
    return posix_memalign(&memory, 4096, size) == 0 ? memory : NULL;
}

void platform_free_content(void *memory, size_t size)
{
    free(memory);
}

uint64_t platform_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

const struct machine *platform_machine(void)
{
    return &machine;
}

/* The simulated machine has no disks. */
size_t platform_disk_signatures(uint32_t *signatures, size_t capacity)
{
    return 0;
}

size_t platform_pci_devices(struct pci_device *devices, size_t capacity)
{
    size_t count = pci_device_count < capacity ? pci_device_count : capacity;

    if (count > 0) {
        memcpy(devices, pci_devices, count * sizeof(*devices));
    }
    return count;
}

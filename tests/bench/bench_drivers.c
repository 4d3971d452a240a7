/* SPDX-License-Identifier: BSD-2-Clause */
/* How long it takes to look for a machine's devices in a collection of drivers: 300 INF files of
 * 100 KB, half of them in UTF-16, and in their index. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/unicode.h"
#include "drivers/driver.h"

enum { INF_COUNT = 300, INF_SIZE = 100000, DEVICE_COUNT = 32, MODEL_COUNT = 400 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

/* A package in the form of a network card maker's: models, and settings in the registry. */
static char *make_inf(unsigned number)
{
    char *text = malloc(INF_SIZE + 200);
    size_t length = (size_t)sprintf(text,
                                    "[Version]\r\nClass=Net\r\nProvider=%%M%%\r\n"
                                    "DriverVer=04/11/2018,12.15.31.%u\r\n[Manufacturer]\r\n"
                                    "%%M%%=Cards,NTamd64.6.1,NTamd64.10.0\r\n",
                                    number);
    for (int section = 0; section < 2; section++) {
        length +=
            (size_t)sprintf(text + length, "[Cards.NTamd64.%s]\r\n", section == 0 ? "6.1" : "10.0");
        for (unsigned model = 0; model < MODEL_COUNT / 2; model++) {
            length += (size_t)sprintf(text + length,
                                      "%%E%04XNC.DeviceDesc%%            = Install.10.0.1,       "
                                      "PCI\\VEN_8086&DEV_%04X&SUBSYS_00008086\r\n",
                                      model, (number * MODEL_COUNT + model) & 0xFFFF);
        }
    }
    length += (size_t)sprintf(text + length, "[Install.10.0.1.NTamd64]\r\nCopyFiles=F\r\n[F]\r\n"
                                             "card.sys\r\n[Strings]\r\nM=\"Maker\"\r\n"
                                             "[Install.Reg]\r\n");
    while (length < INF_SIZE) {
        length += (size_t)sprintf(text + length,
                                  "HKR, Ndi\\Params\\*Setting%u\\Enum, \"1\", 0, \"Enabled\"\r\n",
                                  (unsigned)length);
    }
    return text;
}

static struct file *make_file(struct pool *pool, unsigned number)
{
    char *text = make_inf(number);
    size_t length = strlen(text);
    if (number % 2 == 0) {
        return file_from_memory(pool, "card.inf", text, length);
    }
    uint16_t *units = malloc(2 * (length + 1));
    units[0] = 0xFEFF;
    size_t count = utf16_from_utf8(text, length, units + 1, length) + 1;
    free(text);
    return file_from_memory(pool, "card.inf", units, 2 * count);
}

struct sink {
    struct driver_index_sink sink;
    char *text;
    size_t length;
};

static void add_text(struct driver_index_sink *sink, const char *text, size_t length)
{
    struct sink *to = (struct sink *)sink;
    memcpy(to->text + to->length, text, length);
    to->length += length;
}

static size_t count_packages(const struct driver_search *search)
{
    size_t count = 0;
    for (const struct driver_package *one = search->packages; one != NULL; one = one->next) {
        count++;
    }
    return count;
}

int main(void)
{
    struct pool *pool = pool_create();
    struct pci_device devices[DEVICE_COUNT] = {{0}};
    struct file *files[INF_COUNT];
    struct sink index = {{add_text}, malloc(64 << 20), 0};
    struct error error;
    uint64_t bytes = 0;
    bool useful;
    for (unsigned i = 0; i < DEVICE_COUNT; i++) {
        devices[i] =
            (struct pci_device){0x8086, (uint16_t)(0x1234 + 611 * i), 0x8086, 0, 0x020000, 1};
    }
    struct driver_search search = {
        .pool = pool,
        .target = {"x86_64", UINT64_MAX},
        .devices = devices,
        .device_count = DEVICE_COUNT,
    };
    struct driver_search by_index = search;
    add_text(&index.sink, DRIVER_INDEX_START, strlen(DRIVER_INDEX_START));
    for (unsigned i = 0; i < INF_COUNT; i++) {
        files[i] = make_file(pool, i);
        bytes += files[i]->size;
        driver_index_inf(&index.sink, files[i], "x/card.inf", &useful, &error);
    }
    double started = now();
    for (unsigned i = 0; i < INF_COUNT; i++) {
        if (driver_search_inf(&search, files[i], "x/card.inf", &error) != 0) {
            fprintf(stderr, "%s\n", error.text);
            return EXIT_FAILURE;
        }
    }
    double searched = now();
    struct file *file = file_from_memory(pool, "drivers.idx", index.text, index.length);
    if (driver_search_index(&by_index, file, &error) != 0) {
        fprintf(stderr, "%s\n", error.text);
        return EXIT_FAILURE;
    }
    double indexed = now();
    printf("drivers: %d INF files, %.1f MB, %d devices: %.1f ms, %zu packages\n", INF_COUNT,
           (double)bytes / 1e6, DEVICE_COUNT, searched - started, count_packages(&search));
    printf("drivers: their index, %.1f MB: %.1f ms, %zu packages\n", (double)index.length / 1e6,
           indexed - searched, count_packages(&by_index));
    pool_destroy(pool);
    return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The WIM engine on a 400 MB LZX WIM of 20,000 files, made by libwim when the benchmark runs for
 * the first time:
 *
 *   - opening it and extracting the nine boot files, against libwim in the same process, in turns;
 *   - the same from a file that is read on demand, as under UEFI: how many reads that takes;
 *   - reading it front to back with 112 MB injected, through the volume in pieces of 64 KB, against
 *     memcpy() of the same bytes;
 *   - the scratch memory that the last two take at most, metadata included.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wimlib.h>

#include "files/tree.h"
#include "volume/volume.h"
#include "wim/wim.h"

enum {
    FILE_COUNT = 20000,
    FILE_SIZE = 20400,
    ROUNDS = 15,
    READ_SIZE = 64 * 1024,
    INJECTED_SIZE = 112 << 20,
};

#define FOLDER   "build/bench-wim"
#define TREE     FOLDER "/tree"
#define WIM_PATH FOLDER "/boot.wim"
#define TARGET   "/dev/shm/wimboot-bench"

static const struct {
    const char *path;
    size_t size;   /* bytes */
    bool is_empty; /* a disk image that is mostly zeros */
} boot_files[] = {
    {"\\Windows\\Boot\\PXE\\bootmgr.exe", 460000, false},
    {"\\Windows\\Boot\\EFI\\bootmgfw.efi", 1560000, false},
    {"\\Windows\\Boot\\DVD\\PCAT\\BCD", 16384, false},
    {"\\Windows\\Boot\\DVD\\PCAT\\boot.sdi", 3170304, true},
    {"\\Windows\\Boot\\DVD\\EFI\\BCD", 16384, false},
    {"\\Windows\\Boot\\Fonts\\segmono_boot.ttf", 45000, false},
    {"\\Windows\\Boot\\Fonts\\segoe_slboot.ttf", 86000, false},
    {"\\Windows\\Boot\\Fonts\\segoen_slboot.ttf", 86000, false},
    {"\\Windows\\Boot\\Fonts\\wgl4_boot.ttf", 49000, false},
};

enum { BOOT_FILE_COUNT = sizeof(boot_files) / sizeof(boot_files[0]) };

/* ---- how much memory is in use ---- */

static size_t memory_now, memory_peak;

static void count_memory(void *memory, long sign)
{
    memory_now += (size_t)(sign * (long)malloc_usable_size(memory));
    if (memory_now > memory_peak) {
        memory_peak = memory_now;
    }
}

/* The linker puts these in front of the platform's own (--wrap). */
void *__real_platform_allocate(size_t size);
void __real_platform_free(void *memory);
void *__wrap_platform_allocate(size_t size);
void __wrap_platform_free(void *memory);

void *__wrap_platform_allocate(size_t size)
{
    void *memory = __real_platform_allocate(size);
    count_memory(memory, 1);
    return memory;
}

void __wrap_platform_free(void *memory)
{
    count_memory(memory, -1);
    __real_platform_free(memory);
}

/* ---- making the WIM ---- */

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench_wim: %s\n", what);
    exit(1);
}

static void check(int code, const char *what)
{
    if (code) {
        fprintf(stderr, "bench_wim: %s: %s\n", what, wimlib_get_error_string(code));
        exit(1);
    }
}

static uint64_t random_number(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Write a file of the tree, making its directories. @param path with '/' */
static void write_file(const char *path, const void *bytes, size_t size)
{
    char full[512];
    snprintf(full, sizeof(full), TREE "/%s", path);
    for (char *slash = full + sizeof(TREE); (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = 0;
        mkdir(full, 0777);
        *slash = '/';
    }
    FILE *file = fopen(full, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file)) {
        fail("cannot write the files of the WIM");
    }
}

static void write_boot_files(void)
{
    for (size_t i = 0; i < BOOT_FILE_COUNT; i++) {
        uint8_t *bytes = calloc(1, boot_files[i].size);
        char path[128];
        snprintf(path, sizeof(path), "%s", boot_files[i].path + 1);
        for (char *c = path; *c; c++) {
            if (*c == '\\') {
                *c = '/';
            }
        }
        /* Machine code compresses as boot managers do. */
        FILE *code = fopen("/proc/self/exe", "rb");
        size_t wanted = boot_files[i].is_empty ? 4096 : boot_files[i].size;
        for (size_t done = 0; done < wanted;) {
            fseek(code, (long)(random_number() % 65536), SEEK_SET);
            done += fread(bytes + done, 1, wanted - done, code);
        }
        fclose(code);
        write_file(path, bytes, boot_files[i].size);
        free(bytes);
    }
}

static void make_wim(void)
{
    WIMStruct *wim;
    char path[128];
    uint8_t bytes[FILE_SIZE + 8];
    if (!access(WIM_PATH, R_OK)) {
        return;
    }
    printf("making " WIM_PATH " ...\n");
    mkdir("build", 0777);
    mkdir(FOLDER, 0777);
    mkdir(TREE, 0777);
    write_boot_files();
    for (unsigned i = 0; i < FILE_COUNT; i++) {
        for (size_t at = 0; at < FILE_SIZE; at += 8) {
            memcpy(bytes + at, &(uint64_t){random_number()}, 8);
        }
        if (i % 4 == 0) {
            snprintf(path, sizeof(path), "Windows/System32/library-%05u.dll", i);
        } else {
            snprintf(path, sizeof(path), "Windows/WinSxS/amd64_component_%03u/file-%05u.dll",
                     i % 1000, i);
        }
        write_file(path, bytes, FILE_SIZE);
    }
    check(wimlib_create_new_wim(WIMLIB_COMPRESSION_TYPE_LZX, &wim), "create");
    check(wimlib_add_image(wim, TREE, "benchmark", NULL, WIMLIB_ADD_FLAG_BOOT), "add");
    check(wimlib_write(wim, WIM_PATH ".new", WIMLIB_ALL_IMAGES, 0, 0), "write");
    wimlib_free(wim);
    if (rename(WIM_PATH ".new", WIM_PATH) || system("rm -rf " TREE)) {
        fail("cannot finish the WIM");
    }
}

/* ---- the contestants ---- */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Open and take out the nine files; @return their bytes in all */
static uint64_t extract_with_wimboot(const struct file *given)
{
    struct pool *pool = pool_create();
    struct error error;
    struct wim *wim;
    struct file *file;
    uint64_t total = 0;
    if (wim_open(pool, &given, 1, &wim, &error)) {
        fail(error.text);
    }
    for (size_t i = 0; i < BOOT_FILE_COUNT; i++) {
        if (wim_find(wim, 1, boot_files[i].path, &file, &error) || file == NULL ||
            file_load(pool, file, &error) == NULL) {
            fail(error.text);
        }
        total += file->size;
    }
    pool_destroy(pool);
    return total;
}

static void extract_with_libwim(void)
{
    WIMStruct *wim;
    const char *paths[BOOT_FILE_COUNT];
    for (size_t i = 0; i < BOOT_FILE_COUNT; i++) {
        paths[i] = boot_files[i].path;
    }
    check(wimlib_open_wim(WIM_PATH, 0, &wim), "libwim: open");
    check(wimlib_extract_paths(wim, 1, TARGET, paths, BOOT_FILE_COUNT,
                               WIMLIB_EXTRACT_FLAG_NO_ACLS |
                                   WIMLIB_EXTRACT_FLAG_NO_PRESERVE_DIR_STRUCTURE),
          "libwim: extract");
    wimlib_free(wim);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare_doubles);
    return values[count / 2];
}

static void measure_extraction(const struct file *given)
{
    double ours[ROUNDS], theirs[ROUNDS];
    uint64_t total = 0;
    for (int i = 0; i < ROUNDS; i++) {
        if (system("rm -rf " TARGET) || mkdir(TARGET, 0777)) {
            fail("cannot make " TARGET);
        }
        double start = seconds();
        extract_with_libwim();
        double middle = seconds();
        total = extract_with_wimboot(given);
        theirs[i] = middle - start;
        ours[i] = seconds() - middle;
    }
    if (system("rm -rf " TARGET)) {
        fail("cannot remove " TARGET);
    }
    double our_time = median(ours, ROUNDS), their_time = median(theirs, ROUNDS);
    printf("open and extract 9 boot files (%.1f MB): wimboot %.2f ms, libwim %.2f ms, %.2f times "
           "as fast\n",
           (double)total / 1e6, our_time * 1e3, their_time * 1e3, their_time / our_time);
}

/* ---- reading on demand ---- */

struct counting_reader {
    struct reader reader;
    const uint8_t *bytes;
    unsigned reads;
    uint64_t read_bytes;
};

static int counting_read(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                         struct error *error)
{
    struct counting_reader *counting = (struct counting_reader *)reader;
    counting->reads++;
    counting->read_bytes += length;
    memcpy(buffer, counting->bytes + offset, length);
    return 0;
}

static void measure_reads(const uint8_t *bytes, size_t size)
{
    struct counting_reader reader = {.reader = {.read = counting_read}, .bytes = bytes};
    struct pool *pool = pool_create();
    struct file *file = file_from_reader(pool, "boot.wim", &reader.reader, size);
    memory_peak = memory_now;
    size_t before = memory_now;
    extract_with_wimboot(file);
    printf("the same read on demand: %u reads, %.1f MB; scratch memory %.1f MB at most, metadata "
           "included\n",
           reader.reads, (double)reader.read_bytes / 1e6, (double)(memory_peak - before) / 1e6);
    pool_destroy(pool);
}

/* ---- through the volume ---- */

static void measure_volume(const struct file *given)
{
    struct pool *pool = pool_create();
    struct error error;
    struct wim *wim;
    struct volume *volume;
    const struct file *patched;
    struct tree *tree = tree_create(pool);
    uint8_t *injected = malloc(INJECTED_SIZE), *buffer = malloc(READ_SIZE);
    double ours[ROUNDS], copies[ROUNDS];
    size_t before = memory_now;
    memory_peak = before;
    for (size_t at = 0; at < INJECTED_SIZE; at += 8) {
        memcpy(injected + at, &(uint64_t){random_number()}, 8);
    }
    double opened = seconds();
    if (wim_open(pool, &given, 1, &wim, &error) ||
        wim_inject(wim, 1, "\\Windows\\Temp\\large.bin",
                   file_from_memory(pool, "large.bin", injected, INJECTED_SIZE), &error) ||
        wim_patch(wim, &patched, &error)) {
        fail(error.text);
    }
    printf("opened, one file injected, patched: %.1f ms\n", (seconds() - opened) * 1e3);
    if (tree_add(tree, "\\boot.wim", patched, &error) ||
        volume_build(pool, tree, &(struct volume_options){.signature = 1}, &volume, &error)) {
        fail(error.text);
    }
    /* The root directory's chain is the first, the file's the last. */
    uint64_t sectors = patched->size / SECTOR_SIZE;
    uint32_t per_read = READ_SIZE / SECTOR_SIZE;
    uint32_t cluster = volume->chains[volume->chain_count - 1].first_cluster;
    uint64_t first =
        volume->data_lba + (uint64_t)(cluster - VOLUME_FIRST_CLUSTER) * VOLUME_CLUSTER_SECTORS;
    uint8_t *all = malloc(sectors * SECTOR_SIZE);
    if (file_read(patched, 0, all, sectors * SECTOR_SIZE, &error)) {
        fail(error.text);
    }
    for (uint64_t lba = 0; lba + per_read <= sectors; lba += per_read) {
        if (volume_read(volume, first + lba, per_read, buffer, &error) ||
            memcmp(buffer, all + lba * SECTOR_SIZE, READ_SIZE)) {
            fail("the volume does not read back as the patched WIM");
        }
    }
    for (int i = 0; i < ROUNDS; i++) {
        double start = seconds();
        for (uint64_t lba = 0; lba + per_read <= sectors; lba += per_read) {
            if (volume_read(volume, first + lba, per_read, buffer, &error)) {
                fail(error.text);
            }
        }
        double middle = seconds();
        for (uint64_t lba = 0; lba + per_read <= sectors; lba += per_read) {
            memcpy(buffer, all + lba * SECTOR_SIZE, READ_SIZE);
            __asm__ volatile("" : : "r"(buffer) : "memory");
        }
        ours[i] = middle - start;
        copies[i] = seconds() - middle;
    }
    double our_time = median(ours, ROUNDS), copy_time = median(copies, ROUNDS);
    printf("patched WIM of %.0f MB through the volume in 64 KB reads: %.1f ms, memcpy %.1f ms, "
           "%.2f of its speed; scratch memory %.1f MB at most, metadata included\n",
           (double)patched->size / 1e6, our_time * 1e3, copy_time * 1e3, copy_time / our_time,
           (double)(memory_peak - before) / 1e6);
    free(all);
    free(injected);
    free(buffer);
    pool_destroy(pool);
}

/* The WIM in allocated memory, as a loader has it, and as memcpy() gets its bytes to compare with.
 */
static uint8_t *read_wim(size_t *size)
{
    struct stat status;
    FILE *file = fopen(WIM_PATH, "rb");
    if (file == NULL || fstat(fileno(file), &status)) {
        fail("cannot open " WIM_PATH);
    }
    *size = (size_t)status.st_size;
    uint8_t *bytes = malloc(*size);
    if (bytes == NULL || fread(bytes, 1, *size, file) != *size) {
        fail("cannot read " WIM_PATH);
    }
    fclose(file);
    return bytes;
}

int main(void)
{
    size_t size;
    check(wimlib_global_init(0), "libwim");
    make_wim();
    uint8_t *bytes = read_wim(&size);
    struct pool *pool = pool_create();
    const struct file *given = file_from_memory(pool, "boot.wim", bytes, size);
    printf("WIM: %.0f MB, %d files\n", (double)size / 1e6, FILE_COUNT + BOOT_FILE_COUNT);
    measure_extraction(given);
    measure_reads(bytes, size);
    measure_volume(given);
    pool_destroy(pool);
    free(bytes);
    return 0;
}

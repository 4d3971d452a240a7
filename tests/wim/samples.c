/* SPDX-License-Identifier: BSD-2-Clause */
/* See samples.h. */
#include "tests/wim/samples.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t random_state = 1;

void sample_seed(uint32_t seed)
{
    random_state = seed * 2862933555777941757u + 3037000493u;
}

uint32_t sample_random(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33);
}

void sample_check(int code, const char *what)
{
    if (code) {
        ck_abort_msg("libwim: %s: %s", what, wimlib_get_error_string(code));
    }
}

uint8_t *sample_read(const char *path, size_t *size)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL && !fstat(fileno(file), &status), "cannot open %s", path);
    uint8_t *bytes = malloc((size_t)status.st_size + 1);
    *size = fread(bytes, 1, (size_t)status.st_size, file);
    ck_assert_uint_eq(*size, (size_t)status.st_size);
    fclose(file);
    return bytes;
}

void sample_write(const char *path, const void *bytes, size_t size)
{
    char folder[512];
    snprintf(folder, sizeof(folder), "%s", path);
    for (char *slash = folder; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = 0;
        mkdir(folder, 0777);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    ck_assert_msg(file != NULL && fwrite(bytes, 1, size, file) == size && !fclose(file),
                  "cannot write %s", path);
}

/* Text, random bytes or zeros; so that chunks of all sorts come about. */
static void write_contents(const char *path, size_t size)
{
    static const char *const words[] = {"boot", "manager ", "windows", "\r\n", "00", "file ", "x"};
    char *bytes = malloc(size + 16);
    unsigned kind = sample_random() % 4;
    for (size_t i = 0; i < size;) {
        if (kind == 0) {
            bytes[i++] = (char)sample_random();
        } else if (kind == 1) {
            bytes[i++] = 0;
        } else {
            const char *word = words[sample_random() % 7];
            for (; *word && i < size; word++) {
                bytes[i++] = *word;
            }
        }
    }
    sample_write(path, bytes, size);
    free(bytes);
}

const char *sample_tree(bool large)
{
    static const size_t sizes[] = {0,     1,     100,   4095,  4096,  4097,  8192,   32767,
                                   32768, 32769, 65535, 65536, 65537, 98304, 131073, 400000};
    const char *tree = large ? SAMPLE_FOLDER "/large" : SAMPLE_FOLDER "/small";
    char path[512], marker[512];
    snprintf(marker, sizeof(marker), "%s.complete", tree);
    if (!access(marker, F_OK)) {
        return tree;
    }
    sample_seed(1);
    for (size_t i = 0; large && i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (int copy = 0; copy < 3; copy++) {
            snprintf(path, sizeof(path), "%s/Windows/System32/%zu-%d.DLL", tree, sizes[i], copy);
            write_contents(path, sizes[i]);
        }
    }
    for (int i = 0; i < 40; i++) {
        snprintf(path, sizeof(path), "%s/Windows/System32/drivers/driver%d.sys", tree, i);
        write_contents(path, sample_random() % 2000);
        snprintf(path, sizeof(path), "%s/Windows/Fonts/Font %d.ttf", tree, i);
        write_contents(path, sample_random() % 500);
    }
    static const char *const names[] = {"bootmgr",
                                        "Windows/Boot/PXE/bootmgr.exe",
                                        "Windows/System32/startnet.cmd",
                                        ("Program Files/Gr\xc3\xbc\xc3\x9f"
                                         "e.txt"),
                                        "sources/\xd0\xa4\xd0\xb0\xd0\xb9\xd0\xbb.ini",
                                        "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/deep.txt",
                                        "empty.dat"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", tree, names[i]);
        write_contents(path, i == 6 ? 0 : 300 + i);
    }
    snprintf(path, sizeof(path), "%s/emptydir", tree);
    mkdir(path, 0777);
    char target[512];
    snprintf(path, sizeof(path), "%s/Windows/System32/startnet.cmd", tree);
    snprintf(target, sizeof(target), "%s/Windows/hard link.cmd", tree);
    ck_assert_int_eq(link(path, target), 0);
    snprintf(target, sizeof(target), "%s/link", tree);
    ck_assert_int_eq(symlink("Windows/System32", target), 0);
    sample_write(marker, "", 0);
    return tree;
}

const char *sample_make(const struct sample *sample, bool large)
{
    static char path[512];
    char windows[512];
    const char *tree = sample_tree(large);
    WIMStruct *wim;
    snprintf(path, sizeof(path), SAMPLE_FOLDER "/%s.wim", sample->name);
    snprintf(windows, sizeof(windows), "%s/Windows", tree);
    sample_check(wimlib_create_new_wim(sample->compression, &wim), "create");
    if (sample->chunk_size) {
        sample_check(wimlib_set_output_chunk_size(wim, sample->chunk_size), "chunk size");
    }
    if (sample->solid_chunk_size) {
        sample_check(wimlib_set_output_pack_compression_type(wim, sample->solid_compression),
                     "solid compression");
        sample_check(wimlib_set_output_pack_chunk_size(wim, sample->solid_chunk_size),
                     "solid chunk size");
    }
    sample_check(wimlib_add_image(wim, tree, "All", NULL, 0), "add");
    sample_check(wimlib_add_image(wim, windows, "Windows only", NULL, WIMLIB_ADD_FLAG_BOOT), "add");
    sample_check(wimlib_set_image_property(wim, 1, "DESCRIPTION", "A & B <c>"), "property");
    sample_check(wimlib_set_image_property(wim, 1, "WINDOWS/ARCH", "9"), "property");
    sample_check(wimlib_set_image_property(wim, 1, "WINDOWS/EDITIONID", "WindowsPE"), "property");
    sample_check(wimlib_set_image_property(wim, 1, "WINDOWS/VERSION/MAJOR", "10"), "property");
    sample_check(wimlib_set_image_property(wim, 1, "WINDOWS/VERSION/MINOR", "0"), "property");
    sample_check(wimlib_set_image_property(wim, 1, "WINDOWS/VERSION/BUILD", "19041"), "property");
    sample_check(wimlib_set_image_property(wim, 1, "WINDOWS/VERSION/SPBUILD", "1"), "property");
    sample_check(wimlib_write(wim, path, WIMLIB_ALL_IMAGES, sample->write_flags, 1), "write");
    wimlib_free(wim);
    return path;
}

const struct file *sample_open(struct pool *pool, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t size;
    uint8_t *bytes = sample_read(path, &size);
    ck_assert_int_eq(pool_on_destroy(pool, free, bytes), 0);
    return file_from_memory(pool, slash != NULL ? slash + 1 : path, bytes, size);
}

static int counting_read(struct reader *reader, uint64_t offset, void *buffer, size_t length,
                         struct error *error)
{
    struct counting_reader *counting = (struct counting_reader *)reader;
    counting->reads++;
    memcpy(buffer, counting->bytes + offset, length);
    return 0;
}

const struct file *sample_on_demand(struct pool *pool, struct counting_reader *reader,
                                    const struct file *file)
{
    *reader = (struct counting_reader){.reader = {.read = counting_read},
                                       .bytes = file_view(file, 0, file->size)};
    return file_from_reader(pool, file->name, &reader->reader, file->size);
}

void sample_save(const struct file *file, const char *path)
{
    struct error error;
    uint8_t *bytes = malloc(file->size + 1);
    ck_assert_msg(!file_read(file, 0, bytes, file->size, &error), "%s", error.text);
    sample_write(path, bytes, file->size);
    free(bytes);
}

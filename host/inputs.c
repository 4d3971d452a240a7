/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files given to the preview tool, as a source like any other: the core asks it for them.
 *
 * Files are mapped, not read: a 5 GB install.wim costs nothing until it is read.
 */
#include "host/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "files/initrd.h"
#include "files/sniff.h"
#include "files/source.h"

enum { PIECES_MAX = 1024 }; /* of a sparse file */

static const struct input *inputs;
static size_t input_count;
static uint64_t mapped_size; /* bytes */

void inputs_set(const struct input *list, size_t count)
{
    inputs = list;
    input_count = count;
    mapped_size = 0;
}

uint64_t inputs_size(void)
{
    return mapped_size;
}

const struct input *inputs_get(size_t *count)
{
    *count = input_count;
    return inputs;
}

struct mapping {
    void *bytes;
    size_t size;
};

static void unmap(void *object)
{
    struct mapping *mapping = object;
    munmap(mapping->bytes, mapping->size);
}

/* Holes of a sparse file are extents of zeros, which cost no page faults: pieces of the mapping,
 * with zeros between. */
static int cut_holes(struct pool *pool, int descriptor, const char *name,
                     const struct mapping *mapping, struct file **file, struct error *error)
{
    const struct file *pieces[PIECES_MAX] = {NULL};
    size_t count = 0;
    off_t at = 0, end = (off_t)mapping->size;
    while (at < end && count + 2 <= PIECES_MAX) {
        off_t data = lseek(descriptor, at, SEEK_DATA);
        data = data < 0 ? end : data; /* none after a last hole; or not supported: then it is 0 */
        off_t hole = data < end ? lseek(descriptor, data, SEEK_HOLE) : end;
        hole = hole < 0 ? end : hole;
        if (data > at) {
            pieces[count++] = file_from_zeros(pool, name, (uint64_t)(data - at));
        }
        if (hole > data) {
            pieces[count++] = file_from_memory(pool, name, (const uint8_t *)mapping->bytes + data,
                                               (uint64_t)(hole - data));
        }
        at = hole;
    }
    if (at < end) { /* very scattered */
        pieces[0] = file_from_memory(pool, name, mapping->bytes, mapping->size);
        count = 1;
    }
    for (size_t i = 0; i < count; i++) {
        if (pieces[i] == NULL) {
            return error_no_memory(error, "another file, %s", name);
        }
    }
    return file_join(pool, name, pieces, count, file, error);
}

static int map_descriptor(struct pool *pool, int descriptor, const char *name, struct file **file,
                          struct error *error)
{
    struct stat status;
    struct mapping *mapping = pool_allocate(pool, sizeof(*mapping));
    if (mapping == NULL || fstat(descriptor, &status) != 0) {
        return error_set(error, "%s", strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return error_set(error, "not a file");
    }
    mapping->size = (size_t)status.st_size;
    mapped_size += mapping->size;
    if (mapping->size > 0) {
        mapping->bytes = mmap(NULL, mapping->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (mapping->bytes == MAP_FAILED || pool_on_destroy(pool, unmap, mapping) != 0) {
            return error_set(error, "%s", strerror(errno));
        }
    }
    return cut_holes(pool, descriptor, name, mapping, file, error);
}

static struct file *map_file(struct pool *pool, const char *name, const char *path,
                             struct error *error)
{
    struct file *file = NULL;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        error_set(error, "%s: %s", path, strerror(errno));
        return NULL;
    }
    if (map_descriptor(pool, descriptor, name, &file, error) != 0) {
        error_prefix(error, "%s: ", path);
        file = NULL;
    }
    close(descriptor);
    return file;
}

const struct file *inputs_map(struct pool *pool, const char *path, struct error *error)
{
    return map_file(pool, path_last_component(path), path, error);
}

/* As in the loader: the last component is the file's name, the whole is kept if it has
 * directories. */
static int add_input(struct file_list *list, const struct input *input, struct error *error)
{
    const char *name = input->name != NULL ? input->name : path_last_component(input->path);
    struct file *file = map_file(list->pool, path_last_component(name), input->path, error);
    if (file == NULL) {
        return -1;
    }
    if (input->unnamed) {
        const char *guess = initrd_guess_name(list, file);
        if (guess == NULL) {
            enum content content = sniff(file, NULL);
            const char *remedy = content_remedy(content);
            log_warning("%s: without a name, and its content does not give one: skipped; it is "
                        "%s%s%s",
                        input->path, content_name(content), remedy != NULL ? ": " : "",
                        remedy != NULL ? remedy : "");
            return 0;
        }
        log_info("%s: without a name, named %s after its contents", input->path, guess);
        file->name = guess;
        file->name_is_doubtful = true;
        return file_list_add(list, file, error);
    }
    file->name_is_doubtful = input->is_joined;
    if (input->name != NULL && path_last_component(name) != name) {
        char *path = pool_copy_string(list->pool, name);
        if (path == NULL) {
            return error_no_memory(error, "another file, %s", input->path);
        }
        file_set_path(file, path);
    }
    if (initrd_is_archive(file)) {
        return initrd_add_archive(list, file, error);
    }
    return input->is_joined && initrd_check_script(list, file, error) != 0
               ? -1
               : file_list_add(list, file, error);
}

static int enumerate_inputs(struct file_list *list, struct error *error)
{
    for (size_t i = 0; i < input_count; i++) {
        if (add_input(list, &inputs[i], error) != 0) {
            return -1;
        }
    }
    return 0;
}

PLUGIN(source, host_inputs) = {
    .name = "host",
    .enumerate = enumerate_inputs,
};

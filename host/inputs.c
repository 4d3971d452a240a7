/*
 * The files given to the preview tool, as a source like any other: the core asks it for them.
 *
 * Files are mapped, not read: a 5 GB install.wim costs nothing until somebody looks into it.
 */
#include "inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sniff.h"
#include "source.h"

static const struct input *inputs;
static size_t input_count;

void inputs_set(const struct input *list, size_t count)
{
    inputs = list;
    input_count = count;
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

static int map_file(struct pool *pool, const char *name, const char *path, const struct file **file,
                    struct error *error)
{
    struct stat status;
    struct mapping *mapping = pool_allocate(pool, sizeof(*mapping));
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || mapping == NULL || fstat(descriptor, &status) != 0) {
        int reason = errno;
        if (descriptor >= 0) {
            close(descriptor);
        }
        return error_set(error, "%s: %s", path, strerror(reason));
    }
    if (!S_ISREG(status.st_mode)) {
        close(descriptor);
        return error_set(error, "%s: not a file", path);
    }
    mapping->size = (size_t)status.st_size;
    if (mapping->size > 0) {
        mapping->bytes = mmap(NULL, mapping->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (mapping->bytes == MAP_FAILED || pool_on_destroy(pool, unmap, mapping) != 0) {
            int reason = errno;
            close(descriptor);
            return error_set(error, "%s: %s", path, strerror(reason));
        }
    }
    close(descriptor);
    *file = file_from_memory(pool, name, mapping->bytes, mapping->size);
    return *file == NULL ? error_set(error, "%s: out of memory", path) : 0;
}

static const char *base_name(const char *path)
{
    const char *name = path;
    for (; *path != '\0'; path++) {
        if (*path == '/' || *path == '\\') {
            name = path + 1;
        }
    }
    return name;
}

/* As a loader learns a name: the last component is the file's name, the whole is kept if it has
 * directories. */
static int add_input(struct file_list *list, const struct input *input, struct error *error)
{
    const struct file *mapped;
    const char *name = input->name != NULL ? input->name : base_name(input->path);
    if (map_file(list->pool, base_name(name), input->path, &mapped, error) != 0) {
        return -1;
    }
    struct file *file = pool_allocate(list->pool, sizeof(*file));
    if (file == NULL) {
        return error_set(error, "%s: out of memory", input->path);
    }
    *file = *mapped;
    if (input->name != NULL && base_name(name) != name) {
        char *path = pool_copy_string(list->pool, name);
        if (path == NULL) {
            return error_set(error, "%s: out of memory", input->path);
        }
        for (char *at = path; *at != '\0'; at++) {
            *at = *at == '/' ? '\\' : *at;
        }
        file->path = path;
    }
    return file_list_add(list, file, error);
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
    .version = SOURCE_VERSION,
    .name = "host",
    .summary = "files named on the command line",
    .enumerate = enumerate_inputs,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* Transport: folders that stand for servers, as the preview's --url says. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/format.h"
#include "host/host.h"
#include "transport/transport.h"

enum { MAPPINGS_MAX = 64, READ_SIZE = 256 * 1024 };

static struct mapping {
    const char *prefix; /* with the server's name as fetched URLs have it, in small letters */
    const char *folder;
} mappings[MAPPINGS_MAX];
static size_t mapping_count;

int host_map_url(const char *prefix, const char *folder, struct error *error)
{
    struct url url;
    char server[URL_TEXT_SIZE];
    if (url_parse(prefix, NULL, &url, error) != 0) {
        return -1;
    }
    if (mapping_count == MAPPINGS_MAX) {
        return error_set(error, "at most %d URLs", MAPPINGS_MAX);
    }
    const char *path = strchr(strstr(prefix, "://") + 3, '/');
    if (path == NULL) {
        return error_set(error, "%s/: after the server there must be a '/'", prefix);
    }
    url.path[0] = '\0';
    size_t size = strlen(url_format(&url, server)) + strlen(path) + 1;
    char *normal = malloc(size);
    if (normal == NULL) {
        return error_no_memory(error, "--url");
    }
    format_string(normal, size, "%s%s", server, path);
    mappings[mapping_count++] = (struct mapping){normal, folder};
    return 0;
}

/* The mapping with the longest prefix of a URL; NULL if there is none. */
static const struct mapping *find_mapping(const char *text)
{
    const struct mapping *found = NULL;
    for (size_t i = 0; i < mapping_count; i++) {
        size_t length = strlen(mappings[i].prefix);
        if (strncmp(mappings[i].prefix, text, length) == 0 &&
            (found == NULL || length > strlen(found->prefix))) {
            found = &mappings[i];
        }
    }
    return found;
}

bool host_maps_urls(void)
{
    return mapping_count > 0;
}

bool host_mapped_path(const char *url, char path[HOST_PATH_SIZE])
{
    const struct mapping *mapping = find_mapping(url);
    return mapping != NULL && format_string(path, HOST_PATH_SIZE, "%s/%s", mapping->folder,
                                            url + strlen(mapping->prefix)) < HOST_PATH_SIZE;
}

/* Without a mapping, only to say that there is none. */
static bool serves(const char *scheme)
{
    return mapping_count > 0 || !host_fetches_from_servers();
}

static int expect(struct transfer *transfer, uint64_t size, uint64_t *first, uint64_t *end,
                  struct error *error)
{
    if (!transfer_range(transfer, first, end) || size == 0) {
        *end = size;
        return transfer_expect(transfer, size, error);
    }
    *end = *end < size ? *end : size;
    return transfer_expect_range(transfer, *first, *end, size, error);
}

static enum transport_outcome copy(int descriptor, struct transfer *transfer, struct error *error)
{
    static uint8_t buffer[READ_SIZE];
    struct stat status;
    uint64_t first, end;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        return TRANSPORT_MISSING;
    }
    if (expect(transfer, (uint64_t)status.st_size, &first, &end, error) != 0) {
        return TRANSPORT_FAILED;
    }
    while (first < end) {
        size_t wanted = end - first < sizeof(buffer) ? (size_t)(end - first) : sizeof(buffer);
        ssize_t length = pread(descriptor, buffer, wanted, (off_t)first);
        if (length <= 0) {
            error_set(error, "%s", length < 0 ? strerror(errno) : "it has become shorter");
            return TRANSPORT_FAILED;
        }
        if (transfer_add(transfer, buffer, (size_t)length, error) != 0) {
            return TRANSPORT_FAILED;
        }
        first += (uint64_t)length;
    }
    return TRANSPORT_DONE;
}

static enum transport_outcome fetch(const struct url *url, struct transfer *transfer,
                                    struct error *error)
{
    struct url decoded = *url;
    char text[URL_TEXT_SIZE], path[HOST_PATH_SIZE];
    if (url_decode_path(url, decoded.path, error) != 0) {
        return TRANSPORT_FAILED;
    }
    if (!host_mapped_path(url_format(&decoded, text), path)) {
        error_set(error, "no --url says which folder it is in");
        return TRANSPORT_FAILED;
    }
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return TRANSPORT_MISSING;
    }
    enum transport_outcome outcome = copy(descriptor, transfer, error);
    close(descriptor);
    return outcome;
}

PLUGIN(transport, folder) = {
    .name = "a folder",
    .rank = 100,
    .has_ranges = true,
    .serves = serves,
    .fetch = fetch,
};

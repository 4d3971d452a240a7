/* SPDX-License-Identifier: BSD-2-Clause */
/* iPXE scripts. See ipxe.h. Names: https://ipxe.org/cmd/imgfetch; in BIOS iPXE puts an image into a
 * CPIO archive under its first argument, or hands it over bare if it has none. */
#include "host/ipxe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"

enum { WORDS_MAX = 64, VARIABLES_MAX = 64, LINE_MAX_LENGTH = 4096, IMAGES_MAX = 4096 };

struct variable {
    const char *name, *value;
};

struct reading {
    struct pool *pool;
    const char *root;
    const char *folder; /* of the script, with a final '/' */
    unsigned line;
    bool done; /* at the first boot command */
    struct variable variables[VARIABLES_MAX];
    size_t variable_count;
    struct ipxe_script *script;
};

static const char *copy_range(struct pool *pool, const char *from, const char *to)
{
    char *copy = pool_allocate(pool, (size_t)(to - from) + 1);
    if (copy != NULL) {
        memcpy(copy, from, (size_t)(to - from));
    }
    return copy;
}

static const char *value_of(const struct reading *reading, const char *name, size_t length)
{
    for (size_t i = reading->variable_count; i > 0; i--) {
        const struct variable *variable = &reading->variables[i - 1];
        if (strncmp(variable->name, name, length) == 0 && variable->name[length] == '\0') {
            return variable->value;
        }
    }
    return "";
}

/* Replace ${name} and ${name:type}; false if the result does not fit. */
static bool expand(const struct reading *reading, const char *line, char *out, size_t size)
{
    size_t length = 0;
    while (*line != '\0') {
        const char *end = line[0] == '$' && line[1] == '{' ? strchr(line, '}') : NULL;
        const char *piece = line;
        size_t piece_length = 1;
        if (end != NULL) {
            size_t name_length = strcspn(line + 2, ":}");
            piece = value_of(reading, line + 2, name_length);
            piece_length = strlen(piece);
            line = end + 1;
        } else {
            line++;
        }
        if (piece_length >= size - length) {
            return false;
        }
        memcpy(out + length, piece, piece_length);
        length += piece_length;
    }
    out[length] = '\0';
    return true;
}

/* Cut a line into words; a command ends at || && or ;. */
static size_t split(char *line, char **words)
{
    size_t count = 0;
    for (char *word = strtok(line, " \t\r\n"); word != NULL && count < WORDS_MAX;
         word = strtok(NULL, " \t\r\n")) {
        if (strcmp(word, "||") == 0 || strcmp(word, "&&") == 0 || strcmp(word, ";") == 0) {
            break;
        }
        words[count++] = word;
    }
    return count;
}

/* Where a URI lies on this computer. */
static const char *local_path(const struct reading *reading, const char *uri)
{
    char path[LINE_MAX_LENGTH];
    const char *scheme = strstr(uri, "://");
    if (scheme != NULL) {
        const char *after_host = strchr(scheme + 3, '/');
        format_string(path, sizeof(path), "%s%s", reading->root,
                      after_host != NULL ? after_host : "/");
    } else if (uri[0] == '/') {
        format_string(path, sizeof(path), "%s%s", reading->root, uri);
    } else {
        format_string(path, sizeof(path), "%s%s", reading->folder, uri);
    }
    path[strcspn(path, "?#")] = '\0';
    return pool_copy_string(reading->pool, path);
}

static const char *last_part(struct pool *pool, const char *uri)
{
    const char *end = uri + strcspn(uri, "?#"), *from = end;
    while (from > uri && from[-1] != '/') {
        from--;
    }
    return copy_range(pool, from, end);
}

static int take_image(struct reading *reading, char **words, size_t count, bool kernel,
                      struct error *error)
{
    const char *name = NULL;
    size_t i = 1;
    for (; i < count && words[i][0] == '-'; i++) {
        bool takes_value = strcmp(words[i], "--name") == 0 || strcmp(words[i], "-n") == 0 ||
                           strcmp(words[i], "--timeout") == 0 || strcmp(words[i], "-t") == 0;
        if (takes_value && i + 1 < count) {
            name = words[i][1] == 'n' || words[i][2] == 'n' ? words[i + 1] : name;
            i++;
        } else if (strncmp(words[i], "--name=", 7) == 0) {
            name = words[i] + 7;
        }
    }
    if (i >= count) {
        return error_set(error, "line %u: %s: the URI is missing", reading->line, words[0]);
    }
    if (kernel) {
        char command_line[LINE_MAX_LENGTH] = "";
        size_t length = 0;
        for (size_t w = i + 1; w < count && length < sizeof(command_line); w++) {
            length += format_string(command_line + length, sizeof(command_line) - length, "%s%s",
                                    w > i + 1 ? " " : "", words[w]);
        }
        reading->script->command_line = pool_copy_string(reading->pool, command_line);
        return 0;
    }
    if (reading->script->image_count == IMAGES_MAX) {
        return error_set(error, "line %u: more than %d files", reading->line, IMAGES_MAX);
    }
    struct ipxe_image *image = &reading->script->images[reading->script->image_count++];
    image->line = reading->line;
    image->uri = pool_copy_string(reading->pool, words[i]);
    image->path = local_path(reading, words[i]);
    image->bios_name = i + 1 < count ? pool_copy_string(reading->pool, words[i + 1]) : NULL;
    image->efi_name =
        name != NULL ? pool_copy_string(reading->pool, name) : last_part(reading->pool, words[i]);
    return 0;
}

static int take_line(struct reading *reading, const char *line, struct error *error)
{
    char expanded[LINE_MAX_LENGTH];
    char *words[WORDS_MAX];
    if (!expand(reading, line, expanded, sizeof(expanded))) {
        return error_set(error, "line %u: too long", reading->line);
    }
    size_t count = split(expanded, words);
    if (count == 0 || words[0][0] == '#' || words[0][0] == ':') {
        return 0;
    }
    if (strcmp(words[0], "set") == 0 && count >= 2) {
        if (reading->variable_count == VARIABLES_MAX) {
            return error_set(error, "line %u: more than %d variables", reading->line,
                             VARIABLES_MAX);
        }
        struct variable *variable = &reading->variables[reading->variable_count++];
        variable->name = pool_copy_string(reading->pool, words[1]);
        variable->value = pool_copy_string(reading->pool, count > 2 ? words[2] : "");
        return 0;
    }
    if (strcmp(words[0], "imgfree") == 0) {
        reading->script->image_count = 0;
        return 0;
    }
    if (strcmp(words[0], "boot") == 0) {
        reading->done = reading->script->command_line != NULL;
        return 0;
    }
    bool kernel = strcmp(words[0], "kernel") == 0 || strcmp(words[0], "chain") == 0;
    if (kernel || strcmp(words[0], "initrd") == 0 || strcmp(words[0], "imgfetch") == 0 ||
        strcmp(words[0], "module") == 0) {
        return take_image(reading, words, count, kernel, error);
    }
    return 0;
}

int ipxe_read(struct pool *pool, const char *path, const char *root, struct ipxe_script *script,
              struct error *error)
{
    struct reading reading = {.pool = pool, .root = root, .script = script};
    const char *slash = strrchr(path, '/');
    reading.folder = slash == NULL ? "" : copy_range(pool, path, slash + 1);
    script->command_line = NULL;
    script->image_count = 0;
    script->images = pool_allocate_array(pool, IMAGES_MAX, sizeof(*script->images));
    FILE *file = fopen(path, "r");
    if (file == NULL || script->images == NULL) {
        int reason = errno;
        if (file != NULL) {
            fclose(file);
        }
        return error_set(error, "%s: %s", path, strerror(reason));
    }
    char line[LINE_MAX_LENGTH];
    int rc = 0;
    while (rc == 0 && !reading.done && fgets(line, sizeof(line), file) != NULL) {
        reading.line++;
        rc = take_line(&reading, line, error);
    }
    fclose(file);
    if (rc == 0 && script->command_line == NULL) {
        rc = error_set(error, "no kernel line");
    }
    return rc == 0 ? 0 : error_prefix(error, "%s: ", path);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An index of driver packages: what many INF files say, so that a loader that fetches needs to
 * fetch one small file and the packages that it wants. A text in UTF-8, a record a line, fields
 * separated by tabs:
 *
 *     wimboot drivers 1
 *     inf     path  yyyymmdd  version  class  provider     a package; what follows belongs to it
 *     for     maker  arch  version                         the next ids: as a models section
 *     id      hardware id  description
 *     compatible  hardware id  description                 not the first id on its line in the INF
 *     file    arch  path from the INF's folder
 *
 * The lines `for` of a maker come for the newest Windows first. Lines of other kinds are skipped.
 */
#include <string.h>

#include "base/format.h"
#include "base/path.h"
#include "drivers/driver_search.h"
#include "files/text.h"

enum { INDEX_SIZE_MAX = 64 << 20, FIELD_COUNT_MAX = 6 };

/* ---- writing ---- */

/* The index, and what was written of the package. */
struct writer {
    struct driver_index_sink *sink;
    struct inf *inf;
    struct driver_header header;
    const struct driver_models *models; /* those that are written */
    const char *path;
    bool has_ids; /* there is an id in the file */
    bool has_arch[DRIVER_ARCH_COUNT];
};

static void write_text(struct writer *writer, const char *text)
{
    writer->sink->write(writer->sink, text, strlen(text));
}

/* A field with the character before it. What separates fields and lines becomes a space. */
static void write_field(struct writer *writer, const char *text)
{
    write_text(writer, "\t");
    for (const char *at = text; *at != '\0'; at++) {
        writer->sink->write(writer->sink, (unsigned char)*at < ' ' ? " " : at, 1);
    }
}

static void write_version(struct writer *writer, uint64_t version)
{
    char text[32];

    format_string(text, sizeof(text), "%u.%u.%u.%u", (unsigned)(version >> 48),
                  (unsigned)(version >> 32 & 0xFFFF), (unsigned)(version >> 16 & 0xFFFF),
                  (unsigned)(version & 0xFFFF));
    write_field(writer, text);
}

static void write_package(struct writer *writer)
{
    char date[12];

    write_text(writer, "inf");
    write_field(writer, writer->path);
    format_string(date, sizeof(date), "%u", (unsigned)writer->header.date);
    write_field(writer, date);
    write_version(writer, writer->header.version);
    write_field(writer, writer->header.class_name.text);
    write_field(writer, writer->header.provider.text);
    write_text(writer, "\n");
}

static void write_models(struct writer *writer)
{
    char maker[12];

    write_text(writer, "for");
    format_string(maker, sizeof(maker), "%u", writer->models->maker);
    write_field(writer, maker);
    write_field(writer, writer->models->arch->name);
    write_version(writer, writer->models->version);
    write_text(writer, "\n");
}

static int note_id(void *context, const struct driver_id *id)
{
    struct writer *writer = context;

    writer->has_ids = true;
    return 1; /* no more are needed */
}

static int write_id(void *context, const struct driver_id *id)
{
    struct writer *writer = context;

    writer->has_arch[writer->models->arch - driver_archs] = true;
    write_text(writer, id->is_first ? "id" : "compatible");
    write_field(writer, id->text);
    write_field(writer, id->description);
    write_text(writer, "\n");
    return 0;
}

static int write_files(struct writer *writer, const struct driver_models *models)
{
    for (size_t i = 0; i < DRIVER_ARCH_COUNT; i++) {
        struct driver_file *files;

        if (!writer->has_arch[i]) {
            continue;
        }
        if (driver_read_files(writer->inf, models, &driver_archs[i], &files) != 0) {
            return -1;
        }
        for (; files != NULL; files = files->next) {
            write_text(writer, "file");
            write_field(writer, driver_archs[i].name);
            write_field(writer, files->path);
            write_text(writer, "\n");
        }
    }
    return 0;
}

static int write_inf(struct writer *writer)
{
    struct driver_models *models;

    if (!driver_read_header(writer->inf, &writer->header)) {
        return 0;
    }
    if (driver_read_models(writer->inf, &models) != 0) {
        return -1;
    }
    for (const struct driver_models *at = models; at != NULL && !writer->has_ids; at = at->next) {
        driver_each_id(writer->inf, at, note_id, writer);
    }
    if (!writer->has_ids) {
        return 0;
    }
    write_package(writer);
    for (writer->models = models; writer->models != NULL; writer->models = writer->models->next) {
        write_models(writer); /* also without ids: it hides those for older Windows */
        driver_each_id(writer->inf, writer->models, write_id, writer);
    }
    return write_files(writer, models);
}

int driver_index_inf(struct driver_index_sink *sink, const struct file *file, const char *path,
                     bool *useful, struct error *error)
{
    struct inf inf;
    struct writer writer = {.sink = sink, .inf = &inf, .path = path};
    int rc = inf_open(&inf, file, error);

    if (rc == 0 && (write_inf(&writer) != 0 || inf.failed)) {
        rc = inf_no_memory(&inf, file, error);
    }
    inf_close(&inf);
    *useful = writer.has_ids;
    return rc;
}

/* ---- reading ---- */

/* Whether a path names something in a folder, wherever that is: on a server, in an image. */
static bool is_within_folder(const char *path)
{
    const char *rest = path, *component;
    size_t length;

    for (const char *at = path; *at != '\0'; at++) {
        if (path_forbids((unsigned char)*at)) { /* among them ':', of drives */
            return false;
        }
    }
    while ((component = path_next_component(&rest, &length)) != NULL) {
        if (path_is_parent(component, length)) {
            return false;
        }
    }
    return *path_last_component(path) != '\0' && !path_is_separator(*path);
}

/* A line, cut into fields in place. */
struct record {
    char *fields[FIELD_COUNT_MAX];
    size_t count;
};

struct index_reader {
    struct driver_finder finder;
    struct record package;        /* the last line `inf` */
    struct driver_package *added; /* for it, once there is a file or it ends */
    struct driver_file **end;
    bool wanted; /* the next ids */
    const char *name;
    unsigned line;
};

static struct record split(char *line)
{
    struct record record = {.count = 0};

    while (record.count < FIELD_COUNT_MAX) {
        char *tab = strchr(line, '\t');

        record.fields[record.count++] = line;
        if (tab == NULL) {
            break;
        }
        *tab = '\0';
        line = tab + 1;
    }
    return record;
}

static uint32_t parse_number(const char *text)
{
    uint32_t number = 0;

    for (; *text >= '0' && *text <= '9' && number <= 99999999; text++) {
        number = number * 10 + (uint32_t)(*text - '0');
    }
    return number;
}

/* The package, if there is something for a device in it. 0, or -1 without memory. */
static int add_package(struct index_reader *reader)
{
    struct driver_search *search = reader->finder.search;
    char *const *fields = reader->package.fields;

    if (!reader->finder.found || reader->added != NULL) {
        return 0;
    }
    struct driver_package *package = driver_finder_add_package(&reader->finder);

    if (package == NULL) {
        return -1;
    }
    package->inf = pool_copy_string(search->pool, fields[1]);
    package->date = parse_number(fields[2]);
    package->version = driver_parse_version(fields[3]);
    package->class_name = pool_copy_string(search->pool, fields[4]);
    package->provider = pool_copy_string(search->pool, fields[5]);
    reader->added = package;
    reader->end = &package->files;
    return package->inf == NULL || package->class_name == NULL || package->provider == NULL ? -1
                                                                                            : 0;
}

static int no_memory(struct index_reader *reader, struct error *error)
{
    return error_no_memory(error, "looking for drivers in %s", reader->name);
}

static int damaged(struct index_reader *reader, struct error *error)
{
    return error_set(error, "%s:%u: the index of drivers is damaged: make it again", reader->name,
                     reader->line);
}

static int check_path(struct index_reader *reader, const char *path, struct error *error)
{
    if (is_within_folder(path)) {
        return 0;
    }
    return error_set(error, "%s:%u: '%s' is no path in the folder that the index is of",
                     reader->name, reader->line, path);
}

static int take_record(struct index_reader *reader, const struct record *record,
                       struct error *error)
{
    const char *kind = record->fields[0];
    struct driver_id id = {.is_first = strcmp(kind, "id") == 0};

    if (strcmp(kind, "inf") == 0) {
        if (record->count != 6) {
            return damaged(reader, error);
        }
        if (check_path(reader, record->fields[1], error) != 0) {
            return -1;
        }
        if (add_package(reader) != 0) {
            return no_memory(reader, error);
        }
        reader->package = *record;
        reader->added = NULL;
        reader->wanted = false;
        driver_finder_reset(&reader->finder);
        return 0;
    }
    bool is_id = id.is_first || strcmp(kind, "compatible") == 0;
    bool is_for = strcmp(kind, "for") == 0, is_file = strcmp(kind, "file") == 0;

    if (!is_id && !is_for && !is_file) {
        return 0;
    }
    if (record->count < (is_for ? 4u : 3u) || reader->package.count == 0) {
        return damaged(reader, error);
    }
    if (is_file && check_path(reader, record->fields[2], error) != 0) {
        return -1;
    }
    if (is_for) {
        reader->wanted =
            driver_finder_wants(&reader->finder, parse_number(record->fields[1]), record->fields[2],
                                driver_parse_version(record->fields[3]));
    } else if (is_id) {
        id.text = record->fields[1];
        id.description = record->fields[2];
        if (reader->wanted && reader->added == NULL &&
            pci_parse_id(id.text, strlen(id.text), &id.id)) {
            driver_finder_take(&reader->finder, &id);
        }
    } else if (reader->finder.found &&
               strcmp(record->fields[1], reader->finder.search->target.arch) == 0 &&
               (add_package(reader) != 0 ||
                driver_add_file(reader->finder.search, &reader->end, record->fields[2]) != 0)) {
        return no_memory(reader, error);
    }
    return 0;
}

static int read_index(struct index_reader *reader, char *text, struct error *error)
{
    size_t start = strlen(DRIVER_INDEX_START);

    if (strncmp(text, DRIVER_INDEX_START, start) != 0) {
        return error_set(error,
                         "%s: not an index of drivers: make one with 'wimboot-preview drivers'",
                         reader->name);
    }
    text += start;
    while (*text != '\0') {
        char *newline = strchr(text, '\n');

        reader->line++;
        if (newline == NULL) {
            return damaged(reader, error); /* cut */
        }
        *newline = '\0';
        struct record record = split(text);

        if (take_record(reader, &record, error) != 0) {
            return -1;
        }
        text = newline + 1;
    }
    return add_package(reader) == 0 ? 0 : no_memory(reader, error);
}

/* The whole index as a string, which the caller frees. */
static int read_text(struct index_reader *reader, const struct file *file, char **text,
                     struct error *error)
{
    size_t length;

    if (file->size > INDEX_SIZE_MAX) {
        return error_set(error, "%s: an index of drivers of %llu bytes is too long", file->name,
                         (unsigned long long)file->size);
    }
    *text = memory_allocate(text_decoded_size((size_t)file->size));
    if (*text == NULL) {
        return no_memory(reader, error);
    }
    if (text_read(file, *text, &length, error) != 0) {
        return -1;
    }
    return strlen(*text) == length ? 0 : damaged(reader, error);
}

int driver_search_index(struct driver_search *search, const struct file *file, struct error *error)
{
    struct index_reader reader = {.name = file->name, .line = 1};
    char *text = NULL;

    if (driver_finder_open(&reader.finder, search, error) != 0) {
        return -1;
    }
    int rc = read_text(&reader, file, &text, error);

    if (rc == 0) {
        rc = read_index(&reader, text, error);
    }
    memory_free(text);
    driver_finder_close(&reader.finder);
    return rc;
}

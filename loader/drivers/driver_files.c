/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of a driver package: what the install sections of its models copy, and its catalogue.
 *
 *     [Install.NTamd64]
 *     CopyFiles = Files, @extra.dll        ; sections, and single files after '@'
 *     [Files]
 *     net.sys, net_x64.sys                 ; the name in Windows, and that in the package
 *     [SourceDisksNames.amd64]
 *     1 = "Disk",,, \x64                   ; a folder of the package
 *     [SourceDisksFiles]
 *     net_x64.sys = 1, drivers             ; a folder in that
 */
#include <string.h>

#include "base/format.h"
#include "base/path.h"
#include "drivers/driver_inf.h"

/* A file by its name in the package; a folder by the number of its disk; a section by its name,
 * once it was read. */
struct item {
    struct inf_name name;
    struct item *next; /* of all files, the newest first */
    char *path;
};

struct collection {
    struct inf *inf;
    const struct driver_arch *arch;
    struct hash_table files, disks, sections;
    struct item *last;
    bool failed; /* without memory */
};

/* Whether a section is met for the first time, so that no section is read twice. */
static bool is_new_section(struct collection *collection, const char *name)
{
    if (collection->failed || !inf_has_section(collection->inf, name) ||
        inf_find_name(&collection->sections, name) != NULL) {
        return false;
    }
    collection->failed = inf_add_name(&collection->sections, name, sizeof(struct item)) == NULL;
    return !collection->failed;
}

static void add_file(struct collection *collection, const char *name)
{
    if (*name == '\0' || collection->failed || inf_find_name(&collection->files, name) != NULL) {
        return;
    }
    struct item *file = inf_add_name(&collection->files, name, sizeof(*file));

    if (file == NULL) {
        collection->failed = true;
        return;
    }
    file->next = collection->last;
    collection->last = file;
}

/* ---- what is copied ---- */

/* "name in Windows, name in the package, temporary name, flags" */
static void read_file_list(struct collection *collection, const char *section)
{
    struct inf_cursor cursor = inf_lines(collection->inf, section);
    struct inf_field target, source;

    while (inf_next_line(&cursor)) {
        if (inf_next_field(&cursor, &target)) {
            bool has_source = inf_next_field(&cursor, &source) && source.length > 0;

            add_file(collection, has_source ? source.text : target.text);
        }
    }
}

/* An install section: its CopyFiles, and those of sections that it needs. */
static void read_install_section(struct collection *collection, const char *section)
{
    struct inf_cursor cursor = inf_lines(collection->inf, section);
    struct inf_field key, value;

    if (!is_new_section(collection, section)) {
        return;
    }
    while (inf_next_line(&cursor)) {
        if (!inf_next_field(&cursor, &key) || !key.is_key ||
            !inf_equal(key.text, key.length, "CopyFiles", strlen("CopyFiles"))) {
            continue;
        }
        while (inf_next_field(&cursor, &value)) {
            if (value.text[0] == '@') {
                add_file(collection, value.text + 1);
            } else if (is_new_section(collection, value.text)) {
                read_file_list(collection, value.text);
            }
        }
    }
}

/* The install section of a name with the decoration that Windows takes: that of the processor, or
 * NT, or none; and what belongs to it. */
static void read_install(struct collection *collection, const char *name)
{
    static const char *const parts[] = {"", ".CoInstallers"};
    const char *decorations[] = {collection->arch->decoration, "NT", ""};
    char section[INF_FIELD_SIZE];

    for (size_t i = 0; i < sizeof(decorations) / sizeof(decorations[0]); i++) {
        size_t length = format_string(section, sizeof(section), "%s%s%s", name,
                                      *decorations[i] != '\0' ? "." : "", decorations[i]);

        if (length + strlen(".CoInstallers") >= sizeof(section) ||
            !inf_has_section(collection->inf, section)) {
            continue;
        }
        for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
            format_string(section + length, sizeof(section) - length, "%s", parts[p]);
            read_install_section(collection, section);
        }
        return;
    }
}

static void read_models(struct collection *collection, const struct driver_models *models)
{
    struct inf_cursor cursor = inf_lines(collection->inf, models->section);
    struct inf_field field;

    while (!collection->failed && inf_next_line(&cursor)) {
        if (inf_next_field(&cursor, &field) && field.is_key && inf_next_field(&cursor, &field)) {
            read_install(collection, field.text);
        }
    }
}

/* The catalogue, which has the signature: of this processor, or the general one. */
static void read_catalogue(struct collection *collection)
{
    const char *decorations[] = {collection->arch->decoration, "NT", ""};
    struct inf_field value;
    char key[32];

    for (size_t i = 0; i < sizeof(decorations) / sizeof(decorations[0]); i++) {
        format_string(key, sizeof(key), "CatalogFile%s%s", *decorations[i] != '\0' ? "." : "",
                      decorations[i]);
        if (inf_find_value(collection->inf, "Version", key, &value)) {
            add_file(collection, value.text);
            return;
        }
    }
}

/* ---- where it is ---- */

/* A path without what could lead out of the package; NULL without memory. */
static char *join_path(struct collection *collection, const char *disk, const char *folder,
                       const char *name)
{
    char path[3 * INF_FIELD_SIZE + 3], clean[sizeof(path)];
    const char *rest = path, *component;
    size_t length, used = 0;

    format_string(path, sizeof(path), "%s\\%s\\%s", disk, folder, name);
    while ((component = path_next_component(&rest, &length)) != NULL) {
        if (!path_is_parent(component, length)) {
            used += format_string(clean + used, sizeof(clean) - used, "%s%.*s",
                                  used > 0 ? "\\" : "", (int)length, component);
        }
    }
    clean[used] = '\0';
    return pool_copy_string(collection->inf->pool, clean);
}

/* "number = description, tag file, unused, folder" */
static void read_disks(struct collection *collection, const char *section)
{
    struct inf_cursor cursor = inf_lines(collection->inf, section);
    struct inf_field number, value;

    while (!collection->failed && inf_next_line(&cursor)) {
        if (!inf_next_field(&cursor, &number) || !number.is_key ||
            inf_find_name(&collection->disks, number.text) != NULL) {
            continue;
        }
        for (int i = 0; i < 4; i++) {
            if (!inf_next_field(&cursor, &value)) {
                value.text[0] = '\0';
            }
        }
        struct item *disk = inf_add_name(&collection->disks, number.text, sizeof(*disk));

        if (disk != NULL) {
            disk->path = pool_copy_string(collection->inf->pool, value.text);
        }
        collection->failed = disk == NULL || disk->path == NULL;
    }
}

/* "name = number of the disk, folder, size" */
static void read_places(struct collection *collection, const char *section)
{
    struct inf_cursor cursor = inf_lines(collection->inf, section);
    struct inf_field name, number, folder;

    while (!collection->failed && inf_next_line(&cursor)) {
        if (!inf_next_field(&cursor, &name) || !name.is_key) {
            continue;
        }
        struct item *file = inf_find_name(&collection->files, name.text);

        if (file == NULL || file->path != NULL || !inf_next_field(&cursor, &number)) {
            continue;
        }
        const struct item *disk = inf_find_name(&collection->disks, number.text);

        if (!inf_next_field(&cursor, &folder)) {
            folder.text[0] = '\0';
        }
        file->path = join_path(collection, disk == NULL ? "" : disk->path, folder.text, name.text);
        collection->failed = file->path == NULL;
    }
}

/* Both kinds of sections have one for the processor, which counts first. */
static void find_places(struct collection *collection)
{
    const char *suffix = collection->arch->decoration + strlen("NT");
    char section[32];

    format_string(section, sizeof(section), "SourceDisksNames.%s", suffix);
    read_disks(collection, section);
    read_disks(collection, "SourceDisksNames");
    format_string(section, sizeof(section), "SourceDisksFiles.%s", suffix);
    read_places(collection, section);
    read_places(collection, "SourceDisksFiles");
}

int driver_read_files(struct inf *inf, const struct driver_models *models,
                      const struct driver_arch *arch, struct driver_file **files)
{
    struct collection collection = {
        .inf = inf,
        .arch = arch,
        .files = {.pool = inf->pool},
        .disks = {.pool = inf->pool},
        .sections = {.pool = inf->pool},
    };

    read_catalogue(&collection);
    for (; models != NULL; models = models->next) {
        if (models->arch == arch) {
            read_models(&collection, models);
        }
    }
    read_install(&collection, "ClassInstall32");
    find_places(&collection);
    *files = NULL;
    for (struct item *item = collection.last; item != NULL; item = item->next) {
        struct driver_file *file = pool_allocate(inf->pool, sizeof(*file));

        if (file == NULL ||
            (item->path == NULL &&
             (item->path = join_path(&collection, "", "", item->name.text)) == NULL)) {
            return -1;
        }
        file->path = item->path;
        file->next = *files;
        *files = file;
    }
    return collection.failed ? -1 : 0;
}

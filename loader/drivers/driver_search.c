/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking for the machine's devices in driver packages. See driver.h and driver_search.h. */
#include "drivers/driver_search.h"

#include <string.h>

#include "base/format.h"
#include "base/work.h"

/* Windows ranks a driver by two lists, each with the best id first: the device's (pci_rank_id())
 * and the driver's, of which the first is the hardware id ("How Windows ranks drivers"). */
enum { RANK_COMPATIBLE_OF_DRIVER = 0x1000, BYTES_COMPARED = 16 };

int driver_finder_open(struct driver_finder *finder, struct driver_search *search,
                       struct error *error)
{
    *finder = (struct driver_finder){
        .search = search,
        .candidates =
            memory_allocate_array(search->device_count + 1, sizeof(struct driver_candidate)),
    };
    if (finder->candidates == NULL) {
        return error_no_memory(error, "looking for drivers");
    }
    driver_finder_reset(finder);
    return 0;
}

void driver_finder_close(struct driver_finder *finder)
{
    memory_free(finder->candidates);
    finder->candidates = NULL;
}

void driver_finder_reset(struct driver_finder *finder)
{
    for (size_t i = 0; i < finder->search->device_count; i++) {
        finder->candidates[i].rank = PCI_RANK_NONE;
    }
    finder->found = finder->maker_taken = false;
    finder->maker = 0;
}

bool driver_finder_wants(struct driver_finder *finder, unsigned maker, const char *arch,
                         uint64_t version)
{
    const struct driver_target *target = &finder->search->target;

    if (maker != finder->maker) {
        finder->maker = maker;
        finder->maker_taken = false;
    }
    if (finder->maker_taken || strcmp(arch, target->arch) != 0 || version > target->version) {
        return false;
    }
    finder->maker_taken = true;
    return true;
}

void driver_finder_take(struct driver_finder *finder, const struct driver_id *id)
{
    const struct driver_search *search = finder->search;

    for (size_t i = 0; i < search->device_count; i++) {
        struct driver_candidate *candidate = &finder->candidates[i];
        unsigned rank = pci_rank_id(&id->id, &search->devices[i]);

        if (rank == PCI_RANK_NONE) {
            continue;
        }
        rank += id->is_first ? 0 : RANK_COMPATIBLE_OF_DRIVER;
        if (rank < candidate->rank) {
            candidate->rank = rank;
            format_string(candidate->description, sizeof(candidate->description), "%s",
                          id->description);
            finder->found = true;
        }
    }
    work_done.moved += BYTES_COMPARED * search->device_count;
}

/* The matches, in the order of the devices. */
static struct driver_match *copy_matches(const struct driver_finder *finder)
{
    struct pool *pool = finder->search->pool;
    struct driver_match *first = NULL;

    for (size_t i = finder->search->device_count; i-- > 0;) {
        const struct driver_candidate *candidate = &finder->candidates[i];

        if (candidate->rank == PCI_RANK_NONE) {
            continue;
        }
        struct driver_match *match = pool_allocate(pool, sizeof(*match));

        if (match == NULL) {
            return NULL;
        }
        match->device = i;
        match->rank = candidate->rank;
        match->description = pool_copy_string(pool, candidate->description);
        match->next = first;
        first = match;
        if (match->description == NULL) {
            return NULL;
        }
    }
    return first;
}

struct driver_package *driver_finder_add_package(struct driver_finder *finder)
{
    struct driver_search *search = finder->search;
    struct driver_package *package = pool_allocate(search->pool, sizeof(*package));

    if (package == NULL || (package->matches = copy_matches(finder)) == NULL) {
        return NULL;
    }
    package->next = search->packages;
    search->packages = package;
    return package;
}

int driver_add_file(struct driver_search *search, struct driver_file ***end, const char *path)
{
    struct driver_file *file = pool_allocate(search->pool, sizeof(*file));

    if (file == NULL || (file->path = pool_copy_string(search->pool, path)) == NULL) {
        return -1;
    }
    **end = file;
    *end = &file->next;
    return 0;
}

/* ---- INF files ---- */

static int take_id(void *context, const struct driver_id *id)
{
    driver_finder_take(context, id);
    return 0;
}

/* What was found in an INF file. */
static int add_inf(struct driver_finder *finder, struct inf *inf,
                   const struct driver_header *header, const struct driver_models *models,
                   const char *path)
{
    struct driver_search *search = finder->search;
    struct driver_package *package = driver_finder_add_package(finder);
    struct driver_file *files, **end;

    if (package == NULL) {
        return -1;
    }
    package->inf = pool_copy_string(search->pool, path);
    package->class_name = pool_copy_string(search->pool, header->class_name.text);
    package->provider = pool_copy_string(search->pool, header->provider.text);
    package->date = header->date;
    package->version = header->version;
    if (package->inf == NULL || package->class_name == NULL || package->provider == NULL ||
        driver_read_files(inf, models, driver_find_arch(search->target.arch), &files) != 0) {
        return -1;
    }
    for (end = &package->files; files != NULL; files = files->next) {
        if (driver_add_file(search, &end, files->path) != 0) {
            return -1;
        }
    }
    return 0;
}

static int search_inf(struct driver_finder *finder, struct inf *inf, const char *path)
{
    struct driver_header header;
    struct driver_models *models;

    if (!driver_read_header(inf, &header)) {
        return 0;
    }
    if (driver_read_models(inf, &models) != 0) {
        return -1;
    }
    for (const struct driver_models *at = models; at != NULL; at = at->next) {
        if (driver_finder_wants(finder, at->maker, at->arch->name, at->version)) {
            driver_each_id(inf, at, take_id, finder);
        }
    }
    return finder->found ? add_inf(finder, inf, &header, models, path) : 0;
}

int driver_search_inf(struct driver_search *search, const struct file *file, const char *path,
                      struct error *error)
{
    struct driver_finder finder;
    struct inf inf;

    if (driver_finder_open(&finder, search, error) != 0) {
        return -1;
    }
    int rc = inf_open(&inf, file, error);

    if (rc == 0 && (search_inf(&finder, &inf, path) != 0 || inf.failed)) {
        rc = inf_no_memory(&inf, file, error);
    }
    inf_close(&inf);
    driver_finder_close(&finder);
    return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* --ipxe: the files and the command line that an iPXE script gives the loader on a machine. */
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "files/cpio.h"
#include "host/preview.h"
#include "host/volumes.h"

/* Facts of boot.smbios as iPXE calls them: https://ipxe.org/cfg. */
static const struct {
    const char *setting, *field;
} smbios_settings[] = {
    {"asset", "asset_tag"}, {"manufacturer", "manufacturer"},
    {"product", "product"}, {"serial", "serial"},
    {"uuid", "uuid"},
};

enum { FACTS_MAX = PREVIEW_SETTINGS_MAX + MACHINE_MAC_COUNT_MAX + 5, FACT_SIZE = 24 };

/* A network card's address, as a setting of its own. */
static int add_mac(struct pool *pool, const uint8_t *mac, size_t number, struct ipxe_fact *fact)
{
    char *name = pool_allocate(pool, FACT_SIZE), *value = pool_allocate(pool, FACT_SIZE);
    if (name == NULL || value == NULL) {
        return -1;
    }
    format_string(name, FACT_SIZE, "net%zu/mac", number);
    format_string(value, FACT_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
                  mac[4], mac[5]);
    *fact = (struct ipxe_fact){name, value};
    return 0;
}

/* The settings of --ipxe-set, then the facts about the machine. @return how many, or -1 */
static int collect_facts(const struct preview *preview, const struct machine_plan *plan,
                         struct ipxe_fact *facts)
{
    int count = 0;
    for (size_t i = 0; i < preview->setting_count; i++) {
        facts[count++] = preview->settings[i];
    }
    for (size_t i = 0; i < plan->facts.mac_count; i++) {
        if (add_mac(preview->pool, plan->facts.macs[i], i, &facts[count++]) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < sizeof(smbios_settings) / sizeof(smbios_settings[0]); i++) {
        const char *value = machine_smbios(plan, smbios_settings[i].field);
        if (value != NULL) {
            facts[count++] = (struct ipxe_fact){smbios_settings[i].setting, value};
        }
    }
    return count;
}

/* Say where BIOS and UEFI would see different names. */
static void compare_names(const struct ipxe_result *result, FILE *out)
{
    for (size_t i = 0; i < result->image_count; i++) {
        const struct ipxe_image *image = &result->images[i];
        if (image->bios_name == NULL) {
            fprintf(out,
                    "%s:%u: %s: has no name in BIOS and is recognised by its content; in UEFI "
                    "it is %s. To be sure, write: initrd --name %s %s %s\n",
                    image->script, image->line, image->uri, image->efi_name, image->efi_name,
                    image->uri, image->efi_name);
        } else if (strcmp(image->bios_name, image->efi_name) != 0) {
            fprintf(out,
                    "%s:%u: %s: is %s in BIOS but %s in UEFI. To make them one, write: "
                    "initrd --name %s %s %s\n",
                    image->script, image->line, image->uri, image->bios_name, image->efi_name,
                    image->bios_name, image->uri, image->bios_name);
        }
    }
}

/* Whether a file is a CPIO archive that a BIOS loader takes for a part of its initrd. */
static bool is_archive(const char *path)
{
    uint8_t head[CPIO_HEADER_SIZE];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    size_t size = fread(head, 1, sizeof(head), file);
    fclose(file);
    return cpio_is_member(head, size, 0);
}

/* The files as this firmware gets them. In BIOS, one that iPXE hands over without a name is named
 * by the loader after its content, and names after it are ignored (files/initrd.h). */
static const struct input *inputs_of(struct pool *pool, const struct ipxe_result *result, bool bios,
                                     size_t *count, FILE *out)
{
    struct input *inputs = pool_allocate_array(pool, result->image_count + 1, sizeof(*inputs));
    bool has_bare_images = false;
    *count = 0;
    for (size_t i = 0; inputs != NULL && i < result->image_count; i++) {
        const struct ipxe_image *image = &result->images[i];
        bool has_no_name = bios && image->bios_name == NULL;
        bool is_opened = has_no_name && is_archive(image->path),
             is_bare = has_no_name && !is_opened;
        if (has_bare_images && !is_bare) {
            fprintf(
                out,
                "%s:%u: %s: ignored in BIOS, since an image without a name comes before it; give "
                "every image a name\n",
                image->script, image->line, image->uri);
            continue;
        }
        if (!bios && image->efi_name[0] == '\0') {
            fprintf(out, "%s:%u: %s: has an empty name, under which UEFI does not find it\n",
                    image->script, image->line, image->uri);
            continue;
        }
        has_bare_images = has_bare_images || is_bare;
        inputs[(*count)++] = (struct input){
            .name = is_opened ? "initrd.cpio"
                    : bios    ? image->bios_name
                              : image->efi_name,
            .path = image->path,
            .unnamed = is_bare,
            .is_joined = bios,
        };
    }
    return inputs;
}

/* What "sanhook" has made disks of. */
static int set_disks(struct pool *pool, const struct ipxe_result *result)
{
    struct host_disk *disks = pool_allocate_array(pool, result->disk_count + 1, sizeof(*disks));
    if (disks == NULL) {
        return -1;
    }
    for (size_t i = 0; i < result->disk_count; i++) {
        disks[i] = (struct host_disk){result->disks[i].uri, result->disks[i].path};
    }
    host_set_disks(disks, result->disk_count);
    return 0;
}

int preview_run_ipxe(const struct preview *preview, const struct machine_plan *plan,
                     const struct input **inputs, size_t *input_count, const char **command_line,
                     struct error *error)
{
    FILE *out = preview->json ? stderr : stdout;
    struct ipxe_fact facts[FACTS_MAX];
    struct ipxe_result result;
    int fact_count = collect_facts(preview, plan, facts);
    struct ipxe_start start = {
        .path = preview->ipxe_path,
        .root = preview->root,
        .firmware = plan->facts.firmware,
        .arch = plan->facts.arch,
        .files = ipxe_local_files,
        .fact_count = (size_t)fact_count,
        .facts = facts,
        .answer_count = plan->answers != NULL ? plan->answer_count : preview->answer_count,
        .answers = plan->answers != NULL ? plan->answers : preview->answers,
    };
    if (fact_count < 0) {
        error_no_memory(error, "%s", preview->ipxe_path);
        return PREVIEW_FAILS;
    }
    if (ipxe_run(preview->pool, &start, &result, error) != 0) {
        return PREVIEW_USAGE;
    }
    for (size_t i = 0; i < result.note_count; i++) {
        fprintf(out, "%s\n", result.notes[i]);
    }
    if (result.end != IPXE_BOOTS) {
        error_set(error, "%s", result.reason);
        return result.end == IPXE_ENDS ? PREVIEW_FAILS : PREVIEW_UNCERTAIN;
    }
    compare_names(&result, out);
    bool bios = strcmp(plan->facts.firmware, "bios") == 0;
    *inputs = inputs_of(preview->pool, &result, bios, input_count, out);
    *command_line = result.command_line;
    if (*inputs == NULL || set_disks(preview->pool, &result) != 0) {
        error_no_memory(error, "%s", preview->ipxe_path);
        return PREVIEW_FAILS;
    }
    return PREVIEW_BOOTS;
}

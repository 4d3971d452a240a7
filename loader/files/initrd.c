/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding the files in an initrd, as boot loaders lay it out.
 *
 * Every loader puts the images one after the other. iPXE starts each at a multiple of 4096 bytes,
 * with a CPIO header if the image was given a name, and without one otherwise; it writes no
 * TRAILER!!!. GRUB writes one; systemd-boot and QEMU hand over whole archives, without padding
 * between them. So: zeros are skipped anywhere, a trailer ends nothing, the last member need not be
 * padded, and anything but a CPIO header at a multiple of 4096 may be an image without one, which
 * is recognised by its content, named after it, and ends where its own headers say. How far names
 * can then be trusted: initrd.h.
 */
#include "files/initrd.h"

#include <string.h>

#include "base/format.h"
#include "base/little_endian.h"
#include "base/log.h"
#include "base/path.h"
#include "base/unicode.h"
#include "files/cpio.h"
#include "files/pe.h"
#include "files/sniff.h"

enum {
    IMAGE_ALIGNMENT = 4096,
    UNNAMED_MAX = 256, /* images without a name; there is a message for each */
};

struct initrd {
    struct file_list *list;
    const uint8_t *bytes;
    size_t size;
    unsigned unnamed_count;
    bool names_are_doubtful;
    bool is_archive;      /* was given by name: it has only members */
    bool has_bare_images; /* from here on, members add nothing */
    bool told_ignored;
};

struct file *initrd_name_file(struct pool *pool, const struct file *content, const char *name,
                              size_t name_length)
{
    char *path = pool_allocate(pool, name_length + 1);
    struct file *file = pool_allocate(pool, sizeof(*file));
    if (path == NULL || file == NULL) {
        return NULL;
    }
    memcpy(path, name, name_length);
    *file = *content;
    file_set_path(file, path);
    return file;
}

static bool is_script_name(const struct file_list *list, const char *name)
{
    return utf8_match("*.lua", name) ||
           (list->script_name != NULL && utf8_equal(list->script_name, name));
}

int initrd_check_script(const struct file_list *list, const struct file *file, struct error *error)
{
    if (is_script_name(list, file->name) && file_list_find(list, file->name) != NULL) {
        return error_set(error,
                         "%s: there are two scripts with this name, and one may not be yours: give "
                         "each its own name",
                         file->name);
    }
    return 0;
}

/* Add a file to the list or, if it is an archive, the files in it. */
static int add_file(const struct initrd *initrd, struct file *file, struct error *error)
{
    struct file_list *list = initrd->list;
    file->name_is_doubtful = initrd->names_are_doubtful;
    if (!initrd->is_archive && initrd_is_archive(file)) {
        return initrd_add_archive(list, file, error);
    }
    return initrd_check_script(list, file, error) != 0 ? -1 : file_list_add(list, file, error);
}

static int add_member(const struct initrd *initrd, const struct cpio_member *member,
                      struct error *error)
{
    struct pool *pool = initrd->list->pool;
    const struct file *content = file_from_memory(pool, "", member->bytes, member->size);
    struct file *file =
        content == NULL ? NULL : initrd_name_file(pool, content, member->name, member->name_length);
    if (file == NULL) {
        return error_no_memory(error, "a file of the CPIO archive");
    }
    if (file->name[0] == '\0') {
        log_warning("a file without a name in the CPIO archive: skipped");
        return 0;
    }
    if (member->type == CPIO_OTHER || (member->link_count > 1 && member->size == 0)) {
        log_warning("%s: a link or device in the CPIO archive, not a file: skipped",
                    file->path != NULL ? file->path : file->name);
        return 0;
    }
    return add_file(initrd, file, error);
}

/* Warn of the first member that adds nothing. */
static void ignore_member(struct initrd *initrd, size_t offset, const struct cpio_member *member)
{
    enum { SHOWN_MAX = 100 }; /* bytes of the name */
    if (!initrd->told_ignored) {
        size_t length = member->name_length < SHOWN_MAX ? member->name_length : SHOWN_MAX;
        log_warning("offset 0x%zx of the initrd: ignored '%.*s' and all names from there on, which "
                    "may be in an image without a name; give every image a name (initrd --name "
                    "NAME URL NAME)",
                    offset, (int)length, member->name);
        initrd->told_ignored = true;
    }
}

/* Read the member at an offset; `end` is where it ends. */
static int read_member(struct initrd *initrd, size_t offset, size_t *end, struct error *error)
{
    static const char trailer[] = "TRAILER!!!";
    struct cpio_member member;
    if (cpio_read(initrd->bytes, initrd->size, offset, &member, error) < 0) {
        return -1;
    }
    *end = member.end;
    bool is_trailer = member.name_length == sizeof(trailer) - 1 &&
                      memcmp(member.name, trailer, member.name_length) == 0;
    if (is_trailer || member.type == CPIO_DIRECTORY) {
        return 0;
    }
    if (initrd->has_bare_images) {
        ignore_member(initrd, offset, &member);
        return 0;
    }
    return add_member(initrd, &member, error);
}

/* The name under which boot managers look for a program. */
static const char *program_name(const struct file *image)
{
    struct pe pe;
    if (pe_read(image, &pe, NULL) != 0) {
        return NULL;
    }
    if (pe.machine == PE_MACHINE_I386 && pe.subsystem == PE_SUBSYSTEM_BOOT_APPLICATION) {
        return "bootmgr.exe";
    }
    if (pe.subsystem != PE_SUBSYSTEM_EFI_APPLICATION) {
        return NULL;
    }
    switch (pe.machine) {
    case PE_MACHINE_I386:
        return "bootia32.efi";
    case PE_MACHINE_X86_64:
        return "bootx64.efi";
    case PE_MACHINE_ARM64:
        return "bootaa64.efi";
    default:
        return NULL;
    }
}

static bool is_plain_name(const char *name)
{
    return name != NULL && *name != '\0' && path_last_component(name) == name;
}

/* The name for an unnamed image; NULL if its content does not give one. */
static const char *image_name(const struct file *image, enum content content,
                              const char *script_name)
{
    switch (content) {
    case CONTENT_WIM:
        return "boot.wim";
    case CONTENT_HIVE:
        return "BCD";
    case CONTENT_SDI:
        return "boot.sdi";
    case CONTENT_ISO:
        return "boot.iso";
    case CONTENT_PE:
        return program_name(image);
    case CONTENT_LUA:
        return is_plain_name(script_name) ? script_name : "boot.lua";
    default:
        return NULL;
    }
}

/* "boot2.wim" for 2 and "boot.wim"; in the pool. NULL without memory. */
static char *numbered_name(struct pool *pool, const char *name, unsigned number)
{
    const char *dot = strchr(name, '.');
    size_t stem = dot != NULL ? (size_t)(dot - name) : strlen(name);
    size_t size = strlen(name) + 12;
    char *numbered = pool_allocate(pool, size);
    if (numbered != NULL) {
        format_string(numbered, size, "%.*s%u%s", (int)stem, name, number, name + stem);
    }
    return numbered;
}

/* The name, with a number in it if there is a file of that name already: boot2.wim. The numbers of
 * images without a name are without gaps, so the first free one is found by bisection. */
static const char *unique_name(const struct file_list *list, const char *name)
{
    const char *result = name;
    unsigned taken = 1, vacant = 0; /* 0: not found yet */
    if (file_list_find(list, name) == NULL) {
        return name;
    }
    while (vacant != taken + 1) {
        unsigned number = vacant == 0 ? taken * 2 : taken + (vacant - taken) / 2;
        const char *numbered = numbered_name(list->pool, name, number);
        if (numbered == NULL) {
            return NULL;
        }
        if (file_list_find(list, numbered) != NULL) {
            taken = number;
        } else {
            vacant = number;
            result = numbered;
        }
    }
    return result;
}

const char *initrd_guess_name(const struct file_list *list, const struct file *image)
{
    const char *name = image_name(image, sniff(image, NULL), list->script_name);
    return name == NULL ? NULL : unique_name(list, name);
}

static int add_image(const struct initrd *initrd, size_t offset, size_t length, const char *name,
                     enum content content, struct error *error)
{
    if (content == CONTENT_LUA && file_list_find(initrd->list, name) != NULL) {
        return error_set(error,
                         "a Lua script without a name at offset 0x%zx of the initrd could be %s, "
                         "which is there already: give every image a name",
                         offset, name);
    }
    name = unique_name(initrd->list, name);
    struct file *file =
        name == NULL ? NULL
                     : file_from_memory(initrd->list->pool, name, initrd->bytes + offset, length);
    if (file == NULL) {
        return error_no_memory(error, "another file");
    }
    file->note = "given without a name, recognised by its content";
    file->name_is_doubtful = true;
    log_info("%s: %s without a name, named after its contents", name, content_name(content));
    return file_list_add(initrd->list, file, error);
}

/* The initrd from an offset on, as a file for sniff(). */
static void set_rest(const struct initrd *initrd, size_t offset, struct file *rest,
                     struct extent *extent)
{
    file_on_memory(rest, extent, "initrd", initrd->bytes + offset, initrd->size - offset);
}

static enum content sniff_at(const struct initrd *initrd, size_t offset, bool maybe_text,
                             struct file *rest, struct extent *extent, uint64_t *length)
{
    set_rest(initrd, offset, rest, extent);
    return maybe_text ? sniff(rest, length) : sniff_binary(rest, length);
}

/* The next place after `offset` where something starts that we know. Text is looked for only
 * after a zero: anywhere else it is the middle of something. */
static size_t find_next_image(const struct initrd *initrd, size_t offset)
{
    struct file rest;
    struct extent extent;
    uint64_t length;
    size_t next = offset;
    for (;;) {
        size_t step = IMAGE_ALIGNMENT - next % IMAGE_ALIGNMENT;
        if (step >= initrd->size - next) {
            return initrd->size;
        }
        next += step;
        bool maybe_text = initrd->bytes[next - 1] == 0;
        if (sniff_at(initrd, next, maybe_text, &rest, &extent, &length) != CONTENT_UNKNOWN) {
            return next;
        }
    }
}

/* Take the image without a header that starts at an offset; `end` is its end. */
static int take_image(struct initrd *initrd, size_t offset, size_t *end, struct error *error)
{
    if (initrd->is_archive) {
        return error_set(error, "what is at offset 0x%zx is not a file of a CPIO archive", offset);
    }
    initrd->has_bare_images = true;
    struct file rest;
    struct extent extent;
    uint64_t length;
    if (++initrd->unnamed_count > UNNAMED_MAX) {
        return error_set(
            error,
            "offset 0x%zx of the initrd: more than %d images without a name; give each "
            "file a name (initrd --name NAME URL NAME)",
            offset, UNNAMED_MAX);
    }
    enum content content =
        sniff_at(initrd, offset, offset % IMAGE_ALIGNMENT == 0, &rest, &extent, &length);
    if (length == UINT64_MAX) {
        return error_set(error,
                         "%s without a name at offset 0x%zx of the initrd: its header is damaged",
                         content_name(content), offset);
    }
    if (length > rest.size) {
        return error_set(error,
                         "%s without a name at offset 0x%zx of the initrd should have %llu bytes, "
                         "but there are only %llu: it was cut short on the way",
                         content_name(content), offset, (unsigned long long)length,
                         (unsigned long long)rest.size);
    }
    *end = length > 0 ? offset + (size_t)length : find_next_image(initrd, offset);
    const char *name = image_name(&rest, content, initrd->list->script_name);
    if (name != NULL && length > 0) {
        return add_image(initrd, offset, (size_t)length, name, content, error);
    }
    if (content == CONTENT_IPXE || content == CONTENT_KERNEL) {
        log_info("ignored what the boot loader left in the initrd: %s", content_name(content));
    } else {
        const char *remedy = content_remedy(content);
        log_warning("offset 0x%zx of the initrd: skipped something without a name, %s; %s", offset,
                    content_name(content),
                    remedy != NULL ? remedy : "give it a name (initrd --name NAME URL NAME)");
    }
    return 0;
}

static bool is_disc_at(const struct initrd *initrd, size_t offset)
{
    struct file rest;
    struct extent extent;
    uint64_t length;
    if (offset % IMAGE_ALIGNMENT != 0) {
        return false;
    }
    set_rest(initrd, offset, &rest, &extent);
    return is_iso(&rest, &length);
}

/* The next byte that is not padding. A font starts with a zero, an ISO with 32 KiB of them. */
static size_t skip_zeros(const struct initrd *initrd, size_t offset)
{
    while (offset < initrd->size && initrd->bytes[offset] == 0 && !is_disc_at(initrd, offset)) {
        bool is_word =
            offset % 8 == 0 && initrd->size - offset >= 8 && get_u64(initrd->bytes + offset) == 0;
        offset += is_word ? 8 : 1;
    }
    bool is_font =
        offset < initrd->size && offset % IMAGE_ALIGNMENT == 1 && initrd->bytes[offset] == 1;
    return is_font ? offset - 1 : offset;
}

static int add_all(struct initrd *initrd, struct error *error)
{
    size_t offset = 0, end = 0;
    while ((offset = skip_zeros(initrd, offset)) < initrd->size) {
        int status = cpio_is_member(initrd->bytes, initrd->size, offset)
                         ? read_member(initrd, offset, &end, error)
                         : take_image(initrd, offset, &end, error);
        if (status < 0) {
            return -1;
        }
        offset = end;
    }
    return 0;
}

int initrd_add_files(struct file_list *list, const uint8_t *bytes, size_t size,
                     enum initrd_kind kind, struct error *error)
{
    struct initrd initrd = {
        .list = list, .bytes = bytes, .size = size, .names_are_doubtful = kind == INITRD_JOINED};
    return add_all(&initrd, error);
}

bool initrd_is_archive(const struct file *file)
{
    uint64_t length;
    return utf8_match("*.cpio", file->name) && sniff_binary(file, &length) == CONTENT_CPIO;
}

int initrd_add_archive(struct file_list *list, const struct file *archive, struct error *error)
{
    struct initrd initrd = {.list = list,
                            .bytes = file_load(list->pool, archive, error),
                            .size = (size_t)archive->size,
                            .names_are_doubtful = true,
                            .is_archive = true};
    if (initrd.bytes == NULL) {
        return -1;
    }
    return add_all(&initrd, error) == 0 ? 0 : error_prefix(error, "%s: ", archive->name);
}

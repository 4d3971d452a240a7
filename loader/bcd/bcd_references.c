/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which files a store needs on the disk that the boot manager starts from. When a WIM or boot.sdi
 * is missing, the boot manager's error message does not name it, so the loader checks beforehand.
 *
 * Not here: whether the files exist (scripts/references.lua).
 */
#include "bcd/bcd.h"

#include <string.h>

enum {
    OBJECTS_MAX = 256,  /* that are looked at; nobody could choose from so many */
    LOOKUPS_MAX = 4096, /* of GUIDs, so that a hostile store cannot keep us busy */
};

struct walk {
    struct bcd *bcd;
    bool efi;
    unsigned lookups;
    size_t count;
    struct {
        struct hive_key *object;
        bool boots, optional;
    } reached[OBJECTS_MAX];
    struct bcd_reference **link; /* where the next one goes */
    struct error *error;
};

/* ---- what can be reached ---- */

/* Add the objects that an element names, if they exist and are new. */
static void reach(struct walk *walk, const struct hive_key *from, uint32_t element, bool optional)
{
    const struct hive_value *value = bcd_find_inherited(walk->bcd, from, element);
    char guid[GUID_TEXT_SIZE];
    size_t offset = 0;
    while (value != NULL && walk->lookups < LOOKUPS_MAX && walk->count < OBJECTS_MAX &&
           bcd_get_next(value, &offset, guid)) {
        walk->lookups++;
        struct hive_key *object = bcd_find_object(walk->bcd, guid);
        bool known = object == NULL;
        for (size_t i = 0; i < walk->count && !known; i++) {
            known = walk->reached[i].object == object;
        }
        if (!known) {
            walk->reached[walk->count].object = object;
            walk->reached[walk->count].boots = false;
            walk->reached[walk->count++].optional = optional;
        }
    }
}

/*
 * Add what {bootmgr} can start. A boot sequence is what starts next, once, in place of the default
 * entry; without either, the menu's first entry is the one that starts after the timeout.
 */
static void reach_entries(struct walk *walk, const struct hive_key *bootmgr)
{
    reach(walk, bootmgr, BCD_BOOT_SEQUENCE, false);
    size_t starting = walk->count;
    reach(walk, bootmgr, BCD_DEFAULT, false);
    reach(walk, bootmgr, BCD_DISPLAY_ORDER, false);
    if (starting == 0 && walk->count > 0) {
        starting = 1;
    }
    for (size_t i = 0; i < starting; i++) {
        walk->reached[i].boots = true;
    }
    reach(walk, bootmgr, BCD_TOOLS_ORDER, true);
    reach(walk, bootmgr, BCD_RESUME_OBJECT, true);
}

/* ---- references of one object ---- */

/* The object being looked at. */
struct subject {
    struct hive_key *object;
    const char *description;
    uint32_t type;
    bool boots, optional;
};

static int out_of_memory(const struct walk *walk)
{
    return error_no_memory(walk->error, "the BCD store");
}

/* Like bcd_device_decode(); also 0 for a missing element. */
static int read_device(const struct walk *walk, const struct hive_value *value,
                       struct bcd_device *device)
{
    int known =
        value != NULL ? bcd_device_decode(walk->bcd->pool, value->data, value->size, device) : 0;
    return known < 0 ? out_of_memory(walk) : known;
}

static int add(struct walk *walk, const struct subject *subject, struct bcd_reference reference,
               const struct hive_key *object, uint32_t element)
{
    struct bcd_reference *added = pool_allocate(walk->bcd->pool, sizeof(*added));
    if (added == NULL || reference.path == NULL || reference.place == NULL) {
        return out_of_memory(walk);
    }
    const struct bcd_name *name = bcd_element_name(bcd_object_type(object), element);
    *added = reference;
    added->object = bcd_object_id(object);
    added->description = subject->description;
    added->element = name != NULL              ? name->name
                     : element == BCD_SDI_PATH ? "ramdisksdipath"
                                               : "path";
    added->boots = subject->boots;
    added->optional = subject->optional;
    *walk->link = added;
    walk->link = &added->next;
    return 0;
}

static bool is_partition(const struct bcd_place *place)
{
    return place->kind == BCD_PLACE_MBR || place->kind == BCD_PLACE_GPT;
}

/* The boot.sdi of a RAM disk: named by the object with its options. */
static int add_sdi(struct walk *walk, const struct subject *subject,
                   const struct bcd_device *device)
{
    char guid[GUID_TEXT_SIZE];
    struct bcd_device sdi_device = {.kind = BCD_IS_PLACE};
    struct pool *pool = walk->bcd->pool;
    guid_format(device->options, guid);
    struct hive_key *options = device->has_options ? hive_find(walk->bcd->objects, guid) : NULL;
    if (options == NULL) {
        return add(walk, subject,
                   (struct bcd_reference){.kind = BCD_NEEDS_SDI, .path = "", .place = "boot"},
                   subject->object, BCD_DEVICE);
    }
    const struct hive_value *path = bcd_find_inherited(walk->bcd, options, BCD_SDI_PATH);
    const struct hive_value *where = bcd_find_inherited(walk->bcd, options, BCD_SDI_DEVICE);
    int known = where != NULL ? read_device(walk, where, &sdi_device) : 1;
    if (known <= 0 || sdi_device.kind != BCD_IS_PLACE) {
        return known; /* from another kind of device */
    }
    return add(walk, subject,
               (struct bcd_reference){.kind = BCD_NEEDS_SDI,
                                      .path = path != NULL ? bcd_get_string(pool, path) : "",
                                      .place = bcd_place_format(pool, &sdi_device.place),
                                      .other_disk = is_partition(&sdi_device.place)},
               options, BCD_SDI_PATH);
}

/* The file of a device, if it has one. */
static int add_device(struct walk *walk, const struct subject *subject,
                      const struct bcd_device *device, uint32_t element)
{
    static const enum bcd_reference_kind kinds[] = {[BCD_IS_RAMDISK] = BCD_NEEDS_WIM,
                                                    [BCD_IS_FILE] = BCD_NEEDS_FILE,
                                                    [BCD_IS_VHD] = BCD_NEEDS_VHD};
    if (device->kind == BCD_IS_PLACE) {
        return 0;
    }
    struct bcd_reference reference = {.kind = kinds[device->kind],
                                      .path = device->path,
                                      .place = bcd_place_format(walk->bcd->pool, &device->place),
                                      .other_disk = is_partition(&device->place)};
    if (add(walk, subject, reference, subject->object, element) != 0) {
        return -1;
    }
    return device->kind == BCD_IS_RAMDISK ? add_sdi(walk, subject, device) : 0;
}

/* Where a Windows loader is when its object does not say. */
static const char *default_loader(struct walk *walk, const struct subject *subject)
{
    const struct hive_value *value = bcd_find_inherited(walk->bcd, subject->object, BCD_WINPE);
    uint64_t winpe = 0;
    if (value != NULL && bcd_get_integer(value, &winpe) && winpe) {
        return walk->efi ? "\\Windows\\System32\\boot\\winload.efi"
                         : "\\Windows\\System32\\boot\\winload.exe";
    }
    return walk->efi ? "\\Windows\\System32\\winload.efi" : "\\Windows\\System32\\winload.exe";
}

static int add_application(struct walk *walk, const struct subject *subject,
                           const struct bcd_device *device)
{
    struct pool *pool = walk->bcd->pool;
    const struct hive_value *value = bcd_find_inherited(walk->bcd, subject->object, BCD_PATH);
    if (value == NULL && subject->type != BCD_LOADER) {
        return 0;
    }
    const char *path = value != NULL ? bcd_get_string(pool, value) : default_loader(walk, subject);
    struct bcd_reference reference = {.kind = BCD_NEEDS_APPLICATION, .path = path};
    switch (device->kind) {
    case BCD_IS_PLACE:
        reference.place = bcd_place_format(pool, &device->place);
        reference.other_disk = is_partition(&device->place);
        break;
    case BCD_IS_RAMDISK:
        reference.kind = BCD_NEEDS_APPLICATION_IN_WIM;
        reference.place = device->path;
        break;
    default:
        return 0; /* inside a VHD: cannot be looked at */
    }
    return add(walk, subject, reference, subject->object, BCD_PATH);
}

static int add_object(struct walk *walk, const struct subject *subject)
{
    enum { FIRMWARE_APPLICATION = 1 };
    struct bcd_device device, os_device;
    if (subject->type >> 28 != 1 || (subject->type >> 20 & 15) == FIRMWARE_APPLICATION) {
        return 0;
    }
    int known =
        read_device(walk, bcd_find_inherited(walk->bcd, subject->object, BCD_DEVICE), &device);
    if (known <= 0) {
        return known;
    }
    if (add_device(walk, subject, &device, BCD_DEVICE) != 0 ||
        add_application(walk, subject, &device) != 0) {
        return -1;
    }
    if ((subject->type & 0xFFFFF) != 3) {
        return 0;
    }
    known = read_device(walk, bcd_find_inherited(walk->bcd, subject->object, BCD_OS_DEVICE),
                        &os_device);
    if (known <= 0) {
        return known;
    }
    if (os_device.path != NULL && device.path != NULL && strcmp(os_device.path, device.path) == 0) {
        return 0; /* as usual */
    }
    return add_device(walk, subject, &os_device, BCD_OS_DEVICE);
}

int bcd_references(struct bcd *bcd, bool efi, struct bcd_reference **first, struct error *error)
{
    struct hive_key *bootmgr = bcd_find_object(bcd, "{bootmgr}");
    *first = NULL;
    if (bootmgr == NULL) {
        return error_set(error,
                         "the BCD store has no {bootmgr}, and boot managers end with 0xc0000034. "
                         "Leave out the BCD: the loader then makes one that boots the WIM");
    }
    struct walk *walk = memory_allocate_zeroed(1, sizeof(*walk));
    if (walk == NULL) {
        return error_no_memory(error, "the BCD store");
    }
    walk->bcd = bcd;
    walk->efi = efi;
    walk->link = first;
    walk->error = error;
    reach_entries(walk, bootmgr);
    int result = 0;
    for (size_t i = 0; i < walk->count && result == 0; i++) {
        struct subject subject = {.object = walk->reached[i].object,
                                  .boots = walk->reached[i].boots,
                                  .optional = walk->reached[i].optional,
                                  .description = ""};
        const struct hive_value *text = bcd_find_element(subject.object, BCD_DESCRIPTION);
        if (text != NULL) {
            subject.description = bcd_get_string(bcd->pool, text);
        }
        subject.type = bcd_object_type(subject.object);
        reach(walk, subject.object, BCD_RECOVERY_SEQUENCE, true);
        result = subject.description != NULL ? add_object(walk, &subject) : out_of_memory(walk);
    }
    memory_free(walk);
    return result;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot configuration data: what the keys of a BCD store's hive mean.
 *
 *     Description
 *     Objects\{guid}\Description        Type: the kind of the object
 *     Objects\{guid}\Elements\12000002  Element: the value of one element
 *
 * An object is the hive key of its GUID. Elements are numbers, 0xCFSSSSSS: class, format, subtype;
 * names depend on the kind of object (bcd_names.c). Elements that are not known are kept as they
 * are. Names and notation are bcdedit's. Independent of disks and files.
 */
#ifndef LOADER_BCD_H
#define LOADER_BCD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "files/file.h"
#include "hive/hive.h"

/* ---- stores (bcd_store.c) ---- */

struct bcd {
    struct pool *pool;
    struct hive *hive;
    struct hive_key *objects;    /* its subkeys are the objects */
    const struct file *original; /* what was opened; NULL for a new store */
    bool changed;
    uint32_t next_guid; /* for bcd_make_guid() */
};

/** Open a store. -1 with the damage, or with what the file is instead of a store. */
int bcd_open(struct pool *pool, const struct file *file, struct bcd **bcd, struct error *error);

/** An empty store. NULL without memory. */
struct bcd *bcd_create(struct pool *pool);

/** The store as a file: the original one if nothing was changed and boot managers accept it. */
int bcd_file(struct bcd *bcd, const struct file **file, struct error *error);

/* ---- GUIDs and aliases (bcd_guid.c) ---- */

enum {
    GUID_SIZE = 16,      /* bytes, binary */
    GUID_TEXT_SIZE = 39, /* "{…}" and a NUL */
};

/** Parse "{…}", or the same without braces. False if it is not a GUID. */
bool guid_parse(const char *text, size_t length, uint8_t guid[GUID_SIZE]);

/** Write a GUID in braces, lower case. */
void guid_format(const uint8_t guid[GUID_SIZE], char text[GUID_TEXT_SIZE]);

/** The GUID of an alias of bcdedit ("{bootmgr}"); false if it is none. */
bool bcd_alias_guid(const char *alias, size_t length, uint8_t guid[GUID_SIZE]);

/** The kind of object that an alias is for, as bcd_object_type(); 0 if it is not an alias. */
uint32_t bcd_alias_type(const char *alias);

/** bcdedit's alias for a GUID, or NULL. */
const char *bcd_guid_alias(const uint8_t guid[GUID_SIZE]);

/* ---- objects (bcd_object.c) ---- */

/** The kinds of objects that the loader itself uses. */
enum bcd_object_type {
    BCD_BOOTMGR = 0x10100002,
    BCD_LOADER = 0x10200003,
    BCD_DEVICE_OPTIONS = 0x30000000,
};

/** Write the GUID, in braces, of an alias or of a GUID in any spelling; "{default}" is what
 * {bootmgr} starts. False if there is none. */
bool bcd_resolve(const struct bcd *bcd, const char *id, char guid[GUID_TEXT_SIZE]);

/** The object of this GUID or alias, or NULL. */
struct hive_key *bcd_find_object(const struct bcd *bcd, const char *id);

/** How bcdedit shows an object's identifier: its alias, or else its GUID. */
const char *bcd_object_id(const struct hive_key *object);

/** The kind of an object: bits 28 to 31 say whether it is an application (1), settings to be
 * inherited (2) or device options (3), bits 0 to 19 which application. 0 if it does not say. */
uint32_t bcd_object_type(const struct hive_key *object);

/** A GUID that no object of the store has. Not random: the same for the same store. */
void bcd_make_guid(struct bcd *bcd, char guid[GUID_TEXT_SIZE]);

/** Make an object without elements. -1 without memory, or if this GUID is in use. */
int bcd_create_object(struct bcd *bcd, const char *guid, uint32_t type, struct hive_key **object,
                      struct error *error);

/** Copy an object under a GUID that is free. */
int bcd_copy_object(struct bcd *bcd, const struct hive_key *from, const char *guid,
                    struct hive_key **object, struct error *error);

/** Delete an object, and remove it from {bootmgr}'s lists and default. -1 without memory. */
int bcd_delete_object(struct bcd *bcd, struct hive_key *object, struct error *error);

/* ---- names of elements (bcd_names.c) ---- */

/** Elements that the loader itself uses. */
enum bcd_element {
    BCD_DEVICE = 0x11000001,
    BCD_PATH = 0x12000002,
    BCD_DESCRIPTION = 0x12000004,
    BCD_INHERIT = 0x14000006,
    BCD_RECOVERY_SEQUENCE = 0x14000008,
    BCD_OS_DEVICE = 0x21000001,
    BCD_SYSTEM_ROOT = 0x22000002,
    BCD_DEFAULT = 0x23000003,
    BCD_RESUME_OBJECT = 0x23000006,
    BCD_DISPLAY_ORDER = 0x24000001,
    BCD_BOOT_SEQUENCE = 0x24000002,
    BCD_TOOLS_ORDER = 0x24000010,
    BCD_WINPE = 0x26000022,
    BCD_SDI_DEVICE = 0x31000003,
    BCD_SDI_PATH = 0x32000004,
};

/** The formats of values: bits 24 to 27 of an element's number. */
enum bcd_format {
    BCD_FORMAT_DEVICE = 1,
    BCD_FORMAT_STRING,
    BCD_FORMAT_GUID,
    BCD_FORMAT_GUID_LIST,
    BCD_FORMAT_INTEGER,
    BCD_FORMAT_BOOLEAN,
    BCD_FORMAT_INTEGER_LIST,
    BCD_FORMAT_BINARY,
};

static inline enum bcd_format bcd_format(uint32_t element)
{
    return (enum bcd_format)(element >> 24 & 15);
}

struct bcd_name {
    uint32_t element;
    const char *name;   /* bcdedit's */
    const char *values; /* names of the values 0, 1, …, with a space between them; or NULL */
};

/** The name of an element in an object of this kind; NULL if it has none. */
const struct bcd_name *bcd_element_name(uint32_t object_type, uint32_t element);

/** The element of this name, or of this number ("0x26000010", "custom:26000010"), in an object of
 * this kind; 0 if there is none. */
uint32_t bcd_element_number(uint32_t object_type, const char *name);

/** Whether an element of any sort of object has this name. */
bool bcd_is_element_name(const char *name);

/** The name of an element of such an object that is probably meant; NULL if none is like it. */
const char *bcd_near_element_name(uint32_t object_type, const char *name);

/** Parse an element's number as it is in the registry: eight hexadecimal digits. 0 if it is not
 * one. */
uint32_t bcd_parse_number(const char *digits);

/** The number of a named value (without regard to case); -1 if it is none. */
int bcd_value_number(const struct bcd_name *name, const char *text);

/** The name of a value and its length; NULL if it has none. */
const char *bcd_value_name(const struct bcd_name *name, uint64_t value, size_t *length);

/* ---- elements (bcd_element.c) ---- */

/** An element of an object. */
struct bcd_entry {
    uint32_t element;
    const struct hive_value *value;
    const struct hive_key *key; /* of the element; NULL before the first */
};

/**
 * Walk through an object's own elements, in the order of their numbers. Keys that boot managers
 * do not find are skipped: those whose name is not a number of eight digits, or without a value.
 *
 * @param entry in/out: all zero at the start
 * @return false after the last
 */
bool bcd_next_element(const struct hive_key *object, struct bcd_entry *entry);

/** The value of an object's own element; NULL if it has none. */
const struct hive_value *bcd_find_element(const struct hive_key *object, uint32_t element);

/** The same, or else the value in the objects that it inherits from (bcd_inherit.c). */
const struct hive_value *bcd_find_inherited(const struct bcd *bcd, const struct hive_key *object,
                                            uint32_t element);

/** Whether an element weakens what Windows checks while it boots, or adds options to what it loads
 * (bcd_guarded.c). One that is false does not. */
bool bcd_is_guarded(const struct bcd_entry *entry);

/** Whether boot managers accept an element's value: its type and size in the registry, and the
 * braces of GUIDs (bcd_sound.c). Else they end with 0xc0000024 or 0xc000000d. */
bool bcd_is_sound(uint32_t element, const struct hive_value *value);

/** A string, or a GUID as text, in the pool. NULL without memory. */
char *bcd_get_string(struct pool *pool, const struct hive_value *value);

/** An integer (of 1 to 8 bytes, as found on Microsoft's media) or a boolean; false if it is
 * neither. */
bool bcd_get_integer(const struct hive_value *value, uint64_t *integer);

/**
 * The next string of a list (of GUIDs).
 *
 * @param offset in/out: 0 at the start
 * @return false after the last. A string that is longer than a GUID is cut.
 */
bool bcd_get_next(const struct hive_value *value, size_t *offset, char guid[GUID_TEXT_SIZE]);

/** Set an element to bytes as they are in the registry. -1 without memory. */
int bcd_set_element(struct bcd *bcd, struct hive_key *object, uint32_t element, const void *data,
                    size_t size, struct error *error);

/** Set a string, or a GUID as text. */
int bcd_set_string(struct bcd *bcd, struct hive_key *object, uint32_t element, const char *text,
                   struct error *error);

/** Set an integer or a boolean. */
int bcd_set_integer(struct bcd *bcd, struct hive_key *object, uint32_t element, uint64_t integer,
                    struct error *error);

/** Set a list of GUIDs. */
int bcd_set_list(struct bcd *bcd, struct hive_key *object, uint32_t element,
                 const char *const *guids, size_t count, struct error *error);

/** Remove an element; false if there was none. */
bool bcd_remove_element(struct bcd *bcd, struct hive_key *object, uint32_t element);

/* ---- devices (bcd_device.c, bcd_device_text.c) ---- */

enum bcd_place_kind {
    BCD_PLACE_BOOT,           /* what the boot manager was started from */
    BCD_PLACE_MBR,            /* a partition by the disk's signature and its start */
    BCD_PLACE_GPT,            /* a partition by GUIDs */
    BCD_PLACE_LOCATE,         /* the volume that has a file of this path */
    BCD_PLACE_LOCATE_ELEMENT, /* the volume that has a file of the path in this element */
};

/** A volume. */
struct bcd_place {
    enum bcd_place_kind kind;
    uint32_t signature;                            /* MBR */
    uint64_t offset;                               /* MBR: bytes */
    uint8_t disk[GUID_SIZE], partition[GUID_SIZE]; /* GPT */
    const char *path;                              /* LOCATE */
    uint32_t element;                              /* LOCATE_ELEMENT */
};

enum bcd_device_kind { BCD_IS_PLACE, BCD_IS_RAMDISK, BCD_IS_FILE, BCD_IS_VHD };

/** A device element: a volume, or a file on one that serves as a device. */
struct bcd_device {
    enum bcd_device_kind kind;
    struct bcd_place place;
    const char *path; /* of the file; NULL for BCD_IS_PLACE */
    bool has_options;
    uint8_t options[GUID_SIZE]; /* an object with device options */
};

/** Decode a device element, with strings in the pool.
 *
 * @return 1; 0 if it is of another kind or damaged; -1 without memory
 */
int bcd_device_decode(struct pool *pool, const uint8_t *data, size_t size,
                      struct bcd_device *device);

/**
 * Clear the bytes of an element that boot managers ignore (Windows' own tools leave old memory
 * contents in them), and change '/' in its path to '\'. The result is what bcd_device_encode()
 * makes of the same device.
 *
 * @param data an element that bcd_device_decode() understood as `device`; changed
 */
void bcd_device_canonicalize(uint8_t *data, size_t size, const struct bcd_device *device);

/**
 * Write a device element as Windows' own tools would.
 *
 * @param element the element that it is for: the device of a VHD refers to another element of its
 * object
 * @return bytes in the pool; NULL without memory
 */
uint8_t *bcd_device_encode(struct pool *pool, const struct bcd_device *device, uint32_t element,
                           size_t *size);

/**
 * Text for a device element: "boot", "ramdisk=[boot]\sources\boot.wim,{ramdiskoptions}", …, from
 * which bcd_device_parse() makes the same bytes again, except for those that boot managers ignore.
 * If no notation can do that, "hex:…".
 *
 * @return text in the pool; NULL without memory
 */
char *bcd_device_format(struct pool *pool, uint32_t element, const uint8_t *data, size_t size);

/** Bytes for the text of a device element. -1 with what is wrong with it. */
int bcd_device_parse(struct pool *pool, uint32_t element, const char *text, uint8_t **data,
                     size_t *size, struct error *error);

/** Text for a place alone. NULL without memory. */
char *bcd_place_format(struct pool *pool, const struct bcd_place *place);

/* ---- what the loader changes in a store ---- */

/**
 * Make the paths of Windows boot applications end in ".efi" (else ".exe"); nothing else is changed
 * (bcd_convert.c).
 *
 * @return how many paths were changed; -1 without memory
 */
int bcd_convert(struct bcd *bcd, bool efi, struct error *error);

enum bcd_reference_kind {
    BCD_NEEDS_WIM,
    BCD_NEEDS_SDI,
    BCD_NEEDS_VHD,
    BCD_NEEDS_FILE,        /* a file that serves as a device of another kind */
    BCD_NEEDS_APPLICATION, /* a program on a volume */
    BCD_NEEDS_APPLICATION_IN_WIM,
};

/** A file that an object needs. */
struct bcd_reference {
    enum bcd_reference_kind kind;
    const char *object;      /* as bcdedit shows it */
    const char *description; /* of the object that the user would choose; "" if it has none */
    const char *element;     /* the name of the element that has the path */
    const char *path;        /* "" if the element is missing */
    const char *place;       /* the volume as text; for a program in a WIM, the WIM's path */
    bool other_disk;         /* the place is a partition: not necessarily ours */
    bool boots;              /* what boots without a choice: the default entry, or the only one */
    bool optional;           /* only tools, recovery or resume get there */
    struct bcd_reference *next;
};

/**
 * All files that can be needed by what {bootmgr} can start, the default entry's first
 * (bcd_references.c).
 *
 * @param first written: NULL if there are none
 * @return 0; -1 without memory, or without {bootmgr}
 */
int bcd_references(struct bcd *bcd, bool efi, struct bcd_reference **first, struct error *error);

#endif

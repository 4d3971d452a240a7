/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bcd: BCD stores for scripts (docs/script.md).
 *
 * A store is a userdata, its objects are userdata made on demand, and an object's elements are
 * its fields, whose values lua_bcd_value.c converts. Text and recipes are in Lua scripts, which are
 * loaded when they are used: scripts/bcd_dump.lua,
 * scripts/bcd_winpe.lua.
 */
#include "lua/lua_bcd.h"

#include <string.h>

#include "base/format.h"
#include "base/log.h"
#include "base/machine.h"
#include "lua/journal.h"
#include "lua/script.h"

static const char store_class[] = "bcd store";

/* The kinds of objects, by the names that s:create() takes. */
static const struct {
    const char *name;
    uint32_t type;
} kinds[] = {
    {"osloader", BCD_LOADER},
    {"bootapp", 0x1020000A},
    {"device", BCD_DEVICE_OPTIONS},
    {"bootmgr", BCD_BOOTMGR},
    {"fwbootmgr", 0x10100001},
    {"firmware", 0x101FFFFF},
    {"resume", 0x10200004},
    {"memdiag", 0x10200005},
    {"ntldr", 0x10300006},
    {"bootsector", 0x10400008},
    {"startup", 0x10400009},
    {"inherit", 0x20100000},
    {"inherit osloader", 0x20200003},
    {"inherit resume", 0x20200004},
    {"inherit device", 0x20300000},
};

enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]) };

/* ---- arguments ---- */

static struct bcd *check_store(lua_State *state, int argument)
{
    return bindings_check_object(state, argument, store_class);
}

static struct bcd_object *check_object(lua_State *state, int argument)
{
    struct bcd_object *object = luaL_checkudata(state, argument, BCD_OBJECT_CLASS);
    if (object->key->parent == NULL) {
        luaL_error(state, "this object of the BCD store has been deleted");
    }
    return object;
}

static void push_object(lua_State *state, struct bcd *bcd, struct hive_key *key)
{
    if (key == NULL) {
        lua_pushnil(state);
        return;
    }
    struct bcd_object *object = lua_newuserdatauv(state, sizeof(*object), 0);
    object->bcd = bcd;
    object->key = key;
    luaL_setmetatable(state, BCD_OBJECT_CLASS);
}

/* ---- objects ---- */

static void push_kind(lua_State *state, uint32_t type)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (kinds[i].type == type) {
            lua_pushstring(state, kinds[i].name);
            return;
        }
    }
    lua_pushinteger(state, type);
}

/** Raise: an object has no element of this name. */
static int refuse_element(lua_State *state, const struct bcd_object *object, const char *name)
{
    uint32_t type = bcd_object_type(object->key);
    if (bcd_is_element_name(name)) {
        push_kind(state, type);
        return luaL_error(state, "%s: an object of kind %s has no element '%s'",
                          bcd_object_id(object->key), lua_tostring(state, -1), name);
    }
    const char *near = bcd_near_element_name(type, name);
    if (near != NULL) {
        return luaL_error(state, "%s: unknown element '%s' (did you mean '%s'?)",
                          bcd_object_id(object->key), name, near);
    }
    return luaL_error(
        state,
        "%s: unknown element '%s' (known: bcdedit's names for such an object, numbers "
        "like '0x26000010'; and id, guid, kind, elements)",
        bcd_object_id(object->key), name);
}

static void set_text(lua_State *state, const char *field, const char *text)
{
    lua_pushstring(state, text);
    lua_setfield(state, -2, field);
}

/* o:elements(): a list of { name=, shown=, refused= }, in the order of their numbers. */
static int object_elements(lua_State *state)
{
    struct bcd_object *object = check_object(state, 1);
    uint32_t type = bcd_object_type(object->key);
    struct bcd_entry entry = {0};
    lua_Integer count = 0;
    lua_newtable(state);
    while (bcd_next_element(object->key, &entry)) {
        char number[20];
        const struct bcd_name *name = bcd_element_name(type, entry.element);
        format_string(number, sizeof(number), "custom:%08x", entry.element);
        lua_newtable(state);
        set_text(state, "name", name != NULL ? name->name : number);
        bcd_push_shown(state, entry.element, name, entry.value);
        lua_setfield(state, -2, "shown");
        lua_pushboolean(state, !bcd_is_sound(entry.element, entry.value));
        lua_setfield(state, -2, "refused");
        lua_rawseti(state, -2, ++count);
    }
    return 1;
}

/** Push an element's value, or nil: also for a name that only other sorts of objects have, so that
 * scripts can ask any object. */
static void push_element(lua_State *state, const struct bcd_object *object, const char *name)
{
    uint32_t type = bcd_object_type(object->key), element = bcd_element_number(type, name);
    if (element == 0 && !bcd_is_element_name(name)) {
        refuse_element(state, object, name);
    }
    const struct hive_value *value = element == 0 ? NULL : bcd_find_element(object->key, element);
    if (value != NULL) {
        bcd_push_value(state, element, bcd_element_name(type, element), value);
    } else {
        lua_pushnil(state);
    }
}

static int object_get(lua_State *state)
{
    struct bcd_object *object = check_object(state, 1);
    const char *name = luaL_checkstring(state, 2);
    if (strcmp(name, "id") == 0) {
        lua_pushstring(state, bcd_object_id(object->key));
    } else if (strcmp(name, "guid") == 0) {
        lua_pushstring(state, object->key->name);
    } else if (strcmp(name, "kind") == 0) {
        push_kind(state, bcd_object_type(object->key));
    } else if (strcmp(name, "elements") == 0) {
        static const lua_CFunction function = object_elements;
        bindings_push_function(state, &function);
    } else {
        push_element(state, object, name);
    }
    return 1;
}

static int object_set(lua_State *state)
{
    struct bcd_object *object = check_object(state, 1);
    const char *name = luaL_checkstring(state, 2);
    uint32_t element = bcd_element_number(bcd_object_type(object->key), name);
    if (element == 0) {
        return refuse_element(state, object, name);
    }
    lua_settop(state, 3);
    if (lua_isnil(state, 3)) {
        bcd_remove_element(object->bcd, object->key, element);
    } else {
        bcd_take_value(state, object, element, name);
    }
    journal_note(state, "BCD", NULL);
    return 0;
}

static int object_equal(lua_State *state)
{
    const struct bcd_object *left = luaL_checkudata(state, 1, BCD_OBJECT_CLASS);
    const struct bcd_object *right = luaL_checkudata(state, 2, BCD_OBJECT_CLASS);
    lua_pushboolean(state, left->key == right->key);
    return 1;
}

static int object_text(lua_State *state)
{
    const struct bcd_object *object = luaL_checkudata(state, 1, BCD_OBJECT_CLASS);
    lua_pushstring(state, bcd_object_id(object->key));
    return 1;
}

/* ---- stores ---- */

static uint32_t check_kind(lua_State *state, int argument)
{
    if (lua_isinteger(state, argument)) {
        return (uint32_t)bindings_check_integer(state, argument, 1, UINT32_MAX);
    }
    const char *name = luaL_checkstring(state, argument);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return kinds[i].type;
        }
    }
    uint32_t type = bcd_alias_type(name);
    if (type == 0) {
        luaL_error(state,
                   "bcd:create: unknown kind '%s' (known: osloader, bootapp, device, inherit, "
                   "bootsector, startup, … or an alias such as {ramdiskoptions})",
                   name);
    }
    return type;
}

static void describe(lua_State *state, int argument, struct bcd *bcd, struct hive_key *key)
{
    struct error error;
    if (!lua_isnoneornil(state, argument) &&
        bcd_set_string(bcd, key, BCD_DESCRIPTION, bindings_check_name(state, argument), &error) !=
            0) {
        bindings_raise(state, "bcd", &error);
    }
}

/* s:create(kind, description): if kind is an alias, the object gets its GUID. */
static int store_create(lua_State *state)
{
    struct bcd *bcd = check_store(state, 1);
    uint32_t type = check_kind(state, 2);
    struct error error;
    struct hive_key *key;
    char guid[GUID_TEXT_SIZE];
    if (lua_isinteger(state, 2) || bcd_alias_type(lua_tostring(state, 2)) == 0 ||
        !bcd_resolve(bcd, lua_tostring(state, 2), guid)) {
        bcd_make_guid(bcd, guid);
    }
    if (bcd_create_object(bcd, guid, type, &key, &error) != 0) {
        return bindings_raise(state, "bcd:create", &error);
    }
    describe(state, 3, bcd, key);
    journal_note(state, "BCD", NULL);
    push_object(state, bcd, key);
    return 1;
}

/* An object argument: the object or its identifier. */
static struct hive_key *check_object_of(lua_State *state, int argument, struct bcd *bcd)
{
    if (lua_isuserdata(state, argument)) {
        struct bcd_object *object = check_object(state, argument);
        luaL_argcheck(state, object->bcd == bcd, argument, "an object of another store");
        return object->key;
    }
    const char *id = luaL_checkstring(state, argument);
    struct hive_key *key = bcd_find_object(bcd, id);
    if (key == NULL) {
        luaL_error(state, "the BCD store has no object %s", id);
    }
    return key;
}

static int store_copy(lua_State *state)
{
    struct bcd *bcd = check_store(state, 1);
    struct hive_key *from = check_object_of(state, 2, bcd), *key;
    struct error error;
    char guid[GUID_TEXT_SIZE];
    bcd_make_guid(bcd, guid);
    if (bcd_copy_object(bcd, from, guid, &key, &error) != 0) {
        return bindings_raise(state, "bcd:copy", &error);
    }
    describe(state, 3, bcd, key);
    journal_note(state, "BCD", NULL);
    push_object(state, bcd, key);
    return 1;
}

static int store_delete(lua_State *state)
{
    struct bcd *bcd = check_store(state, 1);
    struct error error;
    if (bcd_delete_object(bcd, check_object_of(state, 2, bcd), &error) != 0) {
        return bindings_raise(state, "bcd:delete", &error);
    }
    journal_note(state, "BCD", NULL);
    return 0;
}

/* Whether to do it for UEFI: an argument "bios" or "efi", or else this machine. */
static bool check_efi(lua_State *state, int argument)
{
    static const char *const firmwares[] = {"bios", "efi", NULL};
    return luaL_checkoption(state, argument, platform_machine()->firmware, firmwares) == 1;
}

/* s:convert([firmware]): how many paths were changed. */
static int store_convert(lua_State *state)
{
    struct bcd *bcd = check_store(state, 1);
    struct error error;
    int count = bcd_convert(bcd, check_efi(state, 2), &error);
    if (count < 0) {
        return bindings_raise(state, "bcd:convert", &error);
    }
    lua_pushinteger(state, count);
    return 1;
}

/* s:references([firmware]): a list of tables. */
static int store_references(lua_State *state)
{
    static const char *const kind_names[] = {[BCD_NEEDS_WIM] = "wim",
                                             [BCD_NEEDS_SDI] = "sdi",
                                             [BCD_NEEDS_VHD] = "vhd",
                                             [BCD_NEEDS_FILE] = "file",
                                             [BCD_NEEDS_APPLICATION] = "application",
                                             [BCD_NEEDS_APPLICATION_IN_WIM] = "application-in-wim"};
    struct bcd *bcd = check_store(state, 1);
    struct bcd_reference *reference;
    struct error error;
    if (bcd_references(bcd, check_efi(state, 2), &reference, &error) != 0) {
        return bindings_raise(state, "bcd:references", &error);
    }
    lua_newtable(state);
    for (lua_Integer index = 1; reference != NULL; reference = reference->next, index++) {
        lua_createtable(state, 0, 9);
        set_text(state, "kind", kind_names[reference->kind]);
        set_text(state, "object", reference->object);
        set_text(state, "description", reference->description);
        set_text(state, "element", reference->element);
        set_text(state, "path", reference->path);
        set_text(state, "place", reference->place);
        lua_pushboolean(state, reference->other_disk);
        lua_setfield(state, -2, "other_disk");
        lua_pushboolean(state, reference->boots);
        lua_setfield(state, -2, "boots");
        lua_pushboolean(state, reference->optional);
        lua_setfield(state, -2, "optional");
        lua_rawseti(state, -2, index);
    }
    return 1;
}

static int store_file(lua_State *state)
{
    const struct file *file;
    struct error error;
    if (bcd_file(check_store(state, 1), &file, &error) != 0) {
        return bindings_raise(state, "bcd:file", &error);
    }
    bindings_push_file(state, file);
    return 1;
}

/* Call the function that a built-in script returns with our own arguments. */
static int call_script(lua_State *state, const char *module)
{
    int arguments = lua_gettop(state);
    script_push_builtin(state, module);
    lua_insert(state, 1);
    lua_call(state, arguments, 1);
    return 1;
}

static int store_dump(lua_State *state)
{
    check_store(state, 1);
    return call_script(state, "bcd_dump");
}

static void push_objects(lua_State *state, struct bcd *bcd)
{
    lua_Integer index = 0;
    lua_createtable(state, (int)bcd->objects->child_count, 0);
    for (struct hive_key *key = hive_first_child(bcd->objects); key != NULL; key = key->next) {
        push_object(state, bcd, key);
        lua_rawseti(state, -2, ++index);
    }
}

static int store_get(lua_State *state)
{
    static const luaL_Reg methods[] = {{"create", store_create},
                                       {"copy", store_copy},
                                       {"delete", store_delete},
                                       {"convert", store_convert},
                                       {"references", store_references},
                                       {"file", store_file},
                                       {"dump", store_dump},
                                       {NULL, NULL}};
    struct bcd *bcd = check_store(state, 1);
    const char *key = luaL_checkstring(state, 2);
    for (const luaL_Reg *method = methods; method->name != NULL; method++) {
        if (strcmp(method->name, key) == 0) {
            bindings_push_function(state, &method->func);
            return 1;
        }
    }
    if (strcmp(key, "objects") == 0) {
        push_objects(state, bcd);
    } else if (strcmp(key, "warning") == 0) {
        lua_pushstring(state, bcd->hive->warning);
    } else if (key[0] == '{') {
        push_object(state, bcd, bcd_find_object(bcd, key));
    } else {
        return luaL_error(state,
                          "%s: unknown field '%s' (known: '{identifier}', objects, create, copy, "
                          "delete, convert, references, dump, file, warning)",
                          store_class, key);
    }
    return 1;
}

static int store_set(lua_State *state)
{
    return luaL_error(state, "%s: fields cannot be set; s:create() makes objects", store_class);
}

/* ---- the module ---- */

static int module_open(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    struct bcd *bcd;
    struct error error;
    if (bcd_open(bindings_pool(state), file, &bcd, &error) != 0) {
        return bindings_raise(state, "bcd.open", &error);
    }
    if (bcd->hive->warning != NULL) {
        log_warning("%s: %s; it will be written from scratch", file->name, bcd->hive->warning);
    }
    bindings_push_object(state, store_class, bcd);
    return 1;
}

static int module_new(lua_State *state)
{
    bindings_push_object(state, store_class,
                         bindings_check_memory(state, "bcd.new", bcd_create(bindings_pool(state))));
    return 1;
}

static int module_winpe(lua_State *state)
{
    return call_script(state, "bcd_winpe");
}

static int open_module(lua_State *state)
{
    static const luaL_Reg functions[] = {
        {"open", module_open}, {"new", module_new}, {"winpe", module_winpe}, {NULL, NULL}};
    static const luaL_Reg store_methods[] = {
        {"__index", store_get}, {"__newindex", store_set}, {NULL, NULL}};
    static const luaL_Reg object_methods[] = {{"__index", object_get},
                                              {"__newindex", object_set},
                                              {"__eq", object_equal},
                                              {"__tostring", object_text},
                                              {NULL, NULL}};
    bindings_define_class(state, store_class, NULL, store_methods);
    bindings_define_class(state, BCD_OBJECT_CLASS, NULL, object_methods);
    bindings_push_module(state, "bcd", functions);
    return 1;
}

PLUGIN(lua_module, bcd) = {.name = "bcd", .open = open_module};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of BCD elements as Lua values, both ways:
 *
 *     device     text, "ramdisk=[boot]\\sources\\boot.wim,{ramdiskoptions}"
 *     string     string
 *     GUID       identifier as bcdedit shows it; objects are accepted too
 *     GUIDs      a list of those
 *     integer    integer; the name of a value is accepted too; for a host an IPv4 address
 *     boolean    boolean; on, off, yes and no are accepted too
 *     integers   a list of integers
 *     others     a string of bytes
 */
#include "lua/lua_bcd.h"

#include <string.h>

#include "base/little_endian.h"

/* ---- to Lua ---- */

/* The identifier that bcdedit shows for a GUID. */
static void push_id(lua_State *state, const char *text)
{
    uint8_t guid[GUID_SIZE];
    const char *alias = guid_parse(text, strlen(text), guid) ? bcd_guid_alias(guid) : NULL;
    lua_pushstring(state, alias != NULL ? alias : text);
}

static void push_guids(lua_State *state, const struct hive_value *value)
{
    char guid[GUID_TEXT_SIZE];
    size_t offset = 0;
    lua_newtable(state);
    for (lua_Integer index = 1; bcd_get_next(value, &offset, guid); index++) {
        push_id(state, guid);
        lua_rawseti(state, -2, index);
    }
}

static void push_integers(lua_State *state, const struct hive_value *value)
{
    lua_createtable(state, (int)(value->size / 8), 0);
    for (uint32_t i = 0; i < value->size / 8; i++) {
        lua_pushinteger(state, (lua_Integer)get_u64(value->data + 8 * i));
        lua_rawseti(state, -2, i + 1);
    }
}

/* Push text that was made in the pool. */
static void push_made(lua_State *state, char *text)
{
    lua_pushstring(state, bindings_check_memory(state, "bcd", text));
}

/** Whether an integer is an IPv4 address: bcdedit shows and takes it as one. */
static bool is_address(const struct bcd_name *name)
{
    static const char ending[] = "hostip";
    size_t length = name == NULL ? 0 : strlen(name->name), ending_length = sizeof(ending) - 1;
    return length >= ending_length && strcmp(name->name + length - ending_length, ending) == 0;
}

static void push_integer(lua_State *state, const struct bcd_name *name, uint64_t integer)
{
    if (is_address(name) && integer <= UINT32_MAX) {
        lua_pushfstring(state, "%d.%d.%d.%d", (int)(integer >> 24), (int)(integer >> 16 & 0xFF),
                        (int)(integer >> 8 & 0xFF), (int)(integer & 0xFF));
    } else {
        lua_pushinteger(state, (lua_Integer)integer);
    }
}

void bcd_push_value(lua_State *state, uint32_t element, const struct bcd_name *name,
                    const struct hive_value *value)
{
    struct pool *pool = bindings_pool(state);
    uint64_t integer;
    char guid[GUID_TEXT_SIZE] = "";
    size_t offset = 0;
    switch (bcd_format(element)) {
    case BCD_FORMAT_DEVICE:
        push_made(state, bcd_device_format(pool, element, value->data, value->size));
        return;
    case BCD_FORMAT_STRING:
        push_made(state, bcd_get_string(pool, value));
        return;
    case BCD_FORMAT_GUID:
        bcd_get_next(value, &offset, guid);
        push_id(state, guid);
        return;
    case BCD_FORMAT_GUID_LIST:
        push_guids(state, value);
        return;
    case BCD_FORMAT_INTEGER:
        if (!bcd_get_integer(value, &integer)) {
            break;
        }
        push_integer(state, name, integer);
        return;
    case BCD_FORMAT_BOOLEAN:
        if (!bcd_get_integer(value, &integer)) {
            break;
        }
        lua_pushboolean(state, integer != 0);
        return;
    case BCD_FORMAT_INTEGER_LIST:
        push_integers(state, value);
        return;
    default:
        break;
    }
    lua_pushlstring(state, (const char *)value->data, value->size);
}

static void push_hex(lua_State *state, const struct hive_value *value)
{
    luaL_Buffer hex;
    luaL_buffinit(state, &hex);
    for (uint32_t i = 0; i < value->size; i++) {
        luaL_addchar(&hex, "0123456789abcdef"[value->data[i] >> 4]);
        luaL_addchar(&hex, "0123456789abcdef"[value->data[i] & 15]);
    }
    luaL_pushresult(&hex);
}

void bcd_push_shown(lua_State *state, uint32_t element, const struct bcd_name *name,
                    const struct hive_value *value)
{
    enum bcd_format format = bcd_format(element);
    const char *text;
    uint64_t integer;
    size_t length;
    if (format == BCD_FORMAT_BOOLEAN && bcd_get_integer(value, &integer)) {
        lua_pushstring(state, integer ? "Yes" : "No");
    } else if (format == BCD_FORMAT_INTEGER && name != NULL && bcd_get_integer(value, &integer) &&
               (text = bcd_value_name(name, integer, &length)) != NULL) {
        lua_pushlstring(state, text, length);
    } else {
        bcd_push_value(state, element, name, value);
        bool is_text = format >= BCD_FORMAT_DEVICE && format <= BCD_FORMAT_GUID;
        if (lua_type(state, -1) == LUA_TSTRING && !is_text) {
            lua_pop(state, 1);
            push_hex(state, value);
        }
    }
}

/* ---- from Lua ---- */

/* Items of a list: far more than a store ever has. */
enum { LIST_MAX = 1000 };

/* The element that a value is for. */
struct target {
    const struct bcd_object *object;
    uint32_t element;
    const char *name;
};

/* Raise, naming the element. */
static int refuse(lua_State *state, const struct target *target, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *reason = lua_pushvfstring(state, format, arguments);
    va_end(arguments);
    return luaL_error(state, "%s.%s: %s", bcd_object_id(target->object->key), target->name, reason);
}

/* How many items the table at the top of the stack has as a list. */
static size_t count_list(lua_State *state, const struct target *target)
{
    const char *field =
        lua_pushfstring(state, "%s.%s", bcd_object_id(target->object->key), target->name);
    size_t count = bindings_count_list(state, -2, field, LIST_MAX);
    lua_pop(state, 1);
    return count;
}

/* The GUID of the object or identifier at the top of the stack. */
static void take_guid(lua_State *state, const struct target *target, char guid[GUID_TEXT_SIZE])
{
    const struct bcd_object *object = luaL_testudata(state, -1, BCD_OBJECT_CLASS);
    const char *id = object != NULL                       ? object->key->name
                     : lua_type(state, -1) == LUA_TSTRING ? lua_tostring(state, -1)
                                                          : NULL;
    if (id == NULL) {
        refuse(state, target, "an object or its identifier is expected, not a %s",
               luaL_typename(state, -1));
    } else if (!bcd_resolve(target->object->bcd, id, guid)) {
        refuse(state, target, "'%s' is neither a GUID nor an alias of bcdedit", id);
    }
}

/* An IPv4 address ("10.0.2.2") as the number that the debugger's elements hold. */
static bool read_address(const char *text, uint64_t *address)
{
    unsigned fields = 0, value = 0, digits = 0;
    *address = 0;
    for (;; text++) {
        if (*text >= '0' && *text <= '9' && digits++ < 3) {
            value = value * 10 + (unsigned)(*text - '0');
        } else if (digits > 0 && digits <= 3 && value <= 255 && (*text == '.' || !*text)) {
            *address = *address << 8 | value;
            fields++;
            value = digits = 0;
            if (!*text) {
                return fields == 4;
            }
        } else {
            return false;
        }
    }
}

/* An integer, the name of a value, or an address. */
static uint64_t take_integer(lua_State *state, const struct target *target)
{
    int valid;
    uint64_t address;
    lua_Integer integer = lua_tointegerx(state, -1, &valid);
    if (valid) {
        return (uint64_t)integer;
    }
    const struct bcd_name *name =
        bcd_element_name(bcd_object_type(target->object->key), target->element);
    if (is_address(name) && lua_type(state, -1) == LUA_TSTRING &&
        read_address(lua_tostring(state, -1), &address)) {
        return address;
    }
    bool named = name != NULL && name->values != NULL;
    int number = named && lua_type(state, -1) == LUA_TSTRING
                     ? bcd_value_number(name, lua_tostring(state, -1))
                     : -1;
    if (number < 0) {
        refuse(state, target, "a number is expected%s%s", named ? ", or one of " : "",
               named ? name->values : "");
    }
    return (uint64_t)number;
}

/** A boolean, or one of bcdedit's words for it. */
static uint64_t take_boolean(lua_State *state, const struct target *target)
{
    static const struct bcd_name words[] = {
        {0, "boolean", "off on"}, {0, "boolean", "no yes"}, {0, "boolean", "false true"}};
    if (lua_isboolean(state, -1)) {
        return (uint64_t)lua_toboolean(state, -1);
    }
    for (size_t i = 0; lua_type(state, -1) == LUA_TSTRING && i < sizeof(words) / sizeof(words[0]);
         i++) {
        int number = bcd_value_number(&words[i], lua_tostring(state, -1));
        if (number >= 0) {
            return (uint64_t)number;
        }
    }
    refuse(state, target, "true or false is expected, not %s", luaL_tolstring(state, -1, NULL));
    return 0;
}

static int take_device(lua_State *state, const struct target *target, struct error *error)
{
    const struct bcd_object *object = target->object;
    uint8_t *data;
    size_t size;
    if (lua_type(state, -1) != LUA_TSTRING) {
        refuse(state, target, "a device is expected as text, not a %s", luaL_typename(state, -1));
    }
    const struct hive_value *old = bcd_find_element(object->key, target->element);
    const char *shown = old == NULL ? NULL
                                    : bcd_device_format(bindings_pool(state), target->element,
                                                        old->data, old->size);
    if (shown != NULL && strcmp(shown, lua_tostring(state, -1)) == 0) {
        return 0; /* also keeps the bytes that the text does not show */
    }
    if (bcd_device_parse(bindings_pool(state), target->element, lua_tostring(state, -1), &data,
                         &size, error) != 0) {
        return -1;
    }
    return bcd_set_element(object->bcd, object->key, target->element, data, size, error);
}

static int take_guids(lua_State *state, const struct target *target, struct error *error)
{
    const struct bcd_object *object = target->object;
    if (!lua_istable(state, -1)) { /* a single one */
        lua_createtable(state, 1, 0);
        lua_insert(state, -2);
        lua_rawseti(state, -2, 1);
    }
    size_t count = count_list(state, target);
    char(*guids)[GUID_TEXT_SIZE] = bindings_allocate(state, count, sizeof(*guids));
    const char **texts = bindings_allocate(state, count, sizeof(*texts));
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(state, -3, (lua_Integer)i + 1);
        take_guid(state, target, guids[i]);
        lua_pop(state, 1);
        texts[i] = guids[i];
    }
    return bcd_set_list(object->bcd, object->key, target->element, texts, count, error);
}

static int take_integers(lua_State *state, const struct target *target, struct error *error)
{
    const struct bcd_object *object = target->object;
    if (!lua_istable(state, -1)) {
        refuse(state, target, "a list of numbers is expected, not a %s", luaL_typename(state, -1));
    }
    size_t count = count_list(state, target);
    uint8_t *data = bindings_allocate(state, count, sizeof(uint64_t));
    for (size_t i = 0; i < count; i++) {
        int valid;
        lua_rawgeti(state, -2, (lua_Integer)i + 1);
        put_u64(data + sizeof(uint64_t) * i, (uint64_t)lua_tointegerx(state, -1, &valid));
        if (!valid) {
            refuse(state, target, "item %d of the list is not a number", (int)i + 1);
        }
        lua_pop(state, 1);
    }
    return bcd_set_element(object->bcd, object->key, target->element, data,
                           sizeof(uint64_t) * count, error);
}

/* A string, which may hold any bytes. */
static const char *take_bytes(lua_State *state, const struct target *target, size_t *length)
{
    if (!lua_isstring(state, -1)) {
        refuse(state, target, "a string is expected, not a %s", luaL_typename(state, -1));
    }
    return lua_tolstring(state, -1, length);
}

static int take(lua_State *state, const struct target *target, struct error *error)
{
    struct bcd *bcd = target->object->bcd;
    struct hive_key *key = target->object->key;
    char guid[GUID_TEXT_SIZE];
    const char *bytes;
    size_t length;
    switch (bcd_format(target->element)) {
    case BCD_FORMAT_DEVICE:
        return take_device(state, target, error);
    case BCD_FORMAT_STRING:
        bytes = take_bytes(state, target, &length);
        if (strlen(bytes) != length) {
            refuse(state, target, "a string cannot contain the character \\0 here");
        }
        return bcd_set_string(bcd, key, target->element, bytes, error);
    case BCD_FORMAT_GUID:
        take_guid(state, target, guid);
        return bcd_set_string(bcd, key, target->element, guid, error);
    case BCD_FORMAT_GUID_LIST:
        return take_guids(state, target, error);
    case BCD_FORMAT_INTEGER:
        return bcd_set_integer(bcd, key, target->element, take_integer(state, target), error);
    case BCD_FORMAT_BOOLEAN:
        return bcd_set_integer(bcd, key, target->element, take_boolean(state, target), error);
    case BCD_FORMAT_INTEGER_LIST:
        return take_integers(state, target, error);
    default:
        bytes = take_bytes(state, target, &length);
        return bcd_set_element(bcd, key, target->element, bytes, length, error);
    }
}

void bcd_take_value(lua_State *state, const struct bcd_object *object, uint32_t element,
                    const char *name)
{
    struct target target = {object, element, name};
    struct error error;
    if (take(state, &target, &error) != 0) {
        refuse(state, &target, "%s", error.text);
    }
}

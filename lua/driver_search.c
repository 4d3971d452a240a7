/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking for drivers, for scripts/drivers.lua: what is found in INF files, and in an index. */
#include "lua/bindings.h"

#include "base/format.h"
#include "base/machine.h"
#include "drivers/driver.h"
#include "lua/limits.h"

enum { INF_COUNT_MAX = 20000 };

/* The target is in the arguments 1 and 2: the processor, and the version of Windows. */
static struct driver_search start_search(lua_State *state)
{
    struct pci_device *devices = bindings_allocate(state, MACHINE_PCI_COUNT_MAX, sizeof(*devices));

    return (struct driver_search){
        .pool = bindings_pool(state),
        .target = {luaL_checkstring(state, 1), driver_parse_version(luaL_checkstring(state, 2))},
        .devices = devices,
        .device_count = platform_pci_devices(devices, MACHINE_PCI_COUNT_MAX),
    };
}

static void set_text(lua_State *state, const char *name, const char *text)
{
    lua_pushstring(state, text);
    lua_setfield(state, -2, name);
}

static void push_matches(lua_State *state, const struct driver_match *matches)
{
    lua_Integer count = 0;

    lua_newtable(state);
    for (const struct driver_match *match = matches; match != NULL; match = match->next) {
        lua_createtable(state, 0, 3);
        lua_pushinteger(state, (lua_Integer)match->device + 1);
        lua_setfield(state, -2, "device");
        lua_pushinteger(state, match->rank);
        lua_setfield(state, -2, "rank");
        set_text(state, "description", match->description);
        lua_rawseti(state, -2, ++count);
    }
}

static void push_files(lua_State *state, const struct driver_file *files)
{
    lua_Integer count = 0;

    lua_newtable(state);
    for (const struct driver_file *file = files; file != NULL; file = file->next) {
        lua_pushstring(state, file->path);
        lua_rawseti(state, -2, ++count);
        script_charge(state, 1);
    }
}

static void push_package(lua_State *state, const struct driver_package *package)
{
    uint64_t version = package->version;
    char text[32];

    lua_createtable(state, 0, 8);
    set_text(state, "inf", package->inf);
    set_text(state, "class", package->class_name);
    set_text(state, "provider", package->provider);
    format_string(text, sizeof(text), "%04u-%02u-%02u", (unsigned)(package->date / 10000),
                  (unsigned)(package->date / 100 % 100), (unsigned)(package->date % 100));
    set_text(state, "date", text);
    format_string(text, sizeof(text), "%u.%u.%u.%u", (unsigned)(version >> 48),
                  (unsigned)(version >> 32 & 0xFFFF), (unsigned)(version >> 16 & 0xFFFF),
                  (unsigned)(version & 0xFFFF));
    set_text(state, "version", text);
    lua_pushinteger(state, (lua_Integer)version);
    lua_setfield(state, -2, "order");
    push_matches(state, package->matches);
    lua_setfield(state, -2, "matches");
    push_files(state, package->files);
    lua_setfield(state, -2, "files");
}

static int push_packages(lua_State *state, const struct driver_search *search)
{
    lua_Integer count = 0;

    lua_newtable(state);
    for (const struct driver_package *one = search->packages; one != NULL; one = one->next) {
        push_package(state, one);
        lua_rawseti(state, -2, ++count);
    }
    return 1;
}

/* loader.search_drivers(arch, version, list of INF files, list of their paths) -> packages */
static int search_drivers(lua_State *state)
{
    size_t count = bindings_count_list(state, 3, "drivers.match", INF_COUNT_MAX);
    struct driver_search search = start_search(state);
    struct error error;

    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(state, 3, (lua_Integer)i);
        lua_rawgeti(state, 4, (lua_Integer)i);
        const struct file *file = bindings_check_file(state, -2);

        bindings_expect_reading(state, file, file->size);
        if (driver_search_inf(&search, file, luaL_checkstring(state, -1), &error) != 0) {
            return bindings_raise(state, "drivers.match", &error);
        }
        lua_pop(state, 2);
        script_charge(state, 1);
    }
    return push_packages(state, &search);
}

/* loader.search_driver_index(arch, version, index) -> packages */
static int search_driver_index(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 3);
    struct driver_search search = start_search(state);
    struct error error;

    bindings_expect_reading(state, file, file->size);
    if (driver_search_index(&search, file, &error) != 0) {
        return bindings_raise(state, "drivers.match", &error);
    }
    return push_packages(state, &search);
}

static int open_drivers(lua_State *state)
{
    static const luaL_Reg functions[] = {
        {"search_drivers", search_drivers},
        {"search_driver_index", search_driver_index},
        {NULL, NULL},
    };

    lua_newtable(state);
    bindings_set_functions(state, functions);
    return 1;
}

PLUGIN(lua_module, drivers) = {.name = "drivers", .open = open_drivers, .internal = true};

/* SPDX-License-Identifier: BSD-2-Clause */
/* boot: the command line's options, and facts about the machine and the loader. */
#include <string.h>

#include "base/format.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/smbios.h"
#include "lua/bindings.h"
#include "lua/journal.h"
#include "lua/limits.h"
#include "lua/lua_iso.h"
#include "lua/lua_network.h"
#include "lua/lua_pci.h"
#include "lua/lua_trust.h"
#include "lua/mac_text.h"
#include "lua/script.h"
#include "options.h"

enum { API_VERSION = 1, INDEX_MAX = 65535 };

/* The registry's keys of tables that are made once, and of what a script chose. */
static const char args_key, smbios_key, macs_key, network_key, pci_key, manager_key, check_key,
    trust_key, source_key, processor_key, verdict_key;

/* ---- the command line ---- */

static void make_args(lua_State *state)
{
    lua_newtable(state);
    for (size_t i = 0; i < options.word_count; i++) {
        const char *word = options.words[i];
        const char *equals = strchr(word, '=');
        lua_pushstring(state, word);
        lua_rawseti(state, -2, (lua_Integer)i + 1);
        if (equals == NULL) {
            lua_pushboolean(state, true);
            lua_setfield(state, -2, word);
        } else {
            lua_pushlstring(state, word, (size_t)(equals - word));
            lua_pushstring(state, equals + 1);
            lua_rawset(state, -3);
        }
    }
}

static int get_args(lua_State *state)
{
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &args_key) == LUA_TNIL) {
        make_args(state);
        lua_pushvalue(state, -1);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &args_key);
    }
    return 1;
}

static int get_index(lua_State *state)
{
    if (options.index == 0) {
        lua_pushnil(state);
    } else {
        lua_pushinteger(state, options.index);
    }
    return 1;
}

static int set_index(lua_State *state)
{
    options.index =
        lua_isnil(state, 2) ? 0 : (uint32_t)bindings_check_integer(state, 2, 1, INDEX_MAX);
    journal_note(state, "index", NULL);
    return 0;
}

static bool check_boolean(lua_State *state)
{
    luaL_checktype(state, 2, LUA_TBOOLEAN);
    return lua_toboolean(state, 2);
}

#define FLAG(name)                                                                                 \
    static int get_##name(lua_State *state)                                                        \
    {                                                                                              \
        lua_pushboolean(state, options.name);                                                      \
        return 1;                                                                                  \
    }                                                                                              \
    static int set_##name(lua_State *state)                                                        \
    {                                                                                              \
        options.name = check_boolean(state);                                                       \
        return 0;                                                                                  \
    }
FLAG(gui)
FLAG(rawbcd)
FLAG(rawwim)
FLAG(slim)
FLAG(linear)
FLAG(noscreen)
FLAG(noserial)
FLAG(required)

/* boot.log: nil, unless somebody decided. */
static int get_log(lua_State *state)
{
    if (options.nolog || options.log_always) {
        lua_pushboolean(state, options.log_always);
    } else {
        lua_pushnil(state);
    }
    return 1;
}

static int set_log(lua_State *state)
{
    options.log_always = !lua_isnil(state, 2) && check_boolean(state);
    options.nolog = lua_isboolean(state, 2) && !options.log_always;
    return 0;
}

static int get_quiet(lua_State *state)
{
    lua_pushboolean(state, options.quiet);
    return 1;
}

static int set_quiet(lua_State *state)
{
    options.quiet = check_boolean(state);
    log_set_quiet(options.quiet);
    return 0;
}

static int get_pause(lua_State *state)
{
    if (options.pause == PAUSE_QUIET) {
        lua_pushliteral(state, "quiet");
    } else {
        lua_pushboolean(state, options.pause == PAUSE_YES);
    }
    return 1;
}

static int set_pause(lua_State *state)
{
    if (lua_isboolean(state, 2)) {
        options.pause = lua_toboolean(state, 2) ? PAUSE_YES : PAUSE_NO;
    } else if (strcmp(luaL_checkstring(state, 2), "quiet") == 0) {
        options.pause = PAUSE_QUIET;
    } else {
        return luaL_error(state, "boot.pause: must be false, true or \"quiet\"");
    }
    return 0;
}

/* ---- the machine ---- */

static int get_firmware(lua_State *state)
{
    lua_pushstring(state, platform_machine()->firmware);
    return 1;
}

static int get_arch(lua_State *state)
{
    lua_pushstring(state, platform_machine()->arch);
    return 1;
}

static int get_url(lua_State *state)
{
    lua_pushstring(state, platform_machine()->url);
    return 1;
}

static int get_secure_boot(lua_State *state)
{
    lua_pushboolean(state, platform_machine()->secure_boot);
    return 1;
}

static int get_script_signed(lua_State *state)
{
    lua_pushboolean(state, bindings_boot(state)->site_script == SITE_SCRIPT_SIGNED);
    return 1;
}

/* What is installed; what the firmware leaves usable differs from machine to machine of one size.
 */
static int get_memory(lua_State *state)
{
    lua_pushinteger(state, (lua_Integer)smbios_installed_memory(platform_machine()));
    return 1;
}

static int get_usable_memory(lua_State *state)
{
    lua_pushinteger(state, (lua_Integer)platform_machine()->memory);
    return 1;
}

/* boot.processor: what it can do; nil if it does not say. */
static int get_processor(lua_State *state)
{
    const struct processor *processor = &platform_machine()->processor;
    if (!processor->is_known) {
        return 0;
    }
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &processor_key) == LUA_TNIL) {
        lua_createtable(state, 0, PROCESSOR_FEATURE_COUNT + 1);
        lua_pushstring(state, processor->name);
        lua_setfield(state, -2, "name");
        for (size_t i = 0; i < PROCESSOR_FEATURE_COUNT; i++) {
            lua_pushboolean(state, (processor->features & processor_features[i].feature) != 0);
            lua_setfield(state, -2, processor_features[i].name);
        }
        lua_pushvalue(state, -1);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &processor_key);
    }
    return 1;
}

static int raise_unknown_fact(lua_State *state)
{
    lua_pushliteral(state, "");
    for (size_t i = 0; i < SMBIOS_FIELD_COUNT; i++) {
        if (lua_type(state, 2) == LUA_TSTRING &&
            strcmp(lua_tostring(state, 2), smbios_fields[i].name) == 0) {
            return 0; /* known, but the machine does not have it */
        }
        lua_pushfstring(state, "%s%s%s", lua_tostring(state, -1), i == 0 ? "" : ", ",
                        smbios_fields[i].name);
        lua_remove(state, -2);
    }
    return luaL_error(state, "boot.smbios: unknown field '%s' (known: %s)",
                      luaL_tolstring(state, 2, NULL), lua_tostring(state, 3));
}

static void make_smbios(lua_State *state)
{
    const struct machine *machine = platform_machine();
    char text[200];
    lua_newtable(state);
    for (size_t i = 0; i < SMBIOS_FIELD_COUNT; i++) {
        if (smbios_fact(machine->smbios, machine->smbios_size, &smbios_fields[i], text,
                        sizeof(text)) > 0) {
            lua_pushstring(state, text);
            lua_setfield(state, -2, smbios_fields[i].name);
        }
    }
    lua_createtable(state, 0, 2);
    lua_pushcfunction(state, raise_unknown_fact);
    lua_setfield(state, -2, "__index");
    lua_pushliteral(state, "boot.smbios");
    lua_setfield(state, -2, "__metatable");
    lua_setmetatable(state, -2);
}

static int get_smbios(lua_State *state)
{
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &smbios_key) == LUA_TNIL) {
        make_smbios(state);
        lua_pushvalue(state, -1);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &smbios_key);
    }
    return 1;
}

/* boot.mac: those that the firmware names, and those of mac= on the command line. */
static void make_macs(lua_State *state)
{
    const struct machine *machine = platform_machine();
    lua_Integer count = 0;
    char text[MAC_TEXT_SIZE];
    lua_newtable(state);
    for (size_t i = 0; i < options.word_count; i++) {
        if (strncmp(options.words[i], "mac=", 4) == 0 &&
            mac_text_normalize(options.words[i] + 4, text)) {
            lua_pushstring(state, text);
            lua_rawseti(state, -2, ++count);
        }
    }
    for (size_t i = 0; i < machine->mac_count; i++) {
        const uint8_t *mac = machine->macs[i];
        format_string(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
                      mac[3], mac[4], mac[5]);
        lua_pushstring(state, text);
        lua_rawseti(state, -2, ++count);
    }
}

static int get_mac(lua_State *state)
{
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &macs_key) == LUA_TNIL) {
        make_macs(state);
        lua_pushvalue(state, -1);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &macs_key);
    }
    return 1;
}

static int get_network(lua_State *state)
{
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &network_key) == LUA_TNIL) {
        network_push(state);
        lua_pushvalue(state, -1);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &network_key);
    }
    return 1;
}

static int get_pci(lua_State *state)
{
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &pci_key) == LUA_TNIL) {
        pci_push(state);
        lua_pushvalue(state, -1);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &pci_key);
    }
    return 1;
}

/* ---- the loader ---- */

static int get_version(lua_State *state)
{
    lua_pushliteral(state, WIMBOOT_VERSION);
    return 1;
}

static int get_api(lua_State *state)
{
    lua_pushinteger(state, API_VERSION);
    return 1;
}

static int get_manager(lua_State *state)
{
    lua_rawgetp(state, LUA_REGISTRYINDEX, &manager_key);
    return 1;
}

static int set_manager(lua_State *state)
{
    if (!lua_isnil(state, 2)) {
        bindings_check_file(state, 2);
    }
    journal_note(state, "manager", NULL);
    lua_rawsetp(state, LUA_REGISTRYINDEX, &manager_key);
    return 0;
}

/* The ISO or volume that boot files are taken from; false: none; nil: the loader chooses. */
static int get_source(lua_State *state)
{
    lua_rawgetp(state, LUA_REGISTRYINDEX, &source_key);
    return 1;
}

static int set_source(lua_State *state)
{
    bool is_none = lua_isnil(state, 2) || (lua_isboolean(state, 2) && !lua_toboolean(state, 2));
    if (!is_none && luaL_testudata(state, 2, "file") == NULL &&
        luaL_testudata(state, 2, VOLUME_CLASS) == NULL) {
        return luaL_error(state, "boot.source is an ISO, a volume, false or nil, not a %s",
                          luaL_typename(state, 2));
    }
    lua_rawsetp(state, LUA_REGISTRYINDEX, &source_key);
    return 0;
}

/* Whether it is an error if a file is missing that the boot configuration needs: true, for entries
 * that boot without a choice; "all", for every entry; false: a warning. */
static int get_check(lua_State *state)
{
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &check_key) == LUA_TNIL) {
        lua_pushboolean(state, true);
    }
    return 1;
}

static int set_check(lua_State *state)
{
    if (lua_type(state, 2) != LUA_TSTRING || strcmp(lua_tostring(state, 2), "all") != 0) {
        if (!lua_isboolean(state, 2)) {
            return luaL_error(state, "boot.check is true, false or \"all\"");
        }
    }
    lua_rawsetp(state, LUA_REGISTRYINDEX, &check_key);
    return 0;
}

/* boot.verdict: a list of what was found that will fail after the hand-over; nil if it is off. */
static int get_verdict(lua_State *state)
{
    if (options.noverdict) {
        return 0;
    }
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &verdict_key) == LUA_TNIL) {
        lua_newtable(state);
        lua_pushvalue(state, -1);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &verdict_key);
    }
    return 1;
}

static int set_verdict(lua_State *state)
{
    static const char *const values[] = {"on", "off", NULL};
    if (lua_type(state, 2) != LUA_TSTRING) {
        return luaL_error(state, "boot.verdict can be set to \"off\" or \"on\"");
    }
    options.noverdict = luaL_checkoption(state, 2, NULL, values) == 1;
    return 0;
}

static int get_trust(lua_State *state)
{
    if (lua_rawgetp(state, LUA_REGISTRYINDEX, &trust_key) == LUA_TNIL) {
        trust_push(state);
        lua_pushvalue(state, -1);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &trust_key);
    }
    return 1;
}

/* ---- ways out ---- */

static int leave(lua_State *state)
{
    return script_leave(state, WAY_OUT_LEAVE,
                        "boot.exit(): back to the firmware or iPXE, for the next boot option");
}

static int reboot(lua_State *state)
{
    return script_leave(state, WAY_OUT_REBOOT, "boot.reboot(): the machine restarts");
}

static int power_off(lua_State *state)
{
    return script_leave(state, WAY_OUT_POWER_OFF, "boot.poweroff(): the machine switches off");
}

/* boot:dump(): what `wimboot-preview --machine` reads. */
static int dump(lua_State *state)
{
    script_push_builtin(state, "boot_dump");
    lua_call(state, 0, 1);
    return 1;
}

static const struct bindings_member members[] = {
    {.name = "args", .get = get_args},
    {.name = "index", .get = get_index, .set = set_index},
    {.name = "gui", .get = get_gui, .set = set_gui},
    {.name = "pause", .get = get_pause, .set = set_pause},
    {.name = "quiet", .get = get_quiet, .set = set_quiet},
    {.name = "rawbcd", .get = get_rawbcd, .set = set_rawbcd},
    {.name = "rawwim", .get = get_rawwim, .set = set_rawwim},
    {.name = "slim", .get = get_slim, .set = set_slim},
    {.name = "log", .get = get_log, .set = set_log},
    {.name = "linear", .get = get_linear, .set = set_linear},
    {.name = "noscreen", .get = get_noscreen, .set = set_noscreen},
    {.name = "noserial", .get = get_noserial, .set = set_noserial},
    {.name = "required", .get = get_required, .set = set_required},
    {.name = "check", .get = get_check, .set = set_check},
    {.name = "verdict", .get = get_verdict, .set = set_verdict},
    {.name = "firmware", .get = get_firmware},
    {.name = "arch", .get = get_arch},
    {.name = "url", .get = get_url},
    {.name = "secure_boot", .get = get_secure_boot},
    {.name = "script_signed", .get = get_script_signed},
    {.name = "trust", .get = get_trust},
    {.name = "memory", .get = get_memory},
    {.name = "usable_memory", .get = get_usable_memory},
    {.name = "processor", .get = get_processor},
    {.name = "smbios", .get = get_smbios},
    {.name = "mac", .get = get_mac},
    {.name = "network", .get = get_network},
    {.name = "pci", .get = get_pci},
    {.name = "dump", .method = dump},
    {.name = "exit", .method = leave},
    {.name = "reboot", .method = reboot},
    {.name = "poweroff", .method = power_off},
    {.name = "version", .get = get_version},
    {.name = "api", .get = get_api},
    {.name = "manager", .get = get_manager, .set = set_manager},
    {.name = "source", .get = get_source, .set = set_source},
    {0},
};

static int open_boot(lua_State *state)
{
    bindings_define_class(state, "boot", members, NULL);
    lua_newuserdatauv(state, 0, 0);
    luaL_setmetatable(state, "boot");
    return 1;
}

PLUGIN(lua_module, boot) = {.name = "boot", .open = open_boot};

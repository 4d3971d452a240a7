/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loader: functions for the built-in scripts only. A site's script never sees this table.
 */
#include <string.h>

#include "base/console.h"
#include "base/format.h"
#include "base/log.h"
#include "base/log_record.h"
#include "base/machine.h"
#include "base/unicode.h"
#include "base/work.h"
#include "compression/bootmgr_unpack.h"
#include "files/sniff.h"
#include "files/soundness.h"
#include "files/tree.h"
#include "handover.h"
#include "lua/bindings.h"
#include "lua/journal.h"
#include "lua/limits.h"
#include "lua/lua_network.h"
#include "lua/opened_hive.h"
#include "lua/script.h"
#include "lua/text_buffer.h"
#include "screen.h"
#include "verdict/processor_needs.h"

/* loader.is_wim(f) -> whether it is one; and what it is, for messages */
static int is_wim(lua_State *state)
{
    enum content content = sniff(bindings_check_file(state, 1), NULL);
    lua_pushboolean(state, content == CONTENT_WIM);
    lua_pushstring(state, content_name(content));
    return 2;
}

/* loader.check_path(path) -> nil, or why no file can have this path */
static int check_path(lua_State *state)
{
    struct error error;
    if (tree_check_path(bindings_check_name(state, 1), &error) == 0) {
        return 0;
    }
    lua_pushstring(state, error.text);
    return 1;
}

/* loader.check_content(f, kind) -> nil, or what is wrong with a file that should be of this kind */
static int check_content(lua_State *state)
{
    static const char *const kinds[] = {"wim",     "sdi",     "font",   "iso",
                                        "archive", "program", "signed", NULL};
    static const enum content contents[] = {CONTENT_WIM,  CONTENT_SDI, CONTENT_FONT,  CONTENT_ISO,
                                            CONTENT_CPIO, CONTENT_PE,  CONTENT_SIGNED};
    const struct file *file = bindings_check_file(state, 1);
    struct error error;
    if (file_check_soundness(file, contents[luaL_checkoption(state, 2, NULL, kinds)], &error) ==
        0) {
        return 0;
    }
    lua_pushstring(state, error.text);
    return 1;
}

/* loader.is_hive(f) -> whether it is a hive, as a boot configuration is */
static int is_hive(lua_State *state)
{
    uint64_t length;
    lua_pushboolean(state, sniff_binary(bindings_check_file(state, 1), &length) == CONTENT_HIVE);
    return 1;
}

/* loader.is_iso(f) -> whether it is the image of a disc */
static int is_disc(lua_State *state)
{
    uint64_t length;
    lua_pushboolean(state, sniff_binary(bindings_check_file(state, 1), &length) == CONTENT_ISO);
    return 1;
}

/* loader.unpack_bootmgr(f) -> the bootmgr.exe in it, or nil; or nil and why it is damaged */
static int unpack_bootmgr(lua_State *state)
{
    const struct file *exe = NULL;
    struct error error;
    if (bootmgr_unpack(bindings_pool(state), bindings_check_file(state, 1), &exe, &error) != 0) {
        lua_pushnil(state);
        lua_pushstring(state, error.text);
        return 2;
    }
    bindings_push_file(state, exe);
    return 1;
}

/* loader.load_manager(f, path) -> true; or nil and why the firmware refuses it */
static int load_manager(lua_State *state)
{
    struct boot *boot = bindings_boot(state);
    const struct file *file = bindings_check_file(state, 1);
    const char *path = bindings_check_name(state, 2);
    struct error error;
    boot->manager = platform_load_manager(boot->pool, file, path, &error);
    if (boot->manager == NULL) {
        lua_pushnil(state);
        lua_pushstring(state, error.text);
        return 2;
    }
    boot->manager_file = file;
    lua_pushboolean(state, true);
    return 1;
}

/* loader.rename(f, name) -> the same bytes under another name */
static int rename_file(lua_State *state)
{
    struct pool *pool = bindings_pool(state);
    const struct file *file = bindings_check_file(state, 1);
    const char *name = bindings_check_memory(state, "loader",
                                             pool_copy_string(pool, bindings_check_name(state, 2)));
    bindings_push_file(state,
                       bindings_check_memory(state, "loader", file_rename(pool, file, name)));
    return 1;
}

/* loader.match(pattern, name): '*' and '?', without regard to case */
static int match_name(lua_State *state)
{
    lua_pushboolean(state,
                    utf8_match(bindings_check_name(state, 1), bindings_check_name(state, 2)));
    return 1;
}

/* loader.place(f, directories): put a file into each of the directories, whose names end in '\\' */
static int place(lua_State *state)
{
    enum { PATH_SIZE = 1024 };
    const struct file *file = bindings_check_file(state, 1);
    char path[PATH_SIZE];
    struct error error;

    luaL_checktype(state, 2, LUA_TTABLE);
    for (lua_Integer i = 1; lua_rawgeti(state, 2, i) == LUA_TSTRING; i++) {
        size_t length =
            format_string(path, sizeof(path), "%s%s", lua_tostring(state, -1), file->name);
        if (length >= sizeof(path)) {
            return luaL_error(state, "%s: the name is too long", file->name);
        }
        if (tree_add(bindings_boot(state)->tree, path, file, &error) != 0) {
            return bindings_raise(state, "disk", &error);
        }
        lua_pop(state, 1);
    }
    return 0;
}

/* loader.say(text): a line of the loader's own, "LABEL: ..." */
static int say(lua_State *state)
{
    size_t length;
    const char *text;

    luaL_checkstring(state, 1);
    lua_settop(state, 1);
    lua_pushliteral(state, "\n");
    lua_concat(state, 2);
    text = lua_tolstring(state, -1, &length);
    script_expect_printing(state, length);
    log_fact(text, length);
    return 0;
}

/* loader.note(action [, subject]): a site's script did it */
static int note(lua_State *state)
{
    journal_note(state, luaL_checkstring(state, 1), luaL_optstring(state, 2, NULL));
    return 0;
}

/* loader.notes(action) -> what journal_push() pushes */
static int notes(lua_State *state)
{
    journal_push(state, luaL_checkstring(state, 1));
    return 1;
}

/* loader.lines_that(action) -> " (boot.lua:3)", the lines that did it; or "" */
static int lines_that(lua_State *state)
{
    journal_push_lines(state, luaL_checkstring(state, 1));
    return 1;
}

/* ---- menus ---- */

/* Printing that `quiet` does not silence. */
static void count_printing(lua_State *state, size_t length)
{
    script_expect_printing(state, length);
    work_done.printed += length;
}

/* loader.start_screen(): clear it, and show its title */
static int start_screen(lua_State *state)
{
    count_printing(state, SCRIPT_CLEARING_COST);
    screen_start();
    return 0;
}

/* loader.move_to_row(row): continue at the start of a row, counted from 0 */
static int move_to_row(lua_State *state)
{
    unsigned row = (unsigned)bindings_check_integer(state, 1, 0, UINT16_MAX);

    count_printing(state, 1);
    console_move_to_row(row);
    return 0;
}

/* loader.write(style, text): text without "\n" */
static int write_styled(lua_State *state)
{
    static const char *const names[] = {"plain", "label", "bar", NULL};
    static const enum text_style styles[] = {STYLE_PLAIN, STYLE_LABEL, STYLE_BAR};
    enum text_style style = styles[luaL_checkoption(state, 1, NULL, names)];
    size_t length;
    const char *text = luaL_checklstring(state, 2, &length);

    count_printing(state, length);
    console_write_styled(style, text, length);
    return 0;
}

/* loader.size(bytes) -> "12.3 MB" */
static int size_text(lua_State *state)
{
    char text[24];
    lua_pushstring(state, log_size(text, (uint64_t)bindings_check_integer(state, 1, 0, INT64_MAX)));
    return 1;
}

/* loader.text(f) -> its text in UTF-8, from any of Windows' encodings */
static int read_text(lua_State *state)
{
    size_t length;
    const char *text = text_buffer_push(state, 1, "text", &length);

    lua_pushlstring(state, text, length);
    return 1;
}

/* loader.is_changed(w) -> whether a WIM is not what was opened any more; whether images have other
 * files */
static int is_changed(lua_State *state)
{
    struct wim *wim = bindings_check_object(state, 1, "wim");
    opened_hives_commit(state, wim);
    lua_pushboolean(state, wim_is_changed(wim));
    lua_pushboolean(state, wim_has_changed_images(wim));
    return 2;
}

/* loader.inject_log(w, index, path): put what will have been said at the hand-over into an image */
static int inject_log(lua_State *state)
{
    enum { LINE_ENDS = LOG_RECORD_MAX / 16 }; /* which are longer in the file */
    struct wim *wim = bindings_check_object(state, 1, "wim");
    uint32_t index = (uint32_t)bindings_check_integer(state, 2, 1, UINT32_MAX);
    struct error error;
    if (wim_inject_late(wim, index, bindings_check_name(state, 3), LOG_RECORD_MAX + LINE_ENDS,
                        log_recorded_file, &error) != 0) {
        return bindings_raise(state, "log", &error);
    }
    return 0;
}

/* loader.missing(arch, version) -> what the processor lacks for this Windows: a list of { name =,
 * feature =, essential = }; and whether that is certain. nil if it is nothing. What is not known of
 * an image is "", and a version can be incomplete: then it may be any Windows. */
static int missing(lua_State *state)
{
    struct windows_version version;
    const char *arch = bindings_check_name(state, 1);
    bool is_known = windows_version_parse(bindings_check_name(state, 2), &version);
    uint32_t features =
        processor_missing(&platform_machine()->processor, arch, is_known ? &version : NULL);
    if (features == 0) {
        return 0;
    }
    lua_Integer count = 0;
    lua_newtable(state);
    for (size_t i = 0; i < PROCESSOR_FEATURE_COUNT; i++) {
        enum processor_feature feature = processor_features[i].feature;
        if ((features & feature) == 0) {
            continue;
        }
        lua_createtable(state, 0, 3);
        lua_pushstring(state, processor_feature_title(feature));
        lua_setfield(state, -2, "name");
        lua_pushstring(state, processor_features[i].name);
        lua_setfield(state, -2, "feature");
        lua_pushboolean(state, processor_feature_is_essential(feature));
        lua_setfield(state, -2, "essential");
        lua_rawseti(state, -2, ++count);
    }
    lua_pushboolean(state, is_known && arch[0] != '\0');
    return 2;
}

/* loader.program_version(f) -> "10.0.26100.1", "x86_64"; "" for what it does not say; nil if it is
 * no program */
static int program_version(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    struct windows_version version;
    char text[WINDOWS_VERSION_SIZE];
    struct error error;
    struct pe pe;
    bindings_expect_reading(state, file, file->size);
    if (pe_read(file, &pe, &error) != 0) {
        return 0;
    }
    lua_pushstring(state, windows_version_of_program(&pe, &version)
                              ? windows_version_format(&version, text)
                              : "");
    lua_pushstring(state, pe.machine == PE_MACHINE_X86_64  ? "x86_64"
                          : pe.machine == PE_MACHINE_ARM64 ? "arm64"
                          : pe.machine == PE_MACHINE_I386  ? "i386"
                                                           : "");
    return 2;
}

/* loader.free_memory() -> bytes that are free where the boot manager's RAM disk can be; that it can
 * find free at most, if the loader gives back what it works in */
static int free_memory(lua_State *state)
{
    struct memory_use use;
    platform_describe_memory(bindings_boot(state)->manager, NULL, &use);
    lua_pushinteger(state, (lua_Integer)use.free_low);

    uint64_t most = use.free + use.resident, memory = platform_machine()->memory;

    lua_pushinteger(state, (lua_Integer)(most < memory ? most : memory));
    return 2;
}

static int open_loader(lua_State *state)
{
    static const luaL_Reg functions[] = {
        {"is_wim", is_wim},
        {"is_hive", is_hive},
        {"is_iso", is_disc},
        {"check_path", check_path},
        {"check_content", check_content},
        {"unpack_bootmgr", unpack_bootmgr},
        {"load_manager", load_manager},
        {"rename", rename_file},
        {"match", match_name},
        {"place", place},
        {"missing", missing},
        {"program_version", program_version},
        {"free_memory", free_memory},
        {"dhcp_answer", network_read_answer},
        {"size", size_text},
        {"text", read_text},
        {"say", say},
        {"note", note},
        {"notes", notes},
        {"lines_that", lines_that},
        {"start_screen", start_screen},
        {"move_to_row", move_to_row},
        {"write", write_styled},
        {"is_changed", is_changed},
        {"inject_log", inject_log},
        {NULL, NULL},
    };
    luaL_newlib(state, functions);
    lua_pushboolean(state, platform_machine()->firmware_started_us);
    lua_setfield(state, -2, "firmware_started_us");
    return 1;
}

PLUGIN(lua_module, loader) = {.name = "loader", .open = open_loader, .internal = true};

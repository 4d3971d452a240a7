/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the scripts: modules into the globals, the built-in default.lua, the site's script if there
 * is one, then the pipeline that default.lua returned. What the pipeline does is in
 * scripts/default.lua; the limits are in state.c.
 */
#include "lua/script.h"

#include <string.h>

#include "base/format.h"
#include "base/log.h"
#include "base/unicode.h"
#include "files/script_program.h"
#include "files/source.h"
#include "files/tree.h"
#include "lua/bindings.h"
#include "lua/builtin.h"
#include "lua/port/precompiled.h"
#include "lua/state.h"
#include "options.h"
#include "policy.h"
#include "scripts.h"

enum { SCRIPT_SIZE_LIMIT = 1 << 20, MODULE_NAME_LENGTH = 60 };

/* The registry's keys: the table for built-in scripts, and what modules returned. */
static const char loader_key, builtin_modules_key, required_modules_key;

struct script_statistics script_statistics;

static const struct script_observer *observer;

void script_observe(const struct script_observer *new_observer)
{
    observer = new_observer;
}

/* loader.observe(name, argument, result): a hook has run. */
static int observe_hook(lua_State *state)
{
    lua_settop(state, 3);
    observer->hook(state);
    return 0;
}

/* ---- built-in scripts ---- */

static const struct builtin_script *find_builtin(const char *name)
{
    size_t length = strlen(name);

    for (const struct builtin_script *script = builtin_scripts; script->name != NULL; script++) {
        if (strncmp(script->name, name, length) == 0 &&
            strcmp(script->name + length, ".lua") == 0) {
            return script;
        }
    }
    return NULL;
}

/* Run a built-in script with the loader's table as its argument; pushes what it returns. */
static void run_builtin(lua_State *state, const struct builtin_script *script)
{
    precompiled_load(state, script->chunk, script->size);
    lua_rawgetp(state, LUA_REGISTRYINDEX, &loader_key);
    lua_call(state, 1, 1);
}

/* Push what a built-in module returned, running it the first time. False if there is none. */
static bool push_builtin_module(lua_State *state, const char *name)
{
    const struct builtin_script *script;

    lua_rawgetp(state, LUA_REGISTRYINDEX, &builtin_modules_key);
    if (lua_getfield(state, -1, name) == LUA_TNIL) {
        lua_pop(state, 1);
        script = find_builtin(name);
        if (script == NULL) {
            lua_pop(state, 1);
            return false;
        }
        run_builtin(state, script);
        lua_pushvalue(state, -1);
        lua_setfield(state, -3, name);
    }
    lua_remove(state, -2);
    return true;
}

void script_push_builtin(lua_State *state, const char *name)
{
    if (!push_builtin_module(state, name)) {
        luaL_error(state, "the loader was built without scripts/%s.lua", name);
    }
}

/* loader.load(name): a built-in module, never one of the files. */
static int load_builtin(lua_State *state)
{
    script_push_builtin(state, luaL_checkstring(state, 1));
    return 1;
}

/* ---- scripts among the files ---- */

/* The text of a script, which may be inside a signed program. What the firmware is asked about are
 * the very bytes that the text is then taken from. */
static int read_script(lua_State *state, const struct file *file, const char **text, size_t *length,
                       bool *is_signed, struct error *error)
{
    const char *bytes = file_load(bindings_pool(state), file, error);

    if (bytes == NULL) {
        return -1;
    }
    *text = bytes;
    *length = (size_t)file->size;
    if (!script_is_program(bytes, *length)) {
        return 0;
    }
    return platform_check_signature(file->name, bytes, *length, is_signed, error) != 0
               ? -1
               : script_program_text(file->name, bytes, *length, text, length, error);
}

/* Load a file as a chunk; pushes it, or a message. */
static int load_file(lua_State *state, const struct file *file, bool *is_signed)
{
    struct error error;
    const char *text;
    size_t length;

    *is_signed = false;
    if (file->size > SCRIPT_SIZE_LIMIT) {
        lua_pushfstring(state, "%s: a script cannot have more than %d bytes", file->name,
                        SCRIPT_SIZE_LIMIT);
        return LUA_ERRSYNTAX;
    }
    if (read_script(state, file, &text, &length, is_signed, &error) != 0) {
        lua_pushstring(state, error.text);
        return LUA_ERRFILE;
    }
    lua_pushfstring(state, "@%s", file->name);
    int status = script_load(state, text, length, lua_tostring(state, -1));

    lua_remove(state, -2);
    return status;
}

/* Load a module of a script that is signed or not: what a signed one runs is signed, too. */
static void load_module(lua_State *state, const struct file *file)
{
    bool is_signed;

    if (load_file(state, file, &is_signed) != LUA_OK) {
        lua_error(state);
    }
    if (!is_signed && bindings_boot(state)->site_script == SITE_SCRIPT_SIGNED) {
        luaL_error(state, "require: %s is not signed, and a signed script runs no other",
                   file->name);
    }
}

/* The name of a module, which may be given as that of its file: common or common.lua. */
static const char *check_module_name(lua_State *state, int argument)
{
    static const char ending[] = ".lua";
    const char *name = bindings_check_name(state, argument);
    size_t length = strlen(name), kept = sizeof(ending) - 1;

    if (length <= kept || !utf8_equal(name + length - kept, ending)) {
        return name;
    }
    lua_pushlstring(state, name, length - kept);
    lua_replace(state, argument);
    return lua_tostring(state, argument);
}

/* require(name): NAME.lua among the files, or else a built-in module. */
static int require_module(lua_State *state)
{
    const char *name = check_module_name(state, 1);
    const struct file *file;
    char file_name[MODULE_NAME_LENGTH + 5];

    lua_settop(state, 1);
    lua_rawgetp(state, LUA_REGISTRYINDEX, &required_modules_key);
    if (lua_getfield(state, 2, name) != LUA_TNIL) {
        if (lua_islightuserdata(state, -1)) {
            return luaL_error(state, "require: '%s' requires itself", name);
        }
        return 1;
    }
    format_string(file_name, sizeof(file_name), "%.*s.lua", MODULE_NAME_LENGTH, name);
    file = file_list_find(&bindings_boot(state)->files, file_name);
    if (file == NULL) {
        if (strcmp(name, "default") == 0 || !push_builtin_module(state, name)) {
            return luaL_error(state,
                              "require: there is no file %s, and no module '%s' in the loader",
                              file_name, name);
        }
        return 1;
    }
    lua_pushlightuserdata(state, (void *)&required_modules_key);
    lua_setfield(state, 2, name);
    load_module(state, file);
    lua_pushvalue(state, 1);
    lua_call(state, 1, 1);
    if (lua_isnil(state, -1)) {
        lua_pop(state, 1);
        lua_pushboolean(state, true);
    }
    lua_pushvalue(state, -1);
    lua_setfield(state, 2, name);
    return 1;
}

/* ---- the state ---- */

/* Push loader.called, the hooks that have been called, by name. Tracebacks name a function by the
 * table of loaded modules that has it (lauxlib.c): "on.wim", not "local 'hook'". */
static void push_called_hooks(lua_State *state)
{
    lua_newtable(state);
    luaL_getsubtable(state, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushvalue(state, -2);
    lua_setfield(state, -2, "on");
    lua_pop(state, 1);
}

static void open_modules(lua_State *state)
{
    lua_newtable(state);
    PLUGIN_FOR_EACH(lua_module, module)
    {
        lua_pushcfunction(state, module->open);
        lua_call(state, 0, 1);
        if (!module->internal) {
            lua_setglobal(state, module->name);
            continue;
        }
        /* The functions of all internal modules are in one table. */
        lua_pushnil(state);
        while (lua_next(state, -2) != 0) {
            lua_pushvalue(state, -2);
            lua_insert(state, -2);
            lua_rawset(state, -5);
        }
        lua_pop(state, 1);
    }
    lua_pushcfunction(state, load_builtin);
    lua_setfield(state, -2, "load");
    push_called_hooks(state);
    lua_setfield(state, -2, "called");
    if (observer != NULL) {
        lua_pushcfunction(state, observe_hook);
        lua_setfield(state, -2, "observe");
    }
    lua_rawsetp(state, LUA_REGISTRYINDEX, &loader_key);
}

/* Prepare everything for a site's script; what only that needs, if the argument is true. Returns
 * the pipeline. */
static int prepare(lua_State *state)
{
    lua_newtable(state);
    lua_rawsetp(state, LUA_REGISTRYINDEX, &builtin_modules_key);
    lua_newtable(state);
    lua_rawsetp(state, LUA_REGISTRYINDEX, &required_modules_key);
    open_modules(state);
    lua_register(state, "require", require_module);
    script_push_builtin(state, "default");
    if (lua_toboolean(state, 1)) {
        script_push_builtin(state, "site");
        lua_pop(state, 1);
    }
    script_make_strict(state);
    return 1;
}

/* ---- the run ---- */

/* One run: what it is for, and whether the site's script was started. */
struct run {
    struct boot *boot;
    const struct file_list *given; /* the files before any script ran */
    bool site_script, site_ran;
};

/* The script that starts automatically, if it was given under this name. */
static const struct file *find_unasked_script(const struct boot *boot)
{
    static const char name[] = "wimboot.lua";
    const struct file *file = file_list_find(&boot->files, name);

    if (file != NULL && file->name_is_doubtful) {
        log_warning(
            "%s was not run: the loader cannot tell here whether it is your file; if it is, "
            "add script=%s to the command line",
            name, name);
        return NULL;
    }
    return file;
}

/* Find the site's script; NULL if there is none. Raises an error if the one that script= names is
 * missing. */
static const struct file *find_site_script(lua_State *state, const struct boot *boot)
{
    if (options.noscript) {
        return NULL;
    }
    if (options.script == NULL) {
        return find_unasked_script(boot);
    }
    const struct file *file = file_list_find(&boot->files, options.script);

    if (file == NULL) {
        lua_pushfstring(
            state, "script=%s: there is no file with this name. The files are:", options.script);
        for (size_t i = 0; i < boot->files.count; i++) {
            lua_pushfstring(state, "%s %s", lua_tostring(state, -1), boot->files.files[i]->name);
            lua_remove(state, -2);
        }
        lua_error(state);
    }
    return file;
}

/* Like script_call(), but raises the message if it failed. */
static void call_or_raise(lua_State *state, int argument_count, int result_count)
{
    if (script_call(state, argument_count, result_count) != LUA_OK) {
        lua_error(state);
    }
}

/* Load and run the site's script. */
static void run_site_script(lua_State *state, struct run *run, const struct file *file)
{
    bool is_signed;

    run->site_ran = true;
    log_info("script: %s", file->name);
    run->boot->site_script = SITE_SCRIPT_UNSIGNED;
    if (load_file(state, file, &is_signed) != LUA_OK) {
        lua_error(state);
    }
    if (is_signed) {
        run->boot->site_script = SITE_SCRIPT_SIGNED;
        options.required = true; /* unless it says otherwise: what it checks would be left out */
        log_info("%s is signed with a key that Secure Boot trusts", file->name);
    }
    call_or_raise(state, 0, 0);
}

/* Everything, from loading the modules to the end of the pipeline. The argument is the run. */
static int run(lua_State *state)
{
    struct run *run = lua_touserdata(state, 1);
    const struct file *site = NULL;
    struct error error;

    if (run->site_script) {
        run->site_ran = options.script != NULL;
        site = find_site_script(state, run->boot);
        if (site == NULL && options.required) {
            return luaL_error(state,
                              "command line: required: no script was given: add script=NAME");
        }
    }
    lua_pushcfunction(state, prepare);
    lua_pushboolean(state, site != NULL);
    call_or_raise(state, 1, 1);
    if (observer != NULL) {
        observer->before(state);
    }
    if (site != NULL) {
        run_site_script(state, run, site);
    }
    call_or_raise(state, 0, 0); /* the pipeline, which prepare() left */
    if (policy_check(run->boot, run->given, &error) != 0) {
        lua_pushstring(state, error.text);
        lua_error(state);
    }
    if (observer != NULL) {
        observer->after(state);
    }
    return 0;
}

/* The message goes with the Lua state: keep it in a pool. */
static void set_error(struct error *error, struct pool *pool, const char *message)
{
    const char *copy = pool_copy_string(pool, message);

    if (copy == NULL) {
        error_set(error, "%s", message);
    } else {
        error_set_lines(error, copy);
    }
}

/* Run everything in a protected call: outside one, an error would end in abort(). False if
 * something failed; the message is then in `pool`. */
static bool run_protected(lua_State *state, struct run *what, struct pool *pool,
                          struct error *error)
{
    lua_pushcfunction(state, run);
    lua_pushlightuserdata(state, what);
    if (lua_pcall(state, 1, 0, 0) != LUA_OK) {
        set_error(error, pool, lua_tostring(state, -1));
        return false;
    }
    return true;
}

/* Give the scripts their own list, in their own pool, so that the old one stays as it is. */
static int copy_list(struct file_list *list, struct pool *pool, struct error *error)
{
    struct file_list copy = {.pool = pool, .script_name = list->script_name};

    for (size_t i = 0; i < list->count; i++) {
        if (file_list_add(&copy, list->files[i], error) != 0) {
            return -1;
        }
    }
    *list = copy;
    return 0;
}

static void destroy_pool(void *pool)
{
    pool_destroy(pool);
}

/* script_run() with boot->pool being the scripts' own. */
static enum script_outcome run_in_pool(struct boot *boot, bool site_script, struct pool *given_pool,
                                       struct error *error)
{
    struct file_list given_files = boot->files;
    struct volume_options given_volume = boot->volume;
    struct options given_options = options;
    struct run what = {.boot = boot, .given = &given_files, .site_script = site_script};
    struct script script;
    bool done;

    boot->manager = NULL;
    boot->site_script = SITE_SCRIPT_NONE;
    boot->way_out = WAY_OUT_NONE;
    boot->tree = tree_create(boot->pool);
    if (boot->tree == NULL || copy_list(&boot->files, boot->pool, error) != 0 ||
        !script_open(&script, boot)) {
        boot->files = given_files;
        error_no_memory(error, "the scripts");
        return SCRIPT_STOPPED;
    }
    done = run_protected(script.state, &what, given_pool, error);
    script_statistics = (struct script_statistics){
        .instructions = script.limits.instructions,
        .memory = script.heap.peak,
    };
    script_close(&script);
    if (done) {
        boot->files.pool = given_pool;
        return SCRIPT_DONE;
    }
    boot->files = given_files;
    boot->volume = given_volume;
    given_options.required = options.required; /* what a script said before it failed holds */
    options = given_options;
    log_set_quiet(options.quiet);
    if (boot->way_out != WAY_OUT_NONE) {
        error_set(error, "%s", script.limits.exceeded);
        return SCRIPT_LEAVES;
    }
    return what.site_ran ? SCRIPT_FAILED : SCRIPT_STOPPED;
}

enum script_outcome script_run(struct boot *boot, bool site_script, struct error *error)
{
    struct pool *given_pool = boot->pool;
    struct pool *pool = pool_create();
    enum script_outcome outcome;

    if (pool == NULL) {
        error_no_memory(error, "the scripts");
        return SCRIPT_STOPPED;
    }
    boot->pool = pool;
    outcome = run_in_pool(boot, site_script, given_pool, error);
    boot->pool = given_pool;
    if (outcome == SCRIPT_DONE && pool_on_destroy(given_pool, destroy_pool, pool) != 0) {
        error_no_memory(error, "the scripts");
        outcome = SCRIPT_STOPPED;
    }
    if (outcome != SCRIPT_DONE) {
        /* What a failed script made must not take memory from the boot without it. */
        boot->tree = NULL;
        boot->manager = NULL;
        pool_destroy(pool);
    }
    return outcome;
}

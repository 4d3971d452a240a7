/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compile a built-in Lua script: precompile SCRIPT.lua CHUNK-NAME > SCRIPT.luac
 *
 * Lua's own compiler and format, with line numbers and the names of functions for messages, but
 * without those of local variables. What it writes is the same for every processor of the loader:
 * they have little-endian words, and the same types of numbers.
 */
#include <stdio.h>
#include <stdlib.h>

#include <lobject.h>
#include <lua.h>

struct source {
    FILE *file;
    char buffer[4096];
};

static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

static const char *read_source(lua_State *state, void *context, size_t *size)
{
    struct source *source = context;
    *size = fread(source->buffer, 1, sizeof(source->buffer), source->file);
    return source->buffer;
}

static void forget_locals(Proto *function)
{
    function->sizelocvars = 0;
    for (int i = 0; i < function->sizep; i++) {
        forget_locals(function->p[i]);
    }
}

static int write_chunk(lua_State *state, const void *bytes, size_t size, void *context)
{
    return fwrite(bytes, 1, size, context) != size;
}

int main(int argument_count, char **arguments)
{
    struct source source;
    lua_State *state = lua_newstate(allocate, NULL);
    if (argument_count != 3 || state == NULL) {
        fputs("precompile SCRIPT.lua CHUNK-NAME > SCRIPT.luac\n", stderr);
        return 1;
    }
    source.file = fopen(arguments[1], "rb");
    if (source.file == NULL) {
        perror(arguments[1]);
        return 1;
    }
    if (lua_load(state, read_source, &source, arguments[2], "t") != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(state, -1));
        return 1;
    }
    forget_locals(((const LClosure *)lua_topointer(state, -1))->p);
    return ferror(source.file) || lua_dump(state, write_chunk, stdout, 0) != 0 ||
           fflush(stdout) != 0;
}

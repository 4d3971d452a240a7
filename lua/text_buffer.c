/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that functions of scripts read. See text_buffer.h. */
#include "lua/text_buffer.h"

#include "base/memory.h"
#include "files/text.h"
#include "lua/bindings.h"

#define BUFFER_CLASS "text buffer"

/* The text is scratch memory, so that it does not count as a script's; Lua frees it in time. */
struct buffer {
    char *text;
};

static int collect(lua_State *state)
{
    struct buffer *buffer = lua_touserdata(state, 1);

    memory_free(buffer->text);
    buffer->text = NULL;
    return 0;
}

static struct buffer *push_buffer(lua_State *state)
{
    struct buffer *buffer = lua_newuserdatauv(state, sizeof(*buffer), 0);

    buffer->text = NULL;
    if (luaL_newmetatable(state, BUFFER_CLASS)) {
        lua_pushcfunction(state, collect);
        lua_setfield(state, -2, "__gc");
    }
    lua_setmetatable(state, -2);
    return buffer;
}

const char *text_buffer_push(lua_State *state, int argument, const char *function, size_t *length)
{
    struct extent extent;
    struct file on_string;
    const struct file *file = &on_string;
    struct error error;

    if (lua_type(state, argument) == LUA_TSTRING) {
        size_t size;
        const char *bytes = lua_tolstring(state, argument, &size);

        file_on_memory(&on_string, &extent, "the text", bytes, size);
    } else {
        if (luaL_testudata(state, argument, "file") == NULL) {
            luaL_typeerror(state, argument, "file or string");
        }
        file = bindings_check_file(state, argument);
        bindings_expect_reading(state, file, file->size);
    }
    struct buffer *buffer = push_buffer(state);

    if (text_read(file, TEXT_SIZE_MAX, &buffer->text, length, &error) != 0) {
        bindings_raise(state, function, &error);
    }
    return buffer->text;
}

void text_buffer_free(lua_State *state, int index)
{
    struct buffer *buffer = luaL_checkudata(state, index, BUFFER_CLASS);

    memory_free(buffer->text);
    buffer->text = NULL;
}

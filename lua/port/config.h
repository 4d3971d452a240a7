/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration of Lua, without changes to its sources: the compiler includes this file before
 * each of them (lua/lua.mk), and lua/bindings.h before lua.h, so it sets what
 * luaconf.h leaves open and redefines the rest. The same on every platform, so that a script
 * previewed on a host prints the same numbers and meets the same limits as in the firmware.
 *
 * The limits keep the C stack below 80 KiB, whatever the script (UEFI promises 128 KiB), and the
 * Lua stack of a runaway recursion below 1 MB.
 */
#ifndef LUA_PORT_CONFIG_H
#define LUA_PORT_CONFIG_H

#include <luaconf.h>
#include <stdint.h>

#include "lua/port/number.h"

/* luaconf.h gives Lua's own files these, which say what they are only after this point. */
#ifndef l_likely
#define l_likely(condition)   luai_likely(condition)
#define l_unlikely(condition) luai_unlikely(condition)
#endif

/* Nested C calls, parser levels (also: operands of `..`) and coroutines. A multiple of ten, or Lua
 * leaves no levels for handling the overflow. */
#define LUAI_MAXCCALLS 80
/* Depth of pattern matching, each level a C call of its own. */
#define MAXCCALLS 48
/* Bytes of the buffers that the libraries keep on the C stack. */
#undef LUAL_BUFFERSIZE
#define LUAL_BUFFERSIZE 256
/* Slots of the Lua stack. */
#undef LUAI_MAXSTACK
#define LUAI_MAXSTACK 15000

/* Numbers: written and read by lua/port/number.c; hexadecimal floats by Lua itself. */
#undef l_sprintf
#define l_sprintf(text, size, format, value) number_format(text, size, format, value)
#undef lua_str2number
#define lua_str2number(text, end) number_parse(text, end)
#undef lua_number2strx
#undef lua_strx2number
#undef lua_getlocaledecpoint
#define lua_getlocaledecpoint() '.'

/* Seeds of string hashes and of table.sort: no clock and no address, the platform's seed instead.
 */
uint32_t script_seed(void);
#define luai_makeseed(state) script_seed()
#define l_randomizePivot()   script_seed()

/* Scripts learn no addresses. Text for a value (tostring, "%p") has a serial number where
 * Lua has an address (lua/lua.mk: for lauxlib.c and lstrlib.c only). */
struct lua_State;
const void *script_serial(struct lua_State *state, int index);
#ifdef SCRIPT_SERIALS_FOR_ADDRESSES
#define lua_topointer(state, index) script_serial(state, index)
#endif

/* The order of a table's keys follows from hashes, those of objects from their addresses: tables of
 * many sizes reveal all bits that are hashed. A secret is added to them (for ltable.c only). */
uint32_t script_hash_pointer(const void *pointer);
#ifdef SCRIPT_BLIND_HASHES
#include <llimits.h>
#undef point2uint
#define point2uint(pointer) script_hash_pointer(pointer)
#endif

/* A match can take time that grows with a power of the text's length, all of it in C, where no
 * limit of instructions reaches. The matcher raises where l_unlikely() says that the pattern is too
 * complex, so this is where the limit can join in (lua/lua.mk, for lstrlib.c only). */
#ifdef SCRIPT_LIMIT_MATCHES
_Bool script_match_exhausted(void);
#undef l_unlikely
#define l_unlikely(condition) (luai_unlikely(condition) || script_match_exhausted())
#endif

/* Comparing strings takes time by their length, which is counted: for equality of long strings in
 * lstring.c, for order in lvm.c (lua/lua.mk). */
#ifdef SCRIPT_COUNT_COMPARISONS
#include <string.h>
void script_count_compared(size_t length);
int script_compare_text(const char *left, const char *right);
#define memcmp(left, right, length) (script_count_compared(length), memcmp(left, right, length))
#define strcoll(left, right)        script_compare_text(left, right)
#endif

/* The console of the loader. */
void script_write(const char *text, size_t length);
void script_write_error(const char *format, const char *text);
#define lua_writestring(text, length)      script_write(text, length)
#define lua_writeline()                    script_write("\n", 1)
#define lua_writestringerror(format, text) script_write_error(format, text)

#endif

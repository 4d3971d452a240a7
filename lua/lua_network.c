/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.network: what DHCP servers told this machine. See lua_network.h. */
#include "lua/lua_network.h"

#include <string.h>

#include "base/format.h"
#include "base/machine.h"
#include "lua/limits.h"
#include "transport/dhcp.h"

enum {
    OPTION_SIZE_MAX = 2048, /* bytes of an option from all its places: more than a packet has */
    ADDRESS_SIZE = 4,
};

/* An option of the first of some answers that has it. @return its bytes, 0: none has */
static size_t find_option_in(const struct machine_bytes *answers, size_t count, uint8_t code,
                             uint8_t bytes[OPTION_SIZE_MAX])
{
    for (size_t i = 0; i < count; i++) {
        size_t length = dhcp_find(&answers[i], code, bytes, OPTION_SIZE_MAX);
        if (length > 0) {
            return length < OPTION_SIZE_MAX ? length : OPTION_SIZE_MAX;
        }
    }
    return 0;
}

/* The same, of what DHCP servers told this machine. */
static size_t find_option(uint8_t code, uint8_t bytes[OPTION_SIZE_MAX])
{
    return find_option_in(platform_machine()->dhcp, MACHINE_DHCP_COUNT, code, bytes);
}

static void push_address(lua_State *state, const uint8_t address[ADDRESS_SIZE])
{
    char text[16];

    format_string(text, sizeof(text), "%u.%u.%u.%u", address[0], address[1], address[2],
                  address[3]);
    lua_pushstring(state, text);
}

/* A field with an option's first address. */
static void set_address(lua_State *state, const char *name, uint8_t code)
{
    uint8_t bytes[OPTION_SIZE_MAX];

    if (find_option(code, bytes) >= ADDRESS_SIZE) {
        push_address(state, bytes);
        lua_setfield(state, -2, name);
    }
}

/* A list of an option's addresses. */
static void set_addresses(lua_State *state, const char *name, uint8_t code)
{
    uint8_t bytes[OPTION_SIZE_MAX];
    size_t count = find_option(code, bytes) / ADDRESS_SIZE;

    lua_newtable(state);
    for (size_t i = 0; i < count; i++) {
        push_address(state, bytes + i * ADDRESS_SIZE);
        lua_rawseti(state, -2, (lua_Integer)i + 1);
    }
    lua_setfield(state, -2, name);
}

/* Servers end texts with a NUL, or do not. */
static void set_text(lua_State *state, const char *name, uint8_t code)
{
    uint8_t bytes[OPTION_SIZE_MAX];
    size_t length = find_option(code, bytes);
    const uint8_t *end = memchr(bytes, '\0', length);

    if (length > 0) {
        lua_pushlstring(state, (const char *)bytes, end != NULL ? (size_t)(end - bytes) : length);
        lua_setfield(state, -2, name);
    }
}

/* Push the options of some answers, by their numbers. */
static void push_options(lua_State *state, const struct machine_bytes *answers, size_t count)
{
    uint8_t bytes[OPTION_SIZE_MAX];

    lua_newtable(state);
    for (unsigned code = 1; code < 255; code++) {
        size_t length = find_option_in(answers, count, (uint8_t)code, bytes);

        if (length > 0) {
            lua_pushlstring(state, (const char *)bytes, length);
            lua_rawseti(state, -2, (lua_Integer)code);
        }
    }
}

/* The server with the boot file: that of the answer which counts most. */
static void set_server(lua_State *state)
{
    const struct machine_bytes *answers = platform_machine()->dhcp;
    uint8_t address[ADDRESS_SIZE];

    for (size_t i = 0; i < MACHINE_DHCP_COUNT; i++) {
        if (dhcp_server(&answers[i], address)) {
            push_address(state, address);
            lua_setfield(state, -2, "server");
            return;
        }
    }
}

void network_push(lua_State *state)
{
    const struct machine_bytes *ack = &platform_machine()->dhcp[MACHINE_DHCP_ACK];
    uint8_t address[ADDRESS_SIZE];

    if (!dhcp_is_answer(ack)) {
        lua_pushnil(state);
        return;
    }
    script_charge(state, UINT8_MAX * MACHINE_DHCP_COUNT);
    lua_newtable(state);
    if (dhcp_own_address(ack, address)) {
        push_address(state, address);
        lua_setfield(state, -2, "address");
    }
    set_address(state, "mask", DHCP_SUBNET_MASK);
    set_address(state, "gateway", DHCP_ROUTER);
    set_addresses(state, "dns", DHCP_DNS);
    set_text(state, "hostname", DHCP_HOST_NAME);
    set_server(state);
    push_options(state, platform_machine()->dhcp, MACHINE_DHCP_COUNT);
    lua_setfield(state, -2, "dhcp");
}

int network_read_answer(lua_State *state)
{
    struct machine_bytes answer;
    char boot_file[DHCP_NAME_SIZE];
    uint8_t server[ADDRESS_SIZE];

    answer.bytes = (const uint8_t *)luaL_checklstring(state, 1, &answer.size);
    if (!dhcp_is_answer(&answer)) {
        return 0;
    }
    script_charge(state, UINT8_MAX);
    push_options(state, &answer, 1);
    lua_pushstring(state, dhcp_boot_file(&answer, boot_file) ? boot_file : NULL);
    if (dhcp_server(&answer, server)) {
        push_address(state, server);
    } else {
        lua_pushnil(state);
    }
    return 3;
}

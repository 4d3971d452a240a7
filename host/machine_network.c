/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine's network, as the answer of a DHCP server. See machine_network.h. */
#include "host/machine_network.h"

#include <string.h>

#include "transport/dhcp.h"
#include "transport/dhcp_writer.h"

enum { ADDRESS_SIZE = 4, ADDRESSES_MAX = 16 };

/* An address that is a field of the table; none is 0.0.0.0. */
static int take_address(lua_State *state, const char *name, uint8_t address[ADDRESS_SIZE],
                        struct error *error)
{
    memset(address, 0, ADDRESS_SIZE);
    bool is_there = lua_getfield(state, -1, name) != LUA_TNIL;
    bool is_good = !is_there || (lua_type(state, -1) == LUA_TSTRING &&
                                 url_read_address(lua_tostring(state, -1), address));
    lua_pop(state, 1);
    return is_good ? 0 : error_set(error, "network: %s must be an address", name);
}

static int add(struct dhcp_writer *writer, uint8_t code, const void *bytes, size_t length,
               struct error *error)
{
    return dhcp_write_option(writer, code, bytes, length) == 0
               ? 0
               : error_set(error, "network: these are too many options");
}

static int add_address(lua_State *state, struct dhcp_writer *writer, const char *name, uint8_t code,
                       struct error *error)
{
    uint8_t address[ADDRESS_SIZE];
    if (take_address(state, name, address, error) != 0) {
        return -1;
    }
    bool is_there = memcmp(address, (uint8_t[ADDRESS_SIZE]){0}, ADDRESS_SIZE) != 0;
    return is_there ? add(writer, code, address, ADDRESS_SIZE, error) : 0;
}

static int add_dns(lua_State *state, struct dhcp_writer *writer, struct error *error)
{
    uint8_t addresses[ADDRESSES_MAX][ADDRESS_SIZE];
    size_t count = 0;
    if (lua_getfield(state, -1, "dns") == LUA_TTABLE) {
        for (; count < ADDRESSES_MAX && lua_rawgeti(state, -1, (lua_Integer)count + 1) != LUA_TNIL;
             count++) {
            if (lua_type(state, -1) != LUA_TSTRING ||
                !url_read_address(lua_tostring(state, -1), addresses[count])) {
                return error_set(error, "network: dns must be a list of addresses");
            }
            lua_pop(state, 1);
        }
        lua_settop(state, lua_gettop(state) - (count < ADDRESSES_MAX));
    }
    lua_pop(state, 1);
    return count == 0 ? 0 : add(writer, DHCP_DNS, addresses, count * ADDRESS_SIZE, error);
}

/* dhcp = { [number] = bytes } */
static int add_options(lua_State *state, struct dhcp_writer *writer, struct error *error)
{
    if (lua_getfield(state, -1, "dhcp") != LUA_TTABLE) {
        lua_pop(state, 1);
        return 0;
    }
    lua_pushnil(state);
    while (lua_next(state, -2) != 0) {
        lua_Integer code = lua_isinteger(state, -2) ? lua_tointeger(state, -2) : 0;
        if (code < 1 || code > 254 || lua_type(state, -1) != LUA_TSTRING) {
            return error_set(error, "network: dhcp is a table of numbers, 1 to 254, and strings");
        }
        size_t length;
        const char *bytes = lua_tolstring(state, -1, &length);
        if (add(writer, (uint8_t)code, bytes, length, error) != 0) {
            return -1;
        }
        lua_pop(state, 1);
    }
    lua_pop(state, 1);
    return 0;
}

int machine_take_network(lua_State *state, struct machine_plan *plan, struct error *error)
{
    struct dhcp_writer writer;
    uint8_t address[ADDRESS_SIZE], server[ADDRESS_SIZE];
    if (!lua_istable(state, -1)) {
        return error_set(error, "network must be a table, as boot.network is");
    }
    if (take_address(state, "address", address, error) != 0 ||
        take_address(state, "server", server, error) != 0) {
        return -1;
    }
    dhcp_write_header(&writer, plan->dhcp_answer, sizeof(plan->dhcp_answer), address, server);
    if (add_options(state, &writer, error) != 0 ||
        add_address(state, &writer, "mask", DHCP_SUBNET_MASK, error) != 0 ||
        add_address(state, &writer, "gateway", DHCP_ROUTER, error) != 0 ||
        add_dns(state, &writer, error) != 0) {
        return -1;
    }
    if (lua_getfield(state, -1, "hostname") == LUA_TSTRING) {
        size_t length;
        const char *name = lua_tolstring(state, -1, &length);
        if (add(&writer, DHCP_HOST_NAME, name, length, error) != 0) {
            return -1;
        }
    }
    lua_pop(state, 1);
    plan->facts.dhcp[MACHINE_DHCP_ACK] = dhcp_write_end(&writer);
    return 0;
}

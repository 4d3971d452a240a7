/* SPDX-License-Identifier: BSD-2-Clause */
/* boot.trust. See lua_trust.h. */
#include "lua/lua_trust.h"

#include "base/format.h"
#include "base/machine.h"
#include "trust/trust.h"

static const char *const result_names[] = {
    [TRUST_UNKNOWN] = "unknown",         [TRUST_GIVEN] = "trusted",
    [TRUST_UNSIGNED] = "unsigned",       [TRUST_KEY_MISSING] = "key missing",
    [TRUST_CHANGED] = "changed",         [TRUST_HASH_REVOKED] = "hash revoked",
    [TRUST_KEY_REVOKED] = "key revoked", [TRUST_VERSION_REVOKED] = "version revoked",
};

static struct span span_of(struct machine_bytes bytes)
{
    return (struct span){bytes.bytes, bytes.size};
}

static struct trust_lists lists_of_machine(void)
{
    const struct machine *machine = platform_machine();
    return (struct trust_lists){span_of(machine->db), span_of(machine->dbx), span_of(machine->mok)};
}

static void set_version(lua_State *state, const char *field, struct security_version version)
{
    lua_pushfstring(state, "%d.%d", version.major, version.minor);
    lua_setfield(state, -2, field);
}

/* boot.trust.judge(f) -> { result, text, key, version } */
static int judge(lua_State *state)
{
    const struct file *file = bindings_check_file(state, 1);
    const struct trust_lists lists = lists_of_machine();
    struct trust_verdict verdict;
    struct error error;
    char text[256];
    bindings_expect_reading(state, file, file->size);
    if (trust_judge(file, &lists, &verdict, &error) != 0) {
        return bindings_raise(state, "boot.trust.judge", &error);
    }
    trust_describe(&verdict, text, sizeof(text));
    lua_createtable(state, 0, 4);
    lua_pushstring(state, result_names[verdict.result]);
    lua_setfield(state, -2, "result");
    lua_pushstring(state, text);
    lua_setfield(state, -2, "text");
    if (verdict.key[0] != '\0') {
        lua_pushstring(state, verdict.key);
        lua_setfield(state, -2, "key");
    }
    if (verdict.has_version) {
        set_version(state, "version", verdict.version);
    }
    return 1;
}

/* The field: a list of the names of the certificates in a list. */
static void set_keys(lua_State *state, const char *field, struct span list)
{
    struct signature_walk walk = {.rest = list};
    struct signature signature;
    struct certificate certificate;
    char name[COMMON_NAME_SIZE];
    lua_Integer count = 0;
    lua_newtable(state);
    while (signature_next(&walk, &signature)) {
        struct span bytes = signature.data;
        if (signature.kind == SIGNATURE_CERTIFICATE && certificate_take(&bytes, &certificate)) {
            certificate_name(certificate.subject, name);
            lua_pushstring(state, name);
            lua_rawseti(state, -2, ++count);
        }
    }
    lua_setfield(state, -2, field);
}

void trust_push(lua_State *state)
{
    const struct trust_lists lists = lists_of_machine();
    struct security_version version;
    lua_createtable(state, 0, 4);
    set_keys(state, "keys", lists.db);
    set_keys(state, "mok", lists.mok);
    if (trust_version_asked(lists.dbx, &version)) {
        set_version(state, "version", version);
    }
    lua_pushcfunction(state, judge);
    lua_setfield(state, -2, "judge");
}

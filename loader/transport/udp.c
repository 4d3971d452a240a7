/* SPDX-License-Identifier: BSD-2-Clause */
/* Exchanging datagrams by whichever plugin can. See udp.h. */
#include "transport/udp.h"

/* The plugin of the least rank above `rank` that can send here; NULL if there is none. No two have
 * the same. */
static const struct udp *find_plugin(unsigned rank)
{
    const struct udp *found = NULL;
    PLUGIN_FOR_EACH(udp, entry)
    {
        if (entry->rank > rank && (found == NULL || entry->rank < found->rank) && entry->serves()) {
            found = entry;
        }
    }
    return found;
}

enum udp_outcome udp_exchange(const struct udp_request *request, struct udp_answer *answer,
                              struct error *error)
{
    const struct udp *plugin = find_plugin(0);
    error_set(error, "this machine has no way to send datagrams here");
    for (; plugin != NULL; plugin = find_plugin(plugin->rank)) {
        enum udp_outcome outcome = plugin->exchange(request, answer, error);
        if (outcome != UDP_FAILED) {
            return outcome;
        }
        error_prefix(error, "by %s: ", plugin->name);
    }
    return UDP_FAILED;
}

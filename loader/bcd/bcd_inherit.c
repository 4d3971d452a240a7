/* SPDX-License-Identifier: BSD-2-Clause */
/* Elements that an object inherits from other objects. */
#include "bcd/bcd.h"

/* @param budget objects that may still be looked at: objects can inherit from each other */
static const struct hive_value *find_inherited(const struct bcd *bcd, const struct hive_key *object,
                                               uint32_t element, unsigned *budget)
{
    const struct hive_value *value = bcd_find_element(object, element);
    const struct hive_value *inherit = value != NULL ? NULL : bcd_find_element(object, BCD_INHERIT);
    char guid[GUID_TEXT_SIZE];
    size_t offset = 0;
    while (value == NULL && inherit != NULL && *budget > 0 &&
           bcd_get_next(inherit, &offset, guid)) {
        --*budget;
        const struct hive_key *from = bcd_find_object(bcd, guid);
        if (from != NULL) {
            value = find_inherited(bcd, from, element, budget);
        }
    }
    return value;
}

const struct hive_value *bcd_find_inherited(const struct bcd *bcd, const struct hive_key *object,
                                            uint32_t element)
{
    unsigned budget = 16; /* Windows' own stores need 5 */
    return find_inherited(bcd, object, element, &budget);
}

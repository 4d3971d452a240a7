/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Elements that weaken what Windows checks while it boots, that add options to what it loads, or
 * that lead to another store, which nobody looked at.
 * Boot managers ignore most of them under Secure Boot; some, such as truncatememory, have been the
 * way around it (CVE-2022-21894).
 *
 * By number, whatever sort of object they are in: objects inherit from others of any sort.
 */
#include "bcd/bcd.h"

static const uint32_t guarded[] = {
    0x12000030, /* loadoptions */
    0x12000088, /* additionalcipolicy */
    0x15000007, /* truncatememory */
    0x1500000D, /* relocatephysical */
    0x1500000E, /* avoidlowmemory */
    0x1500004B, /* integrityservices */
    0x16000010, /* bootdebug */
    0x16000048, /* nointegritychecks */
    0x16000049, /* testsigning */
    0x1600007E, /* flightsigning */
    0x1700000A, /* badmemorylist */
    0x17000077, /* allowedinmemorysettings */
    0x21000022, /* bcddevice */
    0x22000011, /* kernel */
    0x22000012, /* hal */
    0x22000013, /* dbgtransport */
    0x22000023, /* bcdfilepath */
    0x220000F1, /* hypervisorpath */
    0x22000117, /* hypervisorloadoptions */
    0x25000031, /* removememory */
    0x25000115, /* hypervisoriommupolicy */
    0x25000118, /* hypervisormsrfilterpolicy */
    0x25000119, /* hypervisormmionxpolicy */
    0x25000144, /* hypervisorenforcedcodeintegrity */
    0x26000006, /* debugoptionenabled, of resume */
    0x26000026, /* oslnointegritychecks */
    0x26000027, /* osltestsigning */
    0x260000A0, /* debug */
    0x260000A1, /* halbreakpoint */
    0x260000E1, /* disableelamdrivers */
    0x260000F2, /* hypervisordebug */
};

bool bcd_is_guarded(const struct bcd_entry *entry)
{
    uint64_t integer;
    for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
        if (guarded[i] == entry->element) {
            return bcd_format(entry->element) != BCD_FORMAT_BOOLEAN ||
                   !bcd_get_integer(entry->value, &integer) || integer != 0;
        }
    }
    return false;
}

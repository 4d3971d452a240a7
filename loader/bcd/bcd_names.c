/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that bcdedit gives to elements, and to the values of some.
 *
 * From Microsoft's documentation of bcdedit and the public tables of boot settings. Elements that
 * have no name in bcdedit are accessed by their number.
 */
#include "bcd/bcd.h"

#include <string.h>

#include "base/ascii.h"
#include "base/near.h"

#define DEBUG_TYPES "Serial 1394 USB Net Local"
#define MESSAGES                                                                                   \
    "Default Resume HyperV Recovery StartupRepair SystemImageRecovery CommandPrompt "              \
    "SystemRestore PushButtonReset"

/* Each table is sorted by number. */

/* Valid in every application and in what applications inherit. */
static const struct bcd_name library_names[] = {
    {0x11000001, "device", NULL},
    {0x11000043, "bootstatdevice", NULL},
    {0x11000084, "windowssyspart", NULL},
    {0x12000002, "path", NULL},
    {0x12000004, "description", NULL},
    {0x12000005, "locale", NULL},
    {0x12000016, "targetname", NULL},
    {0x12000019, "busparams", NULL},
    {0x1200001D, "key", NULL},
    {0x1200001F, "hostipv6", NULL},
    {0x12000030, "loadoptions", NULL},
    {0x12000044, "bootstatfilepath", NULL},
    {0x1200004A, "fontpath", NULL},
    {0x12000088, "additionalcipolicy", NULL},
    {0x14000006, "inherit", NULL},
    {0x14000008, "recoverysequence", NULL},
    {0x15000007, "truncatememory", NULL},
    {0x1500000C, "firstmegabytepolicy", "UseNone UseAll UsePrivate"},
    {0x1500000D, "relocatephysical", NULL},
    {0x1500000E, "avoidlowmemory", NULL},
    {0x15000011, "debugtype", DEBUG_TYPES},
    {0x15000012, "debugaddress", NULL},
    {0x15000013, "debugport", NULL},
    {0x15000014, "baudrate", NULL},
    {0x15000015, "channel", NULL},
    {0x15000018, "debugstart", "Active AutoEnable Disable"},
    {0x1500001A, "hostip", NULL},
    {0x1500001B, "port", NULL},
    {0x15000022, "emsport", NULL},
    {0x15000023, "emsbaudrate", NULL},
    {0x15000042, "keyringaddress", NULL},
    {0x15000047, "configaccesspolicy", "Default DisallowMmConfig"},
    {0x1500004B, "integrityservices", NULL},
    {0x1500004C, "volumebandid", NULL},
    {0x15000051, "initialconsoleinput", NULL},
    {0x15000052, "graphicsresolution", "1024x768 800x600 1024x600"},
    {0x15000065, "displaymessage", MESSAGES},
    {0x15000066, "displaymessageoverride", MESSAGES},
    {0x15000079, "bootuxtransitiontime", NULL},
    {0x1500007D, "booterrorux", "Legacy Standard Simple"},
    {0x1500007F, "measuredbootlogformat", NULL},
    {0x15000080, "displayrotation", NULL},
    {0x15000081, "logcontrol", NULL},
    {0x15000088, "linearaddress57", NULL},
    {0x16000009, "recoveryenabled", NULL},
    {0x1600000B, "badmemoryaccess", NULL},
    {0x1600000F, "traditionalkseg", NULL},
    {0x16000010, "bootdebug", NULL},
    {0x16000017, "noumex", NULL},
    {0x1600001C, "dhcp", NULL},
    {0x1600001E, "vm", NULL},
    {0x16000020, "bootems", NULL},
    {0x16000040, "advancedoptions", NULL},
    {0x16000041, "optionsedit", NULL},
    {0x16000045, "preservebootstat", NULL},
    {0x16000046, "graphicsmodedisabled", NULL},
    {0x16000048, "nointegritychecks", NULL},
    {0x16000049, "testsigning", NULL},
    {0x16000050, "extendedinput", NULL},
    {0x16000053, "restartonfailure", NULL},
    {0x16000054, "highestmode", NULL},
    {0x16000060, "isolatedcontext", NULL},
    {0x16000068, "nobootuxtext", NULL},
    {0x16000069, "nobootuxprogress", NULL},
    {0x1600006A, "nobootuxfade", NULL},
    {0x1600006C, "bootuxdisabled", NULL},
    {0x16000072, "nokeyboard", NULL},
    {0x16000074, "bootshutdowndisabled", NULL},
    {0x1600007A, "mobilegraphics", NULL},
    {0x1600007B, "forcefipscrypto", NULL},
    {0x1600007E, "flightsigning", NULL},
    {0x16000082, "nofirmwaresync", NULL},
    {0x16000087, "numlock", NULL},
    {0x1700000A, "badmemorylist", NULL},
    {0x17000077, "allowedinmemorysettings", NULL},
};

/* The boot manager, and the firmware's as bcdedit shows it. */
static const struct bcd_name bootmgr_names[] = {
    {0x21000022, "bcddevice", NULL},
    {0x22000023, "bcdfilepath", NULL},
    {0x22000040, "fverecoveryurl", NULL},
    {0x22000041, "fverecoverymessage", NULL},
    {0x23000003, "default", NULL},
    {0x23000006, "resumeobject", NULL},
    {0x24000001, "displayorder", NULL},
    {0x24000002, "bootsequence", NULL},
    {0x24000007, "startupsequence", NULL},
    {0x24000010, "toolsdisplayorder", NULL},
    {0x25000004, "timeout", NULL},
    {0x26000005, "resume", NULL},
    {0x26000020, "displaybootmenu", NULL},
    {0x26000021, "noerrordisplay", NULL},
    {0x26000028, "processcustomactionsfirst", NULL},
    {0x26000031, "persistbootsequence", NULL},
    {0x26000032, "skipstartupsequence", NULL},
    {0x26000042, "flightedbootmgr", NULL},
    {0x27000030, "customactions", NULL},
};

/* The Windows loader. */
static const struct bcd_name loader_names[] = {
    {0x21000001, "osdevice", NULL},
    {0x21000138, "imcdevice", NULL},
    {0x21000150, "systemdatadevice", NULL},
    {0x21000151, "osarcdevice", NULL},
    {0x21000153, "osdatadevice", NULL},
    {0x21000154, "bspdevice", NULL},
    {0x22000002, "systemroot", NULL},
    {0x22000011, "kernel", NULL},
    {0x22000012, "hal", NULL},
    {0x22000013, "dbgtransport", NULL},
    {0x22000053, "evstore", NULL},
    {0x220000F1, "hypervisorpath", NULL},
    {0x220000F9, "hypervisorbusparams", NULL},
    {0x22000110, "hypervisorusekey", NULL},
    {0x22000117, "hypervisorloadoptions", NULL},
    {0x2200011B, "hypervisorrootprocnumanodes", NULL},
    {0x2200011E, "hypervisorrootprocnumanodelps", NULL},
    {0x2200012D, "kernelbusparams", NULL},
    {0x22000132, "kerneltargetname", NULL},
    {0x22000136, "kernelkey", NULL},
    {0x22000137, "imchivename", NULL},
    {0x22000140, "mfgmode", NULL},
    {0x23000003, "resumeobject", NULL},
    {0x25000020, "nx", "OptIn OptOut AlwaysOff AlwaysOn"},
    {0x25000021, "pae", "Default ForceEnable ForceDisable"},
    {0x25000031, "removememory", NULL},
    {0x25000032, "increaseuserva", NULL},
    {0x25000033, "perfmem", NULL},
    {0x25000050, "clustermodeaddressing", NULL},
    {0x25000052, "restrictapiccluster", NULL},
    {0x25000055, "x2apicpolicy", "Default Disable Enable"},
    {0x25000061, "numproc", NULL},
    {0x25000063, "configflags", NULL},
    {0x25000066, "groupsize", NULL},
    {0x25000071, "msi", "Default ForceDisable"},
    {0x25000072, "pciexpress", "Default ForceDisable"},
    {0x25000080, "safeboot", "Minimal Network DsRepair"},
    {0x250000A6, "tscsyncpolicy", "Default Legacy Enhanced"},
    {0x250000C1, "driverloadfailurepolicy", "Fatal UseErrorControl"},
    {0x250000C2, "bootmenupolicy", "Legacy Standard"},
    {0x250000E0, "bootstatuspolicy",
     "DisplayAllFailures IgnoreAllFailures IgnoreShutdownFailures IgnoreBootFailures "
     "IgnoreCheckpointFailures DisplayShutdownFailures DisplayBootFailures "
     "DisplayCheckpointFailures"},
    {0x250000F0, "hypervisorlaunchtype", "Off Auto"},
    {0x250000F3, "hypervisordebugtype", DEBUG_TYPES},
    {0x250000F4, "hypervisordebugport", NULL},
    {0x250000F5, "hypervisorbaudrate", NULL},
    {0x250000F6, "hypervisorchannel", NULL},
    {0x250000F7, "bootux", "Disabled Basic Standard"},
    {0x250000FA, "hypervisornumproc", NULL},
    {0x250000FB, "hypervisorrootprocpernode", NULL},
    {0x250000FD, "hypervisorhostip", NULL},
    {0x250000FE, "hypervisorhostport", NULL},
    {0x250000FF, "hypervisordebugpages", NULL},
    {0x25000100, "tpmbootentropy", NULL},
    {0x25000113, "hypervisorrootproc", NULL},
    {0x25000115, "hypervisoriommupolicy", NULL},
    {0x25000118, "hypervisormsrfilterpolicy", NULL},
    {0x25000119, "hypervisormmionxpolicy", NULL},
    {0x2500011A, "hypervisorschedulertype", NULL},
    {0x2500011C, "hypervisorperfmon", NULL},
    {0x2500011D, "hypervisorrootprocpercore", NULL},
    {0x25000120, "xsavepolicy", NULL},
    {0x25000121, "xsaveaddfeature0", NULL},
    {0x25000122, "xsaveaddfeature1", NULL},
    {0x25000123, "xsaveaddfeature2", NULL},
    {0x25000124, "xsaveaddfeature3", NULL},
    {0x25000125, "xsaveaddfeature4", NULL},
    {0x25000126, "xsaveaddfeature5", NULL},
    {0x25000127, "xsaveaddfeature6", NULL},
    {0x25000128, "xsaveaddfeature7", NULL},
    {0x25000129, "xsaveremovefeature", NULL},
    {0x2500012A, "xsaveprocessorsmask", NULL},
    {0x2500012B, "xsavedisable", NULL},
    {0x2500012C, "kerneldebugtype", DEBUG_TYPES},
    {0x2500012E, "kerneldebugaddress", NULL},
    {0x2500012F, "kerneldebugport", NULL},
    {0x25000130, "claimedtpmcounter", NULL},
    {0x25000131, "kernelchannel", NULL},
    {0x25000133, "kernelhostip", NULL},
    {0x25000134, "kernelport", NULL},
    {0x25000139, "kernelbaudrate", NULL},
    {0x25000142, "vsmlaunchtype", "Off Auto"},
    {0x25000144, "hypervisorenforcedcodeintegrity", NULL},
    {0x26000004, "stampdisks", NULL},
    {0x26000010, "detecthal", NULL},
    {0x26000022, "winpe", NULL},
    {0x26000024, "nocrashautoreboot", NULL},
    {0x26000025, "lastknowngood", NULL},
    {0x26000026, "oslnointegritychecks", NULL},
    {0x26000027, "osltestsigning", NULL},
    {0x26000030, "nolowmem", NULL},
    {0x26000040, "vga", NULL},
    {0x26000041, "quietboot", NULL},
    {0x26000042, "novesa", NULL},
    {0x26000043, "novga", NULL},
    {0x26000051, "usephysicaldestination", NULL},
    {0x26000054, "uselegacyapicmode", NULL},
    {0x26000060, "onecpu", NULL},
    {0x26000062, "maxproc", NULL},
    {0x26000064, "maxgroup", NULL},
    {0x26000065, "groupaware", NULL},
    {0x26000070, "usefirmwarepcisettings", NULL},
    {0x26000081, "safebootalternateshell", NULL},
    {0x26000090, "bootlog", NULL},
    {0x26000091, "sos", NULL},
    {0x260000A0, "debug", NULL},
    {0x260000A1, "halbreakpoint", NULL},
    {0x260000A2, "useplatformclock", NULL},
    {0x260000A3, "forcelegacyplatform", NULL},
    {0x260000A4, "useplatformtick", NULL},
    {0x260000A5, "disabledynamictick", NULL},
    {0x260000B0, "ems", NULL},
    {0x260000C3, "onetimeadvancedoptions", NULL},
    {0x260000C4, "onetimeoptionsedit", NULL},
    {0x260000E1, "disableelamdrivers", NULL},
    {0x260000F2, "hypervisordebug", NULL},
    {0x260000F8, "hypervisordisableslat", NULL},
    {0x260000FC, "hypervisoruselargevtlb", NULL},
    {0x26000114, "hypervisordhcp", NULL},
    {0x26000116, "hypervisorusevapic", NULL},
    {0x26000135, "kerneldhcp", NULL},
    {0x26000141, "event", NULL},
    {0x26000145, "dtrace", NULL},
};

/* Resume from hibernation. */
static const struct bcd_name resume_names[] = {
    {0x21000001, "filedevice", NULL},
    {0x21000005, "associatedosdevice", NULL},
    {0x22000002, "filepath", NULL},
    {0x25000007, "bootux", "Disabled Basic Standard"},
    {0x25000008, "bootmenupolicy", "Legacy Standard"},
    {0x26000003, "customsettings", NULL},
    {0x26000004, "pae", NULL},
    {0x26000006, "debugoptionenabled", NULL},
};

/* The memory diagnostic. */
static const struct bcd_name memdiag_names[] = {
    {0x25000001, "passcount", NULL},       {0x25000002, "testmix", NULL},
    {0x25000003, "failurecount", NULL},    {0x25000004, "testtofail", NULL},
    {0x25000005, "stridefailcount", NULL}, {0x25000006, "invcfailcount", NULL},
    {0x25000007, "matsfailcount", NULL},   {0x25000008, "randfailcount", NULL},
    {0x25000009, "chckrfailcount", NULL},  {0x26000003, "cacheenable", NULL},
    {0x26000004, "failuresenabled", NULL},
};

/* Windows XP and before. */
static const struct bcd_name ntldr_names[] = {
    {0x22000001, "bpbstring", NULL},
};

/* Real-mode start-up code. */
static const struct bcd_name startup_names[] = {
    {0x22000002, "applicationname", NULL},
    {0x26000001, "pxesoftreboot", NULL},
};

/* Device options. */
static const struct bcd_name option_names[] = {
    {0x31000003, "ramdisksdidevice", NULL},      {0x32000004, "ramdisksdipath", NULL},
    {0x35000001, "ramdiskimageoffset", NULL},    {0x35000002, "ramdisktftpclientport", NULL},
    {0x35000005, "ramdiskimagelength", NULL},    {0x35000007, "ramdisktftpblocksize", NULL},
    {0x35000008, "ramdisktftpwindowsize", NULL}, {0x36000006, "exportascd", NULL},
    {0x36000009, "ramdiskmcenabled", NULL},      {0x3600000A, "ramdiskmctftpfallback", NULL},
    {0x3600000B, "ramdisktftpvarwindow", NULL},  {0x3600000C, "vhdramdiskboot", NULL},
};

struct scope {
    const struct bcd_name *names;
    size_t count;
};

#define SCOPE(table)                                                                               \
    (struct scope)                                                                                 \
    {                                                                                              \
        table, sizeof(table) / sizeof(table)[0]                                                    \
    }

/* The names of an object's elements that are not valid everywhere. */
static struct scope own_names(uint32_t object_type)
{
    enum { APPLICATION = 1, INHERITED = 2, DEVICE_OPTIONS = 3 };
    uint32_t kind = object_type >> 28;
    if (kind == DEVICE_OPTIONS) {
        return SCOPE(option_names);
    }
    if (kind == APPLICATION || kind == INHERITED) {
        switch (object_type & 0xFFFFF) { /* which application */
        case 1:
        case 2:
            return SCOPE(bootmgr_names);
        case 3:
            return SCOPE(loader_names);
        case 4:
            return SCOPE(resume_names);
        case 5:
            return SCOPE(memdiag_names);
        case 6:
            return SCOPE(ntldr_names);
        case 9:
            return SCOPE(startup_names);
        }
    }
    return (struct scope){NULL, 0};
}

const struct bcd_name *bcd_element_name(uint32_t object_type, uint32_t element)
{
    struct scope scope = element >> 28 == 1 ? SCOPE(library_names) : own_names(object_type);
    size_t low = 0, high = scope.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (scope.names[middle].element == element) {
            return scope.names + middle;
        }
        if (scope.names[middle].element < element) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/** Whether a text is this word of `length` characters, in whatever case. */
static bool same_word(const char *word, size_t length, const char *text)
{
    for (size_t i = 0; i < length; i++) {
        if (ascii_lower(word[i]) != ascii_lower(text[i])) {
            return false;
        }
    }
    return text[length] == '\0';
}

static uint32_t find_name(struct scope scope, const char *name)
{
    for (size_t i = 0; i < scope.count; i++) {
        if (same_word(scope.names[i].name, strlen(scope.names[i].name), name)) {
            return scope.names[i].element;
        }
    }
    return 0;
}

/* The value of exactly eight hexadecimal digits; 0 if it is something else. */
uint32_t bcd_parse_number(const char *text)
{
    uint32_t value = 0;
    for (int i = 0; i < 8; i++) {
        int digit = ascii_hex_digit(text[i]);
        if (digit < 0) {
            return 0;
        }
        value = value << 4 | (uint32_t)digit;
    }
    return text[8] == '\0' ? value : 0;
}

uint32_t bcd_element_number(uint32_t object_type, const char *name)
{
    if (strncmp(name, "0x", 2) == 0) {
        return bcd_parse_number(name + 2);
    }
    if (strncmp(name, "custom:", 7) == 0) {
        return bcd_parse_number(name + 7);
    }
    uint32_t element = find_name(own_names(object_type), name);
    return element ? element : find_name(SCOPE(library_names), name);
}

bool bcd_is_element_name(const char *name)
{
    const struct scope scopes[] = {
        SCOPE(library_names), SCOPE(bootmgr_names), SCOPE(loader_names),  SCOPE(resume_names),
        SCOPE(memdiag_names), SCOPE(ntldr_names),   SCOPE(startup_names), SCOPE(option_names),
    };
    for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
        if (find_name(scopes[i], name) != 0) {
            return true;
        }
    }
    return false;
}

static const char *near_name(struct scope scope, const char *name)
{
    for (size_t i = 0; i < scope.count; i++) {
        if (names_are_near(name, strlen(name), scope.names[i].name)) {
            return scope.names[i].name;
        }
    }
    return NULL;
}

const char *bcd_near_element_name(uint32_t object_type, const char *name)
{
    const char *near = near_name(own_names(object_type), name);
    return near != NULL ? near : near_name(SCOPE(library_names), name);
}

/* ---- names of values ---- */

static size_t word_length(const char *words)
{
    const char *end = strchr(words, ' ');
    return end != NULL ? (size_t)(end - words) : strlen(words);
}

int bcd_value_number(const struct bcd_name *name, const char *text)
{
    const char *word = name->values;
    for (int number = 0; word != NULL && *word; number++) {
        size_t length = word_length(word);
        if (same_word(word, length, text)) {
            return number;
        }
        word += length + (word[length] == ' ');
    }
    return -1;
}

const char *bcd_value_name(const struct bcd_name *name, uint64_t value, size_t *length)
{
    const char *word = name->values;
    for (uint64_t number = 0; word != NULL && *word; number++) {
        *length = word_length(word);
        if (number == value) {
            return word;
        }
        word += *length + (word[*length] == ' ');
    }
    return NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI ids, driver packages and indexes of drivers. The INF texts are our own, in the forms that
 * network, storage and chipset packages have; odd ones are named after what is odd.
 */
#include "drivers/driver.h"

#include <stdio.h>
#include <string.h>

#include "drivers/inf.h"
#include "tests/unit/inf_fixture.h"
#include "tests/unit/pool_fixture.h"
#include "tests/unit/unit.h"

/* ---- PCI ids ---- */

static const struct pci_device e1000 = {
    .vendor = 0x8086,
    .device = 0x100E,
    .subsystem_vendor = 0x1AF4,
    .subsystem = 0x1100,
    .class_code = 0x020000,
    .revision = 0x03,
};

static unsigned rank(const char *text)
{
    struct pci_id id;

    return pci_parse_id(text, strlen(text), &id) ? pci_rank_id(&id, &e1000) : PCI_RANK_NONE;
}

START_TEST(ids)
{
    /* In the order in which Windows lists them. */
    static const char *const best_first[] = {
        "PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03",
        "PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4",
        "PCI\\VEN_8086&DEV_100E&CC_020000",
        "PCI\\VEN_8086&DEV_100E&CC_0200",
        "PCI\\VEN_8086&DEV_100E&REV_03",
        "pci\\ven_8086&dev_100e",
        "PCI\\VEN_8086&CC_020000",
        "PCI\\VEN_8086&CC_0200",
        "PCI\\VEN_8086",
        "PCI\\CC_020000",
        "PCI\\CC_0200",
    };
    static const char *const of_others[] = {
        "PCI\\VEN_8086&DEV_100F",
        "PCI\\VEN_8087&DEV_100E",
        "PCI\\VEN_8086&DEV_100E&SUBSYS_1AF41100",
        "PCI\\VEN_8086&DEV_100E&REV_04",
        "PCI\\CC_020001",
        "PCI\\CC_0201",
        "PCI\\VEN_8086&SUBSYS_11001AF4", /* Windows makes no such id */
        "PCI\\",
        "PCI\\VEN_8086&",
        "PCI\\VEN_8086&DEV_100E&",
        "PCI\\VEN_808&DEV_100E",
        "PCI\\VEN_8086&DEV_100G",
        "PCI\\VEN_8086&DEV_100E0",
        "PCI\\VEN_8086&DEV_100E&CC_02",
        "PCI\\VEN_8086&DEV_100E&SUBSYS_111111AF4",
        "PCI\\VEN_8086 DEV_100E",
        "USB\\VID_8086&PID_100E",
        "",
    };
    char text[PCI_ID_SIZE];
    unsigned last = 0;

    pci_format_id(&e1000, text);
    ck_assert_str_eq(text, best_first[0]);
    for (size_t i = 0; i < sizeof(best_first) / sizeof(best_first[0]); i++) {
        ck_assert_msg(rank(best_first[i]) != PCI_RANK_NONE, "%s", best_first[i]);
        ck_assert_msg(i == 0 || rank(best_first[i]) > last, "%s", best_first[i]);
        last = rank(best_first[i]);
    }
    for (size_t i = 0; i < sizeof(of_others) / sizeof(of_others[0]); i++) {
        ck_assert_msg(rank(of_others[i]) == PCI_RANK_NONE, "%s", of_others[i]);
    }
}
END_TEST

/* How well the card's own id names a device. */
static unsigned rank_of(const struct pci_device *device)
{
    char text[PCI_ID_SIZE];
    struct pci_id id;

    pci_format_id(&e1000, text);
    ck_assert(pci_parse_id(text, strlen(text), &id));
    return pci_rank_id(&id, device);
}

START_TEST(config)
{
    uint8_t bytes[PCI_CONFIG_SIZE] = {0x86, 0x80, 0x0E, 0x10, 0, 0, 0, 0, 0x03, 0x00, 0x00, 0x02};
    struct pci_device device;

    memcpy(bytes + 0x2C, (const uint8_t[]){0xF4, 0x1A, 0x00, 0x11}, 4);
    ck_assert(pci_read_config(bytes, &device));
    ck_assert_uint_eq(rank_of(&device), 0);
    ck_assert_uint_eq(device.class_code, e1000.class_code);
    bytes[0x0E] = 0x81; /* a bridge with several functions: no subsystem at this offset */
    ck_assert(pci_read_config(bytes, &device));
    ck_assert_uint_eq(device.subsystem, 0);
    ck_assert_uint_eq(device.subsystem_vendor, 0);
    memset(bytes, 0xFF, 2);
    ck_assert(!pci_read_config(bytes, &device));
}
END_TEST

/* ---- packages ---- */

static const char network[] = //
    "; A card's package, as makers write them\r\n"
    "[Version]\r\n"
    "Signature   = \"$Windows NT$\"\r\n"
    "Class       = Net\r\n"
    "ClassGUID   = {4d36e972-e325-11ce-bfc1-08002be10318}\r\n"
    "Provider    = %Maker%\r\n"
    "CatalogFile = card.cat\r\n"
    "CatalogFile.NTamd64 = card_x64.cat\r\n"
    "DriverVer   = 04/11/2018,12.15.31.4\r\n"
    "[ControlFlags]\r\n"
    "ExcludeFromSelect = PCI\\VEN_8086&DEV_100E\r\n" /* of a list for the user: no matter here */
    "[Manufacturer]\r\n"
    "%Maker% = Cards, NTx86.5.1, NTamd64.6.1, NTamd64.10.0.1, NTamd64.10.0...17763, NTarm64, "
    "NTamd64.6.3.3\r\n"
    "[Cards.NTx86.5.1]\r\n"
    "%Old% = Old.ndi, PCI\\VEN_8086&DEV_100E\r\n"
    "[Cards.NTamd64.6.1]\r\n"
    "%Seven% = Card.ndi, PCI\\VEN_8086&DEV_100E\r\n"
    "[Cards.NTamd64.10.0.1]\r\n"
    "%Ten% = Card.ndi, PCI\\VEN_8086&DEV_100E\r\n"
    "%Ten% Sub = Card.ndi, PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4\r\n"
    "%Ten% Other = Other.ndi, PCI\\VEN_8086&DEV_15D7\r\n"
    "[Cards.NTamd64.10.0...17763]\r\n"
    "%New% = Card.ndi, PCI\\VEN_8086&DEV_100E\r\n"
    "[Cards.NTamd64.6.3.3]\r\n"
    "%Ten% Server = Card.ndi, PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03\r\n"
    "[Cards.NTarm64]\r\n"
    "%New% for Arm = Card.ndi, PCI\\VEN_8086&DEV_100E\r\n"
    "[Card.ndi]\r\n"
    "CopyFiles = Nothing\r\n"
    "[Card.ndi.NTamd64]\r\n"
    "AddReg    = Card.reg\r\n"
    "CopyFiles = Card.files, @readme.txt\r\n"
    "[Card.ndi.NTarm64]\r\n"
    "CopyFiles = @arm.sys\r\n"
    "[Card.ndi.NTamd64.Services]\r\n"
    "AddService = card, 2, Card.service\r\n"
    "[Card.ndi.NTamd64.CoInstallers]\r\n"
    "CopyFiles = Card.dlls\r\n"
    "[Card.files]\r\n"
    "card.sys, card64.sys,,2\r\n"
    "[Card.dlls]\r\n"
    "card.dll\r\n"
    "[Other.ndi]\r\n"
    "CopyFiles = Other.files\r\n"
    "[Other.files]\r\n"
    "other.sys\r\n"
    "[Old.ndi]\r\n"
    "CopyFiles = @old.sys\r\n"
    "[Nothing]\r\n"
    "nothing.sys\r\n"
    "[SourceDisksNames]\r\n"
    "1 = %Disk%,,,\r\n"
    "[SourceDisksNames.amd64]\r\n"
    "1 = %Disk%,,,\\x64\r\n"
    "2 = %Disk%,,,\r\n"
    "[SourceDisksFiles]\r\n"
    "card64.sys = 1,,\r\n"
    "card.dll   = 2, dlls\\common\r\n"
    "other.sys  = 7\r\n"
    "[SourceDisksFiles.arm64]\r\n"
    "arm.sys = 1,\\arm64\\\r\n"
    "[Strings]\r\n"
    "Maker = \"Example Cards, Inc.\"\r\n"
    "Disk  = \"Disk\"\r\n"
    "Old = \"Old card\"\r\n"
    "Seven = \"Card of seven\"\r\n"
    "Ten = \"Card of ten\"\r\n"
    "New = \"Card (R) of today\"\r\n";

enum { ANY_BUILD = 65535 };

static struct driver_search search_for(const char *arch, unsigned major, unsigned minor,
                                       unsigned build)
{
    return (struct driver_search){
        .pool = pool,
        .target = {arch, driver_version((const unsigned[]){major, minor, build, 0})},
        .devices = &e1000,
        .device_count = 1,
    };
}

/* An index of one INF file, as a string. */
struct string_sink {
    struct driver_index_sink sink;
    char text[8192];
    size_t length;
};

static void add_text(struct driver_index_sink *sink, const char *text, size_t length)
{
    struct string_sink *string = (struct string_sink *)sink;

    ck_assert_uint_lt(length, sizeof(string->text) - string->length);
    memcpy(string->text + string->length, text, length);
    string->length += length;
    string->text[string->length] = '\0';
}

static struct string_sink index_text;

static bool make_index(const char *text)
{
    bool useful;

    index_text = (struct string_sink){.sink = {add_text}};
    add_text(&index_text.sink, DRIVER_INDEX_START, strlen(DRIVER_INDEX_START));
    ck_assert_msg(driver_index_inf(&index_text.sink, file_of(text, strlen(text)), "net/card.inf",
                                   &useful, &error) == 0,
                  "%s", error.text);
    return useful;
}

/* What is found, in the INF file and in its index: "description: file file". */
static const char *find(const char *text, struct driver_search search)
{
    static char found[2][1024];

    for (int by_index = 0; by_index < 2; by_index++) {
        struct driver_search copy = search;
        int rc;

        if (by_index == 1) {
            make_index(text);
            rc = driver_search_index(&copy, file_of(index_text.text, index_text.length), &error);
        } else {
            rc = driver_search_inf(&copy, file_of(text, strlen(text)), "net/card.inf", &error);
        }
        ck_assert_msg(rc == 0, "%s", error.text);
        strcpy(found[by_index], "nothing");
        if (copy.packages == NULL) {
            continue;
        }
        ck_assert_ptr_null(copy.packages->next);
        ck_assert_str_eq(copy.packages->inf, "net/card.inf");
        snprintf(found[by_index], sizeof(found[0]), "%s:", copy.packages->matches->description);
        for (const struct driver_file *one = copy.packages->files; one != NULL; one = one->next) {
            strcat(strcat(found[by_index], " "), one->path);
        }
    }
    ck_assert_str_eq(found[0], found[1]);
    return found[0];
}

START_TEST(versions)
{
    /* The newest section that is not too new; of it, the best id. */
    ck_assert_str_eq(find(network, search_for("x86_64", 10, 0, ANY_BUILD)),
                     "Card (R) of today: card_x64.cat x64\\card64.sys readme.txt "
                     "dlls\\common\\card.dll other.sys");
    ck_assert_str_eq(find(network, search_for("x86_64", 10, 0, 17762)),
                     "Card of ten Sub: card_x64.cat x64\\card64.sys readme.txt "
                     "dlls\\common\\card.dll other.sys");
    ck_assert_ptr_nonnull(
        strstr(find(network, search_for("x86_64", 6, 3, 9600)), "Card of seven:"));
    ck_assert_str_eq(find(network, search_for("x86_64", 6, 0, 6000)), "nothing");
}
END_TEST

START_TEST(processors)
{
    ck_assert_str_eq(find(network, search_for("arm64", 10, 0, ANY_BUILD)),
                     "Card (R) of today for Arm: card.cat arm64\\arm.sys");
    ck_assert_str_eq(find(network, search_for("i386", 10, 0, ANY_BUILD)),
                     "Old card: card.cat old.sys");
}
END_TEST

START_TEST(facts)
{
    struct driver_search search = search_for("x86_64", 10, 0, ANY_BUILD);

    ck_assert_int_eq(driver_search_inf(&search, file_of(network, strlen(network)), "x.inf", &error),
                     0);
    ck_assert_str_eq(search.packages->provider, "Example Cards, Inc.");
    ck_assert_str_eq(search.packages->class_name, "Net");
    ck_assert_uint_eq(search.packages->date, 20180411);
    ck_assert_uint_eq(search.packages->version, driver_version((const unsigned[]){12, 15, 31, 4}));
    ck_assert_uint_eq(search.packages->matches->device, 0);
    ck_assert_uint_eq(search.packages->matches->rank, PCI_RANK_COMPATIBLE + 1);
    ck_assert_uint_eq(driver_parse_version("10.0.26100"),
                      driver_version((const unsigned[]){10, 0, 26100, 0}));
    ck_assert_uint_eq(driver_parse_version("x"), 0);
}
END_TEST

#define PACKAGE(models) "[Version]\nClass=Net\n[Manufacturer]\nm=M,NTamd64\n[M.NTamd64]\n" models

START_TEST(odd_ones)
{
    struct driver_search search = search_for("x86_64", 10, 0, ANY_BUILD);

    /* A driver without a decoration is one for x86. */
    static const char undecorated[] =
        "[Version]\nClass=Net\n[Manufacturer]\nmaker=M\n[M]\ncard=I,PCI\\VEN_8086&DEV_100E\n";
    ck_assert_str_eq(find(undecorated, search), "nothing");
    ck_assert_str_eq(find(undecorated, search_for("i386", 10, 0, 0)), "card:");
    /* The name of the section alone, without a key. */
    ck_assert_str_eq(find("[Version]\n[Manufacturer]\nM\n[M]\ncard=I,PCI\\CC_0200\n",
                          search_for("i386", 10, 0, 0)),
                     "card:");
    /* The id is a string; compatible ids; of other buses. */
    ck_assert_str_eq(find(PACKAGE("card=I,%id%\n[strings]\nid=PCI\\CC_0200\n"), search), "card:");
    ck_assert_str_eq(find(PACKAGE("card=I,USB\\VID_1234&PID_0001,PCI\\CC_0200\n"), search),
                     "card:");
    ck_assert_str_eq(find(PACKAGE("card=I,ACPI\\PNP0A03,*PNP0A03\n"), search), "nothing");
    ck_assert_str_eq(find(PACKAGE("card=I\n"), search), "nothing");
    ck_assert_str_eq(find(PACKAGE("I,PCI\\CC_0200\n"), search), "nothing");
    /* A compatible id is worse than any hardware id. */
    ck_assert_str_eq(find(PACKAGE("by compatible=I,x,PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4\n"
                                  "by class=J,PCI\\VEN_8086&DEV_100E&CC_0200\n"),
                          search),
                     "by class:");
    /* An extension is no driver. */
    ck_assert_str_eq(find("[Version]\nClass=Extension\n[Manufacturer]\nm=M,NTamd64\n"
                          "[M.NTamd64]\ncard=I,PCI\\CC_0200\n",
                          search),
                     "nothing");
    /* A file that leads out of the package stays in it. */
    ck_assert_str_eq(find(PACKAGE("card=I,PCI\\CC_0200\n[I]\nCopyFiles=F\n[F]\na.sys\n"
                                  "[SourceDisksNames]\n1=d,,,..\\..\\up\n"
                                  "[SourceDisksFiles]\na.sys=1,..\n"),
                          search),
                     "card: up\\a.sys");
    /* Sections that copy each other's files, and themselves. */
    ck_assert_str_eq(find(PACKAGE("card=I,PCI\\CC_0200\ncard=I,PCI\\CC_0201\n[I]\nCopyFiles=I,F,F\n"
                                  "[F]\na.sys\nb.sys\nA.SYS\n"),
                          search),
                     "card: a.sys b.sys");
    ck_assert_str_eq(find("", search), "nothing");
}
END_TEST

START_TEST(several_makers)
{
    struct driver_search search = search_for("x86_64", 10, 0, ANY_BUILD);

    /* A newer section without the device hides the older one. */
    ck_assert_str_eq(find("[Version]\n[Manufacturer]\na=A,NTamd64,NTamd64.10.0\n"
                          "[A.NTamd64]\nfirst=I,PCI\\VEN_8086\n"
                          "[A.NTamd64.10.0]\nusb=I,USB\\VID_1234\n",
                          search),
                     "nothing");

    ck_assert_str_eq(find("[Version]\n[Manufacturer]\na=A,NTamd64\nb=B,NTamd64,NTamd64.10.0\n"
                          "c=A,NTamd64\n"
                          "[A.NTamd64]\nfirst=I,PCI\\VEN_8086\n"
                          "[B.NTamd64]\nsecond=I,PCI\\VEN_8086&DEV_100E\n"
                          "[B.NTamd64.10.0]\nthird=I,PCI\\VEN_8086&CC_0200\n",
                          search),
                     "third:");
}
END_TEST

/* ---- several devices, several packages ---- */

START_TEST(devices)
{
    const struct pci_device both[] = {
        {.vendor = 0x1AF4, .device = 0x1000, .class_code = 0x020000},
        e1000,
        {.vendor = 0x1AF4, .device = 0x1001, .class_code = 0x010000},
    };
    struct driver_search search = search_for("x86_64", 10, 0, ANY_BUILD);
    static const char text[] = PACKAGE("one=I,PCI\\VEN_1AF4&DEV_1001\n"
                                       "two=I,PCI\\VEN_8086&DEV_100E\n");

    search.devices = both;
    search.device_count = 3;
    ck_assert_int_eq(driver_search_inf(&search, file_of(text, strlen(text)), "x.inf", &error), 0);
    const struct driver_match *match = search.packages->matches;
    ck_assert_uint_eq(match->device, 1);
    ck_assert_str_eq(match->description, "two");
    ck_assert_uint_eq(match->next->device, 2);
    ck_assert_ptr_null(match->next->next);
}
END_TEST

START_TEST(index_of_several)
{
    struct driver_search search = search_for("x86_64", 10, 0, ANY_BUILD);
    bool useful;

    ck_assert(make_index(network));
    static const char none[] = PACKAGE("usb=I,USB\\VID_1234&PID_0001\n");
    ck_assert_int_eq(
        driver_index_inf(&index_text.sink, file_of(none, strlen(none)), "usb.inf", &useful, &error),
        0);
    ck_assert(!useful);
    static const char tab[] = PACKAGE("\"a\tb\"=I,PCI\\CC_0200\n");
    ck_assert_int_eq(
        driver_index_inf(&index_text.sink, file_of(tab, strlen(tab)), "b/tab.inf", &useful, &error),
        0);
    ck_assert(useful && strstr(index_text.text, "usb") == NULL);
    ck_assert_int_eq(
        driver_search_index(&search, file_of(index_text.text, index_text.length), &error), 0);
    ck_assert_str_eq(search.packages->inf, "b/tab.inf");
    ck_assert_str_eq(search.packages->matches->description, "a b");
    ck_assert_str_eq(search.packages->next->inf, "net/card.inf");
    ck_assert_uint_eq(search.packages->next->date, 20180411);
    ck_assert_str_eq(search.packages->next->class_name, "Net");
    ck_assert_ptr_null(search.packages->next->next);
}
END_TEST

START_TEST(damaged_indexes)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "net.inf: not an index of drivers"},
        {"wimboot drivers 2\n", "not an index of drivers"},
        {DRIVER_INDEX_START "inf\tx\n", "net.inf:2: the index of drivers is damaged"},
        {DRIVER_INDEX_START "id\tPCI\\CC_0200\tx\n", "net.inf:2: "},
        {DRIVER_INDEX_START "\ninf\ta\t0\t0\tc\tp\nfor\t1\tx86_64\n", "net.inf:4: "},
        {DRIVER_INDEX_START "inf\ta\t0\t0\tc\tp", "net.inf:2: "}, /* cut */
        {DRIVER_INDEX_START "inf\ta/../../b\t0\t0\tc\tp\n", "net.inf:2: 'a/../../b' is no path in"},
        {DRIVER_INDEX_START "inf\t/etc/a\t0\t0\tc\tp\n", "'/etc/a' is no path in"},
        {DRIVER_INDEX_START "inf\tC:\\a\t0\t0\tc\tp\n", "'C:\\a' is no path in"},
        {DRIVER_INDEX_START "inf\ta?b\t0\t0\tc\tp\n", "'a?b' is no path in"},
        {DRIVER_INDEX_START "inf\t\t0\t0\tc\tp\n", "'' is no path in"},
        {DRIVER_INDEX_START "inf\ta\t0\t0\tc\tp\nfile\tx86_64\t..\\x.sys\n",
         "net.inf:3: '..\\x.sys' is no path in"},
        {DRIVER_INDEX_START "inf\ta\t0\t0\tc\tp\nfile\tx86_64\t\\\\host\\x\n",
         "'\\\\host\\x' is no path in"},
        {DRIVER_INDEX_START "inf\ta\t0\t0\tc\tp\nfile\tx86_64\td/\n", "'d/' is no path in"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct driver_search search = search_for("x86_64", 10, 0, ANY_BUILD);
        int rc =
            driver_search_index(&search, file_of(cases[i].text, strlen(cases[i].text)), &error);

        ck_assert_msg(rc == -1 && strstr(error.text, cases[i].message) != NULL, "%zu: %s", i,
                      error.text);
    }
    struct driver_search search = search_for("x86_64", 10, 0, ANY_BUILD);
    static const char future[] = DRIVER_INDEX_START "signature\tabc\ninf\ta\t0\t0\tc\tp\nnews\n";
    ck_assert_int_eq(driver_search_index(&search, file_of(future, strlen(future)), &error), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("drivers");
    TCase *tests = tcase_create("drivers");

    tcase_add_checked_fixture(tests, start, finish);
    tcase_add_test(tests, ids);
    tcase_add_test(tests, config);
    tcase_add_test(tests, versions);
    tcase_add_test(tests, processors);
    tcase_add_test(tests, facts);
    tcase_add_test(tests, odd_ones);
    tcase_add_test(tests, several_makers);
    tcase_add_test(tests, devices);
    tcase_add_test(tests, index_of_several);
    tcase_add_test(tests, damaged_indexes);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}

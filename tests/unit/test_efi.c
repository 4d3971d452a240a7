/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of the UEFI platform that need no machine: the heap, the command line, hiding graphics.
 * The firmware is played here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The host platform, which the tests are linked with, has these too. */
#define platform_allocate         heap_allocate
#define platform_resize           heap_resize
#define platform_free             heap_free
#define platform_allocate_content heap_allocate_content
#define platform_free_content     heap_free_content

#include "efi/command_line.c"
#include "efi/firmware.c"
#include "efi/graphics.c"
#include "efi/memory.c"
#include "efi/memory_attributes.c"
#include "tests/unit/unit.h"

/* ---- the firmware ---- */

/* Our own image: two pages of code, three of data, as wimboot.ld has them. */
_Alignas(EFI_PAGE_SIZE) uint8_t efi_code_start[2 * EFI_PAGE_SIZE],
    efi_data_start[3 * EFI_PAGE_SIZE];
asm(".globl efi_code_end, efi_data_end\n"
    ".set efi_code_end, efi_code_start + 2 * 4096\n"
    ".set efi_data_end, efi_data_start + 3 * 4096");

/* Ranges with attributes. Whoever frees memory must have cleared them. */
enum { RANGE_COUNT_MAX = 1024 };
static struct {
    EFI_PHYSICAL_ADDRESS start;
    UINT64 length, attributes;
} ranges[RANGE_COUNT_MAX];
static bool has_protocol, protocol_works;

static UINT64 attributes_of(const void *start, size_t length)
{
    for (size_t i = 0; i < RANGE_COUNT_MAX; i++) {
        if (ranges[i].length == length && ranges[i].start == (uintptr_t)start) {
            return ranges[i].attributes;
        }
    }
    return 0;
}

static EFI_STATUS EFIAPI fake_set_attributes(struct memory_attribute_protocol *self,
                                             EFI_PHYSICAL_ADDRESS start, UINT64 length,
                                             UINT64 attributes)
{
    ck_assert(start % EFI_PAGE_SIZE == 0 && length % EFI_PAGE_SIZE == 0 && length > 0);
    ck_assert_uint_eq(attributes & ~(UINT64)0x26000, 0); /* RP, XP and RO: the others are refused */
    if (!protocol_works) {
        return EFI_ACCESS_DENIED;
    }
    size_t i = 0;
    while (ranges[i].length != 0) {
        ck_assert_uint_lt(++i, RANGE_COUNT_MAX);
    }
    ranges[i].start = start;
    ranges[i].length = length;
    ranges[i].attributes = attributes;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_clear_attributes(struct memory_attribute_protocol *self,
                                               EFI_PHYSICAL_ADDRESS start, UINT64 length,
                                               UINT64 attributes)
{
    for (size_t i = 0; i < RANGE_COUNT_MAX; i++) {
        if (ranges[i].start == start && ranges[i].length == length) {
            ranges[i].attributes &= ~attributes;
            ranges[i].length = ranges[i].attributes != 0 ? length : 0;
            return EFI_SUCCESS;
        }
    }
    return protocol_works ? EFI_SUCCESS : EFI_ACCESS_DENIED; /* nothing was set */
}

static struct memory_attribute_protocol attribute_protocol = {.set = fake_set_attributes,
                                                              .clear = fake_clear_attributes};

static EFI_STATUS EFIAPI fake_locate_protocol(EFI_GUID *guid, void *registration, void **interface)
{
    static const EFI_GUID expected = {
        0xf4560cf6, 0x40ec, 0x4b4a, {0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89}};
    ck_assert_mem_eq(guid, &expected, sizeof(expected));
    *interface = &attribute_protocol;
    return has_protocol ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static size_t pages_taken;
static size_t pages_left = SIZE_MAX;

static EFI_STATUS EFIAPI fake_allocate_pages(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory_type,
                                             UINTN count, EFI_PHYSICAL_ADDRESS *address)
{
    ck_assert_int_eq(memory_type, EfiBootServicesData);
    if (count > pages_left) {
        return EFI_OUT_OF_RESOURCES;
    }
    void *memory = aligned_alloc(EFI_PAGE_SIZE, count * EFI_PAGE_SIZE);
    memset(memory, 0xA5, EFI_PAGE_SIZE);
    *address = (uintptr_t)memory;
    pages_taken += count;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_free_pages(EFI_PHYSICAL_ADDRESS address, UINTN count)
{
    pages_taken -= count;
    ck_assert_uint_eq(attributes_of((void *)(uintptr_t)address, count * EFI_PAGE_SIZE), 0);
    free((void *)(uintptr_t)address);
    return EFI_SUCCESS;
}

static UINT32 table_crc(const EFI_BOOT_SERVICES *table)
{
    EFI_BOOT_SERVICES copy = *table;
    UINT32 sum = 2166136261U;
    copy.Hdr.CRC32 = 0;
    for (size_t i = 0; i < copy.Hdr.HeaderSize; i++) {
        sum = (sum ^ ((const uint8_t *)&copy)[i]) * 16777619U;
    }
    return sum;
}

static EFI_STATUS EFIAPI fake_crc(void *data, UINTN size, UINT32 *sum)
{
    ck_assert_uint_eq(size, sizeof(EFI_BOOT_SERVICES));
    ck_assert_uint_eq(((EFI_BOOT_SERVICES *)data)->Hdr.CRC32, 0);
    *sum = table_crc(data);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI fake_open_protocol(EFI_HANDLE handle, EFI_GUID *protocol, void **interface,
                                            EFI_HANDLE agent, EFI_HANDLE controller,
                                            UINT32 attributes)
{
    if (handle == NULL) {
        return EFI_UNSUPPORTED;
    }
    *interface = handle;
    return EFI_SUCCESS;
}

/* What GetMemoryMap() says. */
static EFI_MEMORY_DESCRIPTOR memory_map[4];
static UINTN map_size, map_descriptor_size,
    map_claimed; /* claimed: in place of the size, if not 0 */

static EFI_STATUS EFIAPI fake_memory_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
                                         UINTN *descriptor_size, UINT32 *version)
{
    UINTN capacity = *size;
    *size = map_claimed != 0 ? map_claimed : map_size;
    *descriptor_size = map_descriptor_size;
    if (map == NULL || capacity < map_size) {
        return EFI_BUFFER_TOO_SMALL;
    }
    memcpy(map, memory_map, map_size);
    return EFI_SUCCESS;
}

static EFI_BOOT_SERVICES services;

static void setup(void)
{
    services = (EFI_BOOT_SERVICES){
        .Hdr = {.HeaderSize = sizeof(services)},
        .AllocatePages = fake_allocate_pages,
        .FreePages = fake_free_pages,
        .CalculateCrc32 = fake_crc,
        .OpenProtocol = fake_open_protocol,
        .LocateProtocol = fake_locate_protocol,
        .GetMemoryMap = fake_memory_map,
    };
    has_protocol = protocol_works = true;
    services.Hdr.CRC32 = table_crc(&services);
    efi_services = &services;
    pages_left = SIZE_MAX;
}

static void teardown(void)
{
    efi_memory_release_all();
    ck_assert_uint_eq(pages_taken, 0);
    ck_assert_uint_eq(efi_memory_scratch(), 0);
}

/* ---- the heap ---- */

START_TEST(pieces_are_aligned_and_apart)
{
    enum { COUNT = 500 };
    static uint8_t *pieces[COUNT];
    static size_t sizes[COUNT];
    uint32_t seed = 3;
    for (int round = 0; round < 5000; round++) {
        seed = seed * 1664525 + 1013904223;
        size_t i = (seed >> 8) % COUNT;
        if (pieces[i] != NULL) {
            size_t same = 0;
            while (same < sizes[i] && pieces[i][same] == (uint8_t)i) {
                same++;
            }
            ck_assert_uint_eq(same, sizes[i]);
            heap_free(pieces[i]);
        }
        seed = seed * 1664525 + 1013904223;
        sizes[i] = (seed >> 8) % (round % 50 == 0 ? 200000 : 2000);
        pieces[i] = heap_allocate(sizes[i]);
        ck_assert_ptr_nonnull(pieces[i]);
        ck_assert_uint_eq((uintptr_t)pieces[i] % 16, 0);
        memset(pieces[i], (int)i, sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        heap_free(pieces[i]);
        pieces[i] = NULL;
    }
    ck_assert_uint_eq(efi_memory_scratch(), pages_taken * EFI_PAGE_SIZE);
}
END_TEST

START_TEST(freed_pieces_are_used_again)
{
    for (int i = 0; i < 300; i++) {
        heap_free(heap_allocate(100));
        heap_free(heap_allocate(20000));
        heap_free(heap_allocate(1000000));
    }
    ck_assert_uint_le(efi_memory_scratch(), 2 * ARENA_SIZE);
}
END_TEST

/* A script that failed may have taken most of the memory, in small pieces: the boot needs it. */
START_TEST(arenas_of_free_pieces_go_back)
{
    enum { COUNT = 20000 };
    static void *pieces[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        pieces[i] = heap_allocate(16 + i * 37 % 900);
        ck_assert_ptr_nonnull(pieces[i]);
    }
    ck_assert_uint_ge(efi_memory_scratch(), 40 * ARENA_SIZE);
    for (size_t step = 0; step < 7; step++) {
        for (size_t i = step; i < COUNT; i += 7) {
            heap_free(pieces[i]);
        }
    }
    ck_assert_uint_le(efi_memory_scratch(), ARENA_SIZE);
    for (size_t i = 0; i < COUNT; i++) {
        pieces[i] = heap_allocate(16 + i * 37 % 900);
        memset(pieces[i], 0x5A, 16 + i * 37 % 900);
    }
    for (size_t i = COUNT; i-- > 0;) {
        heap_free(pieces[i]);
    }
    ck_assert_uint_le(efi_memory_scratch(), ARENA_SIZE);
}
END_TEST

START_TEST(resizing_keeps_the_bytes)
{
    uint8_t *memory = heap_resize(NULL, 1);
    memory[0] = 0;
    size_t size = 1;
    while (size < 300000) {
        size_t bigger = size * 5 / 3 + 1;
        memory = heap_resize(memory, bigger);
        ck_assert_ptr_nonnull(memory);
        size_t same = 0;
        while (same < size && memory[same] == (uint8_t)(same * 13)) {
            same++;
        }
        ck_assert_uint_eq(same, size);
        for (size_t i = size; i < bigger; i++) {
            memory[i] = (uint8_t)(i * 13);
        }
        size = bigger;
    }
    memory = heap_resize(memory, 10);
    ck_assert_uint_eq(memory[9], 9 * 13);
    heap_free(memory);
    heap_free(NULL);
}
END_TEST

START_TEST(impossible_sizes_fail)
{
    ck_assert_ptr_null(heap_allocate(SIZE_MAX));
    ck_assert_ptr_null(heap_allocate(SIZE_MAX - 4096));
    ck_assert_ptr_null(heap_allocate_content(SIZE_MAX));
    pages_left = 0;
    efi_memory_release_all();
    ck_assert_ptr_null(heap_allocate(1));
    ck_assert_ptr_null(heap_allocate(100000));
    ck_assert_ptr_null(heap_allocate_content(1));
    pages_left = SIZE_MAX;
    uint8_t *memory = heap_allocate(1000);
    memory[999] = 7;
    pages_left = 0;
    ck_assert_ptr_null(heap_resize(memory, 100000));
    ck_assert_uint_eq(memory[999], 7);
}
END_TEST

START_TEST(content_is_page_aligned_and_counted)
{
    uint8_t *content = heap_allocate_content(4097);
    ck_assert_uint_eq((uintptr_t)content % EFI_PAGE_SIZE, 0);
    ck_assert_uint_eq(pages_taken, 2);
    ck_assert_uint_eq(efi_memory_content(), 4097);
    heap_free_content(content, 4097);
    ck_assert_uint_eq(efi_memory_content(), 0);
}
END_TEST

/* ---- what memory may be used for ---- */

START_TEST(data_cannot_be_run)
{
    efi_protect_own_image();
    ck_assert_uint_eq(attributes_of(efi_code_start, 2 * EFI_PAGE_SIZE), 0x20000);
    ck_assert_uint_eq(attributes_of(efi_data_start, 3 * EFI_PAGE_SIZE), 0x4000);
    uint8_t *small = heap_allocate(100), *big = heap_allocate(100000);
    uint8_t *content = heap_allocate_content(5000);
    ck_assert_ptr_nonnull(small);
    ck_assert_uint_eq(
        attributes_of(run_of(header_of(big)), run_of(header_of(big))->page_count * EFI_PAGE_SIZE),
        0x4000);
    ck_assert_uint_eq(attributes_of(content, 2 * EFI_PAGE_SIZE), 0x4000);
    for (const struct run *run = runs; run != NULL; run = run->next) {
        ck_assert_uint_eq(attributes_of(run, run->page_count * EFI_PAGE_SIZE), 0x4000);
    }
    heap_free(big);
    heap_free_content(content, 5000);
    efi_memory_release_all();
    efi_release_own_image();
    for (size_t i = 0; i < RANGE_COUNT_MAX; i++) {
        ck_assert_uint_eq(ranges[i].length, 0);
    }
}
END_TEST

START_TEST(protection_is_not_needed)
{
    has_protocol = false;
    efi_protect_own_image();
    heap_free(heap_allocate(100000));
    has_protocol = true;
    protocol_works = false;
    efi_protect_own_image();
    heap_free(heap_allocate(100000));
    efi_release_own_image();
}
END_TEST

/* ---- the firmware's memory map ---- */

static void set_map(UINT32 type, UINT64 page_count)
{
    memory_map[0] = (EFI_MEMORY_DESCRIPTOR){.Type = type, .NumberOfPages = page_count};
    map_descriptor_size = sizeof(memory_map[0]);
    map_size = sizeof(memory_map);
    map_claimed = 0;
}

START_TEST(memory_is_counted)
{
    uint64_t usable, free;
    set_map(EfiConventionalMemory, 10);
    memory_map[1] = (EFI_MEMORY_DESCRIPTOR){.Type = EfiBootServicesData, .NumberOfPages = 5};
    memory_map[2] = (EFI_MEMORY_DESCRIPTOR){.Type = EfiRuntimeServicesData, .NumberOfPages = 7};
    efi_memory_totals(&usable, &free);
    ck_assert_uint_eq(free, 10 * 4096);
    ck_assert_uint_eq(usable, 15 * 4096);
    memory_map[1].NumberOfPages = UINT64_MAX / 4096;
    memory_map[2] = memory_map[1];
    efi_memory_totals(&usable, &free);
    ck_assert_uint_eq(free, 10 * 4096);
    ck_assert_uint_ge(usable, UINT64_MAX - 4096); /* and not a few bytes */
}
END_TEST

START_TEST(impossible_memory_maps_are_ignored)
{
    static const UINTN descriptor_sizes[] = {0, 1, sizeof(EFI_MEMORY_DESCRIPTOR) - 1, 5000,
                                             (UINTN)-16};
    uint64_t usable = 1, free = 1;
    for (size_t i = 0; i < sizeof(descriptor_sizes) / sizeof(descriptor_sizes[0]); i++) {
        set_map(EfiConventionalMemory, 10);
        map_descriptor_size = descriptor_sizes[i];
        efi_memory_totals(&usable, &free);
        ck_assert(usable == 0 && free == 0);
    }
    set_map(EfiConventionalMemory, 10);
    map_claimed = SIZE_MAX - 4;
    efi_memory_totals(&usable, &free);
    ck_assert(usable == 0 && free == 0);
}
END_TEST

/* ---- the command line ---- */

static const char *line_from(const EFI_DEVICE_PATH *path)
{
    static const CHAR16 options[] = u"boot.img quiet";
    EFI_LOADED_IMAGE_PROTOCOL image = {
        .FilePath = (EFI_DEVICE_PATH *)path,
        .LoadOptions = (void *)options,
        .LoadOptionsSize = sizeof(options),
    };
    return efi_command_line(&image);
}

/* Device paths whose nodes have impossible lengths, and one without an end. */
START_TEST(damaged_device_paths_are_not_followed)
{
    static const uint8_t empty[] = {0x7f, 0xff, 4, 0};
    static const uint8_t lengths[] = {0, 1, 3};
    ck_assert_str_eq(line_from(NULL), "boot.img quiet");
    ck_assert_str_eq(line_from((const EFI_DEVICE_PATH *)empty), "boot.img quiet");
    for (size_t i = 0; i < sizeof(lengths); i++) {
        uint8_t *node = malloc(4); /* so that the sanitizer sees what is read after it */
        memcpy(node, (uint8_t[]){4, 4, lengths[i], 0}, 4);
        ck_assert_str_eq(line_from((EFI_DEVICE_PATH *)node), "boot.img quiet");
        free(node);
    }
    uint8_t *endless = malloc(128 * 1024);
    for (size_t i = 0; i < 128 * 1024; i += 4) {
        memcpy(endless + i, (uint8_t[]){1, 1, 4, 0}, 4);
    }
    ck_assert_ptr_null(efi_sound_path((EFI_DEVICE_PATH *)endless));
    free(endless);
}
END_TEST

/* The command line that load options give, when we were loaded from \EFI\BOOT\boot.img. */
static const char *command_line(const void *options, size_t size)
{
    static struct {
        EFI_DEVICE_PATH node;
        CHAR16 name[20];
        EFI_DEVICE_PATH end;
    } path = {{4, 4, {4 + 40, 0}}, u"\\EFI\\BOOT\\boot.img", {0x7f, 0xff, {4, 0}}};
    EFI_LOADED_IMAGE_PROTOCOL image = {
        .FilePath = &path.node,
        .LoadOptions = (void *)options,
        .LoadOptionsSize = (UINT32)size,
    };
    return efi_command_line(&image);
}

#define LINE(text) command_line(text, sizeof(text))

START_TEST(long_load_options_are_cut)
{
    enum { UNITS = 100000 };
    CHAR16 *options = malloc(UNITS * sizeof(CHAR16));
    for (size_t i = 0; i < UNITS; i++) {
        options[i] = 'a';
    }
    ck_assert_uint_eq(strlen(command_line(options, UNITS * sizeof(CHAR16))), LINE_SIZE - 1);
    free(options);
}
END_TEST

START_TEST(program_name_is_dropped)
{
    ck_assert_str_eq(LINE(u"wimboot quiet"), "quiet");
    ck_assert_str_eq(LINE(u"wimboot.x86_64 quiet"), "quiet");
    ck_assert_str_eq(LINE(u"boot.img script=x"), "script=x");
    ck_assert_str_eq(LINE(u"BOOT.IMG script=x"), "script=x");
    ck_assert_str_eq(LINE(u"FS0:\\tools\\loader.efi gui"), "gui");
    ck_assert_str_eq(LINE(u"\"FS0:\\my tools\\loader.efi\" gui"), "gui");
    ck_assert_str_eq(LINE(u"wimboot"), "");
}
END_TEST

START_TEST(arguments_are_kept)
{
    ck_assert_str_eq(LINE(u"quiet gui"), "quiet gui");
    ck_assert_str_eq(LINE(u"script=wimboot.efi gui"), "script=wimboot.efi gui");
    ck_assert_str_eq(LINE(u"site=Köln € \U0001F600"), "site=Köln € 😀");
    ck_assert_str_eq(LINE(u""), "");
    ck_assert_str_eq(LINE(u"a\tb"), "a\tb");
}
END_TEST

START_TEST(what_is_no_text_is_ignored)
{
    static const uint8_t guid[] = {0x81, 0x08, 0xac, 0x4e, 0x98, 0x11, 0x01, 0x00, 0x21};
    ck_assert_str_eq(command_line(guid, sizeof(guid)), "");
    ck_assert_str_eq(command_line(u"quiet", 10), "quiet"); /* no NUL */
    ck_assert_str_eq(command_line(u"quiet", 9), "quie");   /* half a unit at the end */
    ck_assert_str_eq(command_line(u"quiet", 1), "");
    ck_assert_str_eq(command_line(NULL, 100), "");
    ck_assert_str_eq(efi_command_line(NULL), "");
    ck_assert_str_eq(LINE(u"quiet\0hidden"), "quiet");
}
END_TEST

/* ---- graphics ---- */

static EFI_STATUS open_graphics(void *handle)
{
    EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
    void *interface;
    return services.OpenProtocol(handle, &guid, &interface, NULL, NULL, 0);
}

START_TEST(graphics_are_refused_once_per_display)
{
    int displays[2];
    efi_graphics_hide();
    ck_assert_uint_eq(services.Hdr.CRC32, table_crc(&services));
    ck_assert_int_eq(open_graphics(&displays[0]), EFI_INVALID_PARAMETER);
    ck_assert_int_eq(open_graphics(&displays[1]), EFI_INVALID_PARAMETER);
    ck_assert_int_eq(open_graphics(&displays[0]), EFI_SUCCESS);
    ck_assert_int_eq(open_graphics(&displays[1]), EFI_SUCCESS);
    ck_assert_int_eq(open_graphics(NULL), EFI_UNSUPPORTED);
    efi_graphics_show();
    ck_assert(services.OpenProtocol == fake_open_protocol);
    ck_assert_uint_eq(services.Hdr.CRC32, table_crc(&services));
}
END_TEST

START_TEST(other_protocols_are_not_touched)
{
    int handle;
    void *interface;
    EFI_GUID guid = EFI_BLOCK_IO_PROTOCOL_GUID;
    efi_graphics_hide();
    ck_assert_int_eq(services.OpenProtocol(&handle, &guid, &interface, NULL, NULL, 0), EFI_SUCCESS);
    efi_graphics_show();
    ck_assert_int_eq(open_graphics(&handle), EFI_SUCCESS);
}
END_TEST

START_TEST(too_many_displays_are_let_through)
{
    int displays[DISPLAY_COUNT_MAX + 1];
    efi_graphics_hide();
    for (int i = 0; i < DISPLAY_COUNT_MAX; i++) {
        ck_assert_int_eq(open_graphics(&displays[i]), EFI_INVALID_PARAMETER);
    }
    ck_assert_int_eq(open_graphics(&displays[DISPLAY_COUNT_MAX]), EFI_SUCCESS);
    efi_graphics_show();
}
END_TEST

START_TEST(status_names)
{
    ck_assert_str_eq(efi_status_name(EFIERR(23)), "EFI_TFTP_ERROR");
    ck_assert_str_eq(efi_status_name(EFI_SECURITY_VIOLATION), "EFI_SECURITY_VIOLATION");
    ck_assert_str_eq(efi_status_name(EFI_SUCCESS), "EFI_SUCCESS");
    char unknown[40];
    snprintf(unknown, sizeof(unknown), "status 0x%zx", (size_t)EFIERR(77));
    ck_assert_str_eq(efi_status_name(EFIERR(77)), unknown);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("efi");
    TCase *tests = tcase_create("efi");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, pieces_are_aligned_and_apart);
    tcase_add_test(tests, freed_pieces_are_used_again);
    tcase_add_test(tests, arenas_of_free_pieces_go_back);
    tcase_add_test(tests, resizing_keeps_the_bytes);
    tcase_add_test(tests, impossible_sizes_fail);
    tcase_add_test(tests, content_is_page_aligned_and_counted);
    tcase_add_test(tests, data_cannot_be_run);
    tcase_add_test(tests, protection_is_not_needed);
    tcase_add_test(tests, memory_is_counted);
    tcase_add_test(tests, impossible_memory_maps_are_ignored);
    tcase_add_test(tests, damaged_device_paths_are_not_followed);
    tcase_add_test(tests, long_load_options_are_cut);
    tcase_add_test(tests, program_name_is_dropped);
    tcase_add_test(tests, arguments_are_kept);
    tcase_add_test(tests, what_is_no_text_is_ignored);
    tcase_add_test(tests, graphics_are_refused_once_per_display);
    tcase_add_test(tests, other_protocols_are_not_touched);
    tcase_add_test(tests, too_many_displays_are_let_through);
    tcase_add_test(tests, status_names);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}

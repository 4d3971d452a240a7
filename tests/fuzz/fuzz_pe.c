/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: the headers of PE files, the version of one and the script in one. What is accepted
 * lies within the file. */
#include "files/pe.h"

#include <stdlib.h>
#include <string.h>

#include "files/script_program.h"
#include "verdict/windows_version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct pe pe;
    uint64_t file_size;
    if (pe_read(file_from_memory(pool, "fuzz", data, size), &pe, NULL) == 0) {
        require(pe.offset < pe.optional_offset && pe.optional_offset < pe.section_offset);
        require(pe.section_count <= PE_SECTION_COUNT_MAX);
        for (unsigned i = 0; i < pe.section_count; i++) {
            struct pe_section section;
            require(pe_read_section(&pe, i, &section, NULL) == 0);
            require(section.virtual_size != 0 || section.raw_size == 0);
        }
        require(pe_file_size(&pe, &file_size, NULL) == 0);
        require(file_size >= pe.section_offset && file_size >= pe.headers_size);
        struct windows_version version, again;
        char version_text[WINDOWS_VERSION_SIZE];
        if (windows_version_of_program(&pe, &version)) {
            windows_version_format(&version, version_text);
            require(windows_version_parse(version_text, &again));
            require(memcmp(&version, &again, sizeof(version)) == 0);
        }
    }
    const char *text;
    size_t length;
    if (script_program_text("fuzz", data, size, &text, &length, NULL) == 0) {
        size_t offset = (size_t)((const uint8_t *)text - data);
        require(offset <= size && length <= size - offset);
    }
    pool_destroy(pool);
    return 0;
}

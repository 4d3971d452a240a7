/* SPDX-License-Identifier: BSD-2-Clause */
/* A script inside a program. See script_program.h. */
#include "files/script_program.h"

#include <string.h>

#include "files/pe.h"

static const char section_name[] = ".lua";

bool script_is_program(const void *bytes, size_t size)
{
    return size >= 2 && memcmp(bytes, "MZ", 2) == 0;
}

/* The bytes that a signature covers end where the signatures start, if there are any. */
static uint64_t signed_size(const struct pe *pe)
{
    const struct pe_directory *certificates = &pe->directories[PE_DIRECTORY_CERTIFICATES];
    return certificates->address != 0 && certificates->address < pe->file->size
               ? certificates->address
               : pe->file->size;
}

int script_program_text(const char *name, const void *bytes, size_t size, const char **text,
                        size_t *length, struct error *error)
{
    struct file file;
    struct extent extent;
    struct pe pe;
    struct pe_section section;
    file_on_memory(&file, &extent, name, bytes, size);
    if (pe_read(&file, &pe, error) != 0) {
        return -1;
    }
    for (unsigned i = 0; i < pe.section_count; i++) {
        if (pe_read_section(&pe, i, &section, error) != 0) {
            return -1;
        }
        if (strcmp(section.name, section_name) != 0) {
            continue;
        }
        /* What is behind virtual_size is padding of the file. */
        *length = section.virtual_size < section.raw_size ? section.virtual_size : section.raw_size;
        if (section.raw_offset > signed_size(&pe) ||
            *length > signed_size(&pe) - section.raw_offset) {
            return error_set(error,
                             "%s: section %s at 0x%x (%zu bytes) lies beyond the end of what is "
                             "signed (0x%llx)",
                             name, section_name, section.raw_offset, *length,
                             (unsigned long long)signed_size(&pe));
        }
        *text = (const char *)bytes + section.raw_offset;
        return 0;
    }
    return error_set(error, "%s is a program without a section %s, so there is no script in it",
                     name, section_name);
}

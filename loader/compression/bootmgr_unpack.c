/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extract bootmgr.exe from `bootmgr`. See bootmgr_unpack.h.
 *
 * `bootmgr` is 16-bit code, a descriptor of 16 bytes, a small PE file with the version, and the
 * compressed bootmgr.exe. The descriptor has the format: "BMCI" (LZNT1, Windows Vista and 7) or
 * "BMXH" (XPRESS with Huffman codes, since Windows 8), then compressed size, uncompressed size, and
 * the offset of the data from the descriptor, each 32 bits.
 *
 * If no descriptor leads to a program, the data is found by what its first bytes must be. Both
 * searches find false candidates: the right one decompresses to a 32-bit program.
 */
#include "compression/bootmgr_unpack.h"

#include <string.h>

#include "base/little_endian.h"
#include "compression/decompressor.h"
#include "files/pe.h"

enum {
    BOOTMGR_SIZE_MAX = 16 << 20, /* bytes; Windows 11's has 0.5 MB */
    EXE_SIZE_MAX = 16 << 20,     /* bytes; and its bootmgr.exe 1 MB */
    /* Candidates to decompress before the search is given up. */
    CANDIDATE_COUNT_MAX = 16,
    DESCRIPTOR_SIZE = 16,

    /* The search without descriptor. */
    SEARCH_START = 16384, /* the 16-bit code is longer than that */
    SEARCH_STEP = 8,
    LZNT1_ALIGNMENT = 16,
    LENGTH_TABLE_SIZE = 256, /* of XPRESS: two codeword lengths in each byte */
    GAP_SIZE = 16,           /* zeros in front of XPRESS data */
};

/* The search and its result. */
struct search {
    const char *name; /* of the file */
    const uint8_t *bytes;
    size_t size;
    unsigned candidates;
    uint8_t *exe; /* scratch memory; NULL: not found yet */
    size_t exe_size;
    struct error *error; /* why a descriptor led to nothing; text "" if there was none */
};

static bool is_program(const uint8_t *bytes, size_t size)
{
    struct file file;
    struct extent extent;
    struct pe pe;
    file_on_memory(&file, &extent, "bootmgr.exe", bytes, size);
    return pe_read(&file, &pe, NULL) == 0 && pe.machine == PE_MACHINE_I386;
}

/* Decompress to memory of just the right size. @param known_size 0: to the end of the data */
static uint8_t *decompress(const struct decompressor *decompressor, const uint8_t *data,
                           size_t size, size_t known_size, size_t *produced,
                           struct decompress_failure *failure)
{
    size_t workspace_size =
        decompressor->workspace_size == NULL
            ? 0
            : decompressor->workspace_size(known_size == 0 ? EXE_SIZE_MAX : known_size);
    void *workspace = memory_allocate(workspace_size);
    uint8_t *out = NULL;
    bool good = workspace != NULL;
    failure->reason = "out of memory";
    *produced = known_size;
    if (good && known_size == 0) {
        good = decompressor->decompress_stream(data, size, NULL, EXE_SIZE_MAX, produced, workspace,
                                               failure);
    }
    if (good) {
        out = memory_allocate(*produced);
        good = out != NULL;
    }
    if (good && known_size == 0) {
        good = decompressor->decompress_stream(data, size, out, *produced, produced, workspace,
                                               failure);
    } else if (good) {
        good =
            decompressor->decompress(data, size, out, known_size, known_size, workspace, failure);
    }
    memory_free(workspace);
    if (!good) {
        memory_free(out);
        return NULL;
    }
    return out;
}

/* Try a candidate. @return why it is not the data, or NULL */
static const char *attempt(struct search *search, const char *method, size_t offset, size_t size,
                           size_t known_size)
{
    const struct decompressor *decompressor = decompressor_find(method);
    struct decompress_failure failure = {0};
    size_t produced;
    if (decompressor == NULL) {
        return "this build cannot decompress it";
    }
    if (search->candidates == CANDIDATE_COUNT_MAX) {
        return "too many other things look like it";
    }
    search->candidates++;
    uint8_t *out =
        decompress(decompressor, search->bytes + offset, size, known_size, &produced, &failure);
    if (out == NULL) {
        return failure.reason;
    }
    if (!is_program(out, produced)) {
        memory_free(out);
        return "it is not a 32-bit program";
    }
    search->exe = out;
    search->exe_size = produced;
    return NULL;
}

/* Follow a descriptor. */
static void try_descriptor(struct search *search, size_t at, const char *method)
{
    const uint8_t *descriptor = search->bytes + at;
    size_t left = search->size - at;
    uint32_t size = get_u32(descriptor + 4), exe_size = get_u32(descriptor + 8);
    uint32_t offset = get_u32(descriptor + 12);
    const char *reason;
    if (exe_size == 0 || exe_size > EXE_SIZE_MAX) {
        return; /* the four letters are there by chance */
    }
    if (offset > left || size > left - offset) {
        reason = "the file ends before it does";
    } else {
        reason = attempt(search, method, at + offset, size, exe_size);
    }
    if (reason != NULL) {
        error_set(search->error, "%s: cannot unpack the bootmgr.exe at 0x%zx (%s): %s",
                  search->name, at + offset, method, reason);
    }
}

static void search_descriptors(struct search *search)
{
    for (size_t at = 0; search->exe == NULL && search->size - at >= DESCRIPTOR_SIZE; at++) {
        const uint8_t *found =
            memchr(search->bytes + at, 'B', search->size - at - DESCRIPTOR_SIZE + 1);
        if (found == NULL) {
            return;
        }
        at = (size_t)(found - search->bytes);
        if (memcmp(found, "BMCI", 4) == 0) {
            try_descriptor(search, at, "lznt1");
        } else if (memcmp(found, "BMXH", 4) == 0) {
            try_descriptor(search, at, "xpress");
        }
    }
}

/* Two literals first, which are "MZ". */
static bool looks_like_lznt1(const uint8_t *bytes, size_t offset)
{
    return offset % LZNT1_ALIGNMENT == 0 && (bytes[2] & 3) == 0 && bytes[3] == 'M' &&
           bytes[4] == 'Z';
}

static bool has_codeword(const uint8_t *table, unsigned symbol)
{
    return (table[symbol / 2] >> (symbol % 2 * 4) & 15) != 0;
}

/* After a gap of zeros, a table with codewords for bytes that every program has. */
static bool looks_like_xpress(const uint8_t *bytes)
{
    static const uint8_t zeros[GAP_SIZE];
    return memcmp(bytes - GAP_SIZE, zeros, GAP_SIZE) == 0 && has_codeword(bytes, 0) &&
           has_codeword(bytes, 'M') && has_codeword(bytes, 'Z');
}

static void search_data(struct search *search)
{
    for (size_t offset = SEARCH_START;
         search->exe == NULL && offset < search->size && search->size - offset > LENGTH_TABLE_SIZE;
         offset += SEARCH_STEP) {
        const uint8_t *bytes = search->bytes + offset;
        if (looks_like_lznt1(bytes, offset)) {
            attempt(search, "lznt1", offset, search->size - offset, 0);
        } else if (looks_like_xpress(bytes)) {
            attempt(search, "xpress", offset, search->size - offset, 0);
        }
    }
}

/* Make a file of the result. */
static int keep(struct pool *pool, const struct search *search, const struct file **exe,
                struct error *error)
{
    void *content = pool_allocate_content(pool, search->exe_size);
    struct file *file = NULL;
    if (content != NULL) {
        memcpy(content, search->exe, search->exe_size);
        file = file_from_memory(pool, "bootmgr.exe", content, search->exe_size);
    }
    if (file == NULL) {
        return error_no_memory(error, "the bootmgr.exe in %s (%zu bytes)", search->name,
                               search->exe_size);
    }
    file->note = "extracted from bootmgr";
    *exe = file;
    return 0;
}

int bootmgr_unpack(struct pool *pool, const struct file *bootmgr, const struct file **exe,
                   struct error *error)
{
    struct error last = {.text = ""};
    struct search search = {.name = bootmgr->name, .size = (size_t)bootmgr->size, .error = &last};
    *exe = NULL;
    if (bootmgr->size > BOOTMGR_SIZE_MAX) {
        return 0;
    }
    uint8_t *bytes = memory_allocate(search.size);
    if (bytes == NULL) {
        return error_no_memory(error, "reading %s (%zu bytes)", search.name, search.size);
    }
    search.bytes = bytes;
    if (file_read(bootmgr, 0, bytes, search.size, error) != 0) {
        memory_free(bytes);
        return -1;
    }
    search_descriptors(&search);
    search_data(&search);
    memory_free(bytes);
    if (search.exe == NULL) {
        return last.text[0] == '\0' ? 0 : error_set(error, "%s", last.text);
    }
    int rc = keep(pool, &search, exe, error);
    memory_free(search.exe);
    return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The XML of a WIM. */
#include "tests/fuzz/wim_wrap.h"
#include "wim/wim_state.h"
#include "wim/wim_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_create();
    struct wim_image_state images[3] = {0};
    struct wim wim = {.pool = pool, .image_count = 3, .images = images};
    struct error error;
    bool encrypted;
    wim_xml_parse(&wim, data, size, &encrypted, &error);
    for (int i = 0; i < 3; i++) {
        const struct wim_image *image = &images[i].info;
        const char *const texts[] = {image->name, image->description, image->arch, image->version,
                                     image->edition};
        for (int t = 0; t < 5; t++) {
            if (texts[t] != NULL && strlen(texts[t]) > 20000) {
                abort();
            }
        }
    }
    pool_destroy(pool);
    return 0;
}

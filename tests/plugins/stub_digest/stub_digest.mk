# SPDX-License-Identifier: BSD-2-Clause
FLAGS_plugins/stub_digest/stub_digest := -DSTUB_DIGEST_NAME='"count"'

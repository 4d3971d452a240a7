# SPDX-License-Identifier: BSD-2-Clause
PARTS_plugins/stub_decompressor/test_stub_decompressor := tests/wim/builder

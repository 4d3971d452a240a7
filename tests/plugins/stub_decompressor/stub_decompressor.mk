# SPDX-License-Identifier: BSD-2-Clause
$(BUILD)/asan/plugins/stub_decompressor/test_stub_decompressor: $(BUILD)/asan/tests/wim/builder.o

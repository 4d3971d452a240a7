# SPDX-License-Identifier: BSD-2-Clause
# Signatures for UEFI Secure Boot with a key of yours (docs/secure-boot.md).
#
#   make sign             sign the loader: KEY=my.key CERT=my.pem; into build/signed/
#   make script           put a script into a signed program: SCRIPT=boot.lua KEY=my.key CERT=my.pem
#                         (for firmware of another processor: MACHINE=arm64)

SIGNED := $(BUILD)/signed
# Each processor's image once.
IMAGES := $(sort $(foreach a,$(ARCHES),$(BUILD)/$(ARCH_IMAGE_$(a))))

# $(call sign,INPUT,OUTPUT)
sign = mkdir -p $(SIGNED) && echo '  SIGN  $(2)' && sbsign --key '$(KEY)' --cert '$(CERT)' --output '$(2)' '$(1)'

.PHONY: sign script key-given script-given inputs-readable
sign: key-given inputs-readable $(IMAGES) $(BUILD)/.need-sign
	@$(foreach i,$(IMAGES),$(call sign,$(i),$(SIGNED)/$(notdir $(i))) &&) ls -l $(SIGNED)

script: key-given script-given inputs-readable $(BUILD)/.need-sign
	@mkdir -p $(BUILD)
	@$(PYTHON) tools/mkscript.py --machine $(or $(MACHINE),x86_64) --version $(VERSION) --homepage '$(HOMEPAGE)' --output '$(BUILD)/script.efi' '$(SCRIPT)'
	@$(call sign,$(BUILD)/script.efi,$(SIGNED)/$(notdir $(SCRIPT)))
	@ls -l '$(SIGNED)/$(notdir $(SCRIPT))'

# First, so that nothing is built in vain.
key-given:
	@[ -n '$(KEY)' ] && [ -n '$(CERT)' ] || \
	    { echo 'Which key? make $(or $(filter sign script,$(MAKECMDGOALS)),sign) KEY=my.key CERT=my.pem (docs/secure-boot.md)' >&2; exit 1; }
script-given:
	@[ -n '$(SCRIPT)' ] || { echo 'Which script? make script SCRIPT=boot.lua KEY=my.key CERT=my.pem' >&2; exit 1; }
inputs-readable:
	@for file in '$(KEY)' '$(CERT)' $(if $(filter script,$(MAKECMDGOALS)),'$(SCRIPT)'); do \
	    [ -r "$$file" ] || { echo "$$file: there is no such file, or it cannot be read" >&2; exit 1; }; done

# Lua: fetched as the distribution's source package, compiled for every variant.
define lua_rules
endef

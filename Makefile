# A front for CMake; `./run` installs what is missing first.
PRESET ?= release

all: configure
	cmake --build --preset $(PRESET)
configure: CMakePresets.json
	@test -f build/build.ninja || cmake --preset $(PRESET) >/dev/null
test: all
	ctest --test-dir build --output-on-failure -j2
.PHONY: all configure test

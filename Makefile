# A front for CMake and the tools; `./run` installs what is missing first.
PREFIX ?= /usr/local
DESTDIR ?=
# Seconds for each fuzz target
FUZZ_SECONDS ?= 20
JOBS ?= $(shell nproc)

all: ## build the library, the command and the tests in build/
	@test -f build/build.ninja || cmake --preset release >/dev/null
	@cmake --build --preset release
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r a b; do printf 'make %-12s %s\n' "$$a" "$$b"; done
test: ## build and run the tests
	@cmake --preset release >/dev/null
	@cmake --build --preset release
	@ctest --test-dir build --no-tests=error --output-on-failure -j $(JOBS)
dev: ## the same with the address and undefined-behaviour sanitizers
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev
	@ctest --test-dir build-dev --no-tests=error --output-on-failure -j $(JOBS)
install: ## install under PREFIX [/usr/local], below DESTDIR
	@cmake --preset release -DCMAKE_INSTALL_PREFIX="$(PREFIX)" >/dev/null
	@cmake --build --preset release
	@DESTDIR="$(DESTDIR)" cmake --install build
bench: all ## time the main jobs; beside R where it is installed
	@bench/run
fuzz: ## every fuzz target for FUZZ_SECONDS [20]
	@tools/fuzz $(FUZZ_SECONDS)
soak: ## what takes long: ten minutes a fuzz target, large random comparisons
	@tools/soak
coverage: ## line coverage by file, and the functions that no test enters
	@tools/coverage
check-style: ## format, floors of the house, shell scripts
	@tools/check-style
clean: ## remove everything built
	rm -rf build build-dev build-clang build-fuzz build-coverage examples/out
.PHONY: all help test dev install bench fuzz soak coverage check-style clean

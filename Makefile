# Holdfast: `make demo` shows what it does, `make test` checks that it does it.
SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
TOOLS := flowagg depgraph snapplan snapexec
# One release build a tool, so that nothing of the tests is built with them.
RELEASE := for tool in $(TOOLS); do swift build -c release --static-swift-stdlib --product $$tool || exit; done
BENCH_DIR ?= /tmp/holdfast-bench

.PHONY: all setup test check fmt lab demo bench fuzz sanitize clean install

all: setup
	@$(RELEASE)

# Installs what the build needs, where it is missing (Debian packages by name; needs root only if one is missing).
setup:
	@scripts/install-packages scripts/packages/build.txt

test: setup
	@scripts/install-packages scripts/packages/test.txt
	@scripts/python -c ''
	Lab/verify fixtures/three-tier.pcap.zst fixtures/three-tier.truth.json > /dev/null
	swift build --build-tests
	swift test --skip-build

# Formatting, imports that run one way, warnings as errors, documents against their schemas, shell scripts.
check: setup
	@scripts/install-packages scripts/packages/test.txt
	swift format lint --strict --recursive Sources Tests Fuzz Package.swift
	scripts/check-house
	scripts/check-fixtures
	swift build --explicit-target-dependency-import-check error

fmt:
	swift format --in-place --recursive Sources Tests Fuzz Package.swift

# Records a scene with real servers in network namespaces (root): the capture, the truth and the inventory land in out/.
lab:
	@scripts/install-packages Lab/packages.txt
	Lab/record three-tier out

demo: setup
	@scripts/install-packages scripts/packages/demo.txt
	@$(RELEASE)
	Demo/run .build/release out/demo

bench: setup
	@scripts/install-packages scripts/packages/bench.txt
	swift build -c release --static-swift-stdlib --product flowagg
	HOLDFAST_REFERENCE="$${HOLDFAST_REFERENCE:-$(wildcard ../shared/bench)}" Benchmarks/run .build/release "$(BENCH_DIR)"

# Changed captures, frames and documents against the readers, with the address sanitizer: FUZZ_SECONDS (60) for each target.
fuzz: setup
	@scripts/install-packages scripts/packages/test.txt
	Fuzz/run

# The tests of everything that touches captured bytes, with the address and then the thread sanitizer.
sanitize: setup
	for kind in address thread; do \
	  SWIFT_BACKTRACE=enable=no swift test --scratch-path .build/$$kind --sanitize=$$kind \
	    --filter '^(Concurrency|ByteStreams|Capture|Packets|Flows|Windows|Selection)Tests' || exit; \
	done

# Release binaries and their manual pages.
install: all
	swift build -c release --static-swift-stdlib --product generate-manual
	mkdir -p .build/manual
	for tool in $(TOOLS); do .build/release/generate-manual .build/release/$$tool --output-directory .build/manual || exit; done
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1"
	for tool in $(TOOLS); do install -s -m 755 .build/release/$$tool "$(DESTDIR)$(PREFIX)/bin/" || exit; done
	install -m 644 $(TOOLS:%=.build/manual/%.1) "$(DESTDIR)$(PREFIX)/share/man/man1/"

clean:
	rm -rf .build out

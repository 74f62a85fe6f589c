# Tessera: the only commands a newcomer needs. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# Debian packages by name: C libraries, Open MPI to run many processes, what fetching the sample needs, and what the
# tests of python/ need.
PACKAGES := libxml2-dev libbz2-dev zlib1g-dev libzstd-dev libxxhash-dev libsqlite3-dev libopenblas0 libdnnl2 \
	libopenmpi-dev openmpi-bin libhdf5-dev pkg-config ca-certificates libcurl4 python3 python3-pip \
	python3-numpy python3-zstandard python3-h5py unzip
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
TESSERA := .build/release/tessera
RUNS ?= runs
# A GLUE folder (with RTE/train.tsv in it) makes quickstart-wikipedia end with RTE.
GLUE ?=

.PHONY: help setup build quickstart quickstart-wikipedia test bench format lint clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 30

setup: ## install the Debian packages that are missing
	@missing=$$(for p in $(PACKAGES); do \
		[ "$$(dpkg-query -W -f='$${Status}' $$p 2>/dev/null)" = "install ok installed" ] || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		echo "installing:" $$missing; \
		if [ "$$(id -u)" != 0 ] && [ -z "$(SUDO)" ]; then \
			echo "setup: not root and no sudo: ask for these packages: $$missing" >&2; exit 77; fi; \
		$(SUDO) apt-get update -qq && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	else echo "setup: nothing to install"; fi
	@command -v swift >/dev/null || { echo "setup: Swift 6.2 or later is needed: see https://www.swift.org/install" >&2; exit 69; }

build: setup ## build .build/release/tessera
	swift build -c release --product tessera

quickstart: build ## the whole recipe on a small corpus of our own, in minutes
	$(TESSERA) run pipelines/quickstart.yaml --set output=$(RUNS)/quickstart

quickstart-wikipedia: build $(RUNS)/wikipedia-sample.xml.bz2 ## the same on 206 real Wikipedia pages
	$(TESSERA) run pipelines/wikipedia-sample.yaml --set output=$(RUNS)/wikipedia-sample \
		--set ingest.sources=$(RUNS)/wikipedia-sample.xml.bz2 $(if $(GLUE),--set finetune.data=$(GLUE)/RTE,)

# 206 real articles that the gensim wheel ships as test data.
$(RUNS)/wikipedia-sample.xml.bz2: | setup
	@mkdir -p $(RUNS) && folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.12 --dest "$$folder" gensim && \
	unzip -q -j "$$folder"/gensim-*.whl 'gensim/test/test_data/enwiki-latest-pages-articles1*shortened.bz2' -d "$$folder" && \
	mv "$$folder"/enwiki-latest-pages-articles1*shortened.bz2 $@.partial && mv $@.partial $@

test: setup ## build and run all tests, in release mode
	swift build --scratch-path .build/tests -c release --build-tests -Xswiftc -enable-testing
	swift test --scratch-path .build/tests -c release -Xswiftc -enable-testing --skip-build --no-parallel
	TESSERA=.build/tests/release/tessera Scripts/test_python.sh

bench: build ## measure each stage beside the peers that are installed
	Benchmarks/run.sh

format: ## format all Swift sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Examples

lint: ## check formatting and documentation rules
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Examples

clean: ## remove what was built (runs/ stays)
	swift package clean

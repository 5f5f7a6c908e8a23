# What a developer does here. `make` alone prints this list.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo build test soak bench bench-ledger check lint format vet staticcheck fmt modules vuln fuzz licences clean

PACKAGES ?= ./...
WEEKS    ?= 3
FUZZTIME ?= 10s
# Packages tested at once. Two is what a small machine bears: some start a
# database or a browser of their own.
PARALLEL ?= 2
# Far above what the slowest package takes (the program's own: seven minutes on two busy cores).
TIMEOUT  ?= 14m
# Far above what two cores need for the long trial.
SOAKTIME ?= 60m
# Of the ledger's benchmark: how many leads, and on which database alone.
LEADS     ?= 1000000
LEDGER_ON ?=
# Options of the benchmark: BENCH='--only sqlite --json /tmp/figures.json'; --help lists them.
BENCH    ?=

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## serve the phone page at http://127.0.0.1:8080/
	go run .

demo: ## fill an empty database with a played campaign (WEEKS=3)
	go run . demo --weeks $(WEEKS)

build: ## build ./zhuanban, one static file
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o zhuanban .

test: ## run all tests with the race detector, installing what they need
	@tools/need
	CGO_ENABLED=1 go test -race -p $(PARALLEL) -timeout $(TIMEOUT) $(PACKAGES)
ifeq ($(PACKAGES),./...)
	cd tools/bench && CGO_ENABLED=1 go test -race -p $(PARALLEL) -timeout $(TIMEOUT) ./...
endif

soak: ## kill the program 200 times under load, on both databases (SOAK_SEED=2)
	@tools/need
	SOAK=1 CGO_ENABLED=1 go test -run 'TestKilledUnderLoad|TestTheDatabaseGoesAway|TestDrainUnderLoad|TestReplicasThatAreStarted' -count=1 -timeout $(SOAKTIME) -v .

bench: ## measure the desk's speed beside a bare yardstick (BENCH=--quick)
	@cd tools/bench && go run . $(BENCH)

bench-ledger: ## ask a ledger of a million leads what people ask, on both databases (LEADS=100000, LEDGER_ON=sqlite)
	@tools/need
	LEADS=$(LEADS) LEDGER_ON=$(LEDGER_ON) go test -run TestTheLedgerAtScale -count=1 -timeout $(SOAKTIME) -v .

check: lint modules vuln test ## all that must hold before a change goes in; CI runs this

lint: format vet staticcheck ## gofmt, go vet, staticcheck

format:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./...
	cd tools/bench && go vet ./...

staticcheck:
	go tool -modfile=tools/go.mod staticcheck ./...
	cd tools/bench && go tool -modfile=../go.mod staticcheck ./...

modules: ## modules as they were published, SQLite with its own libc
	go mod verify
	tools/libc
	cd tools/bench && go mod verify && ../libc

vuln: ## known vulnerabilities, where their list can be reached
	tools/vuln

fmt: ## format the code
	gofmt -w .

fuzz: ## run every fuzz target for FUZZTIME=10s
	tools/fuzz $(FUZZTIME)

licences: ## write THIRD-PARTY.md anew, after a change of modules
	tools/licences

clean: ## remove what was built; the data folder stays
	rm -rf zhuanban .bin

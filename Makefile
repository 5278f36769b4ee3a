# Each target is a line or two that a person could type. `make help` lists them.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
TEST    := go test -timeout=180s
LINT    := go tool -modfile=tools/lint.mod golangci-lint
TOOL    := go tool -modfile=tools/go.mod
# Every room but the command, whose tests run it as processes of their own.
RACE    := . ./aggregator ./catalog ./config ./editions ./feeds ./fetch ./filters ./llm ./mail ./markup ./notify ./store ./texts ./topics ./web

BENCH     ?= .
BENCHTIME ?= 2s
FUZZTIME  ?= 3s

.DEFAULT_GOAL := help
.PHONY: help build demo test lint fmt check check-full servers check-mod check-pins fuzz bench dead clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 13

build: ## bin/draftwire, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/draftwire ./cmd/draftwire

demo: build ## the whole wire on this machine, without internet
	bin/draftwire demo

test: ## vet and every test, under three minutes
	go vet -tags=full ./...
	$(TEST) ./...

lint: ## form, staticcheck, golangci-lint
	tools/format.sh $(TOOL) gofumpt
	$(TOOL) staticcheck -tags=full ./...
	$(LINT) run ./...

fmt: ## put the form right
	$(TOOL) gofumpt -w $$(tools/sources.sh)

check: lint check-mod test fuzz ## what to run before a commit

check-full: check-mod fuzz servers ## the long tests, in another time zone, for races
	DRAFTWIRE_FULL=1 go test -tags=full -timeout=20m -count=1 ./...
	TZ=Asia/Tokyo $(TEST) -count=1 ./...
	CGO_ENABLED=1 go test -race -timeout=15m -count=1 $(RACE)

servers: ## those that the long tests talk to, from Debian
	tools/servers.sh

check-mod: check-pins ## go.mod is tidy and what it names is genuine
	go mod tidy -diff
	go mod verify

check-pins: ## modernc.org/libc is the one its SQLite was made with
	tools/pins.sh

fuzz: ## every fuzz target, FUZZTIME each
	FUZZTIME=$(FUZZTIME) tools/fuzz.sh

bench: ## every benchmark, one package after the other
	go test -run='^$$' -bench='$(BENCH)' -benchtime=$(BENCHTIME) -p=1 -timeout=30m ./...

dead: ## functions that nothing reaches
	$(TOOL) deadcode -test -tags=full ./...

clean: ## drop what was built
	rm -rf bin

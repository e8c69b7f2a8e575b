# Everything one does with the sources. `make` alone lists it.
# Go and make are enough for build and run; test says what more it needs.

ARGS     ?=
PKGS     ?= ./...
RACE     ?=
FUZZTIME ?= 10s

TOOLS        := bin/tools
GOFUMPT      := $(TOOLS)/gofumpt@v0.12.0
GOLANGCILINT := $(TOOLS)/golangci-lint@v2.15.0
GOVULNCHECK  := $(TOOLS)/govulncheck@v1.8.0
HELM         := $(TOOLS)/helm@v3.22.0

.PHONY: help build run test check bench fuzz clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-7s %s\n", $$1, $$2 }'

build: ## build ./bin/rollcall, static
	CGO_ENABLED=0 go build -trimpath -o bin/rollcall .

run: build ## watch a sample company being provisioned; from scratch with ARGS=--fresh
	./bin/rollcall quickstart $(ARGS)

test: ## run the tests, after installing what they need; RACE=1 looks for races, with fewer cases, PKGS=./plan/... picks
	@scripts/install-test-deps
	ROLLCALL_REQUIRE_POSTGRES=1 ROLLCALL_REQUIRE_LDAP=1 $(if $(RACE),CGO_ENABLED=1) go test $(if $(RACE),-race -short) -timeout 15m $(PKGS)

check: $(GOFUMPT) $(GOLANGCILINT) $(GOVULNCHECK) $(HELM) ## format, vet, lint, go.mod, known vulnerabilities, deploy/
	@scripts/check $^

bench: ## measure; BENCH_SMALL=1 for a quick look
	BENCH_SMALL=$(BENCH_SMALL) go run ./bench

fuzz: ## run every fuzz test for FUZZTIME, 10s by default
	@scripts/fuzz $(FUZZTIME)

clean: ## remove what was built; the state in .rollcall stays
	rm -rf bin clients/js/node_modules

# Tools are kept by version, so a new version is built and an old one is not built again.
install = @mkdir -p $(TOOLS) && echo "building $(@F)" && \
	CGO_ENABLED=0 GOBIN=$(CURDIR)/$(TOOLS) go install $(1)@$* && mv $(TOOLS)/$(notdir $(1)) $@

$(TOOLS)/gofumpt@%:
	$(call install,mvdan.cc/gofumpt)

$(TOOLS)/golangci-lint@%:
	$(call install,github.com/golangci/golangci-lint/v2/cmd/golangci-lint)

$(TOOLS)/govulncheck@%:
	$(call install,golang.org/x/vuln/cmd/govulncheck)

$(TOOLS)/helm@%:
	$(call install,helm.sh/helm/v3/cmd/helm)

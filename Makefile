# Needs make, npm and any Node from 20 on; the Node 24 that the project runs on is one of its npm packages.
PORT ?= 5000
MANAGEMENT_PORT ?= 9090
DATASET_DIR ?= data/sample
IMAGE ?= spotify-charts
# Folder for what `make loadtest-report` writes.
OUT ?= .
# Given to jest, e.g. `make test JEST_FLAGS=tests/architecture`.
JEST_FLAGS ?=
JEST = npm run -s test -- $(JEST_FLAGS)

NODE := node_modules/.bin/node
PACKAGES := node_modules/.package-lock.json
BUILT := dist/.built
SAMPLE := data/sample/current
SOURCES := $(shell find apps libs $(wildcard loadtest) -name '*.ts' -not -name '*spec.ts')

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-faults lint-workflows test-alerts check build image bench bench-dataset e2e-cluster loadtest-report clean

help: ## list the targets
	@echo 'Targets:'
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

run: build $(if $(filter data/sample,$(DATASET_DIR)),$(SAMPLE)) ## install, build, make the sample dataset and serve it on PORT (5000); DATASET_DIR serves another
	@echo 'Serving $(DATASET_DIR) at http://127.0.0.1:$(PORT) - stop it with Ctrl+C. Try:'
	@echo "  curl 'http://127.0.0.1:$(PORT)/rankings?region=United%20States&date=latest&limit=3'"
	@DATASET_DIR='$(DATASET_DIR)' PORT='$(PORT)' MANAGEMENT_PORT='$(MANAGEMENT_PORT)' MALLOC_ARENA_MAX=2 exec $(NODE) --max-semi-space-size=8 --v8-pool-size=1 --heap-growing-percent=70 --no-allocation-site-pretenuring dist/apps/api/src/main.js

test: build ## install what the tests need, build, check the sources and run every test
	@sh tests/setup/install-tools.sh
	@status=0; \
	npm run -s check:static || status=1; \
	$(JEST) || status=1; \
	exit $$status

# Those that put the service's pace under limits run one after the other, each file in a process of its own: what others have
# left in memory would make the clients of a test slow. The others, except for the longest, run one after the other beside that.
FAULTS_PACED := (redis|overload|slow-clients|connections|soak|process-(?!blocked))
FAULTS_LONGEST := schemathesis.long
test-faults: build ## inject every fault, the slow ones too, and write the table of docs/reliability.md (15 minutes at most)
	@sh tests/setup/install-tools.sh
	@record=$$(mktemp); status=0; export FAULTS=all FAULTS_RECORD="$$record"; \
	$(JEST) --workerIdleMemoryLimit=1MB 'tests/(faults/$(FAULTS_PACED).*(e2e|long)|api-keys.e2e)-spec' || status=1; \
	$(JEST) 'tests/faults/$(FAULTS_LONGEST)-spec' & longest=$$!; \
	$(JEST) 'tests/(faults/(?!$(FAULTS_PACED)|$(FAULTS_LONGEST)).*(e2e|long)|hostile/(api-keys|cli|duckdb|smuggling|urls).*e2e)-spec' || status=1; \
	wait $$longest || status=1; \
	UPDATE=1 npm run -s test -- tests/faults/reliability-page || status=1; \
	rm -f "$$record"; exit $$status

lint-workflows: $(PACKAGES) ## lint the workflows with actionlint, where it is or can be built
	@sh tests/setup/install-tools.sh
	@npm run -s test -- tests/hostile/workflows

test-alerts: $(PACKAGES) ## evaluate every alert with promtool, where it is or can be had
	@sh tests/setup/install-tools.sh
	@npm run -s test -- tests/helm/alerts

check: $(PACKAGES) ## format, lint, types, freshness of generated files, tests
	@npm run -s check

build: $(BUILT) ## compile to dist/

image: ## build the container image IMAGE (spotify-charts) with buildah or docker
	@if command -v buildah >/dev/null; then buildah bud --format docker --layers $(IMAGE_FLAGS) -t '$(IMAGE)' .; \
	elif command -v docker >/dev/null; then docker build $(IMAGE_FLAGS) -t '$(IMAGE)' .; \
	else echo 'make image needs buildah or docker on the PATH' >&2; exit 1; fi

bench: build ## measure the service against bare node:http, Fastify and NestJS (under 10 minutes; docs/performance.md)
	@npm run -s bench

bench-dataset: build ## measure building a dataset of 26.2 million rows (minutes, and some GB in the temporary folder)
	@npm run -s bench:dataset

e2e-cluster: build ## prove the chart on a real cluster, which E2E_* describe (CONTRIBUTING.md); kind by default
	@$(NODE) dist/loadtest/cluster/main.js

loadtest-report: build ## wait for a load Job, count the service's pods meanwhile, and make a table and a plot: make loadtest-report JOB=name [NAMESPACE=charts] [OUT=folder]
	@test -n '$(JOB)' || { echo 'make loadtest-report needs JOB=name, one of: kubectl get jobs' >&2; exit 1; }
	@$(NODE) dist/loadtest/report/main.js --job '$(JOB)' $(if $(NAMESPACE),--namespace '$(NAMESPACE)') $(if $(REPLICAS),--replicas '$(REPLICAS)') \
	  --svg '$(OUT)/loadtest.svg' --markdown '$(OUT)/loadtest.md' --samples '$(OUT)/loadtest-replicas.csv'

clean: ## remove what was built, the sample dataset included; packages stay
	rm -rf dist coverage data/sample

$(PACKAGES): package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing: install Node 20 or later, npm comes with it' >&2; exit 1; }
	@echo 'Installing packages (npm ci)'
	@npm ci --loglevel=error --no-progress
	@$(NODE) -e 'if (+process.versions.node.split(".")[0] < 24) { console.error("$(NODE) is Node " + process.version + ", not 24: run npm ci without --ignore-scripts"); process.exit(1) }'
	@touch $@

$(BUILT): $(SOURCES) package.json tsconfig.json tsconfig.build.json $(PACKAGES)
	@echo 'Compiling to dist/'
	@rm -rf dist
	@npm run -s build
	@touch $@

$(SAMPLE): libs/catalog/src/tables.ts | $(BUILT)
	@echo 'Making the sample dataset in data/sample'
	@npm run -s dataset -- sample --out data/sample --seed 1
	@touch $@

# The commands people use. What each does stands in .ci/: `setup` brings the machine to where the rest works and
# writes $(ENV), which every recipe here sources.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test build dev bench lint fmt setup-run setup-test

ENV := target/causeway-env.sh
DEMO_ARGS ?=

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 14

run: build ## everything a fresh machine needs, a release build, then the demo on http://localhost:3000
	@exec target/release/causeway demo $(DEMO_ARGS)

build: setup-run ## target/release/causeway and the site beside it, target/site
	@.ci/build

dev: setup-run ## the demo from a debug build; watches the sources, builds again and reloads the page
	@. $(ENV) && exec cargo leptos watch -- demo $(DEMO_ARGS)

test: setup-test ## formatting, lints, Rust tests on both engines, browser journeys
	@.ci/test

lint: setup-test ## formatting, clippy on both halves, rustdoc, dependencies, links
	@.ci/lint

fmt: setup-test ## formats the Rust sources
	@. $(ENV) && cargo fmt --all

bench: build setup-test ## the figures of docs/performance.md
	@. $(ENV) && cargo bench -p causeway --bench portal

setup-run:
	@.ci/setup run

setup-test:
	@.ci/setup test

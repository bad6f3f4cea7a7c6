# Thin on purpose: every target is a line or two, and what is longer is a script that can be run by hand.
.PHONY: run test bench simulate docs lint

# Real trade, a flash sale with a kill -9 in its middle, one table, and the service up. Builds first: 10 minutes once.
run:
	@Scripts/install-packages libsqlite3-dev libhiredis-dev
	swift build -c release --product holdfast
	.build/release/holdfast demo

# Everything that .ci/run runs: lint, build, all tests, crash tests, simulations.
test:
	@Scripts/install-packages libsqlite3-dev libhiredis-dev redis-server strace valgrind curl openssl python3-venv
	@Scripts/check

# The speed of the engine on this machine.
bench:
	@Scripts/install-packages libsqlite3-dev libhiredis-dev redis-server valgrind
	swift build -c release
	.build/release/holdfast bench
	Scripts/count-instructions

# Only the simulator, its seeds printed before each run.
simulate:
	@Scripts/install-packages libsqlite3-dev libhiredis-dev
	swift test --filter SimulationKitTests

# The symbol graphs of the libraries, from their doc comments, in .build/docs.
docs:
	@Scripts/install-packages libsqlite3-dev libhiredis-dev
	swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members

# The style: format, doc comments, 120 columns.
lint:
	swift format lint --strict --configuration .swift-format -r Sources Simulations Tests \
	  $(wildcard Benchmarks) Package.swift

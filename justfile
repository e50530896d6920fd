# Every command that people and CI type. Start one with `./justw RECIPE`.

set shell := ["bash", "-euo", "pipefail", "-c"]

# Lists the recipes.
default:
    @just --list --unsorted

# ── run ──────────────────────────────────────────────────────────────────────

# Replays all vectors against the embedded reference server; the report is reports/latest/index.html.
[positional-arguments]
run *args: chromium
    @cargo run --quiet --release --package crosscheck-harness -- run "$@"

# Installs what the named adapters need, or all, such as `./justw adapters tower-http nginx`.
[positional-arguments]
adapters *names:
    @cd harness/adapters && cargo run --quiet --release --package crosscheck-harness -- adapter set-up ${@:-$(dirname -- */adapter.toml)}

# Judges the servers of all adapters that are installed, or of those named, on both legs, and draws reports/index.html.
[positional-arguments]
gallery *names: chromium
    cargo build --quiet --release --package crosscheck-harness
    @harness/adapters/gallery "${CARGO_TARGET_DIR:-target}/release/crosscheck" "$@"

# Shows that published defects are found in the version that has them and not in the next; see harness/advisories.
[positional-arguments]
advisories *names:
    cargo build --quiet --release --package crosscheck-harness
    @harness/advisories/judge "${CARGO_TARGET_DIR:-target}/release/crosscheck" "$@"

# Starts the reference server by itself, such as `./justw serve --policy vectors/policies/credentialed.json`.
[positional-arguments]
serve *args:
    @cargo run --quiet --release --package crosscheck-harness -- serve "$@"

# Shows that every fault of the reference server is caught, and by which vectors.
[positional-arguments]
selftest *args:
    @cargo run --quiet --release --package crosscheck-harness -- selftest "$@"

# Any other command of the tool, such as `./justw crosscheck vectors coverage`.
[positional-arguments]
crosscheck *args:
    @cargo run --quiet --release --package crosscheck-harness -- "$@"

# ── check ────────────────────────────────────────────────────────────────────

# Everything that CI checks.
test: chromium fmt-check lint unit doc schema-check lint-vectors

alias check := test

# Unit, property, integration and browser tests; `./justw unit cors_check` runs some of them.
[positional-arguments]
unit *args:
    cargo test --quiet --workspace "$@"

# Is the code formatted?
fmt-check:
    cargo fmt --all --check

# Clippy, with warnings as errors.
lint:
    cargo clippy --quiet --workspace --all-targets -- --deny warnings

# The API documentation, with warnings as errors.
doc:
    RUSTDOCFLAGS="--deny warnings" cargo doc --quiet --workspace --no-deps

# Are the published schemas what the Rust types say?
schema-check:
    cargo run --quiet --package crosscheck-harness -- vectors schema | diff - vectors/vector.schema.json
    cargo run --quiet --package crosscheck-harness -- adapter schema | diff - harness/adapters/protocol.schema.json

# Are all vectors sound, and does the oracle agree with each?
lint-vectors:
    cargo run --quiet --package crosscheck-harness -- vectors lint
    cargo run --quiet --package crosscheck-harness -- vectors coverage

# ── change ───────────────────────────────────────────────────────────────────

# Formats the code.
fmt:
    cargo fmt --all

# Writes the published schemas from the Rust types.
schema:
    schema=$(cargo run --quiet --package crosscheck-harness -- vectors schema) && echo "$schema" > vectors/vector.schema.json
    schema=$(cargo run --quiet --package crosscheck-harness -- adapter schema) && echo "$schema" > harness/adapters/protocol.schema.json

# Accepts what the snapshot tests see today.
bless:
    INSTA_UPDATE=always cargo test --quiet --workspace

# ── measure ──────────────────────────────────────────────────────────────────

# The speed of oracle, policy and legs, as ratios taken in one run.
bench: chromium
    cargo bench --quiet --package crosscheck-oracle --bench oracle
    cargo bench --quiet --package crosscheck-server --bench respond
    cargo bench --quiet --package crosscheck-harness --bench legs

# Breaks oracle and policy piece by piece, and writes harness/evidence/mutations.json: which vectors notice. Takes an hour.
mutants:
    command -v cargo-mutants >/dev/null || cargo install --quiet --locked --version 27.1.0 cargo-mutants
    # 2 and 3 say that something survived, or never ended: the digest tells.
    cargo mutants --no-shuffle --output target/mutants || [ $? -le 3 ]
    cargo mutants --no-shuffle --output target/mutants --iterate --config .cargo/mutants-tests.toml || [ $? -le 3 ]
    digest=$(cargo run --quiet --package crosscheck-harness --example mutations -- target/mutants/mutants.out.old target/mutants/mutants.out) && echo "$digest" > harness/evidence/mutations.json

# Sees to a Chromium.
[private]
chromium:
    @.github/install-chromium

#!/usr/bin/env bash
# Our deploy beside `cdk deploy` of the same resources, both on the local environment, in one run:
# a deploy with nothing to do, and new code of one function behind its alias, compiled before.
# Needs node and npm; installs the CDK into a temporary folder. Prints one line per run, in seconds.
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
here="$root/docs/benchmarks"
work="${BENCH_FOLDER:-$(mktemp -d)}"
runs="${RUNS:-3}"
xtask="${XTASK:-$root/target/debug/xtask}"
cd "$root"

"$xtask" deploy --env local >/dev/null 2>&1
"$xtask" render --env local --out "$work/templates" >/dev/null 2>&1
port="$(python3 -c 'import json; print(json.load(open(".local/state.json"))["ports"]["emulator"])')"
export AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
export AWS_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true CDK_DISABLE_VERSION_CHECK=1
export TEMPLATES="$work/templates" VALUES="$work/values.json"

# The values that our own stacks were given: the same buckets, keys and addresses.
python3 - "$VALUES" <<'PY'
import json, os, sys, urllib.parse, urllib.request
import xml.etree.ElementTree as xml
query = urllib.parse.urlencode({"Action": "DescribeStacks", "Version": "2010-05-15"}).encode()
scope = "Credential=local/20260101/us-east-1/cloudformation/aws4_request"
call = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], data=query, headers={
    "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none"})
tree, values = xml.fromstring(urllib.request.urlopen(call).read()), {}
local = lambda tag: tag.rsplit("}")[-1]
for entry in tree.iter():
    found = {local(child.tag): child.text or "" for child in entry}
    if "ParameterKey" in found:
        values[found["ParameterKey"]] = found.get("ParameterValue", "")
json.dump(values, open(sys.argv[1], "w"), indent=1)
PY

cp "$here/cdk.mjs" "$work/"
cd "$work"
[[ -d node_modules/aws-cdk-lib ]] || npm install --silent --no-audit --no-fund aws-cdk@2.1148.1 aws-cdk-lib@2.270.0 constructs@10 >/dev/null
cdk() { node_modules/.bin/cdk --app "node cdk.mjs" "$@"; }
seconds() {
    local begin end
    begin="$(date +%s.%N)"
    "$@" >"$work/last.log" 2>&1 || { tail -20 "$work/last.log" >&2; exit 1; }
    end="$(date +%s.%N)"
    python3 -c "print(f'{$end - $begin:.2f}')"
}
# Another zip in the place of the API's: what a one-line edit is to a deploy.
other_code() {
    python3 - "$VALUES" "$1" <<'PY'
import json, sys
values = json.load(open(sys.argv[1]))
values["ApiCodeKey"] = values[sys.argv[2]]
json.dump(values, open(sys.argv[1], "w"))
PY
}

cdk bootstrap aws://000000000000/us-east-1 >"$work/last.log" 2>&1 || { tail -20 "$work/last.log" >&2; exit 1; }
echo "cdk, first deploy: $(seconds cdk deploy --all --require-approval never --concurrency 4)"
for run in $(seq "$runs"); do
    echo "nothing to do: cdk $(seconds cdk deploy --all --require-approval never --concurrency 4), xtask $(cd "$root" && seconds "$xtask" deploy --env local)"
done
source="$root/functions/api/src/main.rs"
cp "$source" "$work/main.rs"
trap 'cp "$work/main.rs" "$source"' EXIT
# As the tool itself calls the compiler, so that it finds all compiled.
compile() (
    cd "$root"
    GIT_SHA="$(git rev-parse HEAD)-dirty" GIT_BRANCH="$(git branch --show-current)"
    BUILD_TIMESTAMP="$(git log -1 --format=%cI)"
    export GIT_SHA GIT_BRANCH BUILD_TIMESTAMP
    if tag="$(git describe --tags 2>/dev/null)"; then export GIT_TAG="$tag"; fi
    functions=(analyzer api cleanup embedder image-processor ops)
    cargo build --workspace --ignore-rust-version "${functions[@]/#/--bin=}" >/dev/null 2>&1
)
for run in $(seq "$runs"); do
    other=(CleanupCodeKey OpsCodeKey)
    other_code "${other[$((run % 2))]}"
    hot="$(seconds cdk deploy Cdkbench-compute --hotswap --require-approval never)"
    cp "$work/main.rs" "$source"
    printf '\n// Edit %s of a benchmark.\n#[used]\nstatic EDIT: u32 = %s;\n' "$run" "$run$RANDOM" >>"$source"
    compile
    # What the compiler takes to see that nothing is left to do is a part of both our figures.
    fresh="$(seconds compile)"
    echo "new code behind the alias: cdk --hotswap $hot, xtask $(cd "$root" && seconds "$xtask" deploy --env local --function api), of it cargo $fresh"
done

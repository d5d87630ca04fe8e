#!/usr/bin/env bash
# Plans the pairs that have a folder `source`, with the installed Terraform and its built-in resource `terraform_data`:
# nothing is downloaded and nothing outside is touched. Safe to run again; the outcome is the same each time, since ids
# and times are put to fixed ones.
#
#   source/state.tf                 what exists before; before.state.tf and after.state.tf where the sides differ
#   source/before.tf, after.tf      what is planned; one file means both sides are the same
#   source/before.args, after.args  more arguments of `terraform plan`
#   source/after.jq                 what is done to the second plan afterwards
#   source/whole                    plans are kept as Terraform wrote them, not cut down to the sections that are read
#
#   server/evidence/corpus/make.sh [PAIR…]
set -euo pipefail
cd "$(dirname "$0")"
corpus=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TF_IN_AUTOMATION=1 TF_INPUT=0 TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1
unset TF_CLI_ARGS TF_CLI_ARGS_plan TF_CLI_ARGS_apply TF_CLI_ARGS_init TF_LOG TF_WORKSPACE TF_DATA_DIR

quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; echo "failed: $*" >&2; exit 1; }; }

# Not `sed -i`, which GNU and BSD write differently.
swap() { sed "s/$1/$2/g" "$3" >"$3.new" && mv "$3.new" "$3"; }

# The state that `$1` (a .tf file) makes, in the current directory. The ids that Terraform drew become 1, 2, 3, …
state_of() {
    cp "$1" main.tf
    quietly terraform init -no-color
    quietly terraform apply -no-color -auto-approve
    local number=0 id
    for id in $(jq -r '.resources[].instances[].attributes.id' terraform.tfstate); do
        number=$((number + 1))
        swap "$id" "$(printf '00000000-0000-4000-8000-%012d' $number)" terraform.tfstate
    done
    rm -f terraform.tfstate.backup
}

# plan SOURCE SIDE TIME
plan() {
    local source=$1 side=$2 time=$3 dir=$work/run drawn args=()
    rm -rf "$dir" && mkdir "$dir" && cd "$dir"
    [ -d "$source/modules" ] && cp -r "$source/modules" .
    local state=$source/$side.state.tf
    [ -f "$state" ] || state=$source/state.tf
    [ -f "$state" ] && state_of "$state"
    local planned=$source/$side.tf
    [ -f "$planned" ] || planned=$source/before.tf
    cp "$planned" main.tf
    [ -f "$source/$side.args" ] && read -r -a args <"$source/$side.args"
    quietly terraform init -no-color
    quietly terraform plan -no-color -out=plan ${args[@]+"${args[@]}"}
    terraform show -json plan >whole.json
    drawn=$(jq -r .timestamp whole.json)
    swap "$drawn" "$time" whole.json
    if [ -f "$source/whole" ]; then
        cat whole.json
    else
        jq 'del(.planned_values, .prior_state, .relevant_attributes, .checks)' whole.json >cut.json
        if [ "$side" = after ] && [ -f "$source/after.jq" ]; then
            jq -f "$source/after.jq" --indent 1 cut.json
        else
            jq --indent 1 . cut.json
        fi
    fi
}

if [ $# -eq 0 ]; then
    for source in */source; do set -- "$@" "$(dirname "$source")"; done
fi
for pair in "$@"; do
    plan "$corpus/$pair/source" before 2026-03-02T08:00:00Z >"$work/before.json"
    plan "$corpus/$pair/source" after 2026-03-03T09:30:00Z >"$work/after.json"
    cp "$work/before.json" "$work/after.json" "$corpus/$pair/"
    echo "$pair"
done

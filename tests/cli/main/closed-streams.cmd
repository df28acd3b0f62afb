0
# A stream that is closed is not the next file that is opened: nothing is written into the records.
echo 'process P { script: "true" }; workflow { P(); println "said" }' > main.nf
weir run -q main.nf >&-; echo "$?"
weir run -q main.nf 2>&-; echo "$?"
weir preprocess - <&-; echo "$?"
weir run -q main.nf <&- >&- 2>&-; echo "$?"
weir jobs doctor -q
weir jobs list --plain | cut -f 2,3

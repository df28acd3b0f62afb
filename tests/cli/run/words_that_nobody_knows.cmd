2
echo 'workflow { println "ran" }' > main.nf
weir run main.nf --cache maybe; echo "$?"
weir run main.nf --ansi-log perhaps; echo "$?"
weir run main.nf --output-format xml

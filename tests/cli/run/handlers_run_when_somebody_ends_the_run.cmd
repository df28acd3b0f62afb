5
mkfifo began
cat >nextflow.config <<'END'
workflow.onComplete = { file('done.txt').text = "success: ${workflow.success}\n" }
workflow.onError = { file('error.txt').text = 'error' }
END
cat >main.nf <<'END'
process WAITS {
    script: 'echo >../../../began; exec sleep 1000'
}
workflow { WAITS() }
END
weir run main.nf -q --name first --grace 1s & run=$!
read -r word <began
kill -INT $run; wait $run; echo "status $?"
cat done.txt; rm done.txt
id=$(weir run main.nf -q --name second --detach)
read -r word <began
weir jobs cancel "$id" >/dev/null
cat done.txt; ls error.txt 2>/dev/null
weir jobs wait "$id"

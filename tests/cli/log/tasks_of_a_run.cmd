0
cat >main.nf <<'END'
process ALIGN {
    tag "$sample"
    input: val sample
    script: "echo aligned $sample"
}
process BAD {
    errorStrategy 'ignore'
    script: "echo sorry >&2; exit 4"
}
workflow { ALIGN(channel.of('s1', 's2')); BAD() }
END
weir run main.nf -q 2>/dev/null
weir log last
echo --; weir log last -f name,status,exit,attempt | sort
echo --; weir log last -f name,stdout,stderr -s '|' | sort
echo --; weir log last -F "process == 'ALIGN' && tag != 's1'" -f name,process,tag
echo --; weir log last -t '$name: $status of $process
' | sort

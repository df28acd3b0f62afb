0
# `error` says what it says; anything else is told with its line.
try() {
  printf '%s\n' "$1" >main.nf
  weir nextflow -q run main.nf >said; echo "status $?" >>said
  sed "s#$PWD#PWD#g" said
}
try 'workflow { error "please give --input" }'
try 'workflow { channel.of(1).map { x -> error "no $x" }.view() }'
try 'workflow { throw new Exception("bad thing") }'
try 'workflow { println file("nope.txt").text }'
try 'workflow { channel.of("x").map { n -> file(file(workflow.launchDir) / n, checkIfExists: true) }.view() }'
try 'workflow { println files("nope*", checkIfExists: true) }'

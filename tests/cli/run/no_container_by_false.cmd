0
mkdir tools
printf '#!/bin/sh\nexit 9\n' >tools/docker
chmod +x tools/docker
cat >nextflow.config <<'END'
docker.enabled = true
process { container = 'debian:12'; withName: 'B' { container = false } }
END
cat >main.nf <<'END'
process A { container false; output: stdout; script: 'echo a' }
process B { output: stdout; script: 'echo b' }
workflow { A().concat(B()).view { it.trim() } }
END
PATH=$PWD/tools:$PATH weir run main.nf -q

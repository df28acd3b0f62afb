0
. "$HERE/repository.sh"
new_project lab/demo
mkdir src/lab/demo/bin src/lab/demo/assets
printf '#!/bin/sh\necho hello "$@"\n' >src/lab/demo/bin/greet
chmod +x src/lab/demo/bin/greet
echo data >src/lab/demo/assets/data.txt
cat >src/lab/demo/main.nf <<'END'
process GREET {
  input: path data
  output: stdout
  script: "greet \$(cat $data)"
}
workflow { GREET(file("$projectDir/assets/data.txt")).view() }
END
publish lab/demo one
git -C src/lab/demo tag 1.0
echo more >src/lab/demo/README
publish lab/demo two
echo other >src/lab/demo/assets/data.txt
publish lab/demo three
git -C src/lab/demo push -q --tags
tasks() { weir run lab/demo -resume "$@" 2>&1 | sed -n 's/.*\(Cached\|Submitted\).*/\1/p;/^hello/p'; }
tasks -r 1.0
tasks -r "$(git -C src/lab/demo rev-parse HEAD~1)"
tasks

7
. "$HERE/repository.sh"
new_project lab/demo
cat >src/lab/demo/main.nf <<'END'
params.n = 1
workflow {
  println "n=${params.n} ${workflow.repository} ${workflow.revision} ${workflow.commitId} ${workflow.projectName}"
  println "${workflow.scriptName} ${workflow.projectDir.name == workflow.commitId}"
}
END
publish lab/demo one
git -C src/lab/demo tag 1.0
publish_tag() { git -C src/lab/demo push -q origin 1.0; }
publish_tag
echo 'workflow { println "two" }' >src/lab/demo/main.nf
publish lab/demo two
weir run lab/demo -r 1.0 --n 5 --name calm_river
mv hub away
echo '-- its server is gone'
weir run lab/demo -r 1.0 --name calm_sea -q
weir run demo --name calm_lake
weir run lab/demo -r 6bfa --name calm_lake
weir run lab/demo -latest --name calm_lake
echo "$?"
mv away hub
echo '-- and back'
echo 'workflow { println "three" }' >src/lab/demo/main.nf
publish lab/demo three
weir run lab/demo --name calm_lake -q
weir run lab/demo --name calm_lake -q --latest
weir log -q
weir nextflow log | cut -f 5
weir run lab/demo -r 1.1 --name calm_hill

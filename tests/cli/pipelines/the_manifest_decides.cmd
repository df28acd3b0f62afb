0
. "$HERE/repository.sh"
mkdir local
echo "manifest.mainScript = 'start.nf'" >local/nextflow.config
echo 'workflow { println "start.nf of a folder" }' >local/start.nf
echo 'workflow { println "other.nf of a folder" }' >local/other.nf
weir run local -q
weir run local -q --main-script other.nf
new_project lab/demo
echo "manifest { mainScript = 'start.nf'; defaultBranch = 'stable' }" >src/lab/demo/nextflow.config
echo 'workflow { println "main" }' >src/lab/demo/start.nf
publish lab/demo one
git -C src/lab/demo checkout -q -b stable
echo 'workflow { println "stable" }' >src/lab/demo/start.nf
mkdir src/lab/demo/sub
echo 'workflow { println "sub" }' >src/lab/demo/sub/two.nf
publish lab/demo two
weir run lab/demo -q
weir run lab/demo -q -r main
weir run lab/demo/sub/two.nf -q
weir run lab/demo -q --main-script sub/two.nf
weir config lab/demo --value manifest.mainScript
weir inspect lab/demo -r main

0
. "$HERE/repository.sh"
for name in part other; do
  new_project lab/$name
  echo "workflow { println '$name' }" >src/lab/$name/main.nf
  publish lab/$name one
done
new_project lab/demo
git -C src/lab/demo submodule --quiet add https://github.com/lab/part.git part
git -C src/lab/demo submodule --quiet add https://github.com/lab/other.git other
echo 'workflow { println file("$projectDir/part").list().size() + " " + file("$projectDir/other").list().size() }' >src/lab/demo/main.nf
publish lab/demo all
echo "manifest.gitmodules = 'part'" >src/lab/demo/nextflow.config
publish lab/demo one
git -C src/lab/demo tag one
echo "manifest.gitmodules = false" >src/lab/demo/nextflow.config
publish lab/demo none
weir run lab/demo -q
weir run lab/demo -q -r one
weir run lab/demo -q -r "$(git -C src/lab/demo rev-parse HEAD~2)"

1
. "$HERE/repository.sh"
new_project lab/demo
echo 'workflow { println "hello" }' >src/lab/demo/main.nf
cat >src/lab/demo/nextflow.config <<'END'
manifest { description = 'says hello'; author = 'somebody'; homePage = 'https://example.org' }
END
publish lab/demo one
git -C src/lab/demo tag 1.0
git -C src/lab/demo push -q origin 1.0
echo "includeConfig 'https://example.org/not/read.config'" >>src/lab/demo/nextflow.config
publish lab/demo include
git -C src/lab/demo checkout -q -b dev
echo '// more' >>src/lab/demo/main.nf
publish lab/demo two
nextflow() { weir nextflow "$@"; }
nextflow pull lab/demo
nextflow pull lab/demo -r dev
nextflow pull lab/demo -r dev
nextflow pull -all
echo '-- list'; nextflow list
echo '-- info'; nextflow info demo | sed "s#$HOME#HOME#"
echo '-- info -d'; nextflow info lab/demo -d | tail -n 3
echo '-- info -o json'; nextflow info lab/demo -o json | jq -c '.revisions, .manifest'
echo '-- view'; nextflow view -q lab/demo; nextflow view lab/demo -q -r dev; nextflow view lab/demo -q -l
echo '-- clone'; nextflow clone lab/demo copy -r dev; ls copy
git -C copy log --oneline
nextflow clone lab/demo copy
echo '-- run'; nextflow run lab/demo -name calm_river -r 1.0
echo '-- drop'
nextflow drop lab/demo -r dev
nextflow view lab/demo -r dev
nextflow drop lab/demo
nextflow list
nextflow info lab/demo

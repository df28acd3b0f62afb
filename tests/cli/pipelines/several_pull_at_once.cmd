0
. "$HERE/repository.sh"
new_project lab/demo
echo 'workflow { println "hello" }' >src/lab/demo/main.nf
publish lab/demo one
for i in 1 2 3 4 5 6; do
  mkdir "run$i"
  (cd "run$i" && weir run lab/demo -q >out 2>&1; echo "$?" >>out) &
done
wait
cat run*/out | sort | uniq -c | tr -s ' '
find "$HOME/.nextflow/assets/.repos/lab" -name '.*' -maxdepth 3 ! -name .git ! -name .gitmodules

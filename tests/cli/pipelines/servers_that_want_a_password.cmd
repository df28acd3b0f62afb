0
. "$HERE/repository.sh"
new_project lab/demo
echo 'workflow { println "hello" }' >src/lab/demo/main.nf
publish lab/demo one
git -C hub/lab/demo.git update-server-info
mkfifo port
python3 "$HERE/password_server.py" hub me:secret >port &
server=$!
trap 'kill "$server"' EXIT
read port <port
plain() { sed "s/$port/PORT/g"; }
weir pull "http://localhost:$port/lab/demo.git" 2>&1 | plain
mkdir -p "$HOME/.nextflow"
cat >"$HOME/.nextflow/scm" <<END
providers {
  ours { platform = 'gitea'; server = 'http://localhost:$port'; user = 'me'; password = 'wrong' }
}
END
weir pull lab/demo -hub ours 2>&1 | plain
sed -i s/wrong/secret/ "$HOME/.nextflow/scm"
weir pull lab/demo --hub ours 2>&1 | plain
weir run lab/demo -q --latest
weir drop lab/demo
rm "$HOME/.nextflow/scm"
weir nextflow run "http://localhost:$port/lab/demo.git" -user me:secret -name calm_river | plain

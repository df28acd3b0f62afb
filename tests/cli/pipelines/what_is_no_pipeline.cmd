2
. "$HERE/repository.sh"
mkdir -p workflows hub
touch main.nf
weir run main.nf -r 1.0
echo "$?"
weir run workflows/rnaseq --name calm_river
echo "$?"
weir run flows/main.nf --name calm_river
echo "$?"
weir run lab/none
echo "$?"
weir run lab/none --offline
echo "$?"
weir run lab/none --hub gitlib
echo "$?"
weir run 'lab/no ne'
echo "$?"
weir pull
echo "$?"
env -u HOME weir list

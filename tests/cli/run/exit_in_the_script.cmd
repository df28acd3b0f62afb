5
printf "workflow { exit 5, 'no samples' }\n" > main.nf
weir run main.nf --name calm_river

3
printf "workflow { P() }\n" >main.nf
weir inspect main.nf --format yaml; echo "status $?" >&2
weir inspect main.nf -profile x; echo "status $?" >&2
weir inspect main.nf

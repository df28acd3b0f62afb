0
printf "process P { script: 'true' }\nworkflow { P() }\n" >main.nf
weir run main.nf -q
session=$(weir jobs show @last --json | grep -o '"session_id":"[^"]*"' | cut -d '"' -f 4)
rm -r "$WEIR_STATE_DIR"
weir run main.nf -resume "$session" --name calm_river

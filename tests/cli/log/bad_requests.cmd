7
printf "process P { script: 'true' }\nworkflow { P() }\n" >main.nf
weir run main.nf -q --name first
weir log last -f nmae; echo "status $?" >&2
weir log last -F 'exit >'; echo "status $?" >&2
weir log last -F 'nothing == 1'; echo "status $?" >&2
weir log calm_river

0
# serve-service is a command and has commands; a value of its options is none of them.
bash -c '. <(weir completion bash)
t() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _weir; echo "$* -> ${COMPREPLY[*]}"; }
t weir serve-service --ready-f
t weir serve-service --port A --ready-f
t weir serve-service st
t weir serve-service start --po
t weir jobs --
t weir --'

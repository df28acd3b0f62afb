0
bash -c '. <(weir completion bash)
t() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _weir; echo "$* -> ${COMPREPLY[*]}"; }
t weir run --on-busy ""
t weir run --cache l
t weir jobs list --state ""
t weir jobs list --state failed,c
t weir jobs tasks x --state re
t weir preprocess --index-type ""
t weir preprocess --contig-order ""
t weir config -o ""
t weir lint --log-level w
t weir gate describe s'
weir completion zsh | grep -e '--on-busy' -e 'jobs list' -A 3 -e '--contig-order' |
    grep -o -e '--\(state\|on-busy\|contig-order\)\[.*' | sort -u
weir completion fish | grep -e '-l on-busy' -e '-l contig-order' -e 'list. -l state ' -e ' -a '

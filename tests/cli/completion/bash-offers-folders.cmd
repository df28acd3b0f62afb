0
mkdir here heard; : >herb
bash -c '. <(weir completion bash); COMP_WORDS=(weir jobs list --state-dir he); COMP_CWORD=4; _weir; printf "%s\n" "${COMPREPLY[@]}"'

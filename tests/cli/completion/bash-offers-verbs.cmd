0
bash -c '. <(weir completion bash); COMP_WORDS=(weir jobs "s"); COMP_CWORD=2; _weir; printf "%s\n" "${COMPREPLY[@]}"'

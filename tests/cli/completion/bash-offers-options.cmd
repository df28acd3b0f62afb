0
bash -c '. <(weir completion bash); COMP_WORDS=(weir jobs list --log-); COMP_CWORD=3; _weir; printf "%s\n" "${COMPREPLY[@]}"'

0
bash -c '. <(weir completion bash); COMP_WORDS=(weir gate wait -- --); COMP_CWORD=4; _weir; echo "${#COMPREPLY[@]} words"'

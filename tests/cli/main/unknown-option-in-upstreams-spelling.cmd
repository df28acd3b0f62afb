2
# `--bg` is no `--tag`: the dashes are not part of what is compared.
weir run -bg main.nf

0
weir preprocess -q $HERE/calls.vcf --output-dir linked
weir preprocess -q $HERE/calls.vcf --output-dir copied --copy
stat -c '%a %h' linked/calls.vcf.gz copied/calls.vcf.gz

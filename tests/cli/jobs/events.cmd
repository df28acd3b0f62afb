0
cp $HERE/../preprocess/calls.vcf .
weir preprocess -q calls.vcf
weir jobs events @last --follow | jq -c '[.v, .type, .seq, (.data | keys)]'
weir jobs events @last --after 4

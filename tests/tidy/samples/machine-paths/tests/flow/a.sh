cp /@work@/data/a.bed .

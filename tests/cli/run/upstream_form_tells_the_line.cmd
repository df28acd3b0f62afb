1
# Upstream's form gives the message, and the line of the script in upstream's words.
cat > main.nf <<'NF'
workflow {
  channel.of(1)
    .map { v -> v.nope() }
    .view()
}
NF
weir nextflow run main.nf >said
status=$?
sed "s#$PWD#PWD#g; s/\[[a-z]*_[a-z]*\]/[NAME]/" said
exit $status

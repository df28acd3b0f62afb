0
echo old >real.txt
ln -s real.txt link.txt
cat >main.nf <<'END'
workflow {
  channel.of('a', 'b').collectFile(name: 'link.txt', storeDir: '.', sort: true, newLine: true).view { f -> f.name }
  channel.of('said').collectFile(name: '/dev/stdout', newLine: true)
}
END
weir run main.nf -q | sort
weir run main.nf -q >to_a_file
sort to_a_file
readlink link.txt
cat real.txt
ls -A | grep tmp
ls -l /dev/stdout | cut -c1

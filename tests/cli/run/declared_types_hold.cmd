3
cat >main.nf <<'END'
params {
    names: List<String> = ['a']
    limit: Duration = 1.h
    size: MemoryUnit = 1.GB
}
workflow { println([params.names, params.limit, params.size]) }
END
weir run main.nf -q --limit 5m --size 2.GB
echo '{"names": ["x", "y"]}' >names.json; weir run main.nf -q -params-file names.json
echo '{"names": ["x", 1]}' >mixed.json; weir run main.nf -q -params-file mixed.json; echo "status $?" >&2
weir run main.nf -q --limit 5; echo "status $?" >&2
weir run main.nf -q --names x,y; echo "status $?" >&2
sed -i "s/= 1.h/= '1h'/" main.nf; weir run main.nf -q
echo '{"names": [], "bogus": 5}' >bogus.json; sed -i "s/= '1h'/= 1.h/" main.nf; weir run main.nf -q -params-file bogus.json

2
cat >nextflow.config <<'END'
manifest.version = '1.0'
params.banner = "v${manifest.version}"
process.cpus = { check_max(4, 'cpus') }
END
weir config

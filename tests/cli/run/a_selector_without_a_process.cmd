0
cat >nextflow.config <<'END'
process {
    withName: 'ALGIN' { cpus = 2 }
    withName: 'W:ALIGN' { cpus = 2 }
    withName: 'SO.*' { cpus = 2 }
    withName: 'X.*|Y' { cpus = 2 }
    withName: '!ALIGN' { cpus = 2 }
    withLabel: 'nobody' { cpus = 2 }
}
END
printf "process ALIGN { script: 'true' }\nprocess SORT { script: 'true' }\nworkflow W { ALIGN() }\nworkflow { W() }\n" >main.nf
weir run main.nf --name calm_river
echo 'nextflow.enable.configProcessNamesValidation = false' >>nextflow.config
weir run main.nf --name cold_creek

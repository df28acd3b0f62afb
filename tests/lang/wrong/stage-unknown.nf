nextflow.enable.types = true

process A {
    input:
    x: Path

    stage:
    stageIn x, 'y'

    script:
    'true'
}
// expect error 8:5 NF0404 section `stage:` holds `env`, `stageAs` and `stdin` only

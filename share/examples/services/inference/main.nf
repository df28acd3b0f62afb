// A model server that takes seconds to load: loaded once, asked by many tasks.
//
// `ports` reserves a free port; the server is ready when its health route says so; once it is, weir goes on looking
// (liveness) and a server that hangs or dies is started again, with the tasks that lost it.

params.sequences = 8
params.load_seconds = 2
params.outdir = 'results'

process MODEL {
    service ports: 'MODEL', ready: 'command:curl -fs localhost:$MODEL_PORT/health', liveness: 'command:curl -fs localhost:$MODEL_PORT/health',
            livenessPeriod: '2s', onExit: 'restart', endpoint: 'endpoint', grace: '5s'

    output:
    path 'endpoint'

    script:
    """
    echo "http://127.0.0.1:\$MODEL_PORT" > endpoint
    exec model_server.py \$MODEL_PORT ${params.load_seconds}
    """
}

process PREDICT {
    tag "${number}"

    input:
    val number
    path endpoint

    output:
    stdout

    script:
    """
    curl -fs "\$(cat $endpoint)/predict?n=$number"
    """
}

workflow {
    MODEL()
    PREDICT(channel.of(1..params.sequences), MODEL.out)
        .collectFile(name: 'predictions.txt', storeDir: params.outdir, sort: true, newLine: true)
}

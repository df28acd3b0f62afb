// A scratch PostgreSQL, loaded once and asked by 50 tasks at the same time.
//
// The server listens on a Unix socket in the short folder that weir gives each service; its consumers get the
// folder through a link. It is stopped with INT, which PostgreSQL calls a fast shutdown, when the last query is done.

params.queries = 50
params.outdir = 'results'

process DATABASE {
    service ready: 'command:[ -x ask.sh ] && ./ask.sh "select 1 from samples limit 1"', stopSignal: 'INT', grace: '30s'

    output:
    path 'server'

    script:
    """
    export PATH=\$(ls -d /usr/lib/postgresql/*/bin | tail -n 1):\$PATH
    # PostgreSQL refuses to run as root: there it runs as the account postgres.
    as=()
    if [ \$(id -u) = 0 ]; then
        as=(setpriv --reuid=postgres --regid=postgres --init-groups --)
        chown postgres: \$WEIR_SERVICE_DIR
    fi
    printf '#!/bin/sh\\nexec psql -h %s -U weir -d postgres -Atc "\$1"\\n' \$WEIR_SERVICE_DIR > ask.sh
    chmod +x ask.sh
    cd \$WEIR_SERVICE_DIR
    "\${as[@]}" initdb -D data -A trust -U weir --no-sync -E UTF8 --locale=C > initdb.log
    "\${as[@]}" postgres -D data -c listen_addresses= -c unix_socket_directories=\$PWD -c fsync=off &
    server=\$!
    trap 'kill -INT \$server' INT TERM
    until psql -h \$PWD -U weir -d postgres -Atc 'select 1' > /dev/null 2>&1; do sleep 0.05; done
    psql -h \$PWD -U weir -d postgres -q <<'SQL'
        create table samples as
        select i as id, 'sample-' || i as name, i * i as reads from generate_series(1, 10000) as i;
        create unique index on samples (id);
    SQL
    ln -s \$WEIR_SERVICE_DIR \$OLDPWD/server    # only now is it there
    wait \$server || wait \$server
    """
}

process ASK {
    tag "${id}"

    input:
    val id
    path server

    output:
    stdout

    script:
    """
    psql -h \$(readlink -f $server) -U weir -d postgres -Atc 'select id, reads from samples where id = $id'
    """
}

workflow {
    DATABASE()
    ASK(channel.of(1..params.queries), DATABASE.out)
        .collectFile(name: 'answers.txt', storeDir: params.outdir, sort: true)
}

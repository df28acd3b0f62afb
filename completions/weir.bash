# Completions of weir for bash; printed by `weir completion bash`.

_weir()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' group='' options='' values='' verbs='' word
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -- ]] && return # what follows is another program's
        [[ $word == -* || -n $command ]] && continue
        case $group${group:+ }$word in
            secrets | params | serve-service | gate | cache | jobs) group=$word ;;
            'secrets list' | 'secrets get' | 'secrets set' | 'secrets delete' | 'params validate' | 'serve-service start' | 'serve-service with' | 'serve-service stop' | 'serve-service status' | 'serve-service list' | 'serve-service logs' | 'serve-service wait' | 'gate wait' | 'gate check' | 'gate list' | 'gate describe' | 'gate test' | 'cache ls' | 'cache stat' | 'cache get' | 'cache put' | 'cache rm' | 'cache pin' | 'cache unpin' | 'cache gc' | 'cache verify' | 'cache du' | 'cache export' | 'cache import' | 'jobs list' | 'jobs show' | 'jobs status' | 'jobs tasks' | 'jobs logs' | 'jobs follow' | 'jobs attach' | 'jobs wait' | 'jobs cancel' | 'jobs retry' | 'jobs history' | 'jobs events' | 'jobs explain' | 'jobs shell' | 'jobs verify' | 'jobs pin' | 'jobs unpin' | 'jobs prune' | 'jobs recover' | 'jobs doctor' | 'jobs metrics') command="$group $word" group='' ;;
            *) [[ -n $group ]] || command=$word ;;
        esac
    done
    case ${group:-$command} in
        '') verbs='run config lint log clean inspect pull clone list info view drop preprocess serve-service secrets params gate cache jobs' options='--help --version' ;;
        secrets) verbs='list get set delete' options='--help' ;;
        params) verbs='validate' options='--help' ;;
        gate) verbs='wait check list describe test' options='--help' ;;
        cache) verbs='ls stat get put rm pin unpin gc verify du export import' options='--help' ;;
        jobs) verbs='list show status tasks logs follow attach wait cancel retry history events explain shell verify pin unpin prune recover doctor metrics' options='--help' ;;
        'run')
            options='--params-file --profile -c --config -C --only-config --main-script --entry --stub --stub-run --preview --resume --explain --dump-hashes --cache --no-validate --secret-param --params-template --with-docker --without-docker --with-podman --without-podman --with-singularity --with-apptainer --with-conda --without-conda -w --work-dir -o --output-dir --output-format --name --queue-size --allow-idle-services --with-trace --with-report --with-timeline --with-dag --plain --dump-channels -r --revision --hub --latest --offline --engine --lane --on-busy --attach-any --attach --queue-timeout --timeout --grace --detach --follow --on-hup --idempotency-key --triggered-by --tag --events --dry-run --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --params-file) values='@files' ;;
                -c | --config) values='@files' ;;
                -C | --only-config) values='@files' ;;
                --main-script) values='@files' ;;
                --cache) values='true standard false off lenient deep' ;;
                --params-template) values='json yaml' ;;
                -w | --work-dir) values='@folders' ;;
                -o | --output-dir) values='@folders' ;;
                --output-format) values='text json none' ;;
                --with-trace) values='@files' ;;
                --with-report) values='@files' ;;
                --with-timeline) values='@files' ;;
                --with-dag) values='@files' ;;
                --engine) values='native nextflow exec' ;;
                --on-busy) values='fail skip attach queue replace' ;;
                --on-hup) values='detach cancel' ;;
                --events) values='ndjson' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'config')
            options='--profile -c --config -C --only-config -a --show-profiles -o --output --flat --properties --json --sort -r --revision --hub --latest --offline --value -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                -c | --config) values='@files' ;;
                -C | --only-config) values='@files' ;;
                -o | --output) values='canonical flat properties json yaml' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'lint')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'log')
            options='-f --fields -F --filter -t --template -s --separator --before --after --but -l --list-fields -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'clean')
            options='--before --after --but -n --dry-run -f --force -k --keep-logs -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'inspect')
            options='--format -i --ignore-errors --profile -c --config -C --only-config --params-file -r --revision --hub --latest --offline -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --format) values='json config' ;;
                -c | --config) values='@files' ;;
                -C | --only-config) values='@files' ;;
                --params-file) values='@files' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'pull')
            options='-r --revision --hub -a --all -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'clone')
            options='-r --revision -d --depth --hub -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'list')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'info')
            options='-d --detailed --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'view')
            options='-r --revision -l --list -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'drop')
            options='-r --revision -f --force -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'secrets list')
            options='-q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'secrets get')
            options='-q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'secrets set')
            options='-q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'secrets delete')
            options='-q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'params validate')
            options='--params-file --profile -c --config -r --revision --hub --latest --offline --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --params-file) values='@files' ;;
                -c | --config) values='@files' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'preprocess')
            options='-o --output-dir --copy --format --index-type --level --fast --strict --lenient --allow-empty --retry --to --keep-gtf --cds-includes-stop --ties --contig-order --alias --add-contigs --dict --header --reference --fix --columns --zero-based --comment --skip --contigs-max --expanded-max --line-max --accept-missing-eof --gzi --threads --memory --jobs --timeout --md5 --sha256 --size --on-md5-mismatch --keep-rejected --allow-host --allow-private --max-source-size --detach --expire --drain-queue --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                -o | --output-dir) values='@folders' ;;
                --format) values='bam sam cram vcf bcf bed narrowpeak broadpeak bedgraph gff3 gtf bigbed bigwig tagalign gappedpeak csv tsv bedpe' ;;
                --index-type) values='auto tbi csi bai crai' ;;
                --to) values='bam vcf.gz bcf' ;;
                --ties) values='input alleles' ;;
                --contig-order) values='bytes natural' ;;
                --alias) values='@files' ;;
                --dict) values='@files' ;;
                --header) values='@files' ;;
                --reference) values='@files' ;;
                --fix) values='swap spaces' ;;
                --on-md5-mismatch) values='refuse rekey' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'serve-service')
            options='--ready-file --ready-tcp --ready-unix --ready-http --ready-status --ready-body --ready-cmd --ready-log --ready-notify --ready-fd --ready-timeout --poll --liveness --liveness-period --on-exit --restart-limit --port --lifeline-fd --until-pid --max-runtime --stop-signal --stop-cmd --grace --success-exit --status-fd --log-dir --log-cap -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            verbs='start with stop status list logs wait'
            case $previous in
                --ready-file) values='@files' ;;
                --ready-unix) values='@files' ;;
                --on-exit) values='abort restart allowZero' ;;
                --stop-signal) values='TERM INT HUP QUIT USR1 USR2 WINCH KILL' ;;
                --log-dir) values='@folders' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'serve-service start')
            options='--ready-file --ready-tcp --ready-unix --ready-http --ready-status --ready-body --ready-cmd --ready-log --ready-notify --ready-fd --ready-timeout --poll --liveness --liveness-period --on-exit --restart-limit --port --stop-signal --stop-cmd --grace --success-exit --on-demand --linger --log-cap -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --ready-file) values='@files' ;;
                --ready-unix) values='@files' ;;
                --on-exit) values='abort restart allowZero' ;;
                --stop-signal) values='TERM INT HUP QUIT USR1 USR2 WINCH KILL' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'serve-service with')
            options='--timeout -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'serve-service stop')
            options='--all --kill --remove --timeout -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'serve-service status')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'serve-service list')
            options='--json --plain -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'serve-service logs')
            options='--stderr -f --follow -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'serve-service wait')
            options='--for --timeout -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --for) values='ready stopped' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'gate wait')
            options='--set --quiet-for --min-size --poll --timeout --all --any -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'gate check')
            options='--set --quiet-for --min-size --poll -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'gate list')
            options='--json --plain -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'gate describe')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            verbs='stable file tcp unix http s3 command disk memory semaphore rate window'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'gate test')
            options='--multiplex --input --hint --limit --grace --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --input) values='@files' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache ls')
            options='--kind --limit --json --plain -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --kind) values='data index' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache stat')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache get')
            options='-o --output --range --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                -o | --output) values='@files' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache put')
            options='--name --kind --source --processor --processor-version --parameter --collection --suffix --media-type --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --kind) values='data index' ;;
                --source) values='@files' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache rm')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache pin')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache unpin')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache gc')
            options='--max-size --max-age -n --dry-run --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache verify')
            options='--threads --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache du')
            options='--json --plain -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache export')
            options='-o --output --level --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                -o | --output) values='@files' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'cache import')
            options='--max-size -n --dry-run --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs list')
            options='--kind --state --lane --here --engine --since --before --limit --json --plain -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --kind) values='@list run preprocess service' ;;
                --state) values='@list queued starting running cancelling succeeded failed cancelled lost' ;;
                --engine) values='native nextflow exec' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs show')
            options='--events --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs status')
            options='--lane --here --exit-status --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs tasks')
            options='--state --json --plain -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --state) values='@list submitted running completed failed retried ignored cached stored aborted' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs logs')
            options='-f --follow --stdout --stderr --engine-log -n --lines --since --after --timestamps --raw --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs follow')
            options='--stdout --stderr -n --lines --since --after --timestamps --raw --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs attach')
            options='--events --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --events) values='ndjson' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs wait')
            options='--timeout --any --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs cancel')
            options='--reason --grace --kill --no-wait --timeout --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs retry')
            options='--detach --anew -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs history')
            options='--limit --lane --audit --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs events')
            options='--lane --after --types --logs -f --follow -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --types) values='@list status progress task error complete log process metric' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs explain')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs shell')
            options='-q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs verify')
            options='--expect --tolerance --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --expect) values='@files' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs pin')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs unpin')
            options='--json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs prune')
            options='--keep --older-than --lost -n --dry-run --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs recover')
            options='-n --dry-run --rebuild --force-release --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs doctor')
            options='--engine --json -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --engine) values='nextflow' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
        'jobs metrics')
            options='--textfile -q --quiet --log-level --log-format --no-color --state-dir --cache-dir -h --help'
            case $previous in
                --textfile) values='@files' ;;
                --log-level) values='trace debug info warn error off' ;;
                --log-format) values='text json' ;;
                --state-dir) values='@folders' ;;
                --cache-dir) values='@folders' ;;
            esac
            ;;
    esac
    if [[ $values == @files ]]; then
        return # bash's own completion of files
    elif [[ $values == @folders ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
    fi
    if [[ -z $values ]]; then
        [[ $current == -* ]] && values=$options || values=$verbs
    fi
    local before=''
    if [[ $values == '@list '* ]]; then # several words, separated by commas
        values=${values#@list }
        [[ $current != *,* ]] || before=${current%,*},
    fi
    [[ -z $values ]] ||
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "$values" -- "${current#"$before"}")
}
complete -o bashdefault -o default -F _weir weir

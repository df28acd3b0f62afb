0
# Each word that a completion offers is given to its command: a status of 2 is shown.
echo 'workflow { }' >main.nf
touch f
weir completion fish | tr -d "'" |
    sed -n 's/^complete -c weir -n //; s/__fish_seen_subcommand_from //g; s/; and / /
        s/(__fish_append , \(.*\))/\1/; s/ -s [a-zA-Z]//; s/^\(.*\) -l \([a-z0-9-]*\) -[xr]a \(.*\) -d .*/\1|\2|\3/p
        s/^\(.*\) -a \(.*\)/\1||\2/p' | grep -v -e '(__fish' >offered
while IFS='|' read -r command option words; do
    case "$command $option" in
        *log-level | *log-format) [ "$command" = lint ] || continue ;;
    esac
    case $command in
        run) arguments='main.nf -- true' ;;
        inspect | lint) arguments=main.nf ;;
        preprocess) arguments=none.bed ;;
        'jobs attach' | 'jobs tasks' | 'jobs events') arguments=@last ;;
        'serve-service wait') arguments=none ;;
        serve-service) arguments='-- true' ;;
        'serve-service start') arguments='name -- true' ;;
        'cache put') arguments='f --source f' ;;
        *) arguments= ;;
    esac
    for word in $words; do
        echo x >>tried
        # shellcheck disable=SC2086 # words of a command line
        weir $command ${option:+--$option} $word $arguments >out 2>err </dev/null
        [ $? -ne 2 ] || echo "$command ${option:+--$option} $word: $(head -n 1 err)"
    done
done <offered
weir serve-service stop name >out 2>err # which may be starting again and again
echo "$(($(wc -l <tried) > 100)): more than 100 words"

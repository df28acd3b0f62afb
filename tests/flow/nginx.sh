# shellcheck shell=bash
# A real nginx of the test's own on loopback ports, with a certificate of its own; sourced after lib.sh, in $scratch.
for need in nginx openssl python3; do
  command -v $need >/dev/null || { echo "skipped: needs $need"; rm -rf "$scratch"; exit 77; }
done

# free_ports N: prints N different ports that nothing listens on
free_ports() {
  python3 -c 'import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])' "$1"
}

# serve PORT: starts nginx with the server blocks on standard input and waits until PORT answers. It serves
# $scratch/www, logs "METHOD URI STATUS BYTES" to logs/access.log and ends with the test; cert.pem and key.pem are made.
serve() {
  local servers user=
  servers=$(cat)
  [[ $EUID -ne 0 ]] || user='user root;' # its workers could not read our folder
  mkdir -p "$scratch/www" "$scratch/logs"
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/key.pem" -out "$scratch/cert.pem" -days 2 \
    -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' 2>/dev/null ||
    fail "openssl makes no certificate"
  cat >"$scratch/nginx.conf" <<CONF
$user
worker_processes 1;
error_log $scratch/logs/error.log;
pid $scratch/nginx.pid;
events { worker_connections 64; }
http {
  log_format short '\$request_method \$uri \$status \$body_bytes_sent';
  access_log $scratch/logs/access.log short;
  client_body_temp_path $scratch/body; proxy_temp_path $scratch/proxy; fastcgi_temp_path $scratch/fastcgi;
  uwsgi_temp_path $scratch/uwsgi; scgi_temp_path $scratch/scgi;
  types { } default_type application/octet-stream;
  root $scratch/www;
  ssl_certificate $scratch/cert.pem; ssl_certificate_key $scratch/key.pem;
$servers
}
CONF
  nginx -p "$scratch" -c "$scratch/nginx.conf" -g 'daemon off;' 2>/dev/null &
  nginx=$!
  trap 'kill $nginx 2>/dev/null' EXIT
  local i
  for ((i = 0; i < 100000; i++)); do (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && break; done
}

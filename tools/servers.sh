#!/bin/sh
# Installs the servers that the long tests talk to, and the feed readers that
# they ask, from Debian and npm. No server is started as a service: each test
# starts its own, on loopback, in a folder of its own. Elsewhere than on Debian,
# or without the right to install, the tests say what they miss.
set -eu

missing=
want() { # want COMMAND PACKAGE...
	command -v "$1" >/dev/null || { shift; missing="$missing $*"; }
}
PATH=$PATH:/usr/sbin
want dovecot dovecot-imapd
want postfix postfix
want public-inbox-httpd public-inbox git
want newsboat newsboat
/usr/bin/python3 -c 'import feedparser' 2>/dev/null || missing="$missing python3-feedparser"

# A reader of feeds that is written in JavaScript, where there is npm.
readers=$(dirname "$0")/readers
if command -v npm >/dev/null && ! [ -d "$readers/node_modules/feedsmith" ]; then
	npm ci --silent --ignore-scripts --no-audit --no-fund --prefix "$readers"
fi

[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
	echo "servers for the long tests are not here:$missing (as root on Debian this installs them)" >&2
	exit 0
fi

# Debian starts what it installs, unless a policy says no.
policy=/usr/sbin/policy-rc.d ours=
log=$(mktemp)
trap 'rm -f "$log" $ours' EXIT
if [ ! -e "$policy" ]; then
	ours=$policy
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
# Postfix would ask what kind of host this is, and write /etc/postfix/main.cf.
case $missing in *postfix*) echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections ;; esac
apt() { apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"; }
# shellcheck disable=SC2086 # one word a package
if ! { apt update && apt install -y --no-install-recommends $missing; } >"$log" 2>&1; then
	cat "$log" >&2
	exit 1
fi

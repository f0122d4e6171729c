# 429 with Retry-After, twice, then success, and the count is 3.
set -eu
url=$1
curl() { command curl --silent --show-error --noproxy '*' "$@"; }

subject_token=$(curl "$url/idp/any-token?sub=me")
exchange() {
    curl --include "$url/sts/v1/oauth2/token" \
        --data grant_type=urn:ietf:params:oauth:grant-type:token-exchange \
        --data-urlencode "subject_token=$subject_token" \
        --data subject_token_type=urn:ietf:params:oauth:token-type:jwt \
        --data requested_token_type=urn:ietf:params:oauth:token-type:access_token \
        --data identity_pool_id=pool-abc
}

curl --fail "$url/control/faults" --data '{"status": 429, "headers": {"Retry-After": "1"}, "times": 2}' >/dev/null
for _ in 1 2; do
    answer=$(exchange)
    case $answer in HTTP/1.1\ 429*retry-after:\ 1*) ;; *) echo "$answer" && exit 1 ;; esac
done
answer=$(exchange)
case $answer in HTTP/1.1\ 200*access_token*) ;; *) echo "$answer" && exit 1 ;; esac
counts=$(curl "$url/control/counts")
case $counts in *'"exchange":3,'*) echo done ;; *) echo "$counts" && exit 1 ;; esac

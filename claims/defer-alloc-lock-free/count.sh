# shellcheck shell=sh
# Finds in the compiled program what the tracer needs, and lets it count.
set -eu
address() {
	awk -v name="$1" '$NF == name { print $1 }' symbols
}
go tool nm register >symbols
heap=$(address runtime.mheap_)
pool=$(printf '%x' $((0x$(address runtime.sched) + $(./register layout))))
case $(go version) in
*go1.15*) convention=stack ;;
*) convention=register ;;
esac
# Signals would find a thread in the copied instruction.
export GODEBUG=asyncpreemptoff=1
# The heap's lock is the first field of its structure.
./locks "$(address main.begin)" "$(address main.end)" "$(address runtime.lock2)" "$(address main.scratch)" "$heap" "$pool" "$convention" ./register

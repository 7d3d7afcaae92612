#!/bin/sh
# A stand-in for kubectl, without a cluster. It knows the pods in the table $PODS. To the few requests that the two
# scripts make, it answers what the real kubectl prints for such pods.
#
# A line of the table is one pod with one container; `-` means nothing:
#   name  restart-policy  reason-of-the-pod  state  reason-of-the-state  reason-of-the-last-state  restarts
#
# Two rules from Kubernetes' own code turn the table into answers:
#   phase   getPhase in pkg/kubelet/kubelet_pods.go: with the policy Always a pod whose container has ended is
#           about to be restarted and stays Running; with the policy Never it is Failed or Succeeded.
#   STATUS  printPod in pkg/printers/internalversion/printers.go: the phase, or the pod's own reason, or the
#           reason why its container waits or has ended; the last of these that there is.
set -eu

pods() {
    # name, phase, STATUS, ready, restarts, reason of the state if ended, reason of the last state
    awk '
        /^#/ || !NF { next }
        {
            phase = "Running"
            if ($3 == "Evicted") phase = "Failed"
            else if ($4 == "terminated" && $2 == "Never") phase = ($5 == "Completed") ? "Succeeded" : "Failed"
            status = phase
            if ($3 != "-") status = $3
            if (($4 == "waiting" || $4 == "terminated") && $5 != "-") status = $5
            print $1, phase, status, ($4 == "running"), $7, ($4 == "terminated" ? $5 : "<none>"), ($6 == "-" ? "<none>" : $6)
        }' "$PODS"
}

fail() {
    echo "error: $*" >&2
    exit 1
}

verb=$1
shift
selector="" output="" name="" inside=""
while [ $# -gt 0 ]; do
    case $1 in
    --) shift; inside=$*; break ;;
    -n) shift ;;
    -o) shift; output=$1 ;;
    --field-selector) shift; selector=${1#status.phase=} ;;
    pods) ;;
    *) name=$1 ;;
    esac
    shift
done

case $verb in
get)
    pods | awk -v phase="$selector" 'phase == "" || $2 == phase' >selected.txt
    case $output in
    "")
        awk 'BEGIN { row = "%-24s %-7s %-18s %-14s %s\n"; printf row, "NAME", "READY", "STATUS", "RESTARTS", "AGE" }
             { printf row, $1, $4 "/1", $3, ($5 == 0 ? 0 : $5 " (41s ago)"), "3h" }' selected.txt
        ;;
    jsonpath=*)
        [ -s selected.txt ] ||
            fail "error executing jsonpath \"{.items[0].metadata.name}\": Error executing template: array index out of bounds: index 0, length 0."
        awk 'NR == 1 { printf "%s", $1 }' selected.txt
        ;;
    custom-columns=*)
        awk 'BEGIN { row = "%-24s %-12s %s\n"; printf row, "NAME", "NOW", "LAST" } { printf row, $1, $6, $7 }' selected.txt
        ;;
    esac
    ;;
exec)
    echo "$name" >asked.txt
    [ -n "$name" ] || fail "pod, type/name or --filename must be specified"
    phase=$(pods | awk -v name="$name" '$1 == name { print $2 }')
    [ -n "$phase" ] || fail "pods \"$name\" not found"
    [ "$phase" = Running ] || fail "cannot exec into a container in a completed pod; current phase is $phase"
    pods | awk -v name="$name" '$1 == name && !$4 { exit 1 }' ||
        fail "unable to upgrade connection: container not found"
    echo "(the stand-in would now run in $name: $inside)"
    echo taken >histogram-state.txt
    ;;
esac

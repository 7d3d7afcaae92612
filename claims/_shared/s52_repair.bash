# The shape of the published script, and no more of it: where a line of the pod list names the kill, ask for a
# failed pod, take a histogram from its first process, hand that to an analysis. No first line names a shell.
if [[ $(kubectl get pods -n shop | grep "OOMKilled" | wc -l) -gt 0 ]]; then
    VICTIM=$(kubectl get pods -n shop --field-selector status.phase=Failed -o jsonpath='{.items[0].metadata.name}')
    kubectl exec $VICTIM -n shop -- jmap -histo:live 1 > histogram.txt
    # the analysis
    ./analyse --histogram histogram.txt --threshold 0.9
fi

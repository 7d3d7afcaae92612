// Command pools says where the runtime takes the records of deferred calls from: for each of many calls that a loop defers
// it looks, before and after, at the pool of the current processor and at the one that all share.
//
//	pools CALLS [SIZE]
//
// It must run with GOMAXPROCS=1, so that the first processor is the current one. The loop runs some times before it counts, and
// the collector, which empties the shared pool, is off. SIZE, for a control, is the number of records for which the processor's
// own pool has room.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

var (
	pools place
	total int
)

//go:noinline
func note(x int) { total += x }

type counts struct{ own, shared, made int }

// turn defers the calls, and counts from where the record of each came.
//
//go:noinline
func turn(calls int) (from counts) {
	for i := 0; i < calls; i++ {
		own, shared := pools.records()
		defer note(1)
		ownNow, sharedNow := pools.records()
		switch {
		case sharedNow < shared:
			from.shared++
		case ownNow < own:
			from.own++
		default:
			from.made++
		}
	}
	return from
}

func main() {
	debug.SetGCPercent(-1)
	calls, err := strconv.Atoi(os.Args[1])
	if err != nil || runtime.GOMAXPROCS(0) != 1 {
		log.Fatal("usage: GOMAXPROCS=1 pools CALLS [SIZE]")
	}
	pools = findPools()
	if len(os.Args) > 2 {
		size, err := strconv.Atoi(os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		pools.resize(size)
	}
	var from counts
	for i := 0; i < 3; i++ {
		from = turn(calls)
	}
	if total != 3*calls {
		log.Fatalf("%d calls ran", total)
	}
	own, shared := pools.records()
	fmt.Printf("afterwards there are %d records in the processor's own pool and %d in the shared one\n", own, shared)
	report := func(metric string, value int) { fmt.Printf("{\"metric\": %q, \"value\": %d}\n", metric, value) }
	report("from_own", from.own)
	report("from_shared", from.shared)
	report("made", from.made)
	fmt.Printf("{\"metric\": \"shared_part\", \"value\": %.1f, \"unit\": \"%%\"}\n", 100*float64(from.shared)/float64(calls))
}

// Command contend has goroutines on two Ps register N deferred calls in a loop, ROUNDS times over, at the same time, and tells
// how many records had to be allocated, how often the central pool was locked, and how often that lock was held by the other
// P. It does so for records from where FROM says (see s33_switch.go) and, in turns, for records from the central pool
// alone: what the Ps' own pools take away of the contention is seen by that.
//
// What counts are spans in which both Ps really ran side by side, as the times of their beginnings and ends tell. Where too few
// such spans are found the machine does not let it measure (exit 75).
//
// Besides, it reads in the runtime's source where newdefer takes a lock.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	ps       = 2
	spans    = 24
	turns    = 400
	patience = 200_000         // looks at whose turn it is, a fraction of a millisecond
	limit    = 4 * time.Second // an idle machine takes a twentieth of that
)

func number(name string) int {
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return n
}

// counts are those of all spans with one source of records.
type counts struct {
	source                      uint32
	spans                       int
	locks, contended, allocated float64
}

// meet has two goroutines hand a turn to each other until both must be on a core of their own. False: the other one did not
// come in time, since something else has its core.
func meet(there *int32, i int) bool {
	for turn := int32(i); turn < turns; turn += ps {
		for looks := 0; atomic.LoadInt32(there) != turn; looks++ {
			if looks == patience {
				return false
			}
		}
		atomic.StoreInt32(there, turn+1)
	}
	return true
}

// sideBySide runs the work on all Ps and tells whether they did it at the same time.
func sideBySide(work func()) bool {
	var there int32
	var done sync.WaitGroup
	var began, ended [ps]time.Time
	for i := 0; i < ps; i++ {
		done.Add(1)
		go func(i int) {
			if meet(&there, i) {
				began[i] = time.Now()
				work()
				ended[i] = time.Now()
			}
			done.Done()
		}(i)
	}
	done.Wait()
	if began[0].IsZero() || began[1].IsZero() {
		return false
	}
	first, last := began[0], ended[0] // of what both ran
	longest := ended[0].Sub(began[0])
	for i := range began {
		if began[i].After(first) {
			first = began[i]
		}
		if ended[i].Before(last) {
			last = ended[i]
		}
		if took := ended[i].Sub(began[i]); took > longest {
			longest = took
		}
	}
	return last.Sub(first) > longest*4/5
}

func main() {
	reportLocks()
	n, rounds := number("N"), number("ROUNDS")
	runtime.GOMAXPROCS(ps)
	debug.SetGCPercent(-1)
	before := objects()
	register(1000, nothing)
	class, _ := mostSince(before)
	takeRecordsFrom("FROM")
	own := counts{source: deferSource}
	central := counts{source: sources["central"]}
	work := func() {
		for i := 0; i < rounds; i++ {
			register(n, nothing)
		}
	}
	begun := time.Now()
	for time.Since(begun) < limit && (own.spans < spans || central.spans < spans) {
		for _, each := range []*counts{&own, &central} {
			deferSource = each.source
			sideBySide(work) // fills the pools
			before = objects()
			deferLocks, deferContended = 0, 0
			if sideBySide(work) {
				each.spans++
				each.locks += float64(deferLocks)
				each.contended += float64(deferContended)
				each.allocated += float64(objects()[class] - before[class])
			}
		}
	}
	if own.spans < spans || central.spans < spans {
		fmt.Printf("both Ps ran side by side only %d and %d times\n", own.spans, central.spans)
		os.Exit(75)
	}
	if central.contended == 0 {
		fmt.Println("the Ps never met at the lock, although each record was taken under it")
		os.Exit(75)
	}
	calls := float64(ps * n * rounds)
	report("allocated", own.allocated/float64(own.spans)/calls)
	report("locks", own.locks/float64(own.spans)/calls)
	report("contended", own.contended/float64(own.spans)/calls)
	report("contended_central", central.contended/float64(central.spans)/calls)
	report("left", own.contended/float64(own.spans)/(central.contended/float64(central.spans)))
}

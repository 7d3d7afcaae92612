// Command contend has goroutines on several Ps register N deferred calls in a loop, ROUNDS times over, all at once, and tells
// how many records had to be allocated, how often the central pool was locked, and how often that lock
// was held by another. FROM says where the runtime takes records from (see s33_switch.go).
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
)

const ps = 2

func number(name string) int {
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return n
}

// atOnce runs the work on all Ps. None begins before all are there.
func atOnce(work func()) {
	var there int32
	var done sync.WaitGroup
	for i := 0; i < ps; i++ {
		done.Add(1)
		go func() {
			atomic.AddInt32(&there, 1)
			for atomic.LoadInt32(&there) < ps {
			}
			work()
			done.Done()
		}()
	}
	done.Wait()
}

func report(metric string, value float64) {
	fmt.Printf("{\"metric\": %q, \"value\": %g}\n", metric, value)
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
	work := func() {
		for i := 0; i < rounds; i++ {
			register(n, nothing)
		}
	}
	atOnce(work) // fills the pools
	before = objects()
	deferLocks, deferContended = 0, 0
	atOnce(work)
	locks, contended := deferLocks, deferContended
	calls := float64(ps * n * rounds)
	report("allocated", float64(objects()[class]-before[class])/calls)
	report("locks", float64(locks)/calls)
	report("contended", float64(contended)/calls)
}

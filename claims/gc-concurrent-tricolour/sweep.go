// Watch memory come free while the program runs on, after the mark phase has ended.
//
// One processor (GOMAXPROCS=1) makes the order of events the Go scheduler's alone: a busy machine
// slows program and sweeper alike and changes nothing in what comes first.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

const count = 3 << 20

type object struct{ _ [4]uint64 }

func report(metric string, value float64, unit string) {
	fmt.Printf("{\"metric\": %q, \"value\": %g, \"unit\": %q}\n", metric, value, unit)
}

// work does something that takes a while, and then lets others run. It says how much it did.
func work(length time.Duration) (units uint64) {
	for until := time.Now().Add(length); time.Now().Before(until); {
		units++
	}
	runtime.Gosched()
	return units
}

func main() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	slots := make([]*object, count)
	for i := range slots {
		slots[i] = new(object)
	}
	// Every other object becomes garbage, so that no page is free as a whole and each must be swept.
	for i := 0; i < count; i += 2 {
		slots[i] = nil
	}

	var before, marked, swept runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	go func() {
		runtime.GC() // returns when all is swept
		close(done)
	}()
	for marked = before; marked.NumGC == before.NumGC; runtime.ReadMemStats(&marked) {
		work(100 * time.Microsecond)
	}
	// The cycle is counted: marking is over and the world runs again.
	units, end := uint64(0), time.Now()
	for sweeping := true; sweeping; {
		units += work(10 * time.Microsecond)
		select {
		case <-done:
			sweeping = false
		default:
		}
	}
	sweep := time.Since(end)
	runtime.ReadMemStats(&swept)

	freed := swept.Frees - before.Frees
	report("freed_concurrently", 100*float64(swept.Frees-marked.Frees)/float64(freed), "%")
	report("work_while_sweeping", float64(units), "")
	report("sweep_time", float64(sweep)/1e6, "ms")
	runtime.KeepAlive(slots)
}

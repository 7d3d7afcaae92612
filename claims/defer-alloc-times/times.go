// Command times measures what it takes to register a deferred call whose record lies on the heap, in
// nanoseconds a call, without running it: with a record that has to be allocated, and with one out of a pool.
//
// KNOWN=a,b replaces the registering by work that takes a ns where a record is allocated and b ns where one is reused.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"time"
)

const (
	calls  = 100000 // at once; ten times that, in all, makes the source's million
	rounds = 3
	few    = 16 // at once, out of the processor's pool, which holds 32
)

var sink uint64

// work computes for a time that grows with n. Each call needs the result of the one before, so that a processor
// cannot do two at a time.
//
//go:noinline
func work(n int, x uint64) uint64 {
	for i := 0; i < n; i++ {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return x
}

// stepsFor returns how many steps of work take this many nanoseconds.
func stepsFor(ns float64) int {
	took := func(n int) float64 {
		best := 1e18
		for i := 0; i < 5; i++ {
			start := time.Now()
			for j := 0; j < 20000; j++ {
				sink = work(n, sink)
			}
			if t := float64(time.Since(start)) / 20000; t < best {
				best = t
			}
		}
		return best
	}
	short, long := took(4), took(104)
	n := 4 + int((ns-short)/(long-short)*100+0.5)
	if n < 0 {
		n = 0
	}
	return n
}

//go:noinline
func emptyLoop(n int) {
	for i := 0; i < n; i++ {
	}
}

// span is the time from just before the first registration to just after the last.
func span(n, steps int) float64 {
	var took time.Duration
	start := time.Now()
	if steps >= 0 {
		for i := 0; i < n; i++ {
			sink = work(steps, sink)
		}
		took = time.Since(start)
	} else {
		register(n, func() { took = time.Since(start) })
	}
	return float64(took)
}

func median(values []float64) float64 {
	sort.Float64s(values)
	return values[len(values)/2]
}

func main() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1) // collect only where it is said below
	allocating, reusing := -1, -1
	if known := os.Getenv("KNOWN"); known != "" {
		var a, b float64
		if _, err := fmt.Sscanf(known, "%g,%g", &a, &b); err != nil {
			log.Fatal(err)
		}
		allocating, reusing = stepsFor(a), stepsFor(b)
	}

	// The first records of the process, in memory that nobody has touched.
	untouched := span(calls, allocating) / calls

	var allocated, central, own, empty []float64
	for i := 0; i < rounds; i++ {
		runtime.GC() // empties the central pool; the processor's own keeps 32 records
		allocated = append(allocated, span(calls, allocating)/calls)
		central = append(central, span(calls, reusing)/calls)
		runtime.GC()

		// Many short times: what reading the clock takes is measured in the same way and taken off.
		var took, clock float64
		for j := 0; j < calls/few; j++ {
			took += span(few, reusing)
			clock += span(0, reusing)
		}
		own = append(own, (took-clock)/calls)

		start := time.Now()
		emptyLoop(calls)
		empty = append(empty, float64(time.Since(start))/calls)
	}
	a, b := median(allocated), median(own)
	report := func(metric string, value float64) {
		fmt.Printf("{\"metric\": %q, \"value\": %.3f, \"unit\": \"ns\"}\n", metric, value)
	}
	report("allocated", a)
	report("reused", b)
	report("untouched", untouched)
	report("central", median(central))
	report("empty_loop", median(empty))
	fmt.Printf("{\"metric\": \"times\", \"value\": %.3f}\n", a/b)
}

// Command times measures what it takes to allocate the record of a deferred call, in nanoseconds: by the allocator, as in a
// runtime without pools of records, and by the pool of the P (see s33_switch.go). The time of a registration whose record comes
// from a fixed array is taken off both: it is what registering costs besides.
//
// KNOWN=a,b replaces the registering by work that takes a ns more than a short one, and b ns more. ALLOCATOR names the source of
// records in the first of the two, which is allocator unless a control wants another.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"sort"
	"time"
)

const (
	million = 1000000
	rounds  = 10 // in which the million comes, the three sources in turns
	few     = 16 // at once, out of the P's pool, which holds 32
)

// shortest is the number of steps that stand for registering without allocating, where KNOWN is given.
const shortest = 4

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

// stepsFor returns how many steps of work take so many nanoseconds more than the shortest work.
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
	short, long := took(shortest), took(shortest+100)
	return shortest + int(ns/(long-short)*100+0.5)
}

//go:noinline
func emptyLoop(n int) {
	for i := 0; i < n; i++ {
	}
}

// span is the time from just before the first of n registrations to just after the last, or of n times so many steps of work.
func span(n, steps int) float64 {
	var took time.Duration
	start := time.Now()
	if steps > 0 {
		for i := 0; i < n; i++ {
			sink = work(steps, sink)
		}
		took = time.Since(start)
	} else {
		register(n, func() { took = time.Since(start) })
	}
	return float64(took)
}

// arm is one source of records. What reading the clock takes is measured in the same way and taken off.
type arm struct {
	source uint32
	steps  int
	each   []float64 // one registration's time, by rounds
}

func (a *arm) run(calls int) {
	deferSource = a.source
	var took, clock float64
	for i := 0; i < calls/few; i++ {
		took += span(few, a.steps)
		clock += span(0, a.steps)
	}
	deferSource = sources["pools"]
	a.each = append(a.each, (took-clock)/float64(calls))
}

func median(values []float64) float64 {
	sort.Float64s(values)
	return values[len(values)/2]
}

func main() {
	runtime.GOMAXPROCS(1)
	first, known := sources[os.Getenv("ALLOCATOR")]
	if !known {
		log.Fatalf("no source of records: %q", os.Getenv("ALLOCATOR"))
	}
	array, allocator, pools := arm{source: sources["array"]}, arm{source: first}, arm{source: sources["pools"]}
	if text := os.Getenv("KNOWN"); text != "" {
		var a, b float64
		if _, err := fmt.Sscanf(text, "%g,%g", &a, &b); err != nil {
			log.Fatal(err)
		}
		array.steps, allocator.steps, pools.steps = shortest, stepsFor(a), stepsFor(b)
	}
	var empty []float64
	for i := 0; i < rounds; i++ {
		for _, each := range []*arm{&array, &allocator, &pools} {
			each.run(million / rounds)
		}
		start := time.Now()
		emptyLoop(million / rounds)
		empty = append(empty, float64(time.Since(start))/(million/rounds))
	}
	base := median(array.each)
	allocated, reused := median(allocator.each)-base, median(pools.each)-base
	report := func(metric string, value float64) {
		fmt.Printf("{\"metric\": %q, \"value\": %.3f, \"unit\": \"ns\"}\n", metric, value)
	}
	report("allocated", allocated)
	report("reused", reused)
	report("registering", base)
	report("whole_allocated", median(allocator.each))
	report("whole_reused", median(pools.each))
	report("empty_loop", median(empty))
	fmt.Printf("{\"metric\": \"times\", \"value\": %.3f}\n", allocated/reused)
}
